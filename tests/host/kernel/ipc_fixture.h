/*
 * Threads that send each other messages, by system call, beside the fixture's
 * caller, which runs when none of them can.
 *
 * Threads 0..2 look capabilities up in CNode A, threads 3..5 in CNode B. Both
 * hold the same objects at the same indices, B's derived from A's. Each thread has a buffer and an
 * unlimited context of its own. Built with IPC_FAST, calls take the fast path where it does them.
 */
#ifndef IPC_FIXTURE_H
#define IPC_FIXTURE_H

#include "fixture.h"

#include <core/fastpath.h>
#include <core/fault.h>
#include <core/interrupt.h>
#include <kaal/message.h>
#include <kaal/status.h>
#include <kaal/syscall_numbers.h>
#include <object/endpoint.h>
#include <object/frame.h>
#include <object/notification.h>
#include <object/reply.h>
#include <object/untyped.h>

#define RADIX 8u
#define CNODE_A FIXTURE_CNODE
#define CNODE_B (FIXTURE_CNODE + 0x400u)
#define THREADS 6u
#define FIRST_THREAD 16u
#define T(i) (FIRST_THREAD + (i))
#define BADGE 0xbad6eu

/* Where capabilities lie, in both CNodes. */
enum index {
	A = 1,
	B,
	MEMORY, /* A only */
	EP,
	EP2,
	EP_BADGED,
	EP_NO_GRANT,
	EP_READ,
	EP_WRITE,
	REPLY, /* four */
	REPLY_NO_GRANT = REPLY + 4, /* of the first */
	REPLY_READ,
	NTFN, /* two */
	FRAME = NTFN + 2,
	THREAD,                /* six */
	CONTEXT = THREAD + 6,  /* six */
	DRIVERS_CONTEXT = CONTEXT + 6, /* A only */
	FREE, /* nothing from here on */
};

/* What act() says of a call that goes on waiting. */
#define WAITS UINT64_MAX

#ifdef IPC_FAST
/* Whether the fast path has done all of the call. */
static inline bool dispatch_fast(thread_t thread, uint32_t number)
{
	struct thread *self = &thread_view[thread];
	const uint64_t *argument = self->frame.argument;
	unsigned leaves = host.fast_leaves;

	self->frame.call = number + 1;
	if (number == KAAL_SYS_ENDPOINT_CALL)
		fastpath_call(argument[0], argument[1], argument[2], self);
	else if (number == KAAL_SYS_ENDPOINT_REPLY_RECV)
		fastpath_reply_recv(argument[0], argument[1], argument[2], self);
	else
		return false;
	return host.fast_leaves == leaves;
}

/* An address space is in use, so that the fast path switches to any thread. */
static inline void allow_fast(void)
{
	cpu.space_word[0] = 1;
}
#else
static inline bool dispatch_fast(thread_t thread, uint32_t number)
{
	(void)thread;
	(void)number;
	return false;
}

static inline void allow_fast(void)
{
}
#endif

static inline void dispatch(thread_t thread, uint32_t number)
{
	if (!dispatch_fast(thread, number))
		fixture_dispatch(thread, number);
}

/* The thread, which is ready and can run, is the one that does. */
static inline void run(thread_t thread)
{
	uint32_t priority = thread_view[thread].priority;

	sched_set_priority(thread, 255);
	(void)sched_next();
	cr_assert_eq(cpu.current, thread, "thread %u cannot run", thread);
	sched_set_priority(thread, priority);
	/* As on the machine, unless somebody more urgent is ready: nothing has changed since it was chosen. */
	if (cpu.ready_top <= (int32_t)priority)
		(void)sched_next();
}

/* The thread makes a call, and whoever is to run then does. The call's status, or WAITS. */
static inline uint64_t act_with(thread_t thread, uint32_t number, const uint64_t *argument)
{
	struct arch_frame *frame = &thread_view[thread].frame;

	run(thread);
	memcpy(frame->argument, argument, sizeof frame->argument);
	do {
		frame->restarts = 0;
		frame->status = WAITS;
		dispatch(thread, number);
	} while (frame->restarts != 0);
	/* Who ends itself leaves the rest to the next call that ends something. */
	while (thread_view[thread].count == 0 && !destroy_worklist_step())
		;
	check_invariants();
	(void)sched_next();
	check_invariants();
	return frame->status;
}

#define act(thread, number, ...) act_with((thread), KAAL_SYS_##number, (const uint64_t[6]){__VA_ARGS__})

/* The fixture's caller makes a call for the test. */
static inline uint64_t driver_with(uint32_t number, const uint64_t *argument)
{
	return act_with(FIXTURE_CALLER, number, argument);
}

#define driver(number, ...) driver_with(KAAL_SYS_##number, (const uint64_t[6]){__VA_ARGS__})

static inline uint64_t status_of(thread_t thread)
{
	return thread_view[thread].frame.status;
}

static inline uint64_t result_of(thread_t thread, unsigned index)
{
	return thread_view[thread].frame.result[index];
}

static inline enum thread_state state_of(thread_t thread)
{
	return thread_view[thread].state;
}

static inline struct cap cap_at(enum index index)
{
	return slot_view[CNODE_A + index].cap;
}

static inline endpoint_t endpoint_at(enum index index)
{
	return endpoint_of(cap_at(index));
}

static inline reply_t reply_at(enum index index)
{
	return reply_of(cap_at(index));
}

static inline sched_context_t context_at(unsigned i)
{
	return sched_context_of(cap_at((enum index)(CONTEXT + i)));
}

static inline volatile struct kaal_message_buffer *buffer_of(thread_t thread)
{
	return &buffer_view[thread_view[thread].buffer];
}

