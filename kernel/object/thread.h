/*
 * Threads.
 *
 *   TH-1: a thread in THREAD_SLEEPING is in the timer queue exactly once, any other in none
 *   TH-2: cspace is a capability of a CNode, counted like one in a slot
 */
#ifndef OBJECT_THREAD_H
#define OBJECT_THREAD_H

#include <stdbool.h>

#include <arch_frame.h>

#include "cap.h"

#define THREAD_BITS 10u

/* A thread's handle: its address in units of its size. */
typedef uint32_t thread_t;
#define THREAD_NONE UINT32_MAX

enum thread_state {
	THREAD_STOPPED = 0,
	THREAD_READY = 1,
	THREAD_SLEEPING = 2, /* until `deadline` */
};

struct thread {
	struct arch_frame frame; /* first: the entry code saves registers here */
	uint64_t address_space;  /* what arch_space_use() takes */
	struct cap cspace;       /* the CNode that capability indices are looked up in */
	enum thread_state state;
	uint32_t critical;    /* 1: an unhandled fault resets the machine */
	uint64_t deadline;    /* counter ticks */
	thread_t timer_next;  /* in the timer queue */
} __attribute__((aligned(1u << THREAD_BITS)));

_Static_assert(sizeof(struct thread) == 1u << THREAD_BITS, "threads are reached by index");

static inline struct cap thread_cap(uint64_t base)
{
	return (struct cap){
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_THREAD, KAAL_RIGHTS_ALL, 0),
	};
}

/* The slot that holds a capability of the thread; false if the index addresses none. */
bool thread_find_slot(const struct thread *thread, kaal_cap_t index, slot_t *slot);

/*
 * Looks up a capability of the thread for a system call that needs `type` with
 * `rights`. KAAL_OK, or INVALID_CAP, WRONG_TYPE, NO_RIGHT; *cap is set on KAAL_OK only.
 */
uint64_t thread_find_cap(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights,
			 struct cap *cap);

#endif
