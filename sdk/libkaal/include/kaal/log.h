/*
 * The log ring: text that a component leaves for the root task, in memory that both write. The
 * writer never waits; neither trusts the other.
 *
 * One writer, one reader. The writer of a component's ring writes over the oldest text, of which the reader takes what is left: the
 * newest lines are the ones that a person needs. Both count bytes without end, modulo 2^32; a position's place in the text is its remainder by `bytes`,
 * which is a power of two that each side knows from elsewhere than this memory.
 */
#ifndef KAAL_LOG_H
#define KAAL_LOG_H

#include <stddef.h>
#include <stdint.h>

#include <kaal/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kaal_log {
	uint32_t written; /* bytes ever written: the component's to change */
	uint32_t dropped; /* console ring: bytes ever dropped because there was no room: the writer's */
	uint32_t read;    /* bytes ever taken: the root task's */
	uint32_t open;    /* console ring (<kaal/supervisor.h>): not 0 while the last line on the console has no end yet: its driver's */
	char text[];
};

/*
 * Leaves text for the root task to print: at once, unless the component has printed more than its share lately (docs/components.md).
 * What is not printed in time is written over by what comes later, and the root task says how much that was.
 *
 *   text    `bytes` characters, any
 *   Returns KAAL_OK, or WRONG_TYPE, NO_RIGHT or others from the signal, WRONG_TYPE also while the component is held: the text is there all
 *   the same.
 *
 * Rights: WRITE on KAAL_SLOT_LOG. Blocks: never. Ownership: reads `text` during the call only. One thread at a time.
 */
KAAL_MUST_CHECK kaal_status_t kaal_log_write(const char *text, size_t bytes);

/* Bytes that the writer of a component's ring puts at a time at most: the reader keeps so far away from the oldest text. */
#define KAAL_LOG_PIECE(capacity) ((capacity) / 4)

/*
 * Puts text into a ring, for its one writer: at position `at`, which is what `written` says until then, and says that it is there. Signals nobody.
 *
 *   capacity  bytes of the ring's text, a power of two
 *   bytes     of `text`; the ring has room for them
 *
 * Rights: none. Blocks: never. Ownership: reads `text` during the call only. One thread at a time.
 */
void kaal_log_put(struct kaal_log *log, uint32_t capacity, uint32_t at, const char *text, uint32_t bytes);

#ifdef __cplusplus
}
#endif

#endif
