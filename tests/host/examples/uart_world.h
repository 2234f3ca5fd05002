/*
 * The world of the UART driver's loop: a kernel, a root task and a broker, in which clients call, are superseded and vanish, interrupts come, and lines
 * for the console, in an order that each test says.
 */
#ifndef UART_WORLD_H
#define UART_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/broker.h>
#include <kaal/log.h>
#include <kaal/message.h>

#include "calls.h"

#define CALLS 128u /* numbers of calls, from 1 on; each is another client's */
#define RAN 12345u
#define SERVICE 7u
#define FULL 73u /* writes of KAAL_SERIAL_BYTES_MAX that the driver takes while the line carries nothing away */

/* Slots. */
enum { ENDPOINT = 20, HANDLER, CONTEXT, REPLIES };

/* LINE: the root task says a line; PASS: time passes. */
enum kind { CALL, TYPE, BREAK, VANISH, FLOW, LINE, PASS };

/* What happens when the driver has nothing left to do. */
struct step {
	enum kind kind;
	unsigned call; /* CALL, VANISH: which; PASS: ms */
	uint64_t badge; /* of a call */
	uint64_t message;
	uint64_t words[KAAL_MESSAGE_REGISTERS];
	const char *text; /* TYPE, LINE */
};

extern struct uart_world {
	const struct step *steps;
	unsigned count, done;
	unsigned caller[CALLS_REPLY_COUNT]; /* whose call waits in each reply object */
	uint64_t asked[CALLS][KAAL_MESSAGE_REGISTERS];
	struct {
		unsigned times, after; /* how often; after how many steps */
		uint64_t message, words[KAAL_MESSAGE_REGISTERS];
	} answer[CALLS];
	bool acked, flows, said;
	unsigned wake_ups;
	unsigned acks_left; /* then the handler is gone */
	kaal_ticks_t now;   /* us */
} kernel;

/* The console's ring, in a page. */
extern union uart_world_ring {
	struct kaal_log log;
	char page[KAAL_PAGE_BYTES];
} console_page;

/* The root task says a line. */
void put_console(const char *text);

/* Clients that have ended, by their badges, and have not been told of. */
extern uint64_t ended[3 * KAAL_BROKER_BADGES];
extern uint32_t ended_count;

#endif
