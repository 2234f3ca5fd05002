/*
 * What messages and signals cost in a system of 2 threads and in one of 1,000:
 * the same. The others are ready at mixed, lower priorities, or blocked in calls on other
 * endpoints; or they wait, at mixed priorities, for the very endpoint or
 * notification that is measured. The main thread is just less urgent than the pair.
 */
#include "large.h"
#include "talk.h"

#include <stdio.h>

#define PRIORITY_MAIN 99u
#define CEILING 255u
#define LEVELS 97u /* the crowd's priorities: so many, from 1 on */
#define URGENT 101u /* or that much more, above the pair's */
#define PRIORITY_TO_BLOCK 200u
#define FEW 2u
#define EACH_LEVEL 100u /* as many levels as with more threads */
#define MANY_THREADS 1000u
/* Callers that the server answers before the round trip that counts. */
#define ANSWERED 2u
#define CROWD_MAX (MANY_THREADS + ANSWERED)
#define CROWD_BITS 23u
#define CROWD_STACK_WORDS 16u
#define OTHER_ENDPOINTS 8u

#define OTHERS AFTER_TALK
#define CROWD TARGET /* untyped memory for the crowd */
#define MADE (OTHERS + OTHER_ENDPOINTS) /* a thread and its context, until they are moved to MANY */

BARE_CALL(thread_resume, KAAL_SYS_THREAD_RESUME)
BARE_CALL(endpoint_call, KAAL_SYS_ENDPOINT_CALL)
BARE_CALL(endpoint_reply_recv, KAAL_SYS_ENDPOINT_REPLY_RECV)
BARE_CALL(notification_wait, KAAL_SYS_NOTIFICATION_WAIT)

/* --- the crowd ---------------------------------------------------------------------- */

static _Alignas(16) uint64_t stack[CROWD_MAX][CROWD_STACK_WORDS];

/* What each of them does, once, and then nothing: it is not to run again. */
static void call_once(uint64_t endpoint)
{
	(void)bare_endpoint_call(endpoint, 0, 0, 0, 0, 0);
	for (;;)
		__asm__ volatile("");
}

static void wait_once(uint64_t notification)
{
	(void)bare_notification_wait(notification, 0, 0, 0, 0, 0);
	for (;;)
		__asm__ volatile("");
}

/* 1 to LEVELS, neighbours far apart. */
static uint64_t mixed_priority(unsigned i)
{
	return 1 + i * 37 % LEVELS;
}

/* One more thread: it blocks in `act` on `cap`, or is ready, where it starts less urgent than the main thread. */
static void add(unsigned i, void (*act)(uint64_t), kaal_cap_t cap, uint64_t priority_to_start, uint64_t priority)
{
	kaal_cap_t made = at(MADE), context = at(MADE) + 1;

	retype(at(CROWD), KAAL_OBJECT_THREAD, CSPACE, made, 1);
	retype(at(CROWD), KAAL_OBJECT_SCHED_CONTEXT, CSPACE, context, 1);
	set_up_thread(made, context, act, cap, stack[i + 1], priority_to_start);
	must("resume", kaal_sys_thread_resume(made));
	must("priority", kaal_sys_thread_set_priority(made, priority, priority));
	/* Its index in the CSpace is needed for the next. */
	must("move", kaal_sys_cap_move(at(MANY), 2 * i + 1, CSPACE, made));
	must("move", kaal_sys_cap_move(at(MANY), 2 * i + 2, CSPACE, context));
}

static void add_waiting(unsigned i, void (*act)(uint64_t), kaal_cap_t cap)
{
	add(i, act, cap, PRIORITY_TO_BLOCK, mixed_priority(i));
}

/* Half of them ready, half blocked elsewhere. */
static void add_others(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (i % 2 == 0)
			add(i, call_once, at(OTHERS), mixed_priority(i), mixed_priority(i));
		else
			add_waiting(i, call_once, at(OTHERS) + i / 2 % OTHER_ENDPOINTS);
	}
}

static void prepare_crowd(void (*first)(uint64_t), void (*second)(uint64_t))
{
	prepare_talk(first, second);
	retype(memory(), UNTYPED_OF(CROWD_BITS), CSPACE, at(CROWD), 1);
	retype(at(BLOCK), KAAL_OBJECT_ENDPOINT, CSPACE, at(OTHERS), OTHER_ENDPOINTS);
}

