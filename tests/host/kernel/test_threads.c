/* Threads and scheduling contexts, from retype to their end, by system call. */
#include "by_call.h"

#include <kaal/registers.h>
#include <kaal/status.h>
#include <object/untyped.h>
#include <object/vspace.h>

#define RADIX 6u
#define MEMORY 2u
#define CONTROL 3u
#define SPACE 4u
#define THREAD 5u
#define CONTEXT 6u
#define OTHER 7u    /* a second thread */
#define CNODE 8u    /* a second CNode */
#define WEAK 10u
#define SELF 11u
#define SYSTEM 12u
#define EMPTY 30u /* and the slots behind it */
#define NOWHERE (1u << RADIX) /* addresses no slot */
#define TICKS_MAX (UINT64_C(1) << 48)

static uint64_t retype(uint64_t type, uint64_t to)
{
	return call(KAAL_SYS_UNTYPED_RETYPE, MEMORY, type, OWN, to, 1);
}

static struct thread *thread(uint32_t index)
{
	return &thread_view[thread_of(cap(index))];
}

static struct sched_context *context(void)
{
	return &sched_context_view[sched_context_of(cap(CONTEXT))];
}

static void start(void)
{
	fixture_start(RADIX);
	fixture_put(OWN, cnode_cap(FIXTURE_CNODE, RADIX, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE));
	fixture_put(MEMORY, untyped_cap(0x100000, 20, false));
	fixture_put(CONTROL, (struct cap){.word = cap_word(KAAL_OBJECT_SCHED_CONTROL, KAAL_RIGHTS_ALL, 0)});
	fixture_put(SELF, thread_cap((uint64_t)FIXTURE_CALLER << THREAD_BITS));
	cr_assert_eq(retype(KAAL_OBJECT_VSPACE, SPACE), KAAL_OK);
	cr_assert_eq(retype(KAAL_OBJECT_THREAD, THREAD), KAAL_OK);
	cr_assert_eq(retype(KAAL_OBJECT_SCHED_CONTEXT, CONTEXT), KAAL_OK);
	cr_assert_eq(retype(KAAL_OBJECT_THREAD, OTHER), KAAL_OK);
	cr_assert_eq(retype(KAAL_OBJECT_CNODE + 256 * 4, CNODE), KAAL_OK);
}

TestSuite(threads, .init = start);

/* The errors that a capability in argument `which` brings, whatever the call; the others are right. */
static void refuses(uint32_t number, unsigned which, uint64_t good_type_without_right, const uint64_t good[5])
{
	uint64_t a[5];

	memcpy(a, good, sizeof a);
	a[which] = NOWHERE;
	cr_assert_eq(call(number, a[0], a[1], a[2], a[3], a[4]), KAAL_INVALID_CAP, "call %u, argument %u", number, which);
	a[which] = EMPTY;
	cr_assert_eq(call(number, a[0], a[1], a[2], a[3], a[4]), KAAL_WRONG_TYPE, "call %u, argument %u", number, which);
	a[which] = MEMORY;
	cr_assert_eq(call(number, a[0], a[1], a[2], a[3], a[4]), KAAL_WRONG_TYPE, "call %u, argument %u", number, which);
	if (good_type_without_right == 0)
		return;
	a[which] = good_type_without_right;
	cr_assert_eq(call(number, a[0], a[1], a[2], a[3], a[4]), KAAL_NO_RIGHT, "call %u, argument %u", number, which);
}

/* A copy of `from` that has these rights only. */
static uint64_t weak(uint64_t from, uint64_t rights)
{
	cr_assert_eq(delete(WEAK), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_COPY, OWN, WEAK, OWN, from, rights), KAAL_OK);
	return WEAK;
}

static uint64_t configure(void)
{
	return call(KAAL_SYS_THREAD_CONFIGURE, THREAD, OWN, SPACE, 0, 0);
}

/* The thread is ready and has a context without limit. */
static void make_ready(uint32_t priority)
{
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_PRIORITY, THREAD, priority, 255, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_SCHED_CONFIGURE, CONTROL, CONTEXT, SCHED_UNLIMITED, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_SCHED_BIND, CONTEXT, THREAD, 0, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_THREAD_RESUME, THREAD, 0, 0, 0, 0), KAAL_OK);
}

