/*
 * Interrupts at EL0: two real devices' lines. The PL011 asserts its transmit
 * interrupt for as long as it is enabled (something was printed and never
 * cleared), so its mask register raises and lowers the line.
 */
#include <inttypes.h>

#include <kaal/boot.h>
#include <kaal/device.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "device.h"
#include "tap.h"
#include "untyped.h"

/* QEMU's boards: the PL011 on the console, and a device in the next 64 KiB. */
#ifdef VERSAL
#define DEVICES UINT64_C(0xff000000)
#define UART_LINE 50u
#define SECOND_LINE 51u /* another PL011 */
#define SECOND_COMPATIBLE "arm,pl011"
#define SECOND_INDEX 1u
#else
#define DEVICES UINT64_C(0x9000000)
#define UART_LINE 33u
#define SECOND_LINE 34u /* a PL031 clock */
#define SECOND_COMPATIBLE "arm,pl031"
#define SECOND_INDEX 0u
#endif
#define DEVICES_BITS 17u
#define SECOND_FRAME 16u

/* PL011 TRM DDI 0183, 3.2; PL031 TRM DDI 0224, 3.2. */
#define UARTDR 0x00u
#define UARTIMSC 0x38u
#define UART_TRANSMIT 0x20u
#define RTCDR 0x00u
#define RTCMR 0x04u
#define RTCIMSC 0x10u
#define RTCICR 0x1cu

#define CONTROL KAAL_SLOT_IRQ_CONTROL
#define LEVEL 0u
#define EDGE 1u
#define TIMER_LINE 27u
#define PRIVATE_LINE 30u /* the other timer's, which nobody starts */
#define BADGE UINT64_C(0x30)
#define OTHER_BADGE UINT64_C(0x100)
#define BASE UINT64_C(0x1000000000)
#define UART_ADDRESS BASE
#define SECOND_ADDRESS (BASE + 0x1000)
#define STACK_WORDS 256u
#define UNLIMITED UINT64_MAX

enum { FRAMES = 0, SCRATCH = 32, TABLES = 96, HANDLER = 100, NTFN, BADGED, OTHER, THREAD, CONTEXT, SPARE, SPARE2, SECOND };
#define AT(index) (kaal_bootinfo()->first_free_slot + (index))

static _Alignas(16) uint64_t stack[STACK_WORDS];
static volatile unsigned driven; /* interrupts that the driver's thread has had */
static volatile uint64_t driver_status;

static volatile uint32_t *at(uint64_t address, uint32_t offset)
{
	return (volatile uint32_t *)(uintptr_t)(address + offset);
}

static void raise(void)
{
	*at(UART_ADDRESS, UARTIMSC) = UART_TRANSMIT;
}

static void lower(void)
{
	*at(UART_ADDRESS, UARTIMSC) = 0;
}

static void raise_second(void)
{
#ifdef VERSAL
	*at(SECOND_ADDRESS, UARTDR) = 0;
	*at(SECOND_ADDRESS, UARTIMSC) = UART_TRANSMIT;
#else
	*at(SECOND_ADDRESS, RTCIMSC) = 1;
	*at(SECOND_ADDRESS, RTCMR) = *at(SECOND_ADDRESS, RTCDR);
#endif
}

static void lower_second(void)
{
#ifdef VERSAL
	*at(SECOND_ADDRESS, UARTIMSC) = 0;
#else
	*at(SECOND_ADDRESS, RTCICR) = 1;
#endif
}

/* The flags of a notification, taken. */
static uint64_t flags_of(kaal_cap_t ntfn)
{
	uint64_t flags = UINT64_MAX;

	return kaal_sys_notification_poll(ntfn, &flags) == KAAL_OK ? flags : UINT64_MAX;
}

static uint64_t flags(void)
{
	return flags_of(AT(NTFN));
}

static bool make(uint64_t type, kaal_cap_t slot, uint64_t count)
{
	uint64_t made;

	return kaal_sys_untyped_retype(kaal_largest_untyped().slot, type, OWN, slot, count, &made) == KAAL_OK;
}

/* A handler for the PL011's line with this trigger, in place of the one before. */
static void use_trigger(uint64_t trigger)
{
	lower();
	kaal_ignore(kaal_sys_cap_delete(OWN, AT(HANDLER)));
	check_equal(kaal_sys_irq_handler_make(CONTROL, UART_LINE, trigger, OWN, AT(HANDLER)), KAAL_OK);
	check_equal(kaal_sys_irq_handler_bind(AT(HANDLER), AT(BADGED)), KAAL_OK);
	check_equal(flags(), 0);
}

