/*
 * The supervisor: what a component can ask of the root task, by calls on KAAL_SLOT_SUPERVISOR.
 *
 * A request's label is its number, an answer's label a kaal_status_t. Words not named are 0.
 */
#ifndef KAAL_SUPERVISOR_H
#define KAAL_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/object_types.h>
#include <kaal/startup.h>
#include <kaal/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kaal_supervisor_request {
	KAAL_SUPERVISOR_EXIT = 1,    /* word 0: exit code; is not answered: the component is at its end. Needs no privilege; the others
	                                need `supervision` */
	KAAL_SUPERVISOR_LOOK = 2,    /* word 0: index of a component; answer: words 0..6: struct kaal_component_info from `state` on */
	KAAL_SUPERVISOR_FIND = 3,    /* words 0..3: name; answer: word 0: index */
	KAAL_SUPERVISOR_KILL = 4,    /* word 0: index; ends it like a fault does, so its policy decides what comes next */
	KAAL_SUPERVISOR_STOP = 5,    /* word 0: index; ends it for good */
	KAAL_SUPERVISOR_START = 6,   /* word 0: index, word 1: count of arguments for this start, 0: those of the description; words 2..: the
	                                arguments, each with its NUL; starts it if it does not run; answer: word 0: which of its starts this is, from 1 */
	KAAL_SUPERVISOR_AWAIT = 7,   /* word 0: index, word 1: which of its starts; answered when that has ended, at once if it has: word 0:
	                                enum kaal_component_end of its last end, word 1: its code */
	KAAL_SUPERVISOR_NAME = 8,    /* word 0: index; answer: words 0..3: name */
	KAAL_SUPERVISOR_CONSOLE = 9, /* needs the privilege `console`; answer: capabilities of a page (READ, WRITE) and of a notification
	                                (READ, WRITE), as kaal_supervisor_console() says */
	KAAL_SUPERVISOR_SLOTS = 11,  /* word 0: index, word 1: slot; looks at KAAL_SUPERVISOR_SLOTS_MAX slots of its CNode from there on; answer:
	                                word 0: next slot to look at, 0: that was all; words 1..: kaal_supervisor_slot() of those that are not empty */
	KAAL_SUPERVISOR_LOG = 12,    /* word 0: position; answer: word 0: position of the first byte of what follows, word 1: bytes, words
	                                2..: the bytes */
	KAAL_SUPERVISOR_MEMORY = 10, /* word 0: 1: blocks that are free as halves are made whole first, which takes time by all free memory;
	                                answer: words 0..1: struct kaal_supervisor_memory */
};

#define KAAL_SUPERVISOR_TEXT_BYTES 496u /* of arguments or of the log, in words 2..63 */
#define KAAL_SUPERVISOR_ARGUMENTS_MAX 32u
#define KAAL_SUPERVISOR_SLOTS_MAX 63u
#define KAAL_SUPERVISOR_LOG_BYTES 4096u /* of what was last written to the console, kept where a component has the privilege `supervision` */
#define KAAL_CONSOLE_RING_BYTES 2048u /* of text in the console's ring */

enum kaal_component_state {
	KAAL_COMPONENT_RUNNING = 1,
	KAAL_COMPONENT_ENDING = 2,  /* its end waits for the broker */
	KAAL_COMPONENT_ENDED = 3,   /* for good, unless it is started */
};

enum kaal_component_end {
	KAAL_END_NONE = 0,   /* it has never ended */
	KAAL_END_EXIT = 1,   /* code: what it returned */
	KAAL_END_FAULT = 2,  /* code: enum kaal_fault */
	KAAL_END_KILLED = 3,
	KAAL_END_STOPPED = 4,
	KAAL_END_FAILED = 5, /* it could not be started; code: kaal_status_t */
};

/* What the root task has left to make components of. */
struct kaal_supervisor_memory {
	uint64_t free_bytes; /* of RAM */
	uint64_t free_slots; /* of its CSpace */
};

struct kaal_component_info {
	char name[KAAL_COMPONENT_NAME_BYTES];
	uint64_t state;    /* enum kaal_component_state */
	uint64_t starts;   /* so far: which of its starts the last one was */
	uint64_t end;      /* its last one: enum kaal_component_end */
	uint64_t code;     /* of that end */
	uint64_t bytes;    /* of memory that the root task made it of */
	uint64_t memory_max_bytes; /* that it may cause; what it asks the broker for is in that, too, but not in `bytes` */
	uint64_t ticks;    /* of CPU time that its first context has used since it was started */
};

/* A capability that a component has. */
struct kaal_supervisor_slot {
	uint32_t slot;
	uint8_t type;      /* enum kaal_object_type; 0: Untyped or PageTable, of which no more can be told */
	uint8_t rights;    /* KAAL_RIGHT_* */
	uint8_t size_bits; /* as cap_identify */
};

