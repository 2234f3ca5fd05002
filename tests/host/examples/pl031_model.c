#include "pl031_model.h"

#include <criterion/criterion.h>

struct pl031_model model;

void model_reset(void)
{
	model = (struct pl031_model){.count = 1000000000, .match = 1000000001, .control = PL031_CR_START, .mask = PL031_INT_MATCH, .id = 0x1031};
}

void model_tick(uint32_t seconds)
{
	for (; seconds > 0; seconds--) {
		if ((model.control & PL031_CR_START) != 0 && ++model.count == model.match)
			model.raw |= PL031_INT_MATCH;
	}
}

bool model_interrupts(void)
{
	return (model.raw & model.mask) != 0;
}

static void access_at(uintptr_t base)
{
	cr_assert_eq(base, BASE);
	if (++model.accesses == model.tick_at)
		model_tick(1);
}

uint32_t pl031_read(uintptr_t base, enum pl031_register offset)
{
	access_at(base);
	switch (offset) {
	case PL031_DR:
		return model.count;
	case PL031_CR:
		return model.control;
	case PL031_RIS:
		return model.raw;
	case PL031_PERIPH_ID0:
		return model.id & 0xff;
	case PL031_PERIPH_ID1:
		return model.id >> 8;
	default:
		cr_assert_fail("register 0x%x is read", (unsigned)offset);
		return 0;
	}
}

void pl031_write(uintptr_t base, enum pl031_register offset, uint32_t value)
{
	access_at(base);
	switch (offset) {
	case PL031_MR:
		model.match = value;
		break;
	case PL031_LR:
		model.count = value;
		if (model.count == model.match)
			model.raw |= PL031_INT_MATCH;
		break;
	case PL031_CR:
		model.control |= value & PL031_CR_START;
		break;
	case PL031_IMSC:
		model.mask = value;
		break;
	case PL031_ICR:
		model.raw &= ~value;
		break;
	default:
		cr_assert_fail("register 0x%x is written", (unsigned)offset);
	}
}