static thread_t runs(void)
{
	(void)sched_next();
	return cpu.current;
}

Test(threads, fresh_objects_can_do_nothing)
{
	cr_assert_eq(thread(THREAD)->state, THREAD_STOPPED);
	cr_assert_eq(thread(THREAD)->context, CONTEXT_NONE);
	cr_assert_eq(thread(THREAD)->priority | thread(THREAD)->ceiling | thread(THREAD)->vspace, 0);
	cr_assert_eq(context()->home, THREAD_NONE);
	cr_assert_eq(context()->budget, 0);
	cr_assert_eq(cap_size_bits(cap(CONTEXT)), 7);
	cr_assert_eq(cap_rights(cap(THREAD)), KAAL_RIGHTS_ALL);
}

Test(threads, configure_gives_copies_that_revoke_takes_back)
{
	cr_assert_eq(configure(), KAAL_OK);
	cr_assert_eq(thread(THREAD)->slot[THREAD_SLOT_CSPACE].cap.object, FIXTURE_CNODE);
	cr_assert_eq(thread(THREAD)->slot[THREAD_SLOT_VSPACE].parent, FIXTURE_CNODE + SPACE);
	cr_assert_eq(thread(THREAD)->vspace, vspace_of(cap(SPACE)));
	cr_assert_eq(call(KAAL_SYS_CAP_REVOKE, OWN, SPACE, 0, 0, 0), KAAL_OK);
	cr_assert_eq(thread(THREAD)->vspace, 0);
	cr_assert(cap_is_null(thread(THREAD)->slot[THREAD_SLOT_VSPACE].cap));
	cr_assert_eq(thread(THREAD)->slot[THREAD_SLOT_CSPACE].cap.object, FIXTURE_CNODE);
}

Test(threads, configure_drops_what_the_thread_held)
{
	cr_assert_eq(call(KAAL_SYS_THREAD_CONFIGURE, THREAD, CNODE, SPACE, 0, 0), KAAL_OK);
	cr_assert_eq(*cnode_count(cap(CNODE).object), 2);
	cr_assert_eq(configure(), KAAL_OK);
	cr_assert_eq(*cnode_count(cap(CNODE).object), 1);
	cr_assert_eq(*vspace_count(vspace_of(cap(SPACE))), 2);
}

/* The last capability to a CNode is the thread's own: with an interrupt at any step the new one comes in when the old is empty. */
Test(threads, configure_continues_after_interrupts)
{
	for (unsigned at = 1; at < 8; at++) {
		slot_t inner;

		cr_assert_eq(call(KAAL_SYS_THREAD_CONFIGURE, THREAD, CNODE, SPACE, 0, 0), KAAL_OK);
		inner = cap(CNODE).object;
		cr_assert_eq(call(KAAL_SYS_CAP_COPY, CNODE, 3, OWN, SPACE, 15), KAAL_OK);
		cr_assert_eq(delete(CNODE), KAAL_OK);
		cr_assert_eq(*vspace_count(vspace_of(cap(SPACE))), 3);
		host.calls_until_pending = at;
		cr_assert_eq(configure(), KAAL_OK);
		cr_assert(cap_is_null(slot_view[inner + 3].cap));
		cr_assert_eq(*vspace_count(vspace_of(cap(SPACE))), 2);
		cr_assert_eq(thread(THREAD)->slot[THREAD_SLOT_CSPACE].cap.object, FIXTURE_CNODE);
		host.calls_until_pending = 0;
		cr_assert_eq(retype(KAAL_OBJECT_CNODE + 256 * 4, CNODE), KAAL_OK);
	}
}

Test(threads, what_configure_refuses)
{
	const uint64_t good[5] = {THREAD, OWN, SPACE};

	refuses(KAAL_SYS_THREAD_CONFIGURE, 0, weak(THREAD, KAAL_RIGHT_READ), good);
	refuses(KAAL_SYS_THREAD_CONFIGURE, 1, 0, good);
	refuses(KAAL_SYS_THREAD_CONFIGURE, 2, 0, good);
	cr_assert(cap_is_null(thread(THREAD)->slot[THREAD_SLOT_CSPACE].cap));
	make_ready(0);
	cr_assert_eq(configure(), KAAL_NOT_STOPPED);
	cr_assert(cap_is_null(thread(THREAD)->slot[THREAD_SLOT_CSPACE].cap));
}

