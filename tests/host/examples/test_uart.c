/* The UART driver's device half against a model of the device. */
#include <criterion/criterion.h>

#include <string.h>

#include <kaal/serial_protocol.h>

#include "format.h"
#include "pl011.h"
#include "pl011_model.h"

static struct pl011 uart;

static void start(void)
{
	model_reset();
	pl011_start(&uart, BASE, true);
}

TestSuite(uart, .init = start);

static void expect_input(const char *text)
{
	cr_assert_eq(ring_used(&uart.input), strlen(text), "%u bytes, expected \"%s\"", ring_used(&uart.input), text);
	for (uint32_t i = 0; text[i] != '\0'; i++)
		cr_assert_eq(ring_peek(&uart.input, i), (uint8_t)text[i]);
}

static void put_output(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		ring_put(&uart.output, (uint8_t)(i * 7));
}

Test(uart, start_sets_fifos_levels_and_interrupts_and_keeps_the_format)
{
	cr_assert_eq(model.line, 0x60 | PL011_LCR_H_FIFOS);
	cr_assert_eq(model.level, PL011_IFLS_LEVELS);
	cr_assert_eq(model.control, PL011_CR_ENABLE | PL011_CR_TRANSMIT | PL011_CR_RECEIVE | PL011_CR_REQUEST_TO_SEND);
	cr_assert_eq(model.mask, PL011_INT_RECEIVE | PL011_INT_TIMEOUT);
	cr_assert_eq(model.changed_while_enabled, 0);
}

Test(uart, start_waits_for_what_is_being_sent_and_keeps_what_was_received)
{
	memset(&model, 0, sizeof model);
	model.control = PL011_CR_ENABLE;
	model.busy = 1000;
	model_arrive_text("early");
	pl011_start(&uart, BASE, true);
	cr_assert_eq(model.changed_while_enabled, 0);
	expect_input("early");
}

/* More than the FIFO holds comes until the last character of firmware's is out. */
Test(uart, start_keeps_what_comes_while_it_waits)
{
	static const char text[] = "what is typed while firmware's last words are being sent";

	model_reset();
	model.busy = 1000;
	model.meanwhile = text;
	pl011_start(&uart, BASE, true);
	expect_input(text);
	cr_assert_eq(uart.overruns, 0);
	cr_assert_eq(model.line, 0x60 | PL011_LCR_H_FIFOS);
}

Test(uart, a_device_that_is_set_up_is_not_switched_off)
{
	model.switched_off = 0;
	model_arrive_text("typed");
	pl011_start(&uart, BASE, true);
	cr_assert_eq(model.switched_off, 0);
	expect_input("typed");
	for (unsigned i = 0; i < 4; i++) {
		uint32_t *const changed[] = {&model.control, &model.line, &model.level, &model.dma};

		*changed[i] ^= (const uint32_t[]){PL011_CR_LOOPBACK, PL011_LCR_H_BREAK, 1, 1}[i];
		pl011_start(&uart, BASE, true);
		cr_assert_eq(model.switched_off, i + 1);
	}
}

/* As a driver may leave it that went wrong anywhere. */
Test(uart, start_takes_the_device_out_of_any_state)
{
	memset(&model, 0, sizeof model);
	model.control = PL011_CR_LOOPBACK | PL011_CR_INFRARED;
	model.line = 0x60 | PL011_LCR_H_BREAK | PL011_LCR_H_FIFOS;
	model.mask = PL011_INT_ALL;
	model.raw = PL011_INT_TRANSMIT;
	model.level = 0x3f;
	model.dma = 7;
	model_arrive('a' | PL011_DR_FRAMING);
	model_arrive_text("left");
	pl011_start(&uart, BASE, true);
	cr_assert_eq(model.control, PL011_CR_ENABLE | PL011_CR_TRANSMIT | PL011_CR_RECEIVE | PL011_CR_REQUEST_TO_SEND);
	cr_assert_eq(model.line, 0x60 | PL011_LCR_H_FIFOS);
	cr_assert_eq(model.level, PL011_IFLS_LEVELS);
	cr_assert_eq(model.dma, 0);
	cr_assert_eq(model.mask, PL011_INT_RECEIVE | PL011_INT_TIMEOUT);
	cr_assert_eq(model_interrupts(), 0);
	expect_input("left");
}

Test(uart, a_device_that_is_always_busy_does_not_stop_the_driver)
{
	model.busy = UINT32_MAX;
	pl011_start(&uart, BASE, true);
	cr_assert_eq(model.mask, PL011_INT_RECEIVE | PL011_INT_TIMEOUT);
}

