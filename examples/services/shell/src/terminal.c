#include "terminal.h"

#include <pthread.h>
#include <string.h>

#include <kaal/serial.h>
#include <kaal/status_text.h>
#include <kaal/supervisor.h>

#define INTERRUPT 0x03
#define STACK_BYTES 16384u

static struct {
	struct kaal_serial serial;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t typed, room;
	char input[TERMINAL_INPUT_BYTES];
	uint32_t first, used; /* of input */
	bool gone;            /* the line is */
	bool busy;            /* a command goes on */
	bool interrupted;
	uint32_t foreground;
} line = {.lock = PTHREAD_MUTEX_INITIALIZER, .typed = PTHREAD_COND_INITIALIZER, .room = PTHREAD_COND_INITIALIZER, .foreground = TERMINAL_NOBODY};

/* The first thread's. */
static struct {
	char text[TERMINAL_OUTPUT_BYTES];
	size_t used;
} output;

/* --- input ------------------------------------------------------------------------------- */

/* With the lock. What was typed before is not meant any more. */
static void interrupt(void)
{
	line.first = line.used = 0;
	if (!line.busy)
		return;
	line.interrupted = true;
	if (line.foreground != TERMINAL_NOBODY)
		kaal_ignore(kaal_supervisor_stop(line.foreground));
}

/* With the lock; waits for room. */
static void take(char byte)
{
	if (byte == INTERRUPT) {
		interrupt();
		if (line.busy)
			return;
	}
	while (line.used == TERMINAL_INPUT_BYTES)
		(void)pthread_cond_wait(&line.room, &line.lock);
	line.input[(line.first + line.used++) % TERMINAL_INPUT_BYTES] = byte;
}

static void *read_line(void *nothing)
{
	kaal_status_t status;

	do {
		char bytes[KAAL_SERIAL_BYTES_MAX];
		size_t count;

		status = kaal_serial_read(&line.serial, bytes, sizeof bytes, &count, UINT64_MAX);
		(void)pthread_mutex_lock(&line.lock);
		for (size_t i = 0; i < count; i++)
			take(bytes[i]);
		line.gone = status != KAAL_OK;
		(void)pthread_cond_broadcast(&line.typed);
		(void)pthread_mutex_unlock(&line.lock);
	} while (status == KAAL_OK);
	printf("console: %s\n", kaal_status_text(status));
	return nothing;
}

size_t terminal_read(char *to, size_t bytes)
{
	size_t count = 0;

	if (!terminal_waits())
		terminal_flush();
	(void)pthread_mutex_lock(&line.lock);
	while (line.used == 0 && !line.gone && !(line.busy && line.interrupted))
		(void)pthread_cond_wait(&line.typed, &line.lock);
	if (line.used == TERMINAL_INPUT_BYTES)
		(void)pthread_cond_signal(&line.room);
	if (!(line.busy && line.interrupted)) {
		for (; count < bytes && line.used > 0; line.used--) {
			to[count++] = line.input[line.first];
			line.first = (line.first + 1) % TERMINAL_INPUT_BYTES;
		}
	}
	(void)pthread_mutex_unlock(&line.lock);
	return count;
}

bool terminal_gone(void)
{
	bool gone;

	(void)pthread_mutex_lock(&line.lock);
	gone = line.gone;
	(void)pthread_mutex_unlock(&line.lock);
	return gone;
}

bool terminal_waits(void)
{
	bool waits;

	(void)pthread_mutex_lock(&line.lock);
	waits = line.used > 0;
	(void)pthread_mutex_unlock(&line.lock);
	return waits;
}

/* --- Ctrl-C ------------------------------------------------------------------------------ */

static void set_busy(bool busy)
{
	(void)pthread_mutex_lock(&line.lock);
	line.busy = busy;
	line.interrupted = false;
	line.foreground = TERMINAL_NOBODY;
	(void)pthread_mutex_unlock(&line.lock);
}

void terminal_begin(void)
{
	set_busy(true);
}

void terminal_end(void)
{
	set_busy(false);
}

bool terminal_interrupted(void)
{
	bool interrupted;

	(void)pthread_mutex_lock(&line.lock);
	interrupted = line.interrupted || line.gone;
	(void)pthread_mutex_unlock(&line.lock);
	return interrupted;
}

void terminal_foreground(uint32_t component)
{
	(void)pthread_mutex_lock(&line.lock);
	line.foreground = component;
	/* It was typed between the start and now. */
	if (component != TERMINAL_NOBODY && line.interrupted)
		kaal_ignore(kaal_supervisor_stop(component));
	(void)pthread_mutex_unlock(&line.lock);
}

/* --- output ------------------------------------------------------------------------------ */

void terminal_flush(void)
{
	if (output.used != 0)
		kaal_ignore(kaal_serial_write(&line.serial, output.text, output.used));
	output.used = 0;
}

void terminal_put(const char *text, size_t bytes)
{
	while (bytes > 0) {
		size_t piece = TERMINAL_OUTPUT_BYTES - output.used < bytes ? TERMINAL_OUTPUT_BYTES - output.used : bytes;

		memcpy(output.text + output.used, text, piece);
		output.used += piece;
		text += piece;
		bytes -= piece;
		if (output.used == TERMINAL_OUTPUT_BYTES)
			terminal_flush();
	}
}

static int put_character(char character, FILE *file)
{
	(void)file;
	if (character == '\n')
		terminal_put("\r", 1);
	terminal_put(&character, 1);
	return (unsigned char)character;
}

static FILE stream = FDEV_SETUP_STREAM(put_character, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *terminal = &stream;

kaal_status_t terminal_start(void)
{
	pthread_attr_t attributes;
	pthread_t reader;
	kaal_status_t status = kaal_serial_open(&line.serial, "console", UINT64_MAX);

	if (status != KAAL_OK)
		return status;
	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
	return pthread_create(&reader, &attributes, read_line, NULL) == 0 ? KAAL_OK : KAAL_NO_MEMORY;
}
