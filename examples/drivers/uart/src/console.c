#include "console.h"

#include <stdatomic.h>
#include <stdio.h>

#include <kaal/supervisor.h>

#define NOTE_BYTES 64u /* of what is said of lines that were dropped */

static char text_at(const struct console *console, uint32_t at)
{
	return console->log->text[at % KAAL_CONSOLE_RING_BYTES];
}

uint32_t console_next(const struct console *console)
{
	/* Pairs with the root task's release: the text is there before its length. */
	uint32_t there = atomic_load_explicit((_Atomic(uint32_t) *)&console->log->written, memory_order_acquire) - console->log->read;

	for (uint32_t i = 0; i < there && i < KAAL_CONSOLE_RING_BYTES; i++) {
		if (text_at(console, console->log->read + i) == '\n')
			return i + 1;
	}
	return 0;
}

static void put_text(struct ring *output, const char *text)
{
	for (; *text != '\0'; text++)
		ring_put(output, (uint8_t)*text);
}

bool console_put(struct console *console, struct ring *output, bool open)
{
	uint32_t bytes = console_next(console), dropped;

	/* A line's end is two characters on the line, and so is what ends an open one. */
	if (bytes == 0 || ring_room(output) < bytes + NOTE_BYTES + 3)
		return false;
	if (open)
		put_text(output, "\r\n");
	for (uint32_t i = 0; i + 1 < bytes; i++)
		ring_put(output, (uint8_t)text_at(console, console->log->read + i));
	put_text(output, "\r\n");
	/* The root task may write over it from here on. */
	atomic_store_explicit((_Atomic(uint32_t) *)&console->log->read, console->log->read + bytes, memory_order_release);
	dropped = *(volatile uint32_t *)&console->log->dropped;
	if (dropped != console->dropped) {
		char note[NOTE_BYTES];

		(void)snprintf(note, sizeof note, "uart: %u bytes of output dropped\r\n", (unsigned)(dropped - console->dropped));
		put_text(output, note);
		console->dropped = dropped;
	}
	return true;
}

void console_tell(const struct console *console, bool open)
{
	*(volatile uint32_t *)&console->log->open = open;
}