/* How it is told: bits 31..0 slot, 39..32 type, 47..40 rights, 55..48 size_bits. */
static inline uint64_t kaal_supervisor_slot_word(struct kaal_supervisor_slot slot)
{
	return slot.slot | (uint64_t)slot.type << 32 | (uint64_t)slot.rights << 40 | (uint64_t)slot.size_bits << 48;
}

/*
 * Each returns KAAL_OK; NO_RIGHT without the privilege `supervision`; OUT_OF_RANGE for an index or name that is none. START: IN_USE while it
 * runs, or what the start failed with; AWAIT: NO_MEMORY while too many wait. A component may name itself. AWAIT blocks until
 * the end; the others for as long as the root task takes.
 * Rights: WRITE on KAAL_SLOT_SUPERVISOR. Results are undefined after a failure. Any thread.
 */
KAAL_MUST_CHECK kaal_status_t kaal_supervisor_look(uint32_t component, struct kaal_component_info *info);
KAAL_MUST_CHECK kaal_status_t kaal_supervisor_find(const char *name, uint32_t *component);
KAAL_MUST_CHECK kaal_status_t kaal_supervisor_kill(uint32_t component);
KAAL_MUST_CHECK kaal_status_t kaal_supervisor_stop(uint32_t component);
KAAL_MUST_CHECK kaal_status_t kaal_supervisor_start(uint32_t component, uint64_t *start);

/*
 * The same with other arguments than the description's, for this start: the policy's restarts have the description's. argv[0] is the component's name.
 *   arguments  `count` texts, 0..KAAL_SUPERVISOR_ARGUMENTS_MAX; 0: those of the description
 * OUT_OF_RANGE also: too many, or with their NULs longer than KAAL_SUPERVISOR_TEXT_BYTES.
 */
KAAL_MUST_CHECK kaal_status_t kaal_supervisor_start_with(uint32_t component, const char *const *arguments, uint32_t count, uint64_t *start);
/*
 * Looks at slots of the component's CNode from *next on, 0: from the first. *next is where to go on, 0: that was all; *count of them are not empty.
 * WOULD_BLOCK: it does not run.
 */
KAAL_MUST_CHECK kaal_status_t kaal_supervisor_slots(uint32_t component, uint64_t *next, struct kaal_supervisor_slot slots[KAAL_SUPERVISOR_SLOTS_MAX], uint32_t *count);

/*
 * Reads what was last written to the console by the root task, for itself and for components: up to KAAL_SUPERVISOR_TEXT_BYTES bytes from *position on,
 * or from the oldest that is left; *position is where they begin. Positions count what was ever written. 0 bytes: there is no more.
 * It is other components' text: any bytes.
 */
KAAL_MUST_CHECK kaal_status_t kaal_supervisor_log(uint64_t *position, char text[KAAL_SUPERVISOR_TEXT_BYTES], uint32_t *bytes);
KAAL_MUST_CHECK kaal_status_t kaal_supervisor_memory(bool whole, struct kaal_supervisor_memory *memory);
KAAL_MUST_CHECK kaal_status_t kaal_supervisor_await(uint32_t component, uint64_t start, enum kaal_component_end *end, uint64_t *code);

/*
 * Takes the console over: from now on the root task writes nothing on the serial line, and the caller writes what the root task
 * has to say. *ring is a page, not mapped, with a struct kaal_log of KAAL_CONSOLE_RING_BYTES, in which the root task writes whole lines,
 * each with a '\n' at its end, and the caller is the reader. *notification is signalled (flag 0) when there is more; it may be bound to a
 * thread, and to an interrupt line with another flag.
 * The root task drops lines that find no room, and counts them. When the caller ends, the root task writes what has not been read, on
 * a line of its own if `open` says so, and all that follows.
 *
 * Returns KAAL_OK; NO_RIGHT without the privilege `console`; IN_USE: somebody has the console; NO_MEMORY, and others that the root task's
 * memory ends with; what endpoint_call and kaal_slot_take() say. Nothing has changed then.
 * Rights: WRITE on KAAL_SLOT_SUPERVISOR; READ and WRITE on KAAL_SLOT_CNODE. Blocks: for as long as the root task takes. Ownership: the
 * capabilities are the caller's, in slots of kaal_slot_take(); the page and the notification are the root task's, until the caller ends.
 * Any thread.
 */
KAAL_MUST_CHECK kaal_status_t kaal_supervisor_console(kaal_frame_t *ring, kaal_notification_t *notification);

#ifdef __cplusplus
}
#endif

#endif
