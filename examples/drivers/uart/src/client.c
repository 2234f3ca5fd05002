/*
 * A client: a small dialogue over the driver, of which it knows the service's name and nothing of the device. Reads lines and
 * answers them until it is told `end`; then it stops the driver, so that nobody is left, and ends.
 *
 *   end         ends it
 *   kill        kills the driver, whose restart is the system description's matter
 *   stats       tells the driver's counts, how long driver and client ran, and how long ago the machine was reset
 *   take N      takes the next N bytes as they are, and tells their number and CRC-32
 *   later N     the same, after it has not read anything for a quarter of a second
 *   break N     sends a break of N ms
 *   rate N      sets the line to N bits a second, 8 data bits, no parity, one stop bit
 *   anything else  is told back
 *
 * What goes wrong is printed: that goes to the root task, not to the driver.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/serial.h>
#include <kaal/status_text.h>
#include <kaal/supervisor.h>
#include <kaal/object.h>
#include <kaal/time.h>

#include "client-requires.h"

#define DRIVER "uart" /* the driver's component */
#define LINE_BYTES 1024u
#define BACKSPACE 0x08
#define DELETE 0x7f
#define CRC_POLYNOMIAL 0xedb88320u /* of CRC-32, ISO 3309, reflected */

/* What is being said, and how saying it went: after an error nothing more is said. */
static struct {
	struct kaal_serial uart;
	kaal_status_t status;
	char line[LINE_BYTES];
	size_t length;
} client;

static void say_bytes(const char *text, size_t bytes)
{
	if (client.status == KAAL_OK)
		client.status = kaal_serial_write(&client.uart, text, bytes);
}

/* At most LINE_BYTES and a few words around them. */
static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	char text[LINE_BYTES + 64];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	say_bytes(text, (size_t)length);
}

/* Takes one typed character into the line, and shows it. True: the line is complete. */
static bool take_key(char key)
{
	if (key == '\r' || key == '\n') {
		say("\r\n");
		return true;
	}
	if (key == BACKSPACE || key == DELETE) {
		if (client.length > 0) {
			client.length--;
			say("\b \b");
		}
	} else if (client.length < LINE_BYTES) {
		client.line[client.length++] = key;
		say_bytes(&key, 1);
	}
	return false;
}

static void read_line(void)
{
	bool complete = false;

	client.length = 0;
	while (!complete && client.status == KAAL_OK) {
		char key;
		size_t count;

		/* One at a time: what follows the end of the line is for `take`. */
		client.status = kaal_serial_read(&client.uart, &key, 1, &count, UINT64_MAX);
		if (client.status == KAAL_OK)
			complete = take_key(key);
	}
}

static uint32_t crc_next(uint32_t crc, uint8_t byte)
{
	crc ^= byte;
	for (unsigned bit = 0; bit < 8; bit++)
		crc = crc >> 1 ^ ((crc & 1) != 0 ? CRC_POLYNOMIAL : 0);
	return crc;
}

static void take(uint64_t bytes)
{
	uint32_t crc = UINT32_MAX;
	uint64_t taken = 0;

	while (taken < bytes && client.status == KAAL_OK) {
		uint8_t piece[KAAL_SERIAL_BYTES_MAX];
		size_t count, wanted = bytes - taken < sizeof piece ? (size_t)(bytes - taken) : sizeof piece;

		client.status = kaal_serial_read(&client.uart, piece, wanted, &count, UINT64_MAX);
		for (size_t i = 0; i < count; i++)
			crc = crc_next(crc, piece[i]);
		taken += count;
	}
	say("%llu bytes, CRC %08lx\r\n", (unsigned long long)taken, (unsigned long)~crc);
}

static unsigned long long microseconds(kaal_ticks_t ticks)
{
	return kaal_ticks_to_ns(ticks, kaal_ticks_hz()) / 1000;
}

