#include "console.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <kaal/supervisor.h>

#define NOTE_BYTES 64u /* of what is said of lines that were dropped */

static char text_at(const struct console *console, uint32_t at)
{
	return console->log->text[at % KAAL_CONSOLE_RING_BYTES];
}

void console_start(struct console *console, struct kaal_log *log)
{
	*console = (struct console){.log = log, .put = log->read};
}

uint32_t console_next(const struct console *console)
{
	/* Pairs with the root task's release: the text is there before its length. */
	uint32_t there = atomic_load_explicit((_Atomic(uint32_t) *)&console->log->written, memory_order_acquire) - console->put;

	for (uint32_t i = 0; i < there && i < KAAL_CONSOLE_RING_BYTES; i++) {
		if (text_at(console, console->put + i) == '\n')
			return i + 1;
	}
	return 0;
}

static void put_text(struct ring *output, const char *text)
{
	ring_put_bytes(output, (const uint8_t *)text, (uint32_t)strlen(text));
}

/* The line that was put last ends where the output does now. */
static void note_end(struct console *console, uint64_t end)
{
	uint32_t place = (console->first + console->count++) % CONSOLE_LINES;

	console->lines[place].end = end;
	console->lines[place].put = console->put;
}

static void put_note(struct console *console, struct ring *output)
{
	uint32_t dropped = *(volatile uint32_t *)&console->log->dropped;
	char note[NOTE_BYTES];

	if (dropped == console->dropped)
		return;
	(void)snprintf(note, sizeof note, "uart: %u bytes of output dropped\r\n", (unsigned)(dropped - console->dropped));
	put_text(output, note);
	console->dropped = dropped;
}

bool console_put(struct console *console, struct ring *output, uint64_t sent, bool open)
{
	uint32_t bytes = console_next(console);

	/* A line's end is two characters on the line, and so is what ends an open one. */
	if (bytes == 0 || console->count == CONSOLE_LINES || ring_room(output) < bytes + NOTE_BYTES + 3)
		return false;
	if (open)
		put_text(output, "\r\n");
	for (uint32_t i = 0; i + 1 < bytes; i++)
		ring_put(output, (uint8_t)text_at(console, console->put + i));
	put_text(output, "\r\n");
	console->put += bytes;
	note_end(console, sent + ring_used(output));
	put_note(console, output);
	return true;
}

void console_acknowledge(struct console *console, uint64_t sent, bool open)
{
	for (; console->count != 0 && console->lines[console->first].end <= sent; console->count--) {
		/* The root task may write over it from here on. */
		atomic_store_explicit((_Atomic(uint32_t) *)&console->log->read, console->lines[console->first].put, memory_order_release);
		console->first = (console->first + 1) % CONSOLE_LINES;
	}
	*(volatile uint32_t *)&console->log->open = open;
}
