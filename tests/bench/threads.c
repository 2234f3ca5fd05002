/*
 * Threads, scheduling contexts and switches between threads. A switch counts
 * from the reading before the svc in one thread to the first reading in the
 * other. The main thread is the least urgent one: what it resumes runs to its
 * end before the main thread goes on. The two threads have used no FP, and
 * share CSpace and address space.
 */
#include "measure.h"
#include "pair.h"

#include <kaal/time.h>

#define SLEEP_TICKS 500u

BARE_CALL(untyped_retype, KAAL_SYS_UNTYPED_RETYPE)
BARE_CALL(cap_delete, KAAL_SYS_CAP_DELETE)
BARE_CALL(sched_yield, KAAL_SYS_SCHED_YIELD)
BARE_CALL(thread_resume, KAAL_SYS_THREAD_RESUME)
BARE_CALL(thread_suspend, KAAL_SYS_THREAD_SUSPEND)
BARE_CALL(thread_sleep, KAAL_SYS_THREAD_SLEEP)

STUBBED_CALL(sched_yield, 0, kaal_sys_sched_yield())
STUBBED_CALL(thread_resume, 0, kaal_sys_thread_resume(a[0]))

/* --- what each row starts from ------------------------------------------------------ */

/* A thread in TARGET that could run, had it been resumed. */
static void prepare_thread(void)
{
	prepare_cnode();
	retype(at(BLOCK), KAAL_OBJECT_THREAD, CSPACE, at(TARGET), 1);
	retype(at(BLOCK), KAAL_OBJECT_SCHED_CONTEXT, CSPACE, at(CONTEXT), 1);
	must("configure", kaal_sys_thread_configure(at(TARGET), KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE));
	must("budget", kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, at(CONTEXT), UNLIMITED, 0));
	must("bind", kaal_sys_sched_bind(at(CONTEXT), at(TARGET)));
}

static void prepare_context(void)
{
	prepare_cnode();
	retype(at(BLOCK), KAAL_OBJECT_SCHED_CONTEXT, CSPACE, at(TARGET), 1);
}

/* --- switches ----------------------------------------------------------------------- */

static void yield(uint64_t i)
{
	if (i == FIRST)
		kaal_ignore(kaal_sys_thread_resume(thread(SECOND)));
	note_rounds(i, bare_sched_yield, 0, 0, 0);
	stop(i);
}

static void resume_other(uint64_t i)
{
	kaal_ignore(kaal_sys_thread_resume(thread(SECOND)));
	note_rounds(i, bare_thread_resume, thread(SECOND), 0, 0);
	stop(i);
}

static void suspend_self(uint64_t i)
{
	note_rounds(i, bare_thread_suspend, thread((unsigned)i), 0, 0);
	stop(i);
}

static void measure_switches(void)
{
	prepare_pair(yield, yield, 0);
	run_pair("yield");
	/* The first's second yield ends the second's first one. */
	print_switch("sched.yield.switch", FIRST, 1, 0);
	prepare_pair(resume_other, suspend_self, 1);
	run_pair("resume and suspend");
	/* The second suspended itself before the first round. */
	print_switch("thread.resume", FIRST, 1, 1);
	print_switch("thread.suspend.self", SECOND, 1, 0);
}

/* --- the timer's interrupt ------------------------------------------------------------ */

static uint64_t deadline[ROUNDS];

static void compute(uint64_t i)
{
	(void)i;
	kaal_ignore(kaal_sys_thread_resume(thread(SECOND)));
	for (;;)
		__asm__ volatile("nop");
}

static void sleep(uint64_t i)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		deadline[round] = kaal_ticks_now() + SLEEP_TICKS + round;
		note((unsigned)i, round, bare_thread_sleep(deadline[round], 0, 0, 0, 0, 0));
	}
	kaal_ignore(kaal_sys_thread_suspend(thread(FIRST)));
	stop(i);
}

/*
 * From the instruction that the timer's interrupt takes the place of to the
 * first one of the thread that it wakes. A reading counts its own instruction,
 * the interrupt comes before one.
 */
static void measure_interrupt(void)
{
	uint64_t value[ROUNDS];

	find_tick_0();
	prepare_pair(compute, sleep, 1);
	for (unsigned round = 0; round < ROUNDS; round++)
		reading[FIRST][round].status = KAAL_OK;
	run_pair("sleep");
	for (unsigned round = 0; round < ROUNDS; round++) {
		value[round] = instructions_since(deadline[round], reading[SECOND][round].after);
		if (value[round] != value[0])
			fail("two interrupts differ", KAAL_OUT_OF_RANGE);
	}
	print_row("", "irq.deliver.timer", value[0]);
}

void measure_threads(void)
{
	const struct row rows[] = {
		{"untyped.retype.thread", bare_untyped_retype, NULL, 1, prepare_cnode,
		 {at(BLOCK), KAAL_OBJECT_THREAD, CSPACE, at(TARGET), 1}},
		{"untyped.retype.sched_context", bare_untyped_retype, NULL, 1, prepare_cnode,
		 {at(BLOCK), KAAL_OBJECT_SCHED_CONTEXT, CSPACE, at(TARGET), 1}},
		{"cap.delete.last.thread", bare_cap_delete, NULL, 1, prepare_thread, {CSPACE, at(TARGET)}},
		{"cap.delete.last.sched_context", bare_cap_delete, NULL, 1, prepare_context, {CSPACE, at(TARGET)}},
		{"sched.yield.alone", bare_sched_yield, stubbed_sched_yield, 1, prepare_nothing, {0}},
		/* Of a thread that runs already: for the stub. */
		{"thread.resume.ready", bare_thread_resume, stubbed_thread_resume, 1, prepare_nothing, {KAAL_SLOT_THREAD}},
	};

	MEASURE(rows);
	start_pairs();
	measure_switches();
	measure_interrupt();
}
