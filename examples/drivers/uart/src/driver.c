#include "driver.h"

#include <string.h>

#include <kaal/message.h>
#include <kaal/syscall.h>

#include "pl011.h"
#include "protocol.h"

#define NO_REPLY 0u

/* A call that waits: in which reply object (NO_REPLY: none does), and for what. */
struct waiting {
	kaal_cap_t reply;
	uint64_t bytes;
	uint8_t data[UART_BYTES_MAX]; /* of a write */
};

static struct {
	struct pl011 uart;
	struct waiting reader, writer;
	kaal_cap_t free[UART_DRIVER_REPLY_COUNT]; /* reply objects that nobody waits in; the last one is received with */
	unsigned free_count;
	uint64_t wake_ups;
	uint64_t words[KAAL_MESSAGE_REGISTERS]; /* of the request, then of the answer */
} driver;

static bool fits(uint64_t bytes, uint64_t words, uint64_t words_wanted)
{
	return bytes >= 1 && bytes <= UART_BYTES_MAX && words == words_wanted;
}

/* Answers a call that waits, if its caller still does; its reply object is free again. */
static bool answer_waiting(struct waiting *waiting, uint64_t message, const uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	bool answered = kaal_reply_send(waiting->reply, message, words) == KAAL_OK;

	driver.free[driver.free_count++] = waiting->reply;
	waiting->reply = NO_REPLY;
	return answered;
}

/* The call that is looked at is going to wait, in place of the one that did. */
static void wait(struct waiting *waiting, uint64_t bytes)
{
	static const uint64_t none[KAAL_MESSAGE_REGISTERS];
	kaal_cap_t reply = driver.free[--driver.free_count];

	if (waiting->reply != NO_REPLY)
		(void)answer_waiting(waiting, kaal_message(0, 0, UART_SUPERSEDED), none);
	waiting->reply = reply;
	waiting->bytes = bytes;
}

/* Input is taken out only if it arrived: the next reader gets what a vanished one did not. Whether there is more room now. */
static bool serve_reader(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	uint8_t data[UART_BYTES_MAX] = {0};
	uint32_t count = ring_used(&driver.uart.input);

	if (driver.reader.reply == NO_REPLY || count == 0)
		return false;
	if (count > driver.reader.bytes)
		count = (uint32_t)driver.reader.bytes;
	for (uint32_t i = 0; i < count; i++)
		data[i] = ring_peek(&driver.uart.input, i);
	words[0] = count;
	memcpy(&words[1], data, sizeof data);
	if (!answer_waiting(&driver.reader, kaal_message(UART_WORDS(count), 0, UART_OK), words))
		return false;
	ring_drop(&driver.uart.input, count);
	return true;
}

/* All of a write or nothing: one that was superseded has had no effect. Whether there is more to send now. */
static bool serve_writer(void)
{
	static const uint64_t none[KAAL_MESSAGE_REGISTERS];

	if (driver.writer.reply == NO_REPLY || ring_room(&driver.uart.output) < driver.writer.bytes)
		return false;
	if (!answer_waiting(&driver.writer, kaal_message(0, 0, UART_OK), none))
		return false;
	for (uint64_t i = 0; i < driver.writer.bytes; i++)
		ring_put(&driver.uart.output, driver.writer.data[i]);
	return true;
}

static void tell_stats(void)
{
	const struct pl011 *uart = &driver.uart;

	driver.words[UART_STAT_RECEIVED] = uart->received;
	driver.words[UART_STAT_SENT] = uart->sent;
	driver.words[UART_STAT_WAKE_UPS] = driver.wake_ups;
	driver.words[UART_STAT_OVERRUNS] = uart->overruns;
	driver.words[UART_STAT_FRAMING] = uart->framing;
	driver.words[UART_STAT_PARITY] = uart->parity;
	driver.words[UART_STAT_BREAKS] = uart->breaks;
	(void)kaal_sched_consumed(UART_DRIVER_CONTEXT, &driver.words[UART_STAT_RAN]);
}

/* Deals with a request. True: it is answered at once, with *answer and the words; false: it waits. */
static bool request(uint64_t received, uint64_t *answer)
{
	uint64_t words = kaal_message_words(received);

	switch (kaal_message_label(received)) {
	case UART_READ:
		if (!fits(driver.words[0], words, 1))
			break;
		wait(&driver.reader, driver.words[0]);
		return false;
	case UART_WRITE:
		if (!fits(driver.words[0], words, UART_WORDS(driver.words[0])))
			break;
		wait(&driver.writer, driver.words[0]);
		memcpy(driver.writer.data, &driver.words[1], sizeof driver.writer.data);
		return false;
	case UART_STATS:
		if (words != 0)
			break;
		tell_stats();
		*answer = kaal_message(UART_STATS_COUNT, 0, UART_OK);
		return true;
	default:
		break;
	}
	*answer = kaal_message(0, 0, UART_INVALID);
	return true;
}

/*
 * Whatever can be done now for rings, device and the calls that wait; each call is served once, so this ends. The
 * last step looks at the calls, not at the device: a reader is told of every byte that was taken from the device,
 * and a writer that still waits has a full ring and so the transmit interrupt (PL011-3) to wait for.
 */
static void progress(void)
{
	bool served = true;

	while (served) {
		pl011_service(&driver.uart);
		served = serve_reader();
		served = serve_writer() || served;
	}
}

kaal_status_t uart_driver_run(const struct uart_device *device)
{
	kaal_status_t status;
	uint64_t received, badge, answer = 0;
	bool answered = false;

	for (; driver.free_count < UART_DRIVER_REPLY_COUNT; driver.free_count++)
		driver.free[driver.free_count] = UART_DRIVER_REPLIES + driver.free_count;
	pl011_start(&driver.uart, device->registers, device->line_control);
	status = kaal_irq_ack(UART_DRIVER_HANDLER);
	while (status == KAAL_OK) {
		kaal_cap_t reply = driver.free[driver.free_count - 1];

		status = answered ? kaal_endpoint_reply_recv(UART_DRIVER_ENDPOINT, answer, reply, driver.words, &received, &badge)
				  : kaal_endpoint_recv(UART_DRIVER_ENDPOINT, reply, driver.words, &received, &badge);
		if (status != KAAL_OK)
			break;
		if ((received & KAAL_MESSAGE_NOTIFICATION) != 0) {
			answered = false;
			driver.wake_ups++;
			progress();
			status = kaal_irq_ack(UART_DRIVER_HANDLER);
		} else {
			answered = request(received, &answer);
			if (!answered)
				progress();
		}
	}
	return status;
}
