#include "driver.h"

#include <string.h>

#include <kaal/broker.h>
#include <kaal/message.h>
#include <kaal/serial_protocol.h>
#include <kaal/object.h>
#include <kaal/time.h>

#include "calls.h"
#include "console.h"
#include "format.h"
#include "pl011.h"

#define NO_BREAK UINT64_MAX

static struct {
	const struct uart_driver_setup *setup;
	struct pl011 uart;
	struct console console;
	struct calls reads, writes;
	bool open;          /* the last line that was put into the output has no end yet */
	bool console_first; /* the console's line comes before the next write */
	uint64_t wake_ups;
	kaal_ticks_t break_end;                 /* when the break that is being sent ends; NO_BREAK: none is */
	uint64_t words[KAAL_MESSAGE_REGISTERS]; /* of the request, then of the answer */
} driver;

static bool fits(uint64_t bytes, uint64_t words, uint64_t words_wanted)
{
	return bytes >= 1 && bytes <= KAAL_SERIAL_BYTES_MAX && words == words_wanted;
}

/* Input is taken out only if it arrived: the next reader gets what a vanished one did not. Whether a call was served. */
static bool serve_reader(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	uint8_t data[KAAL_SERIAL_BYTES_MAX] = {0};
	uint32_t count = ring_used(&driver.uart.input);
	struct call *reader = calls_first(&driver.reads);

	if (reader == NULL || count == 0)
		return false;
	if (count > reader->bytes)
		count = (uint32_t)reader->bytes;
	for (uint32_t i = 0; i < count; i++)
		data[i] = ring_peek(&driver.uart.input, i);
	words[0] = count;
	memcpy(&words[1], data, sizeof data);
	if (calls_answer(reader, kaal_message(KAAL_SERIAL_WORDS(count), 0, KAAL_OK), words))
		ring_drop(&driver.uart.input, count);
	return true;
}

/* All of a write or nothing: one that was superseded has had no effect. Whether a call was served. */
static bool serve_writer(struct call *writer)
{
	static const uint64_t none[KAAL_MESSAGE_REGISTERS];

	if (ring_room(&driver.uart.output) < writer->bytes)
		return false;
	if (!calls_answer(writer, kaal_message(0, 0, KAAL_OK), none))
		return true;
	ring_put_bytes(&driver.uart.output, writer->data, (uint32_t)writer->bytes);
	driver.open = writer->data[writer->bytes - 1] != '\n';
	return true;
}

/* Console and clients by turns, if both have something: who is next waits for room. Whether something was served. */
static bool serve_output(void)
{
	struct call *writer = calls_first(&driver.writes);
	bool console = console_next(&driver.console) != 0 && (driver.console_first || writer == NULL);

	if (console) {
		if (!console_put(&driver.console, &driver.uart.output, driver.uart.sent, driver.open))
			return false;
		driver.open = false;
		driver.console_first = false;
	} else {
		if (writer == NULL || !serve_writer(writer))
			return false;
		driver.console_first = true;
	}
	return true;
}

static void tell_stats(void)
{
	const struct pl011 *uart = &driver.uart;

	driver.words[KAAL_SERIAL_STAT_RECEIVED] = uart->received;
	driver.words[KAAL_SERIAL_STAT_SENT] = uart->sent;
	driver.words[KAAL_SERIAL_STAT_WAKE_UPS] = driver.wake_ups;
	driver.words[KAAL_SERIAL_STAT_OVERRUNS] = uart->overruns;
	driver.words[KAAL_SERIAL_STAT_FRAMING] = uart->framing;
	driver.words[KAAL_SERIAL_STAT_PARITY] = uart->parity;
	driver.words[KAAL_SERIAL_STAT_BREAKS] = uart->breaks;
	kaal_ignore(kaal_sched_consumed(driver.setup->context, &driver.words[KAAL_SERIAL_STAT_RAN]));
}

/* Calls of clients that have ended give their places to others. */
static void forget_ended(void)
{
	uint64_t badges[KAAL_BROKER_BADGES];
	uint32_t count;

	do {
		if (kaal_broker_ended(driver.setup->service, badges, &count) != KAAL_OK)
			return;
		for (uint32_t i = 0; i < count; i++) {
			calls_end(&driver.reads, badges[i]);
			calls_end(&driver.writes, badges[i]);
		}
	} while (count == KAAL_BROKER_BADGES);
}

/*
 * The call that was received is to wait; NULL, and *answer: it cannot. The console's notification is the thread's, and
 * the broker cannot signal that: so it is asked who has ended when that matters.
 */
static struct call *wait(struct calls *calls, uint64_t badge, uint64_t *answer)
{
	struct call *call = calls_wait(calls, badge, driver.words[0]);

	*answer = kaal_message(0, 0, KAAL_NO_MEMORY);
	if (call != NULL)
		return call;
	forget_ended();
	return calls_wait(calls, badge, driver.words[0]);
}

/* Changes rate and format of the line. The words are the request's, then the answer's. */
static kaal_status_t set_line(void)
{
	uint64_t *words = driver.words, rate = words[0];
	uint32_t divisor, line;

	if (driver.setup->clock == 0)
		return KAAL_NO_RIGHT;
	if (!format_line(words[1], words[2], words[3], &line) || !format_divisor(driver.setup->clock, &rate, &divisor))
		return KAAL_OUT_OF_RANGE;
	if (!pl011_set_line(&driver.uart, divisor, line))
		return KAAL_WOULD_BLOCK;
	words[0] = rate;
	return KAAL_OK;
}