static void test_start(void)
{
	check(device_frames(DEVICES, DEVICES_BITS, AT(FRAMES), AT(SCRATCH)), "the devices' frames are made");
	check(device_map(AT(FRAMES), UART_ADDRESS, kaal_largest_untyped().slot, AT(TABLES)) &&
		      device_map(AT(FRAMES + SECOND_FRAME), SECOND_ADDRESS, kaal_largest_untyped().slot, AT(TABLES)),
	      "and mapped");
	check(make(KAAL_OBJECT_NOTIFICATION, AT(NTFN), 1) && make(KAAL_OBJECT_NOTIFICATION, AT(OTHER), 1) &&
		      kaal_sys_cap_mint(OWN, AT(BADGED), OWN, AT(NTFN), KAAL_RIGHTS_ALL, BADGE) == KAAL_OK,
	      "notifications are made");
}

static void test_identify(void)
{
	uint64_t type, rights, size_bits;

	check_equal(kaal_sys_irq_handler_make(CONTROL, UART_LINE, LEVEL, OWN, AT(HANDLER)), KAAL_OK);
	check_equal(kaal_sys_cap_identify(AT(HANDLER), &type, &rights, &size_bits), KAAL_OK);
	check(type == KAAL_OBJECT_IRQ_HANDLER && rights == (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT) && size_bits == 0,
	      "a handler says what it is");
	check(kaal_sys_cap_identify(CONTROL, &type, &rights, &size_bits) == KAAL_OK && type == KAAL_OBJECT_IRQ_CONTROL, "so does the control");
}

static void test_level(void)
{
	use_trigger(LEVEL);
	raise();
	check_equal(flags(), 0); /* masked until the first ack */
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), BADGE);
	check_equal(flags(), 0); /* still asserted, no storm */
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), BADGE);
	lower();
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), 0);
	raise();
	check_equal(flags(), BADGE);
	lower();
	raise();
	check_equal(flags(), 0);
	lower();
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), 0); /* what was raised and lowered while masked is not remembered */
}

static void test_edge(void)
{
	use_trigger(EDGE);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	raise();
	check_equal(flags(), BADGE);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), 0); /* asserted, but no edge */
	lower();
	raise();
	check_equal(flags(), BADGE);
	for (unsigned i = 0; i < 3; i++) {
		lower();
		raise();
	}
	check_equal(flags(), 0);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), BADGE); /* edges while masked are remembered, as one */
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), 0);
	/* An edge before the handler was made is nobody's. */
	check_equal(kaal_sys_cap_delete(OWN, AT(HANDLER)), KAAL_OK);
	lower();
	raise();
	use_trigger(EDGE);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), 0);
}

static void test_two_lines(void)
{
	use_trigger(LEVEL);
	lower_second();
	check_equal(kaal_sys_irq_handler_make(CONTROL, SECOND_LINE, LEVEL, OWN, AT(SECOND)), KAAL_OK);
	check_equal(kaal_sys_cap_mint(OWN, AT(SPARE), OWN, AT(NTFN), KAAL_RIGHT_WRITE, OTHER_BADGE), KAAL_OK);
	check_equal(kaal_sys_irq_handler_bind(AT(SECOND), AT(SPARE)), KAAL_OK);
	check_equal(kaal_sys_irq_ack(AT(SECOND)), KAAL_OK);
	raise();
	raise_second();
	check_equal(flags(), OTHER_BADGE);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), BADGE);
	check_equal(kaal_sys_irq_ack(AT(SECOND)), KAAL_OK);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), BADGE | OTHER_BADGE);
	lower();
	lower_second();
	check_equal(kaal_sys_cap_delete(OWN, AT(SECOND)), KAAL_OK);
	check_equal(kaal_sys_cap_delete(OWN, AT(SPARE)), KAAL_OK);
}

static void drive(uint64_t argument)
{
	uint64_t got;

	(void)argument;
	for (;;) {
		driver_status = kaal_sys_irq_ack_wait(AT(HANDLER), AT(NTFN), &got);
		if (driver_status != KAAL_OK)
			kaal_ignore(kaal_sys_thread_suspend(AT(THREAD)));
		lower();
		driven += got == BADGE;
	}
}

