/*
 * Threads of a component, as many as the description's `threads-max` allows, and how they wait for each other. A thread is
 * known by its index; the first, which runs main(), is 0. What the C library and POSIX threads need is built on this.
 *
 * A thread has the component's CSpace and address space, a message buffer and thread-local variables of its own, and a scheduling
 * context with the component's whole budget and period. A fault of any thread ends the component.
 *
 * Locks do not lend priority: who holds one that a more urgent thread wants goes on with its own.
 */
#ifndef KAAL_THREAD_H
#define KAAL_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kaal/message.h>
#include <kaal/object_types.h>
#include <kaal/startup.h>
#include <kaal/status.h>

#ifdef __cplusplus
extern "C" {
#define KAAL_ATOMIC(type) type /* the same in memory; libkaal's to touch */
#else
#include <stdatomic.h>
#define KAAL_ATOMIC(type) _Atomic(type)
#endif

/* Bytes of a stack that hold thread-local variables and what starts the thread; they are in addition to what the thread uses. */
size_t kaal_thread_stack_overhead(void);

struct kaal_thread_options {
	void *stack;          /* the thread's until it was joined; any alignment, both ends may be of a larger piece of memory */
	size_t stack_bytes;   /* at least kaal_thread_stack_overhead() + 1024 */
	uint32_t priority;    /* 0..the component's priority ceiling */
};

/*
 * Starts a thread that calls main(argument) and ends when that returns.
 *
 * *thread  its index
 *
 * NO_MEMORY: all threads that the component may have are in use. OUT_OF_RANGE: the stack is too small, or the priority above the
 * ceiling. Nothing has changed then. Rights: none. Blocks: never; a more urgent thread runs at once.
 */
KAAL_MUST_CHECK kaal_status_t kaal_thread_create(void (*main)(void *argument), void *argument, const struct kaal_thread_options *options, uint32_t *thread);

/* The calling thread ends. The first one must not: it returns from main(), or calls exit(). */
__attribute__((noreturn)) void kaal_thread_exit(void);

/*
 * Waits until a thread has ended, and takes it back: its stack is the caller's again, its index another's.
 *
 * deadline  counter ticks, absolute; 0: only looks; UINT64_MAX: none
 *
 * TIMEOUT: it has not ended. IN_USE: another thread waits for it. OUT_OF_RANGE: there is no such thread, or it is the caller or
 * the first. Rights: none. Blocks: until the thread ends or the deadline. One thread at a time joins another; libkaal does not
 * keep who joins a thread twice from taking back the next one with its index.
 */
KAAL_MUST_CHECK kaal_status_t kaal_thread_join(uint32_t thread, uint64_t deadline);

/* Index of the calling thread. No system call. */
uint32_t kaal_thread_self(void);

/* The priority that a thread was given when it was created or last set with kaal_thread_change_priority(). */
uint32_t kaal_thread_priority(uint32_t thread);

/* OUT_OF_RANGE: no such thread, or above the component's ceiling. Rights: none. Blocks: never; a more urgent thread runs at once. */
KAAL_MUST_CHECK kaal_status_t kaal_thread_change_priority(uint32_t thread, uint32_t priority);

/* Slot of a thread's own capability, READ and WRITE; below threads-max. No system call. */
kaal_thread_t kaal_thread_cap(uint32_t thread);

/* The calling thread's message buffer; NULL in the root task, which has a way of its own. No system call. */
struct kaal_message_buffer *kaal_message_buffer(void);

/* --- waiting ------------------------------------------------------------------------------ */

/*
 * Waits until kaal_thread_unpark() was called for the caller, once, since it parked last; it may return without that, so what it
 * waits for is looked at in a loop. deadline as above. False: the deadline has come. With a threads-max of 1 nobody can unpark:
 * without a deadline the program stops with a fault, for it would hang.
 */
bool kaal_thread_park(uint64_t deadline);

/* Blocks: never; a more urgent thread runs at once. */
void kaal_thread_unpark(uint32_t thread);

/* Threads that wait for the same: bit i is thread i. All zero is a set with nobody in it. */
struct kaal_waiters {
	KAAL_ATOMIC(uint64_t) set;
};

/* Puts the caller in. To be done before it looks, the last time, at what it waits for. */
void kaal_waiters_enter(struct kaal_waiters *waiters);

/* Takes the caller out. False: somebody has woken it, which took it out. */
bool kaal_waiters_leave(struct kaal_waiters *waiters);

/* Whether the caller is in. */
bool kaal_waiters_inside(const struct kaal_waiters *waiters);

/* Takes the most urgent one out (of equals the one with the next higher index than the caller's) and wakes it. False: nobody was in. */
bool kaal_waiters_wake_one(struct kaal_waiters *waiters);

/* Takes all out and wakes them. */
void kaal_waiters_wake_all(struct kaal_waiters *waiters);

/* --- lock --------------------------------------------------------------------------------- */

/*
 * A lock; all zero is a free one. Who holds it gives it back.
 *   LK-1: owner is 0 or the holder's index plus 1
 *   LK-2: who waits is in `waiters` before it looks at `owner` the last time, so who gives it back sees it
 */
struct kaal_lock {
	KAAL_ATOMIC(uint32_t) owner;
	struct kaal_waiters waiters;
};

/*
 * Waits for the lock, until a deadline as above. False: the deadline has come. A thread that holds it already stops the program with a
 * fault: it would wait for itself.
 */
bool kaal_lock_take_until(struct kaal_lock *lock, uint64_t deadline);

/* Without a deadline. */
void kaal_lock_take(struct kaal_lock *lock);

/* Takes it if it is free. */
bool kaal_lock_try(struct kaal_lock *lock);

/* The caller holds it, or the program is stopped with a fault. */
void kaal_lock_give(struct kaal_lock *lock);

/* Whether the caller holds it. */
bool kaal_lock_held(const struct kaal_lock *lock);

#ifdef __cplusplus
}
#endif

#endif