static kaal_status_t begin_break(void)
{
	if (driver.setup->clock == 0)
		return KAAL_NO_RIGHT;
	if (driver.words[0] == 0 || driver.words[0] > KAAL_SERIAL_BREAK_MS_MAX)
		return KAAL_OUT_OF_RANGE;
	if (!pl011_begin_break(&driver.uart))
		return KAAL_WOULD_BLOCK;
	driver.break_end = kaal_ticks_now() + kaal_ns_to_ticks(driver.words[0] * 1000000, kaal_ticks_hz());
	return KAAL_OK;
}

/* Deals with a request. True: it is answered at once, with *answer and the words; false: it waits. */
static bool request(uint64_t received, uint64_t badge, uint64_t *answer)
{
	uint64_t words = kaal_message_words(received);
	struct call *call;
	kaal_status_t status;

	switch (kaal_message_label(received)) {
	case KAAL_SERIAL_READ:
		if (!fits(driver.words[0], words, 1))
			break;
		return wait(&driver.reads, badge, answer) == NULL;
	case KAAL_SERIAL_WRITE:
		if (!fits(driver.words[0], words, KAAL_SERIAL_WORDS(driver.words[0])))
			break;
		call = wait(&driver.writes, badge, answer);
		if (call != NULL)
			memcpy(call->data, &driver.words[1], sizeof call->data);
		return call == NULL;
	case KAAL_SERIAL_STATS:
		if (words != 0)
			break;
		tell_stats();
		*answer = kaal_message(KAAL_SERIAL_STATS_COUNT, 0, KAAL_OK);
		return true;
	case KAAL_SERIAL_SET_LINE:
		if (words != 4)
			break;
		status = set_line();
		*answer = kaal_message(status == KAAL_OK ? 1 : 0, 0, (uint32_t)status);
		return true;
	case KAAL_SERIAL_BREAK:
		if (words != 1)
			break;
		*answer = kaal_message(0, 0, (uint32_t)begin_break());
		return true;
	default:
		break;
	}
	*answer = kaal_message(0, 0, KAAL_OUT_OF_RANGE);
	return true;
}

/*
 * Whatever can be done now for rings, device, console and the calls that wait; each call and line is served once, so
 * this ends. The last step looks at the calls, not at the device: a reader is told of every byte that was taken from
 * the device, and a writer that still waits has a full ring and so the transmit interrupt (PL011-3) to wait for.
 */
static void progress(void)
{
	bool served = true;

	while (served) {
		pl011_service(&driver.uart);
		console_acknowledge(&driver.console, driver.uart.sent, driver.uart.last != '\n');
		served = serve_reader();
		served = serve_output() || served;
	}
}

static kaal_status_t handle_flags(uint64_t flags)
{
	bool interrupt = (flags >> UART_FLAG_INTERRUPT & 1) != 0;

	driver.wake_ups += interrupt;
	progress();
	return interrupt ? kaal_irq_ack(driver.setup->handler) : KAAL_OK;
}

/* Gives the last answer, if there is one, and takes what comes next; TIMEOUT: the break's end. */
static kaal_status_t receive(bool answered, uint64_t answer, uint64_t *received, uint64_t *badge)
{
	const struct uart_driver_setup *setup = driver.setup;

	if (driver.break_end == NO_BREAK)
		return answered ? kaal_endpoint_reply_recv(setup->endpoint, answer, calls_reply(), driver.words, received, badge)
				: kaal_endpoint_recv(setup->endpoint, calls_reply(), driver.words, received, badge);
	if (answered)
		kaal_ignore(kaal_reply_send(calls_reply(), answer, driver.words));
	return kaal_endpoint_recv_until(setup->endpoint, calls_reply(), driver.break_end, driver.words, received, badge);
}

/* Requests that wait are received also after it, so the time is looked at, too. */
static void end_break_in_time(void)
{
	if (driver.break_end == NO_BREAK || kaal_ticks_now() < driver.break_end)
		return;
	driver.break_end = NO_BREAK;
	pl011_end_break(&driver.uart);
	progress();
}

kaal_status_t uart_driver_run(const struct uart_driver_setup *setup)
{
	kaal_status_t status;
	uint64_t received, badge, answer = 0;
	bool answered = false;

	driver.setup = setup;
	driver.break_end = NO_BREAK;
	console_start(&driver.console, setup->console);
	calls_start(setup->replies);
	pl011_start(&driver.uart, setup->registers, setup->line_control);
	/* What the root task has said since it handed the console over. */
	progress();
	status = kaal_irq_ack(setup->handler);
	while (status == KAAL_OK) {
		status = receive(answered, answer, &received, &badge);
		answered = false;
		if (status == KAAL_TIMEOUT) {
			status = KAAL_OK;
		} else if (status == KAAL_OK && (received & KAAL_MESSAGE_NOTIFICATION) != 0) {
			status = handle_flags(badge);
		} else if (status == KAAL_OK) {
			answered = request(received, badge, &answer);
			if (!answered)
				progress();
		}
		end_break_in_time();
	}
	return status;
}
