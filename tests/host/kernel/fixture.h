/*
 * A caller for tests of system calls: a running thread with a CNode and an
 * unlimited scheduling context, in the zeroed arena.
 *
 *   16 KiB    threads, handles FIXTURE_CALLER and on, up to 128 KiB
 *   128 KiB   the caller's CNode
 *   1 MiB     free for the test
 *   3 MiB     scheduling contexts, handles FIXTURE_CONTEXT and on
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <criterion/criterion.h>
#include <host.h>
#include <string.h>

#include <arch/arch.h>
#include <check/check.h>
#include <core/cpu.h>
#include <core/sched.h>
#include <core/sched_budget.h>
#include <core/syscall.h>
#include <object/cnode.h>
#include <object/destroy.h>
#include <object/sched_context.h>

#define FIXTURE_CALLER 8u
#define FIXTURE_CONTEXT 24576u
#define FIXTURE_CNODE 0x1000u

/* A stopped thread that looks its capabilities up in the CNode. */
static inline void fixture_thread(thread_t thread, uint32_t radix)
{
	thread_start(thread);
	thread_view[thread].count = 1;
	slot_view[thread_slot(thread, THREAD_SLOT_CSPACE)].cap = cnode_cap(FIXTURE_CNODE, radix, KAAL_RIGHTS_ALL);
	slot_view[thread_slot(thread, THREAD_SLOT_CSPACE)].cap.word |= CAP_IN_THREAD;
	++*cnode_count(FIXTURE_CNODE);
	thread_slot_changed(thread_slot(thread, THREAD_SLOT_CSPACE));
}

/* The thread has a count of one that no capability is behind: the invariants hold with it (check/check.h). */
static inline void fixture_keep_thread(thread_t thread)
{
	check_keep(KAAL_OBJECT_THREAD, thread << (THREAD_BITS - OBJECT_UNIT_BITS));
}

/* All invariants hold, or the test fails by the name of one that does not. Between two steps of the kernel. */
static inline void check_invariants(void)
{
	jmp_buf before;

	memcpy(&before, &host.panic, sizeof before);
	if (setjmp(host.panic) != 0)
		cr_assert_fail("%s does not hold", host.panic_text);
	check_everything();
	memcpy(&host.panic, &before, sizeof before);
}

/* A context with a budget, bound to nobody. */
static inline void fixture_context(sched_context_t sc, uint64_t budget, uint64_t period)
{
	sched_context_start(sc);
	sched_context_view[sc].count = 1;
	sched_context_configure(sc, budget, period, host.now);
}

static inline void fixture_start(uint32_t radix)
{
	host_reset();
	check_start();
	sched_start();
	cnode_start(FIXTURE_CNODE, radix);
	fixture_thread(FIXTURE_CALLER, radix);
	thread_view[FIXTURE_CALLER].ceiling = 255;
	fixture_context(FIXTURE_CONTEXT, SCHED_UNLIMITED, SCHED_UNLIMITED);
	sched_bind(FIXTURE_CONTEXT, FIXTURE_CALLER);
	fixture_keep_thread(FIXTURE_CALLER);
	check_keep(KAAL_OBJECT_SCHED_CONTEXT, FIXTURE_CONTEXT << (SCHED_CONTEXT_BITS - OBJECT_UNIT_BITS));
	sched_ready(FIXTURE_CALLER);
	(void)sched_next();
}

/* Puts a capability into the CNode, counted. */
static inline void fixture_put(uint32_t index, struct cap cap)
{
	cnode_put_initial(FIXTURE_CNODE + index, cap);
	destroy_count_reference(cap);
}

/* The thread makes the call; its status is noted as this call's whenever it comes. */
static inline void fixture_dispatch(thread_t thread, uint32_t number)
{
	thread_view[thread].frame.call = number + 1;
	syscall_dispatch(thread, number);
}

/* Makes a call as user code does: again, for as long as the kernel leaves it at its svc. */
static inline uint64_t fixture_call(uint32_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f)
{
	const uint64_t argument[] = {a, b, c, d, e, f};
	struct arch_frame *frame = &thread_view[FIXTURE_CALLER].frame;

	memcpy(frame->argument, argument, sizeof argument);
	do {
		frame->restarts = 0;
		frame->status = UINT64_MAX;
		fixture_dispatch(FIXTURE_CALLER, number);
		if (frame->restarts != 0)
			cr_assert_eq(memcmp(frame->argument, argument, sizeof argument), 0, "arguments are kept");
	} while (frame->restarts != 0);
	return frame->status;
}

#endif