static void print_growth(const char *name, unsigned count, uint64_t value)
{
	char text[64];

	(void)snprintf(text, sizeof text, "growth.%s.%u", name, count);
	print_row("", text, value);
}

/* --- what is measured ----------------------------------------------------------------------- */

/* Both are among the `count` threads. */
static void measure_in_system(unsigned count)
{
	prepare_crowd(talk_call, talk_serve);
	add_others(count - PAIR);
	run_pair("round trip");
	print_growth("ipc.roundtrip", count, switched(FIRST, 1, 0) + switched(SECOND, 1, 1));
	prepare_crowd(talk_signal, talk_wait);
	add_others(count - PAIR);
	run_pair("signal");
	print_growth("ntfn.wake", count, switched(FIRST, 1, 0));
}

/* A server that has begun with those who wait when the other thread comes; in the end it has answered them all. */
static void serve_queue(uint64_t i)
{
	receive_first();
	kaal_ignore(kaal_sys_thread_resume(thread(SECOND)));
	note_rounds(i, bare_endpoint_reply_recv, at(ENDPOINT), 0, at(REPLY));
	for (;;)
		(void)bare_endpoint_reply_recv(at(ENDPOINT), 0, at(REPLY), 0, 0, 0);
}

/*
 * The server, FIRST, has begun with those who wait: it answers one of them (of
 * whom ANSWERED are gone by then) before it comes to SECOND's call, which is the
 * most urgent one, and takes the next of them with the answer.
 */
static void measure_queued_call(unsigned count)
{
	uint64_t value;

	prepare_crowd(serve_queue, talk_call);
	for (unsigned i = 0; i < count + ANSWERED; i++)
		add_waiting(i, call_once, at(ENDPOINT));
	run_pair("round trip among callers");
	value = switched(SECOND, 1, 1) + instructions(reading[FIRST][2].before, reading[FIRST][2].after) + switched(FIRST, 3, 1);
	print_growth("ipc.roundtrip.queued", count, value);
}

static void note_call(uint64_t i)
{
	note((unsigned)i, 0, bare_endpoint_call(at(ENDPOINT), 0, 0, 0, 0, 0));
	stop(i);
}

/* Nobody serves; FIRST, the least urgent of those who wait, comes last, and the main thread goes on. */
static void measure_last_call(unsigned count)
{
	struct counted resumed;

	prepare_crowd(note_call, talk_serve);
	for (unsigned i = 0; i < count; i++)
		add(i, call_once, at(ENDPOINT), PRIORITY_TO_BLOCK, URGENT + mixed_priority(i));
	resumed = bare_thread_resume(thread(FIRST), 0, 0, 0, 0, 0);
	must("resume", resumed.status);
	/* Its call is cancelled, and it says when it began. */
	must("suspend", kaal_sys_thread_suspend(thread(FIRST)));
	must("resume", kaal_sys_thread_resume(thread(FIRST)));
	if (reading[FIRST][0].status != KAAL_CANCELLED)
		fail("the last call", reading[FIRST][0].status);
	print_growth("ipc.call.last", count, instructions(reading[FIRST][0].before, resumed.after));
}

/* The others wait for the same notification, less urgent than SECOND, which is woken. */
static void measure_queued_signal(unsigned count)
{
	prepare_crowd(talk_signal, talk_wait);
	for (unsigned i = 0; i < count; i++)
		add_waiting(i, wait_once, at(FLAGS));
	run_pair("signal among those who wait");
	print_growth("ntfn.wake.queued", count, switched(FIRST, 1, 0));
	print_growth("ntfn.wait.queued", count, switched(SECOND, 1, 1));
}

void measure_crowd(void)
{
	static const unsigned counts[] = {FEW, MANY_THREADS}, last[] = {FEW, EACH_LEVEL, MANY_THREADS};

	must("priority", kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, PRIORITY_MAIN, CEILING));
	for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		measure_in_system(counts[i]);
		measure_queued_call(counts[i]);
		measure_queued_signal(counts[i]);
	}
	for (unsigned i = 0; i < sizeof last / sizeof last[0]; i++)
		measure_last_call(last[i]);
	must("revoke", kaal_sys_cap_revoke(CSPACE, memory()));
}