Test(threads, registers_are_set_and_the_others_zero)
{
	memset(&thread(THREAD)->frame, 0x55, sizeof(struct arch_frame));
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_REGISTERS, THREAD, 0x1000, 0x2000, 42, 0x3000), KAAL_OK);
	cr_assert_eq(thread(THREAD)->frame.pc, 0x1000);
	cr_assert_eq(thread(THREAD)->frame.sp, 0x2000);
	cr_assert_eq(thread(THREAD)->frame.argument[0], 42);
	cr_assert_eq(thread(THREAD)->frame.argument[1], 0);
	cr_assert_eq(thread(THREAD)->extra.tls, 0x3000);
}

Test(threads, what_set_registers_refuses)
{
	const uint64_t good[5] = {THREAD, 0x1000, 0x2000, 42, 0x3000};

	refuses(KAAL_SYS_THREAD_SET_REGISTERS, 0, weak(THREAD, KAAL_RIGHT_READ), good);
	make_ready(0);
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_REGISTERS, THREAD, 0x1000, 0x2000, 42, 0x3000), KAAL_NOT_STOPPED);
	cr_assert_eq(thread(THREAD)->frame.pc | thread(THREAD)->extra.tls, 0);
}

Test(threads, resume_and_suspend)
{
	const uint64_t good[5] = {THREAD};

	refuses(KAAL_SYS_THREAD_RESUME, 0, weak(THREAD, KAAL_RIGHT_READ), good);
	cr_assert_eq(thread(THREAD)->state, THREAD_STOPPED);
	make_ready(9);
	cr_assert_eq(runs(), thread_of(cap(THREAD)));
	cr_assert_eq(call(KAAL_SYS_THREAD_RESUME, THREAD, 0, 0, 0, 0), KAAL_OK, "a ready one stays ready");
	refuses(KAAL_SYS_THREAD_SUSPEND, 0, weak(THREAD, KAAL_RIGHT_READ), good);
	cr_assert_eq(thread(THREAD)->state, THREAD_READY);
	cr_assert_eq(call(KAAL_SYS_THREAD_SUSPEND, THREAD, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(thread(THREAD)->state, THREAD_STOPPED);
	cr_assert_eq(runs(), FIXTURE_CALLER);
}

Test(threads, nobody_gives_more_urgency_than_it_may)
{
	const uint64_t good[5] = {THREAD, 1, 2};

	refuses(KAAL_SYS_THREAD_SET_PRIORITY, 0, weak(THREAD, KAAL_RIGHT_READ), good);
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_PRIORITY, SELF, 100, 200, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_PRIORITY, THREAD, 0, 201, 0, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_PRIORITY, THREAD, 101, 100, 0, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_PRIORITY, THREAD, UINT64_MAX, UINT64_MAX, 0, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(thread(THREAD)->ceiling, 0);
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_PRIORITY, THREAD, 200, 200, 0, 0), KAAL_OK);
	cr_assert_eq(thread(THREAD)->priority, 200);
	cr_assert_eq(thread(THREAD)->ceiling, 200);
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_PRIORITY, SELF, 100, 255, 0, 0), KAAL_OUT_OF_RANGE, "it does not come back");
}

Test(threads, budgets_have_limits)
{
	static const uint64_t wrong[][2] = {{511, 1000}, {0, 1000}, {1001, 1000}, {512, TICKS_MAX + 1}, {UINT64_MAX - 1, UINT64_MAX}};
	const uint64_t good[5] = {CONTROL, CONTEXT, 512, 512};

	refuses(KAAL_SYS_SCHED_CONFIGURE, 1, weak(CONTEXT, KAAL_RIGHT_READ), good);
	refuses(KAAL_SYS_SCHED_CONFIGURE, 0, weak(CONTROL, KAAL_RIGHT_READ), good);
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		cr_assert_eq(call(KAAL_SYS_SCHED_CONFIGURE, CONTROL, CONTEXT, wrong[i][0], wrong[i][1], 0), KAAL_OUT_OF_RANGE, "%u", i);
	cr_assert_eq(context()->budget, 0);
	cr_assert_eq(call(KAAL_SYS_SCHED_CONFIGURE, CONTROL, CONTEXT, 512, 512, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_SCHED_CONFIGURE, CONTROL, CONTEXT, TICKS_MAX, TICKS_MAX, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_SCHED_CONFIGURE, CONTROL, CONTEXT, SCHED_UNLIMITED, 0, 0), KAAL_OK);
	cr_assert_eq(context()->budget, SCHED_UNLIMITED);
}