static void test_driver(void)
{
	use_trigger(LEVEL);
	check(make(KAAL_OBJECT_THREAD, AT(THREAD), 1) && make(KAAL_OBJECT_SCHED_CONTEXT, AT(CONTEXT), 1) &&
		      kaal_sys_thread_configure(AT(THREAD), OWN, KAAL_SLOT_VSPACE) == KAAL_OK &&
		      kaal_sys_thread_set_registers(AT(THREAD), (uint64_t)(uintptr_t)drive, (uint64_t)(uintptr_t)&stack[STACK_WORDS], 0, 0) == KAAL_OK &&
		      kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, AT(CONTEXT), UNLIMITED, 0) == KAAL_OK &&
		      kaal_sys_sched_bind(AT(CONTEXT), AT(THREAD)) == KAAL_OK && kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, 100, 255) == KAAL_OK &&
		      kaal_sys_thread_set_priority(AT(THREAD), 200, 200) == KAAL_OK && kaal_sys_thread_resume(AT(THREAD)) == KAAL_OK,
	      "a driver's thread runs");
	for (unsigned i = 0; i < 1000; i++)
		raise();
	check_equal(driven, 1000);
	/* Flags that wait end it at once, and the line is unmasked all the same. */
	check_equal(kaal_sys_thread_set_priority(AT(THREAD), 50, 50), KAAL_OK);
	raise();
	lower();
	check_equal(driven, 1000);
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_bootinfo()->counter_hz / 1000));
	check_equal(driven, 1001);
	/* A driver that died stops nobody. */
	check_equal(kaal_sys_thread_suspend(AT(THREAD)), KAAL_OK);
	raise();
	check_equal(flags(), BADGE);
	check_equal(flags(), 0);
	check_equal(driven, 1001);
	lower();
	check_equal(driver_status, KAAL_OK);
}

static void test_binding(void)
{
	use_trigger(LEVEL);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(kaal_sys_irq_handler_bind(AT(HANDLER), AT(OTHER)), KAAL_OK);
	raise();
	check(flags() == 0 && flags_of(AT(OTHER)) == 0, "bound anew, a line is masked");
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check(flags() == 0 && flags_of(AT(OTHER)) == 1, "and tells only the new one, flag 0 without badge");
	check_equal(kaal_sys_cap_revoke(OWN, AT(OTHER)), KAAL_OK);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check(flags() == 0 && flags_of(AT(OTHER)) == 0, "revoking the notification unbinds");
	check_equal(kaal_sys_irq_handler_unbind(AT(HANDLER)), KAAL_NOT_BOUND);
	check_equal(kaal_sys_irq_handler_bind(AT(HANDLER), AT(BADGED)), KAAL_OK);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), BADGE);
	check_equal(kaal_sys_irq_handler_unbind(AT(HANDLER)), KAAL_OK);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), 0);
	lower();
}

static void test_end(void)
{
	use_trigger(LEVEL);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(kaal_sys_cap_copy(OWN, AT(SPARE), OWN, AT(HANDLER), KAAL_RIGHT_WRITE), KAAL_OK);
	check_equal(kaal_sys_cap_delete(OWN, AT(HANDLER)), KAAL_OK);
	raise();
	check_equal(flags(), BADGE);
	check_equal(kaal_sys_irq_handler_make(CONTROL, UART_LINE, LEVEL, OWN, AT(SPARE2)), KAAL_IN_USE);
	check_equal(kaal_sys_irq_ack(AT(SPARE)), KAAL_OK);
	check_equal(flags(), BADGE);
	lower();
	check_equal(kaal_sys_irq_ack(AT(SPARE)), KAAL_OK);
	check_equal(kaal_sys_cap_delete(OWN, AT(SPARE)), KAAL_OK);
	raise();
	check_equal(flags(), 0);
	lower();
	use_trigger(LEVEL);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(kaal_sys_cap_revoke(OWN, CONTROL), KAAL_OK);
	raise();
	check_equal(flags(), 0);
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_WRONG_TYPE);
	lower();
}

