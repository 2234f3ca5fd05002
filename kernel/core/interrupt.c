#include "interrupt.h"

#include <arch/arch.h>

#include "sched.h"

void interrupt_handle(void)
{
	for (uint32_t irq = arch_irq_claim(); irq != ARCH_IRQ_NONE; irq = arch_irq_claim()) {
		if (irq == arch_timer_irq())
			sched_expire();
		else
			arch_irq_mask(irq);
		arch_irq_complete(irq);
	}
}