static void tell_stats(void)
{
	static const char *const names[KAAL_SERIAL_STAT_RAN] = {"received", "sent", "wake-ups", "overruns", "framing", "parity", "breaks"};
	uint64_t stats[KAAL_SERIAL_STATS_COUNT], ran = 0;
	char text[256];
	size_t length = 0;

	client.status = kaal_serial_stats(&client.uart, stats, UINT64_MAX);
	kaal_ignore(kaal_sched_consumed(kaal_own_sched_context(), &ran));
	for (unsigned i = 0; i < KAAL_SERIAL_STAT_RAN; i++)
		length += (size_t)snprintf(text + length, sizeof text - length, "%s%llu %s", i == 0 ? "" : ", ",
					   (unsigned long long)stats[i], names[i]);
	say("%s; driver ran %llu us, client %llu us, of %llu us\r\n", text, microseconds(stats[KAAL_SERIAL_STAT_RAN]), microseconds(ran),
	    microseconds(kaal_ticks_now()));
}

/* Ends the driver, for good or as a fault would. Needs the privilege `supervision`. */
static void end_driver(bool for_good)
{
	uint32_t driver;
	kaal_status_t status = kaal_supervisor_find(DRIVER, &driver);

	if (status == KAAL_OK)
		status = for_good ? kaal_supervisor_stop(driver) : kaal_supervisor_kill(driver);
	if (status != KAAL_OK)
		say("%s\r\n", kaal_status_text(status));
}

static bool line_is(const char *text)
{
	return client.length == strlen(text) && memcmp(client.line, text, client.length) == 0;
}

/* The number behind a word and a space, at most 8 digits; 0 if the line is another. */
static uint64_t number_after(const char *word)
{
	size_t length = strlen(word);
	uint64_t number = 0;

	if (client.length <= length || client.length > length + 8 || memcmp(client.line, word, length) != 0)
		return 0;
	for (size_t i = length; i < client.length; i++) {
		if (client.line[i] < '0' || client.line[i] > '9')
			return 0;
		number = number * 10 + (uint64_t)(client.line[i] - '0');
	}
	return number;
}

/* What is said from then on goes out at the new rate. */
static void set_rate(uint64_t rate)
{
	kaal_status_t status = kaal_serial_set_line(&client.uart, &rate, 8, KAAL_SERIAL_PARITY_NONE, 1, UINT64_MAX);

	if (status == KAAL_OK)
		say("%llu bits a second\r\n", (unsigned long long)rate);
	else
		say("%s\r\n", kaal_status_text(status));
}

/* What is said comes after it. */
static void send_break(uint32_t ms)
{
	kaal_status_t status = kaal_serial_break(&client.uart, ms, UINT64_MAX);

	say("%s\r\n", status == KAAL_OK ? "that was a break" : kaal_status_text(status));
}

static void answer_line(void)
{
	uint64_t now = number_after("take "), later = number_after("later "), rate = number_after("rate "), pause = number_after("break ");

	if (now > 0) {
		say("ready\r\n");
		take(now);
	} else if (later > 0) {
		say("ready\r\n");
		kaal_ignore(kaal_thread_sleep(kaal_ticks_now() + kaal_ticks_hz() / 4));
		take(later);
	} else if (rate > 0) {
		set_rate(rate);
	} else if (pause > 0) {
		send_break((uint32_t)pause);
	} else if (line_is("stats")) {
		tell_stats();
	} else if (line_is("kill")) {
		end_driver(false);
	} else {
		say("you typed %zu bytes: %.*s\r\n", client.length, (int)client.length, client.line);
	}
}

int main(void)
{
	client.status = kaal_serial_open(&client.uart, "serial", UINT64_MAX);
	say("type; `end` ends\r\n");
	while (client.status == KAAL_OK) {
		say("> ");
		read_line();
		if (client.status == KAAL_OK && line_is("end"))
			break;
		answer_line();
	}
	if (client.status != KAAL_OK)
		printf("serial: %s\n", kaal_status_text(client.status));
	end_driver(true);
	return client.status == KAAL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