Test(uart, the_subset_keeps_its_control_registers)
{
	memset(&model, 0, sizeof model);
	model.line = 0x70;
	pl011_start(&uart, BASE, false);
	cr_assert(model.line == 0x70 && model.control == 0 && model.level == 0);
	cr_assert_eq(model.mask, PL011_INT_RECEIVE | PL011_INT_TIMEOUT);
}

Test(uart, the_timeout_interrupts_for_a_few_characters)
{
	model_arrive_text("abc");
	cr_assert_eq(model_interrupts(), PL011_INT_TIMEOUT);
	pl011_service(&uart);
	expect_input("abc");
	cr_assert_eq(uart.received, 3);
	cr_assert_eq(model_interrupts(), 0);
}

Test(uart, characters_with_errors_are_counted_and_dropped)
{
	model_arrive('a');
	model_arrive('b' | PL011_DR_FRAMING);
	model_arrive('c' | PL011_DR_PARITY);
	model_arrive('d' | PL011_DR_PARITY | PL011_DR_FRAMING);
	model_arrive(PL011_DR_BREAK | PL011_DR_FRAMING);
	model_arrive('e');
	pl011_service(&uart);
	expect_input("ae");
	cr_assert(uart.framing == 2 && uart.parity == 2 && uart.breaks == 1 && uart.overruns == 0 && uart.received == 2);
}

Test(uart, an_overrun_is_counted_and_the_rest_kept)
{
	model_arrive_text("0123456789abcdefXY");
	pl011_service(&uart);
	expect_input("0123456789abcdef");
	cr_assert_eq(uart.overruns, 1);
	model_arrive_text("z");
	pl011_service(&uart);
	expect_input("0123456789abcdefz");
	cr_assert_eq(uart.overruns, 1);
}

Test(uart, without_room_the_fifo_waits_and_does_not_interrupt)
{
	for (unsigned i = 0; i < RING_BYTES; i++) {
		model_arrive((uint8_t)i);
		pl011_service(&uart);
	}
	model_arrive_text("0123456789");
	pl011_service(&uart);
	cr_assert_eq(ring_used(&uart.input), RING_BYTES);
	cr_assert_eq(model_interrupts(), 0);
	cr_assert_eq(model.in_count, 10);
	ring_drop(&uart.input, RING_BYTES);
	/* All of it, also what was below the level and had its timeout long ago. */
	pl011_service(&uart);
	expect_input("0123456789");
	cr_assert_eq(model.mask, PL011_INT_RECEIVE | PL011_INT_TIMEOUT);
	cr_assert_eq(uart.overruns, 0);
}

Test(uart, an_interrupt_without_a_character_is_cleared_and_one_that_comes_meanwhile_is_seen)
{
	model.raw = PL011_INT_RECEIVE;
	model.late = 'x';
	pl011_service(&uart);
	cr_assert_eq(model_interrupts(), 0);
	expect_input("x");
}

Test(uart, bad_characters_without_end_do_not_hold_the_driver)
{
	model.broken = true;
	model_arrive(PL011_DR_BREAK);
	pl011_service(&uart);
	cr_assert(uart.breaks > 0 && uart.breaks <= RING_BYTES);
	model.broken = false;
	pl011_service(&uart);
	cr_assert_eq(model.in_count, 0);
	cr_assert_eq(model.mask, PL011_INT_RECEIVE | PL011_INT_TIMEOUT);
}

Test(uart, output_goes_by_fifos_and_interrupts)
{
	put_output(100);
	pl011_service(&uart);
	cr_assert_eq(model.out_count, FIFO);
	cr_assert_eq(model.mask & PL011_INT_TRANSMIT, PL011_INT_TRANSMIT);
	for (unsigned i = 0; i < 100 && ring_used(&uart.output) > 0; i++) {
		cr_assert_eq(model_interrupts(), 0);
		model_carry(FIFO - 2);
		cr_assert_eq(model_interrupts(), PL011_INT_TRANSMIT, "after %u characters", model.out_count);
		pl011_service(&uart);
	}
	cr_assert_eq(model.out_count, 100);
	cr_assert_eq(uart.sent, 100);
	for (unsigned i = 0; i < 100; i++)
		cr_assert_eq((uint8_t)model.out[i], (uint8_t)(i * 7));
	cr_assert_eq(model.mask & PL011_INT_TRANSMIT, 0);
}