/* Time goes on, and what the timer was set for happens. */
static inline void pass_until(uint64_t now)
{
	host.now = now;
	if (host.timer_armed && host.timer_deadline <= now)
		interrupt_handle();
	check_invariants();
	(void)sched_next();
	check_invariants();
}

/* All 64 words of a message, and the same looked for: word i is `seed` + i. */
static inline void write_words(thread_t thread, uint64_t seed)
{
	for (unsigned i = 0; i < KAAL_MESSAGE_WORDS_MAX; i++) {
		if (i < KAAL_MESSAGE_REGISTERS)
			thread_view[thread].frame.word[i] = seed + i;
		else if (thread_view[thread].buffer != 0)
			buffer_of(thread)->words[i - KAAL_MESSAGE_REGISTERS] = seed + i;
	}
}

/* How many words from the first on are `seed` + i. */
static inline unsigned words_from(thread_t thread, uint64_t seed)
{
	unsigned i = 0;

	while (i < KAAL_MESSAGE_REGISTERS && thread_view[thread].frame.word[i] == seed + i)
		i++;
	while (i >= KAAL_MESSAGE_REGISTERS && i < KAAL_MESSAGE_WORDS_MAX && thread_view[thread].buffer != 0 &&
	       buffer_of(thread)->words[i - KAAL_MESSAGE_REGISTERS] == seed + i)
		i++;
	return i;
}

static inline void ipc_must(uint64_t status)
{
	cr_assert_eq(status, KAAL_OK, "setting up: status %lu", (unsigned long)status);
}

/* Makes objects in CNode A, and the same capabilities in B. */
static inline void make_objects(enum kaal_object_type type, uint32_t size_bits, enum index first, unsigned count)
{
	ipc_must(driver(UNTYPED_RETYPE, MEMORY, type + 256 * size_bits, A, first, count));
	for (unsigned i = first; i < first + count; i++)
		ipc_must(driver(CAP_COPY, B, i, A, i, KAAL_RIGHTS_ALL));
}

static inline void copy_in_both(enum index to, enum index from, uint32_t rights)
{
	ipc_must(driver(CAP_COPY, A, to, A, from, rights));
	ipc_must(driver(CAP_COPY, B, to, A, from, rights));
}

/* Thread `i`, without a context: stopped, priority 100, with CSpace and buffer. */
static inline void make_thread(unsigned i)
{
	thread_t thread = T(i);

	fixture_thread(thread, RADIX);
	if (i >= THREADS / 2) {
		--*cnode_count(CNODE_A);
		slot_view[thread_slot(thread, THREAD_SLOT_CSPACE)].cap.object = CNODE_B;
		++*cnode_count(CNODE_B);
	}
	thread_slot_changed(thread_slot(thread, THREAD_SLOT_CSPACE));
	thread_view[thread].count = 0;
	thread_view[thread].priority = 100;
	thread_view[thread].ceiling = 254;
	fixture_put(THREAD + i, thread_cap((uint64_t)thread << THREAD_BITS));
	ipc_must(driver(CAP_COPY, B, THREAD + i, A, THREAD + i, KAAL_RIGHTS_ALL));
	ipc_must(driver(THREAD_SET_BUFFER, THREAD + i, FRAME, i * KAAL_MESSAGE_BUFFER_BYTES));
}

static inline void give_context(unsigned i, uint64_t budget, uint64_t period)
{
	sched_configure(context_at(i), budget, period);
	sched_bind(context_at(i), T(i));
}

static inline void ipc_start(void)
{
	fixture_start(RADIX);
	allow_fast();
	thread_view[FIXTURE_CALLER].priority = 0;
	cnode_start(CNODE_B, RADIX);
	fixture_put(A, cnode_cap(CNODE_A, RADIX, KAAL_RIGHTS_ALL));
	fixture_put(B, cnode_cap(CNODE_B, RADIX, KAAL_RIGHTS_ALL));
	fixture_put(MEMORY, untyped_cap(0x100000, 20, false));
	fixture_put(DRIVERS_CONTEXT, sched_context_cap((uint64_t)FIXTURE_CONTEXT << SCHED_CONTEXT_BITS));
	ipc_must(driver(CAP_COPY, B, A, A, A, KAAL_RIGHTS_ALL));
	ipc_must(driver(CAP_COPY, B, B, A, B, KAAL_RIGHTS_ALL));
	make_objects(KAAL_OBJECT_ENDPOINT, 0, EP, 2);
	ipc_must(driver(CAP_MINT, A, EP_BADGED, A, EP, KAAL_RIGHTS_ALL, BADGE));
	ipc_must(driver(CAP_COPY, B, EP_BADGED, A, EP_BADGED, KAAL_RIGHTS_ALL));
	copy_in_both(EP_NO_GRANT, EP, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);
	copy_in_both(EP_READ, EP, KAAL_RIGHT_READ);
	copy_in_both(EP_WRITE, EP, KAAL_RIGHT_WRITE);
	make_objects(KAAL_OBJECT_REPLY, 0, REPLY, 4);
	copy_in_both(REPLY_NO_GRANT, REPLY, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);
	copy_in_both(REPLY_READ, REPLY, KAAL_RIGHT_READ);
	make_objects(KAAL_OBJECT_NOTIFICATION, 0, NTFN, 2);
	make_objects(KAAL_OBJECT_FRAME, 12, FRAME, 1);
	make_objects(KAAL_OBJECT_SCHED_CONTEXT, 0, CONTEXT, THREADS);
	for (unsigned i = 0; i < THREADS; i++) {
		make_thread(i);
		give_context(i, SCHED_UNLIMITED, SCHED_UNLIMITED);
		sched_ready(T(i));
	}
	check_invariants();
}

#endif
