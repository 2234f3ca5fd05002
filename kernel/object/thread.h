/*
 * Threads.
 *
 *   TH-1: a thread is in a ready queue if and only if it is ready, has a scheduling context with budget, does
 *         not run and is not about to (cpu.next); in the timer queue if and only if it sleeps, waits with a deadline, or is ready and waits for budget
 *   TH-2: its slots hold capabilities like a CNode's, counted and in the derivation tree, and flagged CAP_IN_THREAD
 *   TH-3: context names a scheduling context that lives, or none: the one whose holder the thread is, or, while it
 *         waits for an answer, the one that it has lent along with its call (core/lend.h)
 *   TH-4: priority <= ceiling
 *   TH-5: cspace_first and cspace_slots name its CSpace's slots if that is one CNode whose guard takes the rest of
 *         an index, as 0; otherwise cspace_slots is 0
 *   TH-6: the links of a thread that waits in no queue are those of one that waits alone (WQ-4)
 */
#ifndef OBJECT_THREAD_H
#define OBJECT_THREAD_H

#include <stdbool.h>

#include <arch_frame.h>
#include <kaal/message.h>

#include "cap.h"
#include "sched_context.h"

#define THREAD_BITS 11u

/* A thread's handle: its address in units of its size. */
typedef uint32_t thread_t;
#define THREAD_NONE UINT32_MAX

#define PRIORITIES 256u

enum thread_state {
	THREAD_READY = 0, /* what is set most often costs least */
	THREAD_STOPPED = 1,
	THREAD_SLEEPING = 2, /* until timer.time */
	/* From here on `waiting_for` says for what; if the thread is in the timer queue, until timer.time. */
	THREAD_WAITING = 3,   /* for flags of a notification */
	THREAD_SENDING = 4,   /* in an endpoint's queue, with a message */
	THREAD_CALLING = 5,   /* the same, and wants an answer */
	THREAD_RECEIVING = 6, /* in an endpoint's queue */
	THREAD_AWAITING_REPLY = 7, /* for the answer, in a reply object */
};

/* A reply's handle: its address in units of its size. */
typedef uint32_t reply_t;
#define REPLY_NONE UINT32_MAX

/* A message buffer's handle: its address in units of its size; 0: none. */
#define BUFFER_BITS 9u
typedef uint32_t buffer_t;

/* The thread's own slots. */
enum thread_slot {
	THREAD_SLOT_CSPACE = 0, /* CNode that capability indices are looked up in */
	THREAD_SLOT_VSPACE = 1,
	THREAD_SLOT_BUFFER = 2,       /* frame that holds its message buffer */
	THREAD_SLOT_NOTIFICATION = 3, /* whose flags it gets while it receives */
	THREAD_SLOT_FAULTS = 4,       /* endpoint that its faults are sent to */
	THREAD_SLOT_TIMEOUTS = 5,     /* endpoint that is told when its budget ends */
	THREAD_SLOTS = 6,
};

/* Links in the timer queue (core/timer.h). */
struct timer_links {
	uint64_t time; /* counter ticks */
	thread_t parent;
	thread_t left;
	thread_t right;
	uint32_t rank;
};

/* Links in a queue of threads that wait for the same thing (core/wait_queue.h). */
struct wait_links {
	thread_t next;
	thread_t previous;
	thread_t level_next;
	thread_t level_previous;
	thread_t level_last;
};

/* What happened to a thread that faulted: the message to its handler. */
struct thread_fault {
	uint64_t address;
	uint64_t syndrome;
};

struct thread {
	/* What the fast path reads, where one instruction loads two. */
	enum thread_state state;
	uint32_t waiting_for;    /* notification, endpoint or reply, as the state says */
	slot_t cspace_first;
	uint32_t cspace_slots;
	context_word_t context;  /* what it runs on, or has lent */
	context_word_t own;      /* the context whose home it is, or CONTEXT_NONE */
	uint32_t priority;       /* 0..255, larger is more urgent */
	uint32_t vspace;         /* number of its address space; 0: none, and it faults at once */
	reply_t reply;           /* that it receives with, or received its last call with */
	uint32_t notification;   /* that it is bound to; 0: none */
	buffer_t buffer;
	uint32_t may_grant;      /* 1: the capability that it sends through, while it waits, has GRANT */
	uint64_t badge;          /* that capability's */
	uint64_t checked;        /* kernel/check */
	uint64_t unused[3];
	uint64_t fast_stack[16]; /* below the frame, which SP_EL1 names: the fast path's, if its compiler wants one */
	struct arch_frame frame; /* the entry code saves registers here */
	struct arch_extra extra; /* registers that only a switch of threads saves */
	enum kaal_fault fault;   /* why it waits for an answer; KAAL_FAULT_NONE: because it called */
	uint32_t critical;       /* 1: an unhandled fault resets the machine */
	struct thread_fault fault_details;
	uint32_t count;          /* capabilities */
	uint32_t ceiling;        /* the largest priority that it may give to itself or others */
	uint32_t queued;         /* 1: in a ready queue */
	thread_t ready_next;     /* in its ready queue */
	thread_t ready_previous;
	thread_t destroy_next;   /* threads whose slots are to be emptied */
	struct timer_links timer;
	struct wait_links wait;
	struct slot slot[THREAD_SLOTS] __attribute__((aligned(1u << SLOT_BITS)));
} __attribute__((aligned(1u << THREAD_BITS)));

_Static_assert(sizeof(struct thread) == 1u << THREAD_BITS, "threads are reached by index");

/* The context that a thread runs on, or has lent. */
static inline sched_context_t thread_context(const struct thread *thread)
{
	return context_of(thread->context);
}

/* The context whose home it is, or SCHED_CONTEXT_NONE. */
static inline sched_context_t thread_own(const struct thread *thread)
{
	return context_of(thread->own);
}

static inline struct cap thread_cap(uint64_t base)
{
	return (struct cap){
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_THREAD, KAAL_RIGHTS_ALL, 0),
	};
}

/* The thread that a capability names. */
static inline thread_t thread_of(struct cap cap)
{
	return cap.object >> (THREAD_BITS - OBJECT_UNIT_BITS);
}

/* A fresh, zeroed thread: stopped, without slots and scheduling context, priority 0. */
void thread_start(thread_t thread);

/* The handle of one of its slots, and the thread that a slot with CAP_IN_THREAD belongs to. */
slot_t thread_slot(thread_t thread, enum thread_slot which);
thread_t thread_with_slot(slot_t slot);

/* After one of its slots was filled or emptied: what is derived from it is renewed. */
void thread_slot_changed(slot_t slot);

/* The frame in its slot holds the thread's message buffer, at `offset`, a multiple of its size. */
void thread_set_buffer(thread_t thread, uint64_t offset);

/* The slot that holds a capability of the thread; false if the index addresses none. */
bool thread_find_slot(const struct thread *thread, kaal_cap_t index, slot_t *slot);

/*
 * Fills one of the thread's slots, which is empty, with a copy of the capability
 * in `from`, as a child of it.
 */
void thread_fill_slot(thread_t thread, enum thread_slot which, slot_t from);

/* As thread_find_cap() below, but tells the slot: *slot is set on KAAL_OK only. */
uint64_t thread_find_typed_slot(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights,
				slot_t *slot);

/*
 * Looks up a capability of the thread for a system call that needs `type` with
 * `rights`. KAAL_OK, or INVALID_CAP, WRONG_TYPE, NO_RIGHT; *cap is set on KAAL_OK only.
 */
uint64_t thread_find_cap(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights,
			 struct cap *cap);

#endif