Test(uart, rings_carry_more_than_they_hold_and_their_counters_may_wrap)
{
	uart.output.in = uart.output.out = UINT32_MAX - 5;
	put_output(RING_BYTES);
	cr_assert_eq(ring_room(&uart.output), 0);
	while (ring_used(&uart.output) > 0) {
		pl011_service(&uart);
		model_carry(FIFO);
	}
	cr_assert_eq(model.out_count, RING_BYTES);
	for (unsigned i = 0; i < RING_BYTES; i++)
		cr_assert_eq((uint8_t)model.out[i], (uint8_t)(i * 7));
}

/* --- rate and format ----------------------------------------------------------------------- */

Test(uart, rates_have_divisors)
{
	static const struct {
		uint64_t clock, rate, made;
		uint32_t divisor; /* 0: there is none */
	} cases[] = {
		/* DDI 0183, 3.3.6: its example, and the ends of what the registers hold. */
		{4000000, 230400, 231884, 69}, {24000000, 115200, 115246, 833}, {24000000, 1500000, 1500000, 64}, {24000000, 300, 300, 320000},
		{24000000, 1500001, 1500000, 64}, {24000000, 1600000, 0, 0}, {24000000, 23, 23, 4173913}, {24000000, 22, 0, 0},
		{24000000, 0, 0, 0}, {0, 9600, 0, 0}, {24000000, UINT64_MAX, 0, 0}, {UINT64_MAX, 9600, 0, 0}, {1843200, 115200, 115200, 64},
		{1843200, 112000, 111709, 66}, {1843200, 113500, 113428, 65},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint64_t rate = cases[i].rate;
		uint32_t divisor = 0;

		cr_assert_eq(format_divisor(cases[i].clock, &rate, &divisor), cases[i].divisor != 0, "case %u", i);
		if (cases[i].divisor != 0)
			cr_assert(divisor == cases[i].divisor && rate == cases[i].made, "case %u: %u, %llu", i, divisor, (unsigned long long)rate);
	}
}

/* Each rate that is accepted is within 1 % of what was asked for. */
Test(uart, rates_are_near)
{
	for (uint64_t wanted = 20; wanted < 2000000; wanted += 1 + wanted / 50) {
		uint64_t rate = wanted;
		uint32_t divisor;

		if (format_divisor(24000000, &rate, &divisor))
			cr_assert(100 * rate <= 101 * wanted + 50 && 100 * rate >= 99 * wanted - 50, "%llu", (unsigned long long)wanted);
	}
}

Test(uart, formats_are_bits_of_the_line_register)
{
	uint32_t line;

	cr_assert(format_line(8, KAAL_SERIAL_PARITY_NONE, 1, &line) && line == 0x60);
	cr_assert(format_line(7, KAAL_SERIAL_PARITY_EVEN, 1, &line) && line == 0x46);
	cr_assert(format_line(6, KAAL_SERIAL_PARITY_ODD, 2, &line) && line == 0x2a);
	cr_assert(format_line(5, KAAL_SERIAL_PARITY_NONE, 2, &line) && line == 0x08);
	cr_assert(!format_line(4, 0, 1, &line) && !format_line(9, 0, 1, &line) && !format_line(8, 3, 1, &line) && !format_line(8, 0, 0, &line) &&
		  !format_line(8, 0, 3, &line) && !format_line(UINT64_MAX, UINT64_MAX, UINT64_MAX, &line));
}

Test(uart, the_line_is_changed_when_nothing_is_being_sent)
{
	put_output(3);
	cr_assert(!pl011_set_line(&uart, 833, 0x60), "nothing of it has been sent");
	pl011_service(&uart);
	model.busy = UINT32_MAX;
	cr_assert(!pl011_set_line(&uart, 833, 0x60), "it is being sent");
	cr_assert(model.divisor == 0 && model.line == (0x60 | PL011_LCR_H_FIFOS) && model.switched_off == 1);
	model_carry(FIFO);
	model.busy = 1000;
	model.meanwhile = "what comes while it is waited for";
	cr_assert(pl011_set_line(&uart, 833, 0x0a));
	cr_assert_eq(model.changed_while_enabled, 0);
	cr_assert_eq(model.divisor, 833);
	cr_assert_eq(model.line, 0x0a | PL011_LCR_H_FIFOS);
	cr_assert_eq(model.control, PL011_CR_ENABLE | PL011_CR_TRANSMIT | PL011_CR_RECEIVE | PL011_CR_REQUEST_TO_SEND);
	cr_assert_eq(model.mask, PL011_INT_RECEIVE | PL011_INT_TIMEOUT);
	expect_input("what comes while it is waited for");
	/* The next driver keeps it. */
	pl011_start(&uart, BASE, true);
	cr_assert(model.divisor == 833 && model.line == (0x0a | PL011_LCR_H_FIFOS) && model.switched_off == 2);
}
