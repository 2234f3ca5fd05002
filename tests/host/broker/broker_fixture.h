/*
 * The broker over the production kernel, as the memory manager's fixture builds it, and four components that ask it. Each has
 * a CNode of 64 slots; what the broker answers with is copied or moved there as the kernel would.
 *
 *   driver (0)  provides serial, spare; drives uart (trusted-dma, two pages, line 40), clock (two pages, no line), disk (line 41), card
 *               (three ranges: two pages; a part of the second of these; another; lines 43, 44, and 43 again)
 *   server (1)  provides log; uses serial; drives disk, which shares its page with driver's (line 42)
 *   client (2)  uses serial (reconnect; 8 pages of channels), log (4 pages)
 *   other (3)   uses log (1 page)
 */
#ifndef BROKER_FIXTURE_H
#define BROKER_FIXTURE_H

#include "../memory-manager/mm_fixture.h"

#include <capability-broker/broker.h>

enum { DRIVER, SERVER, CLIENT, OTHER, COMPONENTS };

#define CLIENT_SLOTS 64u
#define UART UINT64_C(0x9000040)
#define CLOCK UINT64_C(0x900ff00) /* its second page is another block */
#define DISK UINT64_C(0x9008000)
#define CARD UINT64_C(0x9002000)
#define UART_LINE 40u
#define DISK_LINE 41u
#define CARD_LINE 43u
#define CARD_HANDLER 55u /* slots of the broker's CNode: two */
#define THINGS 128u
#define CLOSE_TICKS 1000u
#define START_BYTES UINT64_C(0x8000) /* of each memory-max that the root task has used */
#define MEMORY_MAX UINT64_C(0x80000)
#define DMA_MAX UINT64_C(0x4000)

extern struct broker broker;
extern uint32_t epochs[COMPONENTS], purged[COMPONENTS];
extern kaal_ticks_t ticks;                /* what time it is for the broker */
extern struct kaal_message_buffer buffer; /* of whichever component asks */
extern unsigned asking;                   /* component whose calls the client library makes */

/* Everything afresh: nobody holds anything. */
void broker_fixture_start(void);

/* An answer, its capabilities delivered. */
struct answer {
	uint64_t status, words[KAAL_MESSAGE_REGISTERS];
	unsigned caps; /* that came */
};

/* A request with capabilities to come into slots from `slot` on; 0: none. Words that are left out are 0. */
struct answer ask_with(unsigned component, uint32_t number, const uint64_t words[KAAL_MESSAGE_REGISTERS], unsigned slot);
#define ask(component, number, slot, ...) ask_with((component), KAAL_BROKER_##number, (const uint64_t[KAAL_MESSAGE_REGISTERS]){__VA_ARGS__}, (slot))

/* With a name in words 0..3 and others behind it. */
struct answer ask_name(unsigned component, uint32_t number, const char *name, unsigned slot, uint64_t word4, uint64_t word5, uint64_t word6);

#define granted(answer) cr_assert_eq((answer).status, KAAL_OK, "status %lu, rule %lu", (answer).status, (answer).words[0])
/* The refusal says the rule, and nothing has changed: not even in the kernel. */
#define refused(rule, request)                                                                                        \
	do {                                                                                                          \
		struct state refused_before, refused_after;                                                           \
		struct answer refused_answer;                                                                         \
		broker_state(&refused_before);                                                                        \
		refused_answer = (request);                                                                           \
		rule_is(refused_answer, KAAL_BROKER_RULE_##rule);                                                     \
		broker_state(&refused_after);                                                                         \
		state_equal(&refused_before, &refused_after, #rule);                                                  \
	} while (0)
void rule_is(struct answer answer, enum kaal_broker_rule rule);

/* All state of kernel, memory manager and broker. */
void broker_state(struct state *state);

/* Invariants of all of them. */
void broker_check(void);

/* Capabilities of a component. */
enum kaal_object_type type_at(unsigned component, unsigned slot);
uint64_t rights_at(unsigned component, unsigned slot);
uint64_t badge_at(unsigned component, unsigned slot);
uint64_t memory_at(unsigned component, unsigned slot); /* physical address of a frame or untyped */
void drop(unsigned component, unsigned slot);
uint64_t flags_at(unsigned component, unsigned slot); /* of a notification, taken */
kaal_status_t signal_at(unsigned component, unsigned slot);

/* The component ends: its capabilities are gone, the root task adds one to its epoch. The broker is not told. */
void end(unsigned component);
/* The broker is told, and takes back. */
void purge(void);

/* What a component of its own gets when it waits (notification_wait_until), or calls a service: set by a test. */
extern void (*while_waiting)(void);
extern kaal_status_t (*service)(uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t *answer);

#endif