Test(threads, a_context_has_one_thread_and_a_thread_one_context)
{
	const uint64_t good[5] = {CONTEXT, THREAD};

	refuses(KAAL_SYS_SCHED_BIND, 0, weak(CONTEXT, KAAL_RIGHT_READ), good);
	refuses(KAAL_SYS_SCHED_BIND, 1, weak(THREAD, KAAL_RIGHT_READ), good);
	cr_assert_eq(call(KAAL_SYS_SCHED_BIND, CONTEXT, SELF, 0, 0, 0), KAAL_BOUND, "the caller has one");
	cr_assert_eq(call(KAAL_SYS_SCHED_BIND, CONTEXT, THREAD, 0, 0, 0), KAAL_OK);
	cr_assert_eq(context()->home, thread_of(cap(THREAD)));
	cr_assert_eq(call(KAAL_SYS_SCHED_BIND, CONTEXT, OTHER, 0, 0, 0), KAAL_BOUND);
	cr_assert_eq(thread(OTHER)->context, CONTEXT_NONE);
	refuses(KAAL_SYS_SCHED_UNBIND, 0, weak(CONTEXT, KAAL_RIGHT_READ), good);
	cr_assert_eq(call(KAAL_SYS_SCHED_UNBIND, CONTEXT, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(thread(THREAD)->context, CONTEXT_NONE);
	cr_assert_eq(call(KAAL_SYS_SCHED_UNBIND, CONTEXT, 0, 0, 0, 0), KAAL_NOT_BOUND);
}

Test(threads, consumed_tells_what_was_used)
{
	const uint64_t good[5] = {CONTEXT};

	refuses(KAAL_SYS_SCHED_CONSUMED, 0, weak(CONTEXT, KAAL_RIGHT_WRITE), good);
	cr_assert_eq(result(), 0);
	make_ready(9);
	(void)runs();
	host.now += 1234;
	cr_assert_eq(call(KAAL_SYS_SCHED_CONSUMED, CONTEXT, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(result(), 1234);
}

Test(threads, yield_lets_equals_run)
{
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_PRIORITY, SELF, 9, 255, 0, 0), KAAL_OK);
	make_ready(9);
	cr_assert_eq(runs(), FIXTURE_CALLER);
	cr_assert_eq(call(KAAL_SYS_SCHED_YIELD, 0, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(runs(), thread_of(cap(THREAD)));
}

/* A thread that ends lets go of what it held, and its context is free again. */
Test(threads, the_end_of_a_thread)
{
	thread_t ended = thread_of(cap(THREAD));

	cr_assert_eq(configure(), KAAL_OK);
	make_ready(9);
	cr_assert_eq(delete(THREAD), KAAL_OK);
	cr_assert_eq(host.forgotten, ended);
	cr_assert_eq(context()->home, THREAD_NONE);
	cr_assert_eq(*vspace_count(vspace_of(cap(SPACE))), 1);
	cr_assert_eq(thread_view[ended].vspace, 0);
	cr_assert_eq(runs(), FIXTURE_CALLER);
}

/* Of threads that end together all are emptied, whether a revoke ends them or the end of what they lie in. */
/* A message buffer for the caller: the frame's first page, seen from here. */
static struct kaal_registers *registers_in_buffer(void)
{
	cr_assert_eq(retype(KAAL_OBJECT_FRAME + 256 * 12, EMPTY + 4), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_BUFFER, SELF, EMPTY + 4, 512, 0, 0), KAAL_OK);
	return (struct kaal_registers *)(void *)(host_arena + ((uint64_t)cap(EMPTY + 4).object << OBJECT_UNIT_BITS) + 512);
}

Test(threads, registers_are_read_and_written_whole)
{
	struct kaal_registers *registers = registers_in_buffer();

	cr_assert_eq(call(KAAL_SYS_THREAD_SET_REGISTERS, THREAD, 0x4000, 0x8000, 7, 9), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_THREAD_READ_REGISTERS, THREAD, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(registers->pc, 0x4000);
	cr_assert_eq(registers->sp, 0x8000);
	cr_assert_eq(registers->x[0], 7);
	cr_assert_eq(registers->tls, 9);
	registers->x[5] = 55;
	registers->pc = 0x4004;
	registers->sp = 0x7ff0;
	registers->tls = 99;
	cr_assert_eq(call(KAAL_SYS_THREAD_WRITE_REGISTERS, THREAD, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(thread(THREAD)->frame.pc, 0x4004);
	cr_assert_eq(thread(THREAD)->frame.sp, 0x7ff0);
	cr_assert_eq(thread(THREAD)->frame.argument[5], 55);
	cr_assert_eq(thread(THREAD)->extra.tls, 99);
	memset(registers, 0, sizeof *registers);
	cr_assert_eq(call(KAAL_SYS_THREAD_READ_REGISTERS, THREAD, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(registers->x[5], 55);
	cr_assert_eq(registers->pc, 0x4004);
}

Test(threads, registers_need_the_right_a_buffer_and_a_stopped_thread)
{
	const uint64_t good[5] = {THREAD};

	cr_assert_eq(call(KAAL_SYS_THREAD_READ_REGISTERS, THREAD, 0, 0, 0, 0), KAAL_NO_BUFFER);
	cr_assert_eq(call(KAAL_SYS_THREAD_WRITE_REGISTERS, THREAD, 0, 0, 0, 0), KAAL_NO_BUFFER);
	(void)registers_in_buffer();
	refuses(KAAL_SYS_THREAD_READ_REGISTERS, 0, weak(THREAD, KAAL_RIGHT_WRITE), good);
	refuses(KAAL_SYS_THREAD_WRITE_REGISTERS, 0, weak(THREAD, KAAL_RIGHT_READ), good);
	make_ready(1);
	cr_assert_eq(call(KAAL_SYS_THREAD_READ_REGISTERS, THREAD, 0, 0, 0, 0), KAAL_NOT_STOPPED);
	cr_assert_eq(call(KAAL_SYS_THREAD_WRITE_REGISTERS, THREAD, 0, 0, 0, 0), KAAL_NOT_STOPPED);
	cr_assert_eq(call(KAAL_SYS_THREAD_READ_REGISTERS, SELF, 0, 0, 0, 0), KAAL_NOT_STOPPED);
}

Test(threads, who_can_reset_the_machine_makes_threads_critical)
{
	const uint64_t good[5] = {THREAD, SYSTEM, 1};

	fixture_put(SYSTEM, (struct cap){.word = cap_word(KAAL_OBJECT_SYSTEM_CONTROL, KAAL_RIGHTS_ALL, 0)});
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_CRITICAL, THREAD, SYSTEM, 1, 0, 0), KAAL_OK);
	cr_assert_eq(thread(THREAD)->critical, 1);
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_CRITICAL, THREAD, SYSTEM, 2, 0, 0), KAAL_OUT_OF_RANGE);
	refuses(KAAL_SYS_THREAD_SET_CRITICAL, 0, weak(THREAD, KAAL_RIGHT_READ), good);
	refuses(KAAL_SYS_THREAD_SET_CRITICAL, 1, weak(SYSTEM, KAAL_RIGHT_READ), good);
	cr_assert_eq(thread(THREAD)->critical, 1);
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_CRITICAL, THREAD, SYSTEM, 0, 0, 0), KAAL_OK);
	cr_assert_eq(thread(THREAD)->critical, 0);
}

Test(threads, the_end_of_several)
{
	cr_assert_eq(retype(KAAL_OBJECT_UNTYPED + 256 * 13, EMPTY), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_UNTYPED_RETYPE, EMPTY, KAAL_OBJECT_THREAD, OWN, EMPTY + 1, 3), KAAL_OK);
	for (uint64_t i = 1; i <= 3; i++)
		cr_assert_eq(call(KAAL_SYS_THREAD_CONFIGURE, EMPTY + i, OWN, SPACE, 0, 0), KAAL_OK);
	cr_assert_eq(*vspace_count(vspace_of(cap(SPACE))), 4);
	cr_assert_eq(call(KAAL_SYS_CAP_REVOKE, OWN, EMPTY, 0, 0, 0), KAAL_OK);
	cr_assert_eq(*vspace_count(vspace_of(cap(SPACE))), 1);
	cr_assert_eq(configure(), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_THREAD_CONFIGURE, OTHER, OWN, SPACE, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_MOVE, CNODE, 1, OWN, THREAD, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_MOVE, CNODE, 2, OWN, OTHER, 0), KAAL_OK);
	cr_assert_eq(delete(CNODE), KAAL_OK);
	cr_assert_eq(*vspace_count(vspace_of(cap(SPACE))), 1);
}

