/*
 * Calls whose way through the kernel `./kaal bench` looks at instruction by
 * instruction: loads, stores, system registers, barriers, branches. Each is made
 * several times; the last time counts, and the one before it must be the same.
 */
#include "measure.h"

#define TIMES 4u
#define PRIORITY 100u
#define STACK_WORDS 128u

PATH_CALL(null, "syscall.null", "syscall.null", KAAL_SYS_NOTIFICATION_POLL)
PATH_CALL(signal, "ntfn.signal.idle", "ntfn.signal.idle", KAAL_SYS_NOTIFICATION_SIGNAL)
PATH_CALL(yield, "sched.yield.switch", "sched.yield.switch", KAAL_SYS_SCHED_YIELD)

static _Alignas(16) uint64_t stack[2][STACK_WORDS];

static kaal_cap_t thread(uint64_t i)
{
	return at(THREAD) + i;
}

static void walk_notification(void)
{
	prepare_block();
	retype(at(BLOCK), KAAL_OBJECT_NOTIFICATION, CSPACE, at(ORIGINAL), 1);
	for (unsigned i = 0; i < TIMES; i++)
		must("poll", path_null(at(ORIGINAL), 0));
	for (unsigned i = 0; i < TIMES; i++) {
		uint64_t flags;

		must("signal", path_signal(at(ORIGINAL), 0));
		must("poll", kaal_notification_poll(at(ORIGINAL), &flags));
	}
}

/* The first wakes the second; they take turns, then stop. */
static void take_turns(uint64_t i)
{
	if (i == 0)
		(void)kaal_thread_resume(thread(1));
	for (unsigned round = 0; round < TIMES; round++)
		(void)path_yield(0, 0);
	for (;;)
		(void)kaal_thread_suspend(thread(i));
}

static void walk_yield(void)
{
	prepare_block();
	retype(at(BLOCK), KAAL_OBJECT_THREAD, CSPACE, at(THREAD), 2);
	retype(at(BLOCK), KAAL_OBJECT_SCHED_CONTEXT, CSPACE, at(CONTEXT), 2);
	must("priority", kaal_thread_set_priority(KAAL_SLOT_THREAD, 1, 255));
	for (unsigned i = 0; i < 2; i++) {
		must("configure", kaal_thread_configure(thread(i), KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE));
		must("registers", kaal_thread_set_registers(thread(i), (uint64_t)(uintptr_t)take_turns,
							    (uint64_t)(uintptr_t)&stack[i][STACK_WORDS], i, 0));
		must("priority", kaal_thread_set_priority(thread(i), PRIORITY, PRIORITY));
		must("budget", kaal_sched_configure(KAAL_SLOT_SCHED_CONTROL, at(CONTEXT) + i, UNLIMITED, 0));
		must("bind", kaal_sched_bind(at(CONTEXT) + i, thread(i)));
	}
	must("resume", kaal_thread_resume(thread(0)));
}

int main(void)
{
	start_measuring();
	walk_notification();
	walk_yield();
	return 0;
}
