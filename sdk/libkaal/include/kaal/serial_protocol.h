/*
 * What a client and a driver of a serial line say to each other: protocol "kaal,serial", version 1.1. A client uses <kaal/serial.h>.
 *
 * A call on the driver's endpoint, whose label says what is wanted; the answer's label is a status. Bytes are packed as they lie in
 * memory, the first in word 1; all messages fit into registers. Who has the endpoint may read and write; clients are known
 * by their badges.
 *
 *   request  words                              answer, with KAAL_OK
 *   READ     0: bytes wanted, 1..56             0: bytes that came, 1..wanted; 1..7: the bytes. Waits until there is one.
 *   WRITE    0: bytes, 1..56; 1..7: the bytes   none. Waits until the driver has taken all of them; they are on the line some
 *                                               time later, in order.
 *   STATS    none                               enum kaal_serial_stat
 *   SET_LINE 0: bits a second; 1: data bits,    0: bits a second, as near as the device comes to it. For all that is read and written from then on, of
 *            5..8; 2: enum kaal_serial_parity;  all clients. Since version 1.1.
 *            3: stop bits, 1..2
 *   BREAK    0: ms, 1..1000                     none. Begins to hold the line low for so long; what is written meanwhile goes
 *                                               out after it. Since version 1.1.
 *
 *   OUT_OF_RANGE  no such request, a number of bytes out of range, or words that do not fit it; a rate or format that the device has not
 *   CANCELLED     superseded: of each client one read and one write may wait at a time. A later one takes the place of the one before,
 *                 which has had no effect: so a client that gave up waiting stops nobody
 *   NO_MEMORY     too many other clients wait for the same
 *   NO_RIGHT      SET_LINE, BREAK: the driver was not told to allow it
 *   WOULD_BLOCK   SET_LINE, BREAK: bytes are still being sent, or a break; to be asked again
 *
 * Reads of several clients get what comes in the order in which they were made, each byte goes to one of them; so with writes.
 *
 * A request may be made again when the driver has ended before it answered: a read then gets what is there
 * now, bytes that were written may be on the line twice.
 */
#ifndef KAAL_SERIAL_PROTOCOL_H
#define KAAL_SERIAL_PROTOCOL_H

enum kaal_serial_request {
	KAAL_SERIAL_READ = 1,
	KAAL_SERIAL_WRITE = 2,
	KAAL_SERIAL_STATS = 3,
	KAAL_SERIAL_SET_LINE = 4,
	KAAL_SERIAL_BREAK = 5,
};

enum kaal_serial_parity {
	KAAL_SERIAL_PARITY_NONE = 0,
	KAAL_SERIAL_PARITY_ODD = 1,
	KAAL_SERIAL_PARITY_EVEN = 2,
};

/* Words of the answer to STATS; counts since the driver started. */
enum kaal_serial_stat {
	KAAL_SERIAL_STAT_RECEIVED = 0, /* bytes that came without error */
	KAAL_SERIAL_STAT_SENT = 1,     /* bytes given to the device */
	KAAL_SERIAL_STAT_WAKE_UPS = 2, /* interrupts that the driver was told of */
	KAAL_SERIAL_STAT_OVERRUNS = 3, /* times that bytes were lost because nobody read them in time */
	KAAL_SERIAL_STAT_FRAMING = 4,  /* bytes dropped: no stop bit; so the next */
	KAAL_SERIAL_STAT_PARITY = 5,
	KAAL_SERIAL_STAT_BREAKS = 6,   /* times that the line was held low */
	KAAL_SERIAL_STAT_RAN = 7,      /* counter ticks that the driver ran on its own scheduling context */
	KAAL_SERIAL_STATS_COUNT = 8,
};

#define KAAL_SERIAL_BREAK_MS_MAX 1000u
#define KAAL_SERIAL_BYTES_MAX 56u /* a message: 7 words of 8 bytes */

/* Words of a message with so many bytes, the count's included. */
#define KAAL_SERIAL_WORDS(bytes) (1u + ((bytes) + 7u) / 8u)

#endif
