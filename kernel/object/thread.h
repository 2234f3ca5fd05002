/*
 * Threads.
 *
 *   TH-1: a thread is in a ready queue if and only if it is ready, has a scheduling context with budget, does
 *         not run and is not about to (cpu.next); in the timer queue if and only if it sleeps, waits with a deadline, or is ready and waits for budget
 *   TH-2: its slots hold capabilities like a CNode's, counted and in the derivation tree, and flagged CAP_IN_THREAD
 *   TH-3: sched_context is the context whose holder it is, or SCHED_CONTEXT_NONE
 *   TH-4: priority <= ceiling
 */
#ifndef OBJECT_THREAD_H
#define OBJECT_THREAD_H

#include <stdbool.h>

#include <arch_frame.h>

#include "cap.h"
#include "sched_context.h"

#define THREAD_BITS 10u

/* A thread's handle: its address in units of its size. */
typedef uint32_t thread_t;
#define THREAD_NONE UINT32_MAX

#define PRIORITIES 256u

enum thread_state {
	THREAD_STOPPED = 0,
	THREAD_READY = 1,
	THREAD_SLEEPING = 2, /* until timer.time */
	THREAD_WAITING = 3,  /* for the notification `waiting_for`; if in the timer queue, until timer.time */
};

/* The thread's own slots. */
enum thread_slot {
	THREAD_SLOT_CSPACE = 0, /* CNode that capability indices are looked up in */
	THREAD_SLOT_VSPACE = 1,
	THREAD_SLOTS = 2,
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

struct thread {
	struct arch_frame frame; /* first: the entry code saves registers here */
	struct arch_extra extra; /* registers that only a switch of threads saves */
	struct slot slot[THREAD_SLOTS] __attribute__((aligned(1u << SLOT_BITS)));
	uint32_t vspace;        /* number of its address space; 0: none, and it faults at once */
	uint32_t count;         /* capabilities */
	enum thread_state state;
	uint32_t critical; /* 1: an unhandled fault resets the machine */
	uint32_t priority; /* 0..255, larger is more urgent */
	uint32_t ceiling;  /* the largest priority that it may give to itself or others */
	sched_context_t sched_context;
	uint32_t queued;        /* 1: in a ready queue */
	thread_t ready_next;    /* in its ready queue */
	thread_t ready_previous;
	thread_t destroy_next; /* threads whose slots are to be emptied */
	struct timer_links timer;
	struct wait_links wait;
	uint32_t waiting_for; /* notification */
} __attribute__((aligned(1u << THREAD_BITS)));

_Static_assert(sizeof(struct thread) == 1u << THREAD_BITS, "threads are reached by index");

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
