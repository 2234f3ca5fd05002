/* The root task's own authority: its CSpace, all memory, the objects that it is spoken to through. */
#ifndef ROOT_TASK_AUTHORITY_H
#define ROOT_TASK_AUTHORITY_H

#include <kaal/message.h>

#include "root.h"

struct authority {
	struct kaal_slots slots;
	struct kaal_physical_memory physical;
	struct kaal_account account;   /* of what the root task takes for itself: no limit */
	kaal_cap_t endpoint;           /* the supervisor's */
	kaal_cap_t notification;       /* bound to the root task's thread */
	kaal_cap_t purged_flag;        /* the same with the flag that the broker sets */
	kaal_cap_t replies;            /* REPLIES in a row */
	kaal_cap_t handler;            /* an empty slot, for a badge that is needed once */
	struct kaal_message_buffer *buffer; /* the root task's own */
};

#define REPLIES 9u /* one to receive with, and as many as may await an end at a time */

extern struct authority authority;

/*
 * Zeroed memory for good, aligned to 16 bytes. Before authority_start() there is as much as the first CSpace has slots for pages,
 * afterwards as much as authority_needs said. Fatal if there is none.
 */
void *authority_storage(uint64_t bytes);

/*
 * Memory of which the next authority_storage() is made, as it finds it: to be used, and zeroed, until then. Fatal if there is none.
 */
void *authority_scratch(uint64_t bytes);

/*
 * What authority_start() is to make room for.
 *   slots    of the CSpace, beside those that are in use
 *   splits   of untyped blocks into halves
 *   storage  bytes that authority_storage() can hand out from then on
 */
struct authority_needs {
	uint64_t slots;
	uint64_t splits;
	uint64_t storage;
};

/*
 * Makes a CSpace that is large enough, and a thread like this one that uses it and calls `go_on`, on this thread's stack; this
 * thread ends. `go_on` must not return.
 */
_Noreturn void authority_start(const struct authority_needs *needs, void (*go_on)(void));

/* Log2 of a number, rounded up. */
static inline uint32_t log2_up(uint64_t number)
{
	return number <= 1 ? 0 : 64u - (uint32_t)__builtin_clzll(number - 1);
}

#endif
