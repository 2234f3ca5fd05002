#include "interrupt.h"

#include <arch/arch.h>

#include <object/irq.h>

#include "sched.h"

void interrupt_handle(void)
{
	uint32_t irq = arch_irq_claim();

	if (irq == ARCH_IRQ_NONE)
		return;
	if (irq == arch_timer_irq())
		sched_expire();
	else
		irq_fire(irq);
	arch_irq_complete(irq);
}
