#include <kaal/serial.h>

#include <string.h>

#include <kaal/slot.h>
#include <kaal/time.h>

#include "call.h"

/* Finds the driver for one way: what the other way has found is taken, or found anew if it is what has gone. */
static kaal_status_t find(struct kaal_serial *serial, struct kaal_serial_way *way, kaal_ticks_t deadline)
{
	kaal_status_t status = KAAL_OK;

	if (!kaal_lock_take_until(&serial->lock, deadline))
		return KAAL_TIMEOUT;
	if (serial->service.endpoint.slot == 0 || serial->service.connections == way->connection)
		status = kaal_service_await(&serial->service, deadline);
	if (status == KAAL_OK)
		status = kaal_slot_take(1, &way->endpoint.slot);
	if (status == KAAL_OK) {
		way->connection = serial->service.connections;
		status = kaal_sys_cap_copy(KAAL_SLOT_CNODE, way->endpoint.slot, KAAL_SLOT_CNODE, serial->service.endpoint.slot, KAAL_RIGHT_WRITE);
		if (status != KAAL_OK) {
			kaal_ignore(kaal_slot_give(way->endpoint.slot, 1));
			way->endpoint.slot = 0;
		}
	}
	kaal_lock_give(&serial->lock);
	/* It has gone between the two: the next attempt finds another. */
	return call_is_gone(status) ? KAAL_OK : status;
}

static void forget(struct kaal_serial_way *way)
{
	if (way->endpoint.slot != 0)
		kaal_ignore(kaal_slot_drop(way->endpoint.slot, 1));
	way->endpoint.slot = 0;
}

/* A request of `count` words, answered in place. */
static kaal_status_t request(struct kaal_serial *serial, struct kaal_serial_way *way, enum kaal_serial_request number, uint64_t count,
			     uint64_t words[KAAL_MESSAGE_REGISTERS], kaal_ticks_t deadline)
{
	uint64_t asked[KAAL_MESSAGE_REGISTERS], answer;
	kaal_status_t status;

	memcpy(asked, words, sizeof asked);
	for (;;) {
		if (way->endpoint.slot == 0) {
			status = find(serial, way, deadline);
			if (status != KAAL_OK)
				return status;
			continue;
		}
		status = call_until(way->endpoint.slot, kaal_message(count, 0, number), deadline, words, &answer);
		if (!call_is_gone(status))
			return status == KAAL_OK ? call_answered(answer, words) : status;
		forget(way);
		if (!serial->service.reconnect)
			return KAAL_CANCELLED;
		memcpy(words, asked, sizeof asked);
	}
}

kaal_status_t kaal_serial_open(struct kaal_serial *serial, const char *use, kaal_ticks_t deadline)
{
	*serial = (struct kaal_serial){0};
	return kaal_service_open(&serial->service, use, deadline);
}

kaal_status_t kaal_serial_close(struct kaal_serial *serial)
{
	forget(&serial->read);
	forget(&serial->write);
	return kaal_service_close(&serial->service);
}

kaal_status_t kaal_serial_read(struct kaal_serial *serial, void *to, size_t bytes, size_t *count, kaal_ticks_t deadline)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {bytes < KAAL_SERIAL_BYTES_MAX ? bytes : KAAL_SERIAL_BYTES_MAX};
	kaal_status_t status = request(serial, &serial->read, KAAL_SERIAL_READ, 1, words, deadline);

	*count = 0;
	/* Another program's number: not more than what there is room for, whatever it says. */
	if (status != KAAL_OK || words[0] == 0 || words[0] > bytes || words[0] > KAAL_SERIAL_BYTES_MAX)
		return status != KAAL_OK ? status : KAAL_OUT_OF_RANGE;
	memcpy(to, &words[1], words[0]);
	*count = words[0];
	return KAAL_OK;
}

kaal_status_t kaal_serial_write(struct kaal_serial *serial, const void *from, size_t bytes)
{
	const uint8_t *next = from;
	kaal_status_t status = KAAL_OK;

	while (bytes > 0 && status == KAAL_OK) {
		size_t piece = bytes < KAAL_SERIAL_BYTES_MAX ? bytes : KAAL_SERIAL_BYTES_MAX;
		uint64_t words[KAAL_MESSAGE_REGISTERS] = {piece};

		memcpy(&words[1], next, piece);
		status = request(serial, &serial->write, KAAL_SERIAL_WRITE, KAAL_SERIAL_WORDS(piece), words, UINT64_MAX);
		next += piece;
		bytes -= piece;
	}
	return status;
}

kaal_status_t kaal_serial_stats(struct kaal_serial *serial, uint64_t stats[KAAL_SERIAL_STATS_COUNT], kaal_ticks_t deadline)
{
	memset(stats, 0, KAAL_SERIAL_STATS_COUNT * sizeof stats[0]);
	return request(serial, &serial->write, KAAL_SERIAL_STATS, 0, stats, deadline);
}

/* A request for an idle line, made again until that is the case. How long the device needs nobody knows: no less than a character. */
static kaal_status_t request_when_idle(struct kaal_serial *serial, enum kaal_serial_request number, uint64_t count,
				       uint64_t words[KAAL_MESSAGE_REGISTERS], kaal_ticks_t deadline)
{
	uint64_t asked[KAAL_MESSAGE_REGISTERS];
	kaal_status_t status;

	memcpy(asked, words, sizeof asked);
	while ((status = request(serial, &serial->write, number, count, words, deadline)) == KAAL_WOULD_BLOCK) {
		if (kaal_ticks_now() >= deadline)
			return KAAL_TIMEOUT;
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_ticks_hz() / 1000));
		memcpy(words, asked, sizeof asked);
	}
	return status;
}

kaal_status_t kaal_serial_set_line(struct kaal_serial *serial, uint64_t *rate, uint32_t data_bits, enum kaal_serial_parity parity,
				   uint32_t stop_bits, kaal_ticks_t deadline)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {*rate, data_bits, parity, stop_bits};
	kaal_status_t status = request_when_idle(serial, KAAL_SERIAL_SET_LINE, 4, words, deadline);

	if (status == KAAL_OK)
		*rate = words[0];
	return status;
}

kaal_status_t kaal_serial_break(struct kaal_serial *serial, uint32_t ms, kaal_ticks_t deadline)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {ms};

	return request_when_idle(serial, KAAL_SERIAL_BREAK, 1, words, deadline);
}