Test(threads, the_end_of_a_context_stops_nobody_for_good)
{
	make_ready(9);
	cr_assert_eq(delete(CONTEXT), KAAL_OK);
	cr_assert_eq(thread(THREAD)->context, CONTEXT_NONE);
	cr_assert_eq(thread(THREAD)->state, THREAD_READY);
	cr_assert_eq(runs(), FIXTURE_CALLER);
	cr_assert_eq(retype(KAAL_OBJECT_SCHED_CONTEXT, CONTEXT), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_SCHED_CONFIGURE, CONTROL, CONTEXT, SCHED_UNLIMITED, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_SCHED_BIND, CONTEXT, THREAD, 0, 0, 0), KAAL_OK);
	cr_assert_eq(runs(), thread_of(cap(THREAD)));
}

Test(threads, a_context_without_budget_lets_nobody_run)
{
	cr_assert_eq(call(KAAL_SYS_THREAD_SET_PRIORITY, THREAD, 200, 255, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_SCHED_BIND, CONTEXT, THREAD, 0, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_THREAD_RESUME, THREAD, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(runs(), FIXTURE_CALLER);
	cr_assert_not(host.timer_armed, "nor is there a time to wait for");
	cr_assert_eq(call(KAAL_SYS_SCHED_CONFIGURE, CONTROL, CONTEXT, 1000, 2000, 0), KAAL_OK);
	cr_assert_eq(runs(), thread_of(cap(THREAD)));
}

Test(threads, a_context_that_was_never_bound_ends_alone)
{
	cr_assert_eq(delete(CONTEXT), KAAL_OK);
	cr_assert(cap_is_null(cap(CONTEXT)));
	cr_assert_eq(runs(), FIXTURE_CALLER);
}

/* Who loses its address space while it runs is in none at once. */
Test(threads, the_space_of_whoever_runs)
{
	thread_fill_slot(FIXTURE_CALLER, THREAD_SLOT_VSPACE, FIXTURE_CNODE + SPACE);
	cr_assert_eq(host.space, vspace_word(vspace_of(cap(SPACE))));
	cr_assert_neq(host.space, arch_space_none());
	cr_assert_eq(call(KAAL_SYS_CAP_REVOKE, OWN, SPACE, 0, 0, 0), KAAL_OK);
	cr_assert_eq(host.space, arch_space_none());
}

/* Whoever ends itself does not come back from the call. */
Test(threads, a_thread_may_end_itself)
{
	struct thread *self = &thread_view[FIXTURE_CALLER];
	const uint64_t argument[6] = {OWN, SELF};

	self->count = 1; /* its capability's; the fixture's own has done its duty */
	memcpy(self->frame.argument, argument, sizeof argument);
	self->frame.status = UINT64_MAX;
	fixture_dispatch(FIXTURE_CALLER, KAAL_SYS_CAP_DELETE);
	cr_assert_eq(cpu.current, THREAD_NONE);
	cr_assert_eq(self->frame.status, UINT64_MAX, "nobody is told");
	while (!destroy_worklist_step())
		;
	cr_assert_eq(self->state, THREAD_STOPPED);
	cr_assert(cap_is_null(self->slot[THREAD_SLOT_CSPACE].cap));
}
