#include "client.h"

#include <stdbool.h>
#include <string.h>

#include <kaal/syscall.h>
#include <kaal/time.h>

#include "uart_client.h"

#define LINE_BYTES 1024u
#define BACKSPACE 0x08
#define DELETE 0x7f
#define CRC_POLYNOMIAL 0xedb88320u /* of CRC-32, ISO 3309, reflected */

/* What is being said, and how saying it went: after an error nothing more is said. */
static struct {
	kaal_status_t status;
	char line[LINE_BYTES];
	size_t length;
} client;

/* No printf: the C library's state is the first thread's. */
static void say_bytes(const char *text, size_t bytes)
{
	if (client.status == KAAL_OK)
		client.status = uart_write(CLIENT_UART, text, bytes);
}

static void say(const char *text)
{
	say_bytes(text, strlen(text));
}

static void say_number(uint64_t number)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	say_bytes(digits + at, sizeof digits - at);
}

static void say_hexadecimal(uint32_t number)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		say_bytes(&"0123456789abcdef"[number >> shift & 15], 1);
}

static void say_count(uint64_t number, const char *what)
{
	say_number(number);
	say(what);
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
		client.status = uart_read(CLIENT_UART, &key, 1, &count);
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
		uint8_t piece[UART_BYTES_MAX];
		size_t count, wanted = bytes - taken < sizeof piece ? (size_t)(bytes - taken) : sizeof piece;

		client.status = uart_read(CLIENT_UART, piece, wanted, &count);
		for (size_t i = 0; i < count; i++)
			crc = crc_next(crc, piece[i]);
		taken += count;
	}
	say_count(taken, " bytes, CRC ");
	say_hexadecimal(~crc);
	say("\r\n");
}

static uint64_t microseconds(kaal_ticks_t ticks)
{
	return kaal_ticks_to_ns(ticks, kaal_ticks_hz()) / 1000;
}

static void tell_stats(void)
{
	uint64_t stats[UART_STATS_COUNT], ran = 0;

	client.status = uart_stats(CLIENT_UART, stats);
	(void)kaal_sched_consumed(CLIENT_CONTEXT, &ran);
	say_count(stats[UART_STAT_RECEIVED], " received, ");
	say_count(stats[UART_STAT_SENT], " sent, ");
	say_count(stats[UART_STAT_WAKE_UPS], " wake-ups, ");
	say_count(stats[UART_STAT_OVERRUNS], " overruns, ");
	say_count(stats[UART_STAT_FRAMING], " framing, ");
	say_count(stats[UART_STAT_PARITY], " parity, ");
	say_count(stats[UART_STAT_BREAKS], " breaks; driver ran ");
	say_count(microseconds(stats[UART_STAT_RAN]), " us, client ");
	say_count(microseconds(ran), " us, of ");
	say_count(microseconds(kaal_ticks_now()), " us\r\n");
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

static void answer_line(void)
{
	uint64_t now = number_after("take "), later = number_after("later ");

	if (now > 0) {
		say("ready\r\n");
		take(now);
	} else if (later > 0) {
		say("ready\r\n");
		(void)kaal_thread_sleep(kaal_ticks_now() + kaal_ticks_hz() / 4);
		take(later);
	} else if (line_is("stats")) {
		tell_stats();
	} else {
		say("you typed ");
		say_count(client.length, " bytes: ");
		say_bytes(client.line, client.length);
		say("\r\n");
	}
}

kaal_status_t client_run(void)
{
	say("type; `end` ends\r\n");
	while (client.status == KAAL_OK) {
		say("> ");
		read_line();
		if (client.status == KAAL_OK && line_is("end"))
			break;
		answer_line();
	}
	return client.status;
}