/* Every line that a handler can be made for, once: no register write may disturb the others. */
static void test_all_lines(void)
{
	uint64_t line = 16, lines = 0, status = KAAL_OK;

	use_trigger(EDGE);
	for (; line < 1020 && status == KAAL_OK; line++) {
		if (line == TIMER_LINE || line == UART_LINE)
			continue;
		for (uint64_t trigger = LEVEL; trigger <= EDGE && status == KAAL_OK; trigger++) {
			status = kaal_sys_irq_handler_make(CONTROL, line, trigger, OWN, AT(SPARE));
			if (status != KAAL_OK)
				break;
			lines++;
			if (kaal_sys_irq_handler_bind(AT(SPARE), AT(OTHER)) != KAAL_OK || kaal_sys_irq_ack(AT(SPARE)) != KAAL_OK ||
			    kaal_sys_cap_delete(OWN, AT(SPARE)) != KAAL_OK)
				status = KAAL_INVALID_CAP;
		}
	}
	check(status == KAAL_OUT_OF_RANGE && line % 32 == 1 && lines == 2 * (line - 1 - 16 - 2), "%" PRIu64 " lines have handlers", lines / 2 + 1);
	(void)flags_of(AT(OTHER));
	raise();
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check(flags() == BADGE && flags_of(AT(OTHER)) == 0, "the others were not disturbed");
	check_equal(kaal_sys_irq_ack(AT(HANDLER)), KAAL_OK);
	check_equal(flags(), 0); /* the trigger neither: still asserted, but no edge */
	lower();
}

static void test_private(void)
{
	check_equal(kaal_sys_irq_handler_make(CONTROL, PRIVATE_LINE, LEVEL, OWN, AT(SPARE)), KAAL_OK);
	check_equal(kaal_sys_irq_handler_bind(AT(SPARE), AT(OTHER)), KAAL_OK);
	check_equal(kaal_sys_irq_ack(AT(SPARE)), KAAL_OK);
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_bootinfo()->counter_hz / 1000));
	check_equal(flags_of(AT(OTHER)), 0);
	check_equal(kaal_sys_cap_delete(OWN, AT(SPARE)), KAAL_OK);
}

static void test_errors_of_make(void)
{
	const uint64_t bad_line[] = {0, 15, TIMER_LINE, 1020, 1023, UINT64_C(1) << 32 | UART_LINE, UINT64_MAX};

	for (unsigned i = 0; i < sizeof bad_line / sizeof bad_line[0]; i++)
		check_equal(kaal_sys_irq_handler_make(CONTROL, bad_line[i], LEVEL, OWN, AT(SPARE)), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_irq_handler_make(CONTROL, SECOND_LINE, 2, OWN, AT(SPARE)), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_irq_handler_make(UINT64_MAX, SECOND_LINE, LEVEL, OWN, AT(SPARE)), KAAL_INVALID_CAP);
	check_equal(kaal_sys_irq_handler_make(CONTROL, SECOND_LINE, LEVEL, UINT64_MAX, AT(SPARE)), KAAL_INVALID_CAP);
	check_equal(kaal_sys_irq_handler_make(CONTROL, SECOND_LINE, LEVEL, OWN, 0), KAAL_INVALID_CAP);
	check_equal(kaal_sys_irq_handler_make(CONTROL, SECOND_LINE, LEVEL, OWN, 1024), KAAL_INVALID_CAP);
	check_equal(kaal_sys_irq_handler_make(KAAL_SLOT_DEBUG, SECOND_LINE, LEVEL, OWN, AT(SPARE)), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_irq_handler_make(CONTROL, SECOND_LINE, LEVEL, CONTROL, AT(SPARE)), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_irq_handler_make(CONTROL, UART_LINE, LEVEL, OWN, AT(SPARE)), KAAL_IN_USE);
	check_equal(kaal_sys_irq_handler_make(CONTROL, SECOND_LINE, LEVEL, OWN, AT(NTFN)), KAAL_SLOT_OCCUPIED);
	check_equal(kaal_sys_cap_copy(OWN, AT(SPARE), OWN, CONTROL, KAAL_RIGHT_READ), KAAL_OK);
	check_equal(kaal_sys_irq_handler_make(AT(SPARE), SECOND_LINE, LEVEL, OWN, AT(SPARE2)), KAAL_NO_RIGHT);
	check_equal(kaal_sys_cap_delete(OWN, AT(SPARE)), KAAL_OK);
	check_equal(kaal_sys_cap_copy(OWN, AT(SPARE), OWN, OWN, KAAL_RIGHT_READ), KAAL_OK);
	check_equal(kaal_sys_irq_handler_make(CONTROL, SECOND_LINE, LEVEL, AT(SPARE), AT(SPARE2)), KAAL_NO_RIGHT);
	check_equal(kaal_sys_cap_delete(OWN, AT(SPARE)), KAAL_OK);
}

