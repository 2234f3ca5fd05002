/*
 * The UART driver's device half against a model of a PL011 (DDI 0183): FIFOs of 16
 * characters with errors, levels, the receive timeout, and interrupts that a
 * transmit FIFO raises only on its way down. QEMU's device does none of these.
 */
#include <criterion/criterion.h>

#include <string.h>

#include "pl011.h"
#include "registers.h"

#define BASE 0x1000u
#define FIFO 16u

static struct {
	uint32_t mask, raw, control, line, level;
	uint16_t in[FIFO]; /* characters with their errors */
	unsigned in_count;
	uint32_t overrun; /* PL011_DR_OVERRUN until there is room again */
	char out[3 * RING_BYTES];
	unsigned out_count, out_waiting; /* all that was written; of these, not on the line yet */
	unsigned busy;                   /* reads of FR until the last character is out */
	uint16_t late;                   /* comes right after the next write of ICR */
	unsigned changed_while_enabled;
	bool broken; /* breaks come without end */
} model;

static struct pl011 uart;

/* Levels: half a FIFO received; transmitted down to 2. */
static void raise_receive(void)
{
	if (model.in_count >= FIFO / 2)
		model.raw |= PL011_INT_RECEIVE;
	else
		model.raw &= ~PL011_INT_RECEIVE;
	if (model.in_count == 0)
		model.raw &= ~PL011_INT_TIMEOUT;
}

static void arrive(uint16_t character)
{
	if (model.in_count == FIFO) {
		model.overrun = PL011_DR_OVERRUN;
		return;
	}
	model.in[model.in_count++] = character;
	raise_receive();
}

/* Nothing comes for 32 bits' time. */
static void pause(void)
{
	if (model.in_count > 0)
		model.raw |= PL011_INT_TIMEOUT;
}

static void arrive_text(const char *text)
{
	for (; *text != '\0'; text++)
		arrive((uint8_t)*text);
	pause();
}

/* The line carries `count` characters away. */
static void carry(unsigned count)
{
	for (; count > 0 && model.out_waiting > 0; count--) {
		if (model.out_waiting-- == 3)
			model.raw |= PL011_INT_TRANSMIT;
	}
}

static uint32_t read_data(void)
{
	uint32_t data;

	cr_assert_gt(model.in_count, 0, "an empty FIFO is read");
	data = model.in[0] | model.overrun;
	model.overrun = 0;
	model.in_count--;
	memmove(&model.in[0], &model.in[1], model.in_count * sizeof model.in[0]);
	if (model.broken)
		arrive(PL011_DR_BREAK);
	raise_receive();
	return data;
}

static uint32_t flags(void)
{
	uint32_t busy = model.busy > 0 ? PL011_FR_BUSY : 0;

	model.busy -= model.busy > 0;
	return busy | (model.in_count == 0 ? PL011_FR_RECEIVE_EMPTY : 0) | (model.out_waiting == FIFO ? PL011_FR_TRANSMIT_FULL : 0);
}

uint32_t pl011_read(uintptr_t base, enum pl011_register offset)
{
	cr_assert_eq(base, BASE);
	switch (offset) {
	case PL011_DR:
		return read_data();
	case PL011_FR:
		return flags();
	case PL011_LCR_H:
		return model.line;
	case PL011_CR:
		return model.control;
	case PL011_RIS:
		return model.raw;
	default:
		cr_assert_fail("register 0x%x is read", (unsigned)offset);
		return 0;
	}
}

static void write_line(uint32_t value)
{
	if (((model.line ^ value) & PL011_LCR_H_FIFOS) != 0)
		model.in_count = 0;
	model.changed_while_enabled += (model.control & PL011_CR_ENABLE) != 0 || model.busy > 0;
	model.line = value;
}

static void write_data(uint32_t value)
{
	cr_assert_lt(model.out_waiting, FIFO, "a full FIFO is written to");
	cr_assert_lt(model.out_count, sizeof model.out);
	model.out[model.out_count++] = (char)value;
	model.out_waiting++;
}

static void clear(uint32_t value)
{
	model.raw &= ~value;
	if (model.late != 0)
		arrive(model.late);
	model.late = 0;
}

void pl011_write(uintptr_t base, enum pl011_register offset, uint32_t value)
{
	cr_assert_eq(base, BASE);
	switch (offset) {
	case PL011_DR:
		write_data(value);
		break;
	case PL011_ECR:
		break;
	case PL011_LCR_H:
		write_line(value);
		break;
	case PL011_CR:
		model.control = value;
		break;
	case PL011_IFLS:
		model.level = value;
		break;
	case PL011_IMSC:
		model.mask = value;
		break;
	case PL011_ICR:
		clear(value);
		break;
	default:
		cr_assert_fail("register 0x%x is written", (unsigned)offset);
	}
}

static uint32_t interrupts(void)
{
	return model.raw & model.mask;
}

static void start(void)
{
	memset(&model, 0, sizeof model);
	model.control = PL011_CR_ENABLE | PL011_CR_TRANSMIT;
	model.line = 0x60; /* 8 bits: firmware's */
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
	arrive_text("early");
	pl011_start(&uart, BASE, true);
	cr_assert_eq(model.changed_while_enabled, 0);
	expect_input("early");
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
	arrive_text("abc");
	cr_assert_eq(interrupts(), PL011_INT_TIMEOUT);
	pl011_service(&uart);
	expect_input("abc");
	cr_assert_eq(uart.received, 3);
	cr_assert_eq(interrupts(), 0);
}

Test(uart, characters_with_errors_are_counted_and_dropped)
{
	arrive('a');
	arrive('b' | PL011_DR_FRAMING);
	arrive('c' | PL011_DR_PARITY);
	arrive('d' | PL011_DR_PARITY | PL011_DR_FRAMING);
	arrive(PL011_DR_BREAK | PL011_DR_FRAMING);
	arrive('e');
	pl011_service(&uart);
	expect_input("ae");
	cr_assert(uart.framing == 2 && uart.parity == 2 && uart.breaks == 1 && uart.overruns == 0 && uart.received == 2);
}

Test(uart, an_overrun_is_counted_and_the_rest_kept)
{
	arrive_text("0123456789abcdefXY");
	pl011_service(&uart);
	expect_input("0123456789abcdef");
	cr_assert_eq(uart.overruns, 1);
	arrive_text("z");
	pl011_service(&uart);
	expect_input("0123456789abcdefz");
	cr_assert_eq(uart.overruns, 1);
}

Test(uart, without_room_the_fifo_waits_and_does_not_interrupt)
{
	for (unsigned i = 0; i < RING_BYTES; i++) {
		arrive((uint8_t)i);
		pl011_service(&uart);
	}
	arrive_text("0123456789");
	pl011_service(&uart);
	cr_assert_eq(ring_used(&uart.input), RING_BYTES);
	cr_assert_eq(interrupts(), 0);
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
	cr_assert_eq(interrupts(), 0);
	expect_input("x");
}

Test(uart, bad_characters_without_end_do_not_hold_the_driver)
{
	model.broken = true;
	arrive(PL011_DR_BREAK);
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
		cr_assert_eq(interrupts(), 0);
		carry(FIFO - 2);
		cr_assert_eq(interrupts(), PL011_INT_TRANSMIT, "after %u characters", model.out_count);
		model.raw &= ~PL011_INT_TRANSMIT; /* by what is written next */
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
		carry(FIFO);
	}
	cr_assert_eq(model.out_count, RING_BYTES);
	for (unsigned i = 0; i < RING_BYTES; i++)
		cr_assert_eq((uint8_t)model.out[i], (uint8_t)(i * 7));
}
