/*
 * A device's interrupt: from the store that raises it in one thread to the
 * first instruction of the thread that waits for it, and its ack. The device is
 * QEMU virt's PL011, whose transmit interrupt is asserted for as long as it is
 * enabled, since something has been printed.
 */
#include "measure.h"

#include <device.h>

#define UART UINT64_C(0x9000000)
#define UART_ADDRESS UINT64_C(0x1000000000)
#define UART_LINE 33u
#define UARTIMSC 0x38u /* PL011 TRM DDI 0183, 3.3.10 */
#define UART_TRANSMIT 0x20u
#define LEVEL 0u
#define PRIORITY 100u
#define STACK_WORDS 256u
#define ROUNDS 4u

BARE_CALL(irq_ack, KAAL_SYS_IRQ_ACK)
BARE_CALL(ntfn_wait, KAAL_SYS_NOTIFICATION_WAIT)

STUBBED_CALL(irq_ack, 0, kaal_irq_ack(a[0]))

enum { RAISER, WAITER, PAIR };

static _Alignas(16) uint64_t stack[PAIR][STACK_WORDS];
static volatile uint64_t before[ROUNDS], after[ROUNDS];

static void set_mask(uint32_t mask)
{
	*(volatile uint32_t *)(uintptr_t)(UART_ADDRESS + UARTIMSC) = mask;
}

static void stop(unsigned i)
{
	for (;;)
		(void)kaal_thread_suspend(at(THREAD) + i);
}

static void raise(uint64_t argument)
{
	(void)argument;
	(void)kaal_thread_resume(at(THREAD) + WAITER);
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t now;

		__asm__ volatile("mrs %[now], pmccntr_el0\n\tstr %w[mask], [%[at]]"
				 : [now] "=&r"(now)
				 : [mask] "r"(UART_TRANSMIT), [at] "r"(UART_ADDRESS + UARTIMSC)
				 : "memory");
		before[round] = now;
	}
	stop(RAISER);
}

static void wait(uint64_t argument)
{
	(void)argument;
	for (unsigned round = 0; round < ROUNDS; round++) {
		after[round] = bare_ntfn_wait(at(NTFN), 0, 0, 0, 0, 0).after;
		set_mask(0);
		(void)kaal_irq_ack(at(HANDLER));
	}
	stop(WAITER);
}

static void prepare(void)
{
	void (*const entry[PAIR])(uint64_t) = {raise, wait};

	prepare_block();
	retype(at(BLOCK), KAAL_OBJECT_NOTIFICATION, CSPACE, at(NTFN), 1);
	retype(at(BLOCK), KAAL_OBJECT_THREAD, CSPACE, at(THREAD), PAIR);
	retype(at(BLOCK), KAAL_OBJECT_SCHED_CONTEXT, CSPACE, at(CONTEXT), PAIR);
	if (!device_frames(UART, KAAL_PAGE_BITS, at(DEVICE_FRAMES), at(DEVICE_SCRATCH)) ||
	    !device_map(at(DEVICE_FRAMES), UART_ADDRESS, at(BLOCK), at(DEVICE_TABLES)))
		fail("the PL011's frame", KAAL_NO_MEMORY);
	must("handler", kaal_irq_handler_make(KAAL_SLOT_IRQ_CONTROL, UART_LINE, LEVEL, CSPACE, at(HANDLER)));
	must("bind", kaal_irq_handler_bind(at(HANDLER), at(NTFN)));
	must("ack", kaal_irq_ack(at(HANDLER)));
	for (unsigned i = 0; i < PAIR; i++) {
		must("configure", kaal_thread_configure(at(THREAD) + i, KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE));
		must("registers", kaal_thread_set_registers(at(THREAD) + i, (uint64_t)(uintptr_t)entry[i],
							    (uint64_t)(uintptr_t)&stack[i][STACK_WORDS], 0, 0));
		must("priority", kaal_thread_set_priority(at(THREAD) + i, PRIORITY + i, PRIORITY + i));
		must("budget", kaal_sched_configure(KAAL_SLOT_SCHED_CONTROL, at(CONTEXT) + i, UNLIMITED, 0));
		must("bind", kaal_sched_bind(at(CONTEXT) + i, at(THREAD) + i));
	}
}

void measure_irqs(void)
{
	const struct row row = {"irq.ack", bare_irq_ack, stubbed_irq_ack, 1, prepare_nothing, {at(HANDLER)}};
	uint64_t value;

	prepare();
	must("interrupts", kaal_thread_resume(at(THREAD) + RAISER));
	/* The store is the raiser's own. */
	value = instructions(before[0], after[0]) - 1;
	for (unsigned round = 1; round < ROUNDS; round++) {
		if (instructions(before[round], after[round]) - 1 != value)
			fail("two interrupts differ", KAAL_OUT_OF_RANGE);
	}
	print_row("", "irq.deliver", value);
	measure(&row);
}