static void test_errors_on_handlers(void)
{
	const kaal_cap_t bad[] = {UINT64_MAX, AT(NTFN), AT(SPARE)};
	const kaal_status_t status[] = {KAAL_INVALID_CAP, KAAL_WRONG_TYPE, KAAL_NO_RIGHT};
	uint64_t got;

	check_equal(kaal_sys_cap_copy(OWN, AT(SPARE), OWN, AT(HANDLER), KAAL_RIGHT_READ), KAAL_OK);
	for (unsigned i = 0; i < 3; i++) {
		check_equal(kaal_sys_irq_handler_bind(bad[i], AT(NTFN)), status[i]);
		check_equal(kaal_sys_irq_handler_unbind(bad[i]), status[i]);
		check_equal(kaal_sys_irq_ack(bad[i]), status[i]);
		check_equal(kaal_sys_irq_ack_wait(bad[i], AT(NTFN), &got), status[i]);
	}
	check_equal(kaal_sys_irq_handler_bind(AT(HANDLER), UINT64_MAX), KAAL_INVALID_CAP);
	check_equal(kaal_sys_irq_ack_wait(AT(HANDLER), UINT64_MAX, &got), KAAL_INVALID_CAP);
	check_equal(kaal_sys_irq_handler_bind(AT(HANDLER), AT(HANDLER)), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_irq_ack_wait(AT(HANDLER), AT(HANDLER), &got), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_cap_delete(OWN, AT(SPARE)), KAAL_OK);
	check_equal(kaal_sys_cap_copy(OWN, AT(SPARE), OWN, AT(NTFN), KAAL_RIGHT_READ), KAAL_OK);
	check_equal(kaal_sys_irq_handler_bind(AT(HANDLER), AT(SPARE)), KAAL_NO_RIGHT);
	check_equal(kaal_sys_cap_copy(OWN, AT(SPARE2), OWN, AT(NTFN), KAAL_RIGHT_WRITE), KAAL_OK);
	check_equal(kaal_sys_irq_ack_wait(AT(HANDLER), AT(SPARE2), &got), KAAL_NO_RIGHT);
	check_equal(kaal_sys_irq_handler_unbind(AT(HANDLER)), KAAL_OK);
	check_equal(kaal_sys_irq_handler_unbind(AT(HANDLER)), KAAL_NOT_BOUND);
}

/* The driver waits; its notification is taken away. */
static void test_cancelled(void)
{
	check_equal(kaal_sys_cap_revoke(OWN, AT(NTFN)), KAAL_OK);
	check_equal(kaal_sys_thread_set_registers(AT(THREAD), (uint64_t)(uintptr_t)drive, (uint64_t)(uintptr_t)&stack[STACK_WORDS], 0, 0), KAAL_OK);
	check_equal(kaal_sys_thread_set_priority(AT(THREAD), 200, 200), KAAL_OK);
	check_equal(kaal_sys_thread_resume(AT(THREAD)), KAAL_OK);
	check_equal(kaal_sys_cap_delete(OWN, AT(NTFN)), KAAL_OK);
	check_equal(driver_status, KAAL_CANCELLED);
}

/* What libkaal reads of the firmware's tree is what the machine has. */
static void test_finding(void)
{
	struct kaal_device found;

	check(kaal_device_console(&found) && found.registers == DEVICES && found.registers_bytes == 0x1000, "the console is found");
	check(found.line == UART_LINE && found.trigger == 0, "with its line");
	check(kaal_device_is_compatible(&found, "arm,pl011") && !kaal_device_is_compatible(&found, "arm,pl031"), "it is a PL011");
	check(kaal_device_find("arm,pl011", 0, &found) && found.registers == DEVICES, "so it is found by name");
	check(kaal_device_find(SECOND_COMPATIBLE, SECOND_INDEX, &found) && found.registers == DEVICES + 0x10000 && found.line == SECOND_LINE,
	      "and the second device");
	check(!kaal_device_find(SECOND_COMPATIBLE, SECOND_INDEX + 1, &found), "there is no third");
	check(!kaal_device_find("no,such", 0, &found), "and no other");
}

int main(void)
{
	test_finding();
	test_start();
	test_identify();
	test_level();
	test_edge();
	test_two_lines();
	test_driver();
	test_binding();
	test_end();
	test_all_lines();
	test_private();
	test_errors_of_make();
	test_errors_on_handlers();
	test_cancelled();
	return tap_finish();
}
