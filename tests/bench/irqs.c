/*
 * A device's interrupt: from the store that raises it in one thread to the
 * first instruction of the thread that waits for it, and its ack. The device is
 * QEMU virt's PL011, whose transmit interrupt is asserted for as long as it is
 * enabled, since something has been printed.
 */
#include "pair.h"

#include <device.h>

#define UART UINT64_C(0x9000000)
#define UART_ADDRESS UINT64_C(0x1000000000)
#define UART_LINE 33u
#define UARTIMSC 0x38u /* PL011 TRM DDI 0183, 3.3.10 */
#define UART_TRANSMIT 0x20u
#define LEVEL 0u

BARE_CALL(irq_ack, KAAL_SYS_IRQ_ACK)
BARE_CALL(ntfn_wait, KAAL_SYS_NOTIFICATION_WAIT)

STUBBED_CALL(irq_ack, 0, kaal_sys_irq_ack(a[0]))

static void set_mask(uint32_t mask)
{
	*(volatile uint32_t *)(uintptr_t)(UART_ADDRESS + UARTIMSC) = mask;
}

static void raise(uint64_t i)
{
	kaal_ignore(kaal_sys_thread_resume(thread(SECOND)));
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t now;

		__asm__ volatile("mrs %[now], pmccntr_el0\n\tstr %w[mask], [%[at]]"
				 : [now] "=&r"(now)
				 : [mask] "r"(UART_TRANSMIT), [at] "r"(UART_ADDRESS + UARTIMSC)
				 : "memory");
		note((unsigned)i, round, (struct counted){now, now, KAAL_OK});
	}
	stop(i);
}

static void wait(uint64_t i)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		note((unsigned)i, round, bare_ntfn_wait(at(NTFN), 0, 0, 0, 0, 0));
		set_mask(0);
		kaal_ignore(kaal_sys_irq_ack(at(HANDLER)));
	}
	stop(i);
}

static void prepare(void)
{
	prepare_pair(raise, wait, 1);
	retype(at(BLOCK), KAAL_OBJECT_NOTIFICATION, CSPACE, at(NTFN), 1);
	if (!device_frames(UART, KAAL_PAGE_BITS, at(DEVICE_FRAMES), at(DEVICE_SCRATCH)) ||
	    !device_map(at(DEVICE_FRAMES), UART_ADDRESS, at(BLOCK), at(DEVICE_TABLES)))
		fail("the PL011's frame", KAAL_NO_MEMORY);
	must("handler", kaal_sys_irq_handler_make(KAAL_SLOT_IRQ_CONTROL, UART_LINE, LEVEL, CSPACE, at(HANDLER)));
	must("bind", kaal_sys_irq_handler_bind(at(HANDLER), at(NTFN)));
	must("ack", kaal_sys_irq_ack(at(HANDLER)));
}

void measure_irqs(void)
{
	const struct row row = {"irq.ack", bare_irq_ack, stubbed_irq_ack, 1, prepare_nothing, {at(HANDLER)}};
	uint64_t value;

	prepare();
	run_pair("interrupts");
	/* The store is the first one's own. */
	value = switched(FIRST, 0, 0) - 1;
	for (unsigned round = 1; round < ROUNDS; round++) {
		if (switched(FIRST, round, round) - 1 != value)
			fail("two interrupts differ", KAAL_OUT_OF_RANGE);
	}
	print_row("", "irq.deliver", value);
	measure(&row, 1);
}
