#include "pl011_model.h"

#include <criterion/criterion.h>

#include <string.h>

#define LEVEL_OUT 2u

struct pl011_model model;

void model_reset(void)
{
	memset(&model, 0, sizeof model);
	model.control = PL011_CR_ENABLE | PL011_CR_TRANSMIT;
	model.line = 0x60; /* 8 bits */
}

/* Levels: half a FIFO received; transmitted down to LEVEL_OUT. */
static void raise_receive(void)
{
	if (model.in_count >= FIFO / 2)
		model.raw |= PL011_INT_RECEIVE;
	else
		model.raw &= ~PL011_INT_RECEIVE;
	if (model.in_count == 0)
		model.raw &= ~PL011_INT_TIMEOUT;
}

void model_arrive(uint16_t character)
{
	if (model.in_count == FIFO) {
		model.overrun = PL011_DR_OVERRUN;
		return;
	}
	model.in[model.in_count++] = character;
	raise_receive();
}

void model_pause(void)
{
	if (model.in_count > 0)
		model.raw |= PL011_INT_TIMEOUT;
}

void model_arrive_text(const char *text)
{
	for (; *text != '\0'; text++)
		model_arrive((uint8_t)*text);
	model_pause();
}

void model_carry(unsigned count)
{
	for (; count > 0 && model.out_waiting > 0; count--) {
		if (--model.out_waiting == LEVEL_OUT)
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
		model_arrive(PL011_DR_BREAK);
	raise_receive();
	return data;
}

static uint32_t flags(void)
{
	uint32_t busy = model.busy > 0 ? PL011_FR_BUSY : 0;

	model.busy -= model.busy > 0;
	if (model.busy % 4 == 1 && model.meanwhile != NULL && *model.meanwhile != '\0')
		model_arrive((uint8_t)*model.meanwhile++);
	return busy | (model.in_count == 0 ? PL011_FR_RECEIVE_EMPTY : 0) | (model.out_waiting == FIFO ? PL011_FR_TRANSMIT_FULL : 0) |
	       (model.out_waiting == 0 ? PL011_FR_TRANSMIT_EMPTY : 0);
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
	case PL011_IFLS:
		return model.level;
	case PL011_DMACR:
		return model.dma;
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
	/* A break alone is sent without switching the device off, when nothing else is. */
	model.changed_while_enabled += ((model.control & PL011_CR_ENABLE) != 0 && (model.line ^ value) != PL011_LCR_H_BREAK) ||
				       model.busy > 0 || model.out_waiting > 0;
	model.line = value;
	model.divisor = model.integer * 64 + model.fraction;
}

static void write_data(uint32_t value)
{
	cr_assert_lt(model.out_waiting, FIFO, "a full FIFO is written to");
	cr_assert_eq(model.line & PL011_LCR_H_BREAK, 0, "the line is held low");
	cr_assert_lt(model.out_count, sizeof model.out);
	model.out[model.out_count++] = (char)value;
	if (++model.out_waiting > LEVEL_OUT)
		model.raw &= ~PL011_INT_TRANSMIT;
}

static void clear(uint32_t value)
{
	model.raw &= ~value;
	if (model.late != 0)
		model_arrive(model.late);
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
	case PL011_IBRD:
		model.integer = value;
		break;
	case PL011_FBRD:
		cr_assert_lt(value, 64);
		model.fraction = value;
		break;
	case PL011_LCR_H:
		write_line(value);
		break;
	case PL011_CR:
		model.switched_off += (value & PL011_CR_ENABLE) == 0;
		model.control = value;
		break;
	case PL011_IFLS:
		model.level = value;
		break;
	case PL011_DMACR:
		model.dma = value;
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

uint32_t model_interrupts(void)
{
	return model.raw & model.mask;
}
