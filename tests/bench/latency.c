/*
 * How late an interrupt is taken. A thread sleeps, again and again, until
 * deadlines at uneven distances; a less urgent one meanwhile does nothing, then
 * revokes 100,000 capabilities and deletes the CNode that held them, retypes
 * 1 GiB that has to be zeroed, and maps it executable, for which its caches are
 * cleaned. Each time counts from the instruction at which the deadline was
 * reached to the first one of the thread that slept.
 *
 * The file `latency` in the system archive, if there is one, says how many
 * deadlines there shall be, and the seed of their distances: two decimal numbers.
 */
#include "large.h"

#include <kaal/time.h>
#include <parameters.h>
#include <random.h>

#define PRIORITY_WORKER 1u
#define PRIORITY_SLEEPER 200u
#define CEILING 255u
#define STACK_WORDS 256u
#define GIBIBYTE_BITS 30u
#define FRAME_1G (KAAL_OBJECT_FRAME + 256u * GIBIBYTE_BITS)
#define COUNT_USUAL 10000u
#define SEED_USUAL 1u
#define IDLE_COUNT 200u
/* The aim: no more than so many times the figure of the idle machine. */
#define TIMES_IDLE 10u
#define ADDRESS UINT64_C(0x1000000000) /* a gigabyte that boot leaves empty */

BARE_CALL(thread_sleep, KAAL_SYS_THREAD_SLEEP)

/* What the worker does. */
enum work { NOTHING, IDLE, REVOKE, RETYPE, MAP, WORKS };

/* Ticks from one deadline to the next: `gap_min` and up to `gap_more` more; as many as fit into the work. */
static const struct {
	uint32_t gap_min, gap_more;
} plan[WORKS] = {[IDLE] = {150, 200}, [REVOKE] = {130, 140}, [RETYPE] = {400, 900}, [MAP] = {400, 900}};

static struct {
	uint64_t count, least, worst;
} seen[WORKS];

static _Alignas(16) uint64_t stack[STACK_WORDS];
static volatile enum work work;
static uint64_t idle, above, random_state;

static void note(enum work during, uint64_t late)
{
	if (seen[during].count++ == 0 || late < seen[during].least)
		seen[during].least = late;
	if (late > seen[during].worst)
		seen[during].worst = late;
	if (during != IDLE && late > TIMES_IDLE * idle)
		above++;
}

static void sleep(uint64_t argument)
{
	(void)argument;
	for (;;) {
		enum work during = work;
		uint64_t deadline = kaal_ticks_now() + plan[during].gap_min + next_random(&random_state) % (plan[during].gap_more + 1u);
		struct counted counted = bare_thread_sleep(deadline, 0, 0, 0, 0, 0);

		/* Not where the work ended meanwhile, and the sleep with it. */
		if (during == work && kaal_ticks_now() >= deadline)
			note(during, instructions_since(deadline, counted.after));
	}
}

static void prepare_sleeper(void)
{
	kaal_cap_t block = smallest_of(KAAL_PAGE_BITS);

	must("priority", kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, PRIORITY_WORKER, CEILING));
	retype(block, KAAL_OBJECT_THREAD, CSPACE, at(THREAD), 1);
	retype(block, KAAL_OBJECT_SCHED_CONTEXT, CSPACE, at(CONTEXT), 1);
	set_up_thread(at(THREAD), at(CONTEXT), sleep, 0, &stack[STACK_WORDS], PRIORITY_SLEEPER);
}

/* The other thread sleeps again and again until stop_sleeper(). */
static void start_sleeper(enum work during)
{
	work = during;
	must("resume", kaal_sys_thread_resume(at(THREAD)));
}

static void stop_sleeper(void)
{
	work = NOTHING;
	must("suspend", kaal_sys_thread_suspend(at(THREAD)));
}

static void measure_idle(void)
{
	start_sleeper(IDLE);
	while (seen[IDLE].count < IDLE_COUNT)
		must("sleep", kaal_sys_thread_sleep(kaal_ticks_now() + 100 * (plan[IDLE].gap_min + plan[IDLE].gap_more)));
	stop_sleeper();
	/* More is where both threads' deadlines are one. */
	idle = seen[IDLE].least;
}

static void work_once(void)
{
	kaal_cap_t gibibyte = smallest_of(GIBIBYTE_BITS);
	uint64_t done;

	prepare_copies(COPIES_MAX);
	start_sleeper(REVOKE);
	must("revoke", kaal_sys_cap_revoke(CSPACE, at(ORIGINAL)));
	must("delete", kaal_sys_cap_delete(CSPACE, at(MANY)));
	stop_sleeper();
	/* The memory is zeroed on the way to the frame; the second time, and later, already when the frame is revoked. */
	start_sleeper(RETYPE);
	must("revoke", kaal_sys_cap_revoke(CSPACE, gibibyte));
	must("retype", kaal_sys_untyped_retype(gibibyte, FRAME_1G, CSPACE, at(TARGET), 1, &done));
	stop_sleeper();
	start_sleeper(MAP);
	must("map", kaal_sys_frame_map(at(TARGET), KAAL_SLOT_VSPACE, ADDRESS, KAAL_RIGHT_READ | KAAL_RIGHT_EXECUTE, 1, &done));
	must("unmap", kaal_sys_frame_unmap(at(TARGET), 1, &done));
	stop_sleeper();
}

static void print_seen(void)
{
	static const char *const names[WORKS][2] = {
		[REVOKE] = {"irq.latency.worst.revoke", "irq.latency.samples.revoke"},
		[RETYPE] = {"irq.latency.worst.retype", "irq.latency.samples.retype"},
		[MAP] = {"irq.latency.worst.map", "irq.latency.samples.map"},
	};
	uint64_t worst = 0;

	for (enum work during = REVOKE; during < WORKS; during++)
		worst = seen[during].worst > worst ? seen[during].worst : worst;
	print_row("", "irq.latency.idle", idle);
	print_row("", "irq.latency.worst", worst);
	for (enum work during = REVOKE; during < WORKS; during++) {
		print_row("", names[during][0], seen[during].worst);
		print_number(names[during][1], seen[during].count, "interrupts");
	}
	print_number("irq.latency.above", above, "interrupts");
}

void measure_latency(void)
{
	uint64_t count = COUNT_USUAL;

	random_state = SEED_USUAL;
	read_parameters("latency", &count, &random_state);
	random_state = random_state * 2 + 1; /* never 0, where it would stay */
	find_tick_0();
	prepare_sleeper();
	measure_idle();
	do {
		work_once();
	} while (seen[REVOKE].count + seen[RETYPE].count + seen[MAP].count < count);
	print_seen();
}
