#include "pl061.h"

#include "registers.h"

static void change(uintptr_t base, enum pl061_register offset, uint32_t lines, uint32_t values)
{
	pl061_write(base, offset, (pl061_read(base, offset) & ~lines) | (values & lines));
}

bool pl061_start(uintptr_t base)
{
	if ((pl061_read(base, PL061_PERIPH_ID0) & 0xff) != PL061_ID0 || (pl061_read(base, PL061_PERIPH_ID1) & 0xff) != PL061_ID1)
		return false;
	pl061_watch(base, PL061_LINES, GPIO_WATCH_NOTHING);
	return true;
}

void pl061_claim(uintptr_t base, uint32_t lines)
{
	change(base, PL061_AFSEL, lines, 0);
}

/*
 * Levels before directions, so that no line is driven with another one in between; and once more after it, for devices
 * that keep no level for an input (QEMU's does not).
 */
void pl061_direct(uintptr_t base, uint32_t lines, uint32_t outputs, uint32_t levels)
{
	pl061_watch(base, lines, GPIO_WATCH_NOTHING);
	pl061_drive(base, outputs, levels);
	change(base, PL061_DIR, lines, outputs);
	pl061_drive(base, outputs, levels);
}

uint32_t pl061_outputs(uintptr_t base)
{
	return pl061_read(base, PL061_DIR) & PL061_LINES;
}

uint32_t pl061_levels(uintptr_t base, uint32_t lines)
{
	return pl061_read(base, pl061_data(lines)) & lines;
}

void pl061_drive(uintptr_t base, uint32_t lines, uint32_t levels)
{
	pl061_write(base, pl061_data(lines), levels);
}

/* In this order: to change what interrupts may look like an edge, which must not be told, and one that comes after IC must. */
void pl061_watch(uintptr_t base, uint32_t lines, enum gpio_watch what)
{
	bool level = what == GPIO_WATCH_HIGH || what == GPIO_WATCH_LOW;
	bool up = what == GPIO_WATCH_HIGH || what == GPIO_WATCH_RISING;

	change(base, PL061_IE, lines, 0);
	change(base, PL061_IS, lines, level ? lines : 0);
	change(base, PL061_IBE, lines, what == GPIO_WATCH_EDGES ? lines : 0);
	change(base, PL061_IEV, lines, up ? lines : 0);
	pl061_write(base, PL061_IC, lines);
	if (what != GPIO_WATCH_NOTHING)
		pl061_watch_again(base, lines);
}

uint32_t pl061_take(uintptr_t base)
{
	uint32_t happened = pl061_read(base, PL061_MIS) & PL061_LINES;
	uint32_t levels = happened & pl061_read(base, PL061_IS);

	pl061_write(base, PL061_IC, happened & ~levels);
	if (levels != 0)
		change(base, PL061_IE, levels, 0);
	return happened;
}

void pl061_watch_again(uintptr_t base, uint32_t lines)
{
	change(base, PL061_IE, lines, lines);
}
