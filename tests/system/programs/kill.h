/*
 * What the programs of the system `kill` say to each other. Servers "a" and "b" answer ECHO, SWAP, CHANNEL and CLOSE; everybody reports to
 * the one that kills.
 */
#ifndef SYSTEM_KILL_H
#define SYSTEM_KILL_H

#include "broker_memory.h"

#include <stdlib.h>
#include <string.h>

#include <kaal/message.h>
#include <kaal/service.h>
#include <kaal/status_text.h>
#include <kaal/thread.h>
#include <kaal/time.h>

#include "../../qemu/random.h"

#define FOREVER UINT64_MAX
#define SERVERS 2u
#define CLIENTS 3u
#define VICTIMS (SERVERS + CLIENTS)
#define LONG_WORDS 24u /* of a message that needs the buffer */
#define CHANNEL_BYTES (2 * UINT64_C(4096))

/* Words: 0 request; answers: 0 kaal_status_t, 1 how often the server had been started before. */
enum kill_request {
	ECHO = 1, /* words 2..LONG_WORDS-1 come back, each one more */
	SWAP,     /* a notification comes along, and is signalled: flag 0; one of the server's goes back */
	CHANNEL,  /* 2: number of the channel; 3: a word that stands in it, which the server replaces by its complement */
	CLOSE,    /* the client's channel, if there is one */
};

/* A report's words. */
enum kill_report {
	REPORT_START,      /* how often it had been started before */
	REPORT_ROUND,      /* rounds done since; 0: it has just begun */
	REPORT_FAILURES,   /* since it was started */
	REPORT_MEMORY,     /* with round 0: bytes that it was charged with when it began */
	REPORT_SEEN,       /* which start of each server has answered in this round, 16 bits each, + 1 */
	REPORT_CANCELLED,  /* servers whose end a call of this round has met: bits */
	REPORT_TICKS,      /* when that was; one for each server */
	REPORT_WORDS = REPORT_TICKS + SERVERS,
};

static uint64_t failures;

static inline void fail(const char *what, uint64_t found, uint64_t expected)
{
	failures++;
	printf("not ok: start %u: %s: found %lu, expected %lu, rule %s\n", (unsigned)kaal_startup()->start, what, (unsigned long)found,
	       (unsigned long)expected, kaal_broker_rule_text(kaal_broker_rule()));
}

static inline void must(const char *what, kaal_status_t status)
{
	if (status != KAAL_OK)
		fail(what, status, KAAL_OK);
}

static inline struct kaal_message_buffer *buffer(void)
{
	return kaal_message_buffer();
}

#define TABLES 2u /* that a small mapping needs at most */

/* Maps frames, with tables made of `memory` in slots from `tables` on where they are missing. */
static inline void map_at(kaal_cap_t memory, kaal_cap_t tables, kaal_cap_t frames, uint64_t count, uint64_t address)
{
	kaal_status_t status;
	uint64_t mapped, made;

	do {
		status = kaal_sys_frame_map(frames, KAAL_SLOT_VSPACE, address, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, count, &mapped);
		frames += mapped;
		count -= mapped;
		address += mapped * KAAL_PAGE_BYTES;
		if (status != KAAL_NO_TABLE)
			continue;
		status = kaal_sys_untyped_retype(memory, KAAL_OBJECT_PAGE_TABLE, KAAL_SLOT_CNODE, tables, 1, &made);
		if (status == KAAL_OK && (status = kaal_sys_page_table_map(tables++, KAAL_SLOT_VSPACE, address)) == KAAL_OK)
			status = KAAL_INTERRUPTED;
	} while (status == KAAL_INTERRUPTED);
	must("mapping", status);
}

#endif
