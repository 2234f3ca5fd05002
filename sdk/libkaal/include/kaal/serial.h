/*
 * A serial line whose driver the system description names as one of the component's uses (protocol "kaal,serial").
 *
 * Reading and writing are independent: one thread may read while another writes. Calls are made again with the next instance of the driver if
 * the use says `reconnect`; without that they return CANCELLED, and the next one looks the driver up again.
 */
#ifndef KAAL_SERIAL_H
#define KAAL_SERIAL_H

#include <stddef.h>
#include <stdint.h>

#include <kaal/serial_protocol.h>
#include <kaal/service.h>
#include <kaal/thread.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A line that is used; the fields are the library's. */
struct kaal_serial {
	struct kaal_lock lock;       /* of `service`, which finds the driver for both */
	struct kaal_service service;
	struct kaal_serial_way {     /* each has a copy of the endpoint, which nobody else drops */
		kaal_endpoint_t endpoint; /* slot 0: to be found */
		uint32_t connection; /* of `service` that it belongs to */
	} read, write;
};

/*
 * Finds the line's driver, and waits until it is there, `deadline` (counter ticks, absolute; UINT64_MAX: none) at the latest.
 *   use  name of a use
 * As kaal_service_open(); *serial is zero after a failure.
 */
KAAL_MUST_CHECK kaal_status_t kaal_serial_open(struct kaal_serial *serial, const char *use, kaal_ticks_t deadline);

/* Gives back what belongs to it. As kaal_service_close(). Nobody reads or writes meanwhile. */
KAAL_MUST_CHECK kaal_status_t kaal_serial_close(struct kaal_serial *serial);

/*
 * Reads at least one and at most `bytes` (1 or more; more than KAAL_SERIAL_BYTES_MAX never come) bytes; *count says how many, 0 after a failure.
 *   deadline  counter ticks, absolute; UINT64_MAX: none
 * TIMEOUT: what comes later is for the next read. CANCELLED: also, another read of this component took this one's place. NO_MEMORY: too many other
 * clients read. OUT_OF_RANGE: 0 bytes, or an answer that cannot be. Others as kaal_service_call().
 *
 * Rights, ownership: as <kaal/broker.h> says. Blocks: until there is a byte. One thread at a time reads.
 */
KAAL_MUST_CHECK kaal_status_t kaal_serial_read(struct kaal_serial *serial, void *to, size_t bytes, size_t *count, kaal_ticks_t deadline);

/*
 * Writes all of the bytes, any number. CANCELLED: also, another write of this component came between. NO_MEMORY: too many other
 * clients write. Others as kaal_service_call(). What was written before a failure stays.
 *
 * Rights, ownership: as <kaal/broker.h> says. Blocks: while the driver's buffer is full; returns before all is on the line. One thread
 * at a time writes or asks for counts.
 */
KAAL_MUST_CHECK kaal_status_t kaal_serial_write(struct kaal_serial *serial, const void *from, size_t bytes);

/* Reads the driver's counts, as enum kaal_serial_stat says; `deadline` as above. Errors as kaal_service_call(). Else as kaal_serial_write(). */
KAAL_MUST_CHECK kaal_status_t kaal_serial_stats(struct kaal_serial *serial, uint64_t stats[KAAL_SERIAL_STATS_COUNT], kaal_ticks_t deadline);

/*
 * Changes the line's rate and format, for all its clients.
 *   rate         bits a second; *rate: as near as the device comes to that, within 1 %
 *   data_bits    5..8; stop_bits  1..2
 *   parity       enum kaal_serial_parity
 *   deadline     as above. Bytes that are still being sent go out at the old rate, and are waited for
 * NO_RIGHT: the driver was not told to allow it. OUT_OF_RANGE: the device cannot do that, or the driver is of version 1.0.
 * Errors as kaal_service_call(). Else as kaal_serial_write().
 */
KAAL_MUST_CHECK kaal_status_t kaal_serial_set_line(struct kaal_serial *serial, uint64_t *rate, uint32_t data_bits, enum kaal_serial_parity parity,
				   uint32_t stop_bits, kaal_ticks_t deadline);

/*
 * Begins to hold the line low (a break) for `ms`, 1..KAAL_SERIAL_BREAK_MS_MAX. Else as kaal_serial_set_line().
 */
kaal_status_t kaal_serial_break(struct kaal_serial *serial, uint32_t ms, kaal_ticks_t deadline);

#ifdef __cplusplus
}
#endif

#endif
