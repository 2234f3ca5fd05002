/*
 * What a client and the UART's driver say to each other: a call on the driver's
 * endpoint, the label of the message word says what is wanted and how it went.
 * Bytes are packed as they lie in memory, the first in word 1; all messages fit
 * into registers. Who has the endpoint may read and write; clients are known by their badges.
 *
 *   request     words                       answer, with UART_OK
 *   UART_READ   0: bytes wanted, 1..56      0: bytes that came, 1..wanted; 1..7: the bytes. Waits until there is one.
 *   UART_WRITE  0: bytes, 1..56; 1..7       none. Waits until the driver has taken all of them; they are on the
 *               the bytes                   line some time later, in order.
 *   UART_STATS  none                        enum uart_stat
 *
 * Of each client one read and one write may wait at a time. A later one takes the place of the one before, which
 * is answered UART_SUPERSEDED and has had no effect: so a client that gave up waiting stops nobody. Reads of several
 * clients get what comes in the order in which they were made, each byte goes to one of them; so with writes.
 *
 * A request may be made again when the driver has ended before it answered: a read then gets what is there
 * now, bytes that were written may be on the line twice.
 *
 * This is protocol "kaal,serial", version 1.0.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

enum uart_request {
	UART_READ = 1,
	UART_WRITE = 2,
	UART_STATS = 3,
};

enum uart_answer {
	UART_OK = 0,
	UART_INVALID = 1,    /* no such request, a number of bytes out of range, or words that do not fit it */
	UART_SUPERSEDED = 2, /* see above */
	UART_BUSY = 3,       /* too many other clients wait for the same */
};

/* Words of the answer to UART_STATS; counts since the driver started. */
enum uart_stat {
	UART_STAT_RECEIVED = 0, /* bytes that came without error */
	UART_STAT_SENT = 1,     /* bytes given to the device */
	UART_STAT_WAKE_UPS = 2, /* interrupts that the driver was told of */
	UART_STAT_OVERRUNS = 3, /* times that bytes were lost because nobody read them in time */
	UART_STAT_FRAMING = 4,  /* bytes dropped: no stop bit; so the next */
	UART_STAT_PARITY = 5,
	UART_STAT_BREAKS = 6,   /* times that the line was held low */
	UART_STAT_RAN = 7,      /* counter ticks that the driver ran on its own scheduling context */
	UART_STATS_COUNT = 8,
};

#define UART_BYTES_MAX 56u /* a message: 7 words of 8 bytes */

/* Words of a message with so many bytes, the count's included. */
#define UART_WORDS(bytes) (1u + ((bytes) + 7u) / 8u)

#endif
