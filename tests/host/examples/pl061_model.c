#include "pl061_model.h"

#include <criterion/criterion.h>

struct pl061_model model;

void model_reset(void)
{
	model = (struct pl061_model){.ie = 0xff, .is = 0x0f, .iev = 0x55, .edges = 0xf0, .afsel = 0x81, .id = 0x1061, .keeps = true};
}

static uint32_t inputs(void)
{
	return model.pins & ~model.dir;
}

static uint32_t raw(void)
{
	uint32_t levels = ~(inputs() ^ model.iev) & model.is & ~model.dir;

	return (model.edges & ~model.is) | levels;
}

void model_pins(uint32_t pins)
{
	uint32_t changed = (pins ^ model.pins) & ~model.dir, up = changed & pins;

	model.pins = pins;
	model.edges |= changed & ~model.is & (model.ibe | ~((up ^ model.iev)));
}

bool model_interrupts(void)
{
	return (raw() & model.ie) != 0;
}

static void access_at(uintptr_t base)
{
	cr_assert_eq(base, BASE);
	if (++model.accesses == model.pins_at)
		model_pins(model.pins_then);
}

static void note_driven(void)
{
	uint32_t driven = model.dir << 8 | (model.out & model.dir);

	if (model.driven_count == 0 || model.driven[model.driven_count - 1] != driven) {
		cr_assert_lt(model.driven_count, 64u);
		model.driven[model.driven_count++] = driven;
	}
}

uint32_t pl061_read(uintptr_t base, enum pl061_register offset)
{
	access_at(base);
	if (offset < PL061_DIR)
		return (inputs() | (model.out & model.dir)) & (offset - PL061_DATA) / 4;
	switch (offset) {
	case PL061_DIR:
		return model.dir;
	case PL061_IS:
		return model.is;
	case PL061_IBE:
		return model.ibe;
	case PL061_IEV:
		return model.iev;
	case PL061_IE:
		return model.ie;
	case PL061_RIS:
		return raw();
	case PL061_MIS:
		return raw() & model.ie;
	case PL061_AFSEL:
		return model.afsel;
	case PL061_PERIPH_ID0:
		return model.id & 0xff;
	case PL061_PERIPH_ID1:
		return model.id >> 8;
	default:
		cr_assert_fail("register 0x%x is read", (unsigned)offset);
		return 0;
	}
}

static void write_data(uint32_t lines, uint32_t value)
{
	if (!model.keeps)
		lines &= model.dir;
	model.out = (model.out & ~lines) | (value & lines);
	note_driven();
}

/* What interrupts may look different then, as if there had been an edge. */
static void write_sense(uint32_t *reg, uint32_t value)
{
	model.edges |= *reg ^ value;
	*reg = value;
}

void pl061_write(uintptr_t base, enum pl061_register offset, uint32_t value)
{
	access_at(base);
	cr_assert_leq(value, PL061_LINES);
	if (offset < PL061_DIR) {
		write_data((offset - PL061_DATA) / 4, value);
		return;
	}
	switch (offset) {
	case PL061_DIR:
		model.dir = value;
		note_driven();
		break;
	case PL061_IS:
		write_sense(&model.is, value);
		break;
	case PL061_IBE:
		write_sense(&model.ibe, value);
		break;
	case PL061_IEV:
		write_sense(&model.iev, value);
		break;
	case PL061_IE:
		model.ie = value;
		break;
	case PL061_IC:
		model.edges &= ~value;
		break;
	case PL061_AFSEL:
		model.afsel = value;
		break;
	default:
		cr_assert_fail("register 0x%x is written", (unsigned)offset);
	}
}
