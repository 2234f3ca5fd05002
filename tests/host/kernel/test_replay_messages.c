/* What the models of messages and of lent time (tests/model/ipc.pml, lend.pml) do, done to the kernel; with the fast path and without. */
#include "ipc_fixture.h"
#include "replay.h"

#define TIME_UNIT UINT64_C(1000000) /* of a step: a deadline is one, a budget is less */
#define BUDGET 600u
#define PERIOD (UINT64_C(1) << 47)  /* no budget comes back by itself */
#define URGENT 1u                   /* the thread that is more urgent than the others */

/* How the calls of a thread ended in this step. */
struct ended {
	bool has, carries;
	uint64_t status, word;
};

static struct {
	unsigned threads, endpoints, replies, contexts;
	endpoint_t endpoint[2];
	struct ended ended[THREADS];
	bool receives[THREADS]; /* the call that it made last brings a message */
	bool ending;            /* an endpoint has no capability left */
} world;

/* One way into the kernel: a call that an interrupt stops is not made again. */
static void enter_with(thread_t thread, uint32_t number, const uint64_t *argument)
{
	struct arch_frame *frame = &thread_view[thread].frame;

	run(thread);
	memcpy(frame->argument, argument, sizeof frame->argument);
	frame->status = WAITS;
	dispatch(thread, number);
	check_invariants();
	(void)sched_next();
	check_invariants();
}

#define enter(thread, number, ...) enter_with((thread), KAAL_SYS_##number, (const uint64_t[6]){__VA_ARGS__})

/* Calls that have ended since this was asked last. */
static void note_ended(void)
{
	for (unsigned i = 0; i < world.threads; i++) {
		struct arch_frame *frame = &thread_view[T(i)].frame;

		if (frame->status == WAITS)
			continue;
		cr_assert(!world.ended[i].has, "step %u: the call of thread %u ends twice", replay.at, i);
		world.ended[i] = (struct ended){true, world.receives[i] && frame->status == KAAL_OK, frame->status, frame->word[0]};
		frame->status = WAITS;
	}
}

/* When the call that a thread makes now is to end, if a deadline ends it: at the step that says so. */
static uint64_t deadline(unsigned thread)
{
	unsigned at = replay.at;

	while (++at < replay.steps && !replay_is(&replay.step[at], "world")) {
		const struct replay_step *step = &replay.step[at];
		bool calls = replay_is(step, "call") || replay_is(step, "send") || replay_is(step, "recv") || replay_is(step, "reply_recv");

		if (step->argument[0] == thread && replay_is(step, "timeout"))
			return at * TIME_UNIT;
		if (step->argument[0] == thread && calls)
			break;
	}
	return (replay.steps + 1) * TIME_UNIT;
}

static uint64_t reply_index(unsigned reply)
{
	return reply == REPLAY_NONE ? 0 : REPLY + (uint64_t)reply;
}

/* --- calls: arguments as the model says ---------------------------------------------------- */

static void set_message(const unsigned *a, unsigned word)
{
	thread_view[T(a[0])].frame.word[0] = a[word];
}

/* thread, endpoint, how long, what */
static void do_call(const unsigned *a)
{
	world.receives[a[0]] = true;
	set_message(a, 3);
	if (a[2] == 0)
		enter(T(a[0]), ENDPOINT_CALL, EP + a[1], kaal_message(1, 0, 0));
	else
		enter(T(a[0]), ENDPOINT_CALL_UNTIL, EP + a[1], kaal_message(1, 0, 0), deadline(a[0]));
}

static void do_send(const unsigned *a)
{
	world.receives[a[0]] = false;
	set_message(a, 3);
	if (a[2] == 0)
		enter(T(a[0]), ENDPOINT_SEND, EP + a[1], kaal_message(1, 0, 0));
	else if (a[2] == 1)
		enter(T(a[0]), ENDPOINT_SEND_UNTIL, EP + a[1], kaal_message(1, 0, 0), deadline(a[0]));
	else
		enter(T(a[0]), ENDPOINT_NB_SEND, EP + a[1], kaal_message(1, 0, 0));
}

/* thread, endpoint, reply, how long */
static void do_recv(const unsigned *a)
{
	world.receives[a[0]] = true;
	if (a[3] == 0)
		enter(T(a[0]), ENDPOINT_RECV, EP + a[1], reply_index(a[2]));
	else if (a[3] == 1)
		enter(T(a[0]), ENDPOINT_RECV_UNTIL, EP + a[1], reply_index(a[2]), deadline(a[0]));
	else
		enter(T(a[0]), ENDPOINT_NB_RECV, EP + a[1], reply_index(a[2]));
}

/* thread, endpoint, reply, how long, what */
static void do_reply_recv(const unsigned *a)
{
	world.receives[a[0]] = true;
	set_message(a, 4);
	if (a[3] == 0)
		enter(T(a[0]), ENDPOINT_REPLY_RECV, EP + a[1], kaal_message(1, 0, 0), reply_index(a[2]));
	else
		enter(T(a[0]), ENDPOINT_REPLY_RECV_UNTIL, EP + a[1], kaal_message(1, 0, 0), reply_index(a[2]), deadline(a[0]));
}

/* thread, reply, what */
static void do_reply(const unsigned *a)
{
	world.receives[a[0]] = false;
	set_message(a, 2);
	enter(T(a[0]), REPLY_SEND, reply_index(a[1]), kaal_message(1, 0, 0));
}

/* --- what happens to threads and objects ----------------------------------------------------- */

static void do_suspend(const unsigned *a)
{
	enter(FIXTURE_CALLER, THREAD_SUSPEND, THREAD + a[0]);
}

static void do_resume(const unsigned *a)
{
	enter(FIXTURE_CALLER, THREAD_RESUME, THREAD + a[0]);
}

static void do_timeout(const unsigned *a)
{
	(void)a;
	/* Who runs pays for the time. */
	run(FIXTURE_CALLER);
	pass_until(replay.at * TIME_UNIT);
}

/* The kernel's caller deletes the endpoint's last capability, and is stopped by an interrupt after each of its steps. */
static bool delete_endpoint_step(unsigned index)
{
	host.calls_until_pending = 1;
	enter(FIXTURE_CALLER, CAP_DELETE, A, index);
	return thread_view[FIXTURE_CALLER].frame.status == KAAL_OK;
}

static void do_end_endpoint(const unsigned *a)
{
	ipc_must(driver(CAP_REVOKE, A, EP + a[0]));
	world.ending = true;
	cr_assert(!delete_endpoint_step(EP + a[0]));
}

static void do_cancel(const unsigned *a)
{
	cr_assert(!delete_endpoint_step(EP + a[0]), "nobody was waiting");
}

static void do_new_endpoint(const unsigned *a)
{
	while (!delete_endpoint_step(EP + a[0]))
		;
	host.calls_until_pending = 0;
	world.ending = false;
	make_objects(KAAL_OBJECT_ENDPOINT, 0, (enum index)(EP + a[0]), 1);
	world.endpoint[a[0]] = endpoint_at((enum index)(EP + a[0]));
}

static void do_renew_reply(const unsigned *a)
{
	ipc_must(driver(CAP_REVOKE, A, REPLY + a[0]));
	ipc_must(driver(CAP_DELETE, A, REPLY + a[0]));
	make_objects(KAAL_OBJECT_REPLY, 0, (enum index)(REPLY + a[0]), 1);
}

static void start_thread(unsigned i)
{
	sched_set_priority(T(i), i == URGENT ? 101 : 100);
	thread_view[T(i)].frame.status = WAITS;
}

/* A new one runs on nothing, but where nothing is said of contexts. */
static void do_renew_thread(const unsigned *a)
{
	unsigned i = a[0];

	ipc_must(driver(CAP_DELETE, B, THREAD + i));
	ipc_must(driver(CAP_DELETE, A, THREAD + i));
	note_ended();
	memset(&thread_view[T(i)], 0, sizeof thread_view[T(i)]);
	thread_view[T(i)].frame.status = WAITS;
	make_thread(i);
	start_thread(i);
	if (world.contexts == 0)
		ipc_must(driver(SCHED_BIND, CONTEXT + i, THREAD + i));
}

/* context, thread */
static void do_bind(const unsigned *a)
{
	enter(FIXTURE_CALLER, SCHED_BIND, CONTEXT + a[0], THREAD + a[1]);
}

static void do_unbind(const unsigned *a)
{
	enter(FIXTURE_CALLER, SCHED_UNBIND, CONTEXT + a[0]);
}

/* The thread, whoever else is ready, runs until the budget of its context ends. */
static void do_use_up(const unsigned *a)
{
	uint32_t priority = thread_view[T(a[0])].priority;

	sched_set_priority(T(a[0]), 255);
	(void)sched_next();
	cr_assert_eq(cpu.current, T(a[0]));
	host.now = cpu.budget_end;
	interrupt_handle();
	sched_set_priority(T(a[0]), priority);
	pass_until(host.now);
}

static void do_refill(const unsigned *a)
{
	sched_configure(context_at(a[0]), BUDGET, PERIOD);
	(void)sched_next();
}

/* --- the kernel's state in the model's words --------------------------------------------------- */

static unsigned thread_number(thread_t thread)
{
	return thread == THREAD_NONE ? REPLAY_NONE : thread - FIRST_THREAD;
}

static unsigned reply_number(reply_t reply)
{
	for (unsigned r = 0; r < world.replies; r++) {
		if (reply == reply_at((enum index)(REPLY + r)))
			return r;
	}
	return REPLAY_NONE;
}

static unsigned context_number(sched_context_t sc)
{
	for (unsigned c = 0; c < world.contexts; c++) {
		if (sc == context_at(c))
			return c;
	}
	return REPLAY_NONE;
}

static unsigned waits_for(const struct thread *t)
{
	if (t->state == THREAD_AWAITING_REPLY)
		return reply_number(t->waiting_for);
	for (unsigned e = 0; t->state >= THREAD_SENDING && e < world.endpoints; e++) {
		if (t->waiting_for == world.endpoint[e])
			return e;
	}
	return REPLAY_NONE;
}

static void say_thread(unsigned i)
{
	const struct thread *t = &thread_view[T(i)];
	const struct ended *ended = &world.ended[i];

	replay_say(" %u.%u.%d.%u", t->state, waits_for(t), t->state >= THREAD_SENDING && t->timer.rank != 0, reply_number(t->reply));
	if (ended->has)
		replay_say("=%s", replay_status(ended->status));
	if (ended->carries)
		replay_say(":%u", (unsigned)ended->word);
}

static void say_endpoint(endpoint_t endpoint)
{
	replay_say(" | %u", endpoint_view[endpoint].state);
	for (thread_t at = endpoint_view[endpoint].waiting.first; at != THREAD_NONE; at = thread_view[at].wait.next)
		replay_say(".%u", thread_number(at));
}

/* 1: there; 2: of two that are used up, the one that comes back first. */
static unsigned budget_of(unsigned c)
{
	if (sched_context_ready(context_at(c), host.now))
		return 1;
	for (unsigned other = 0; other < world.contexts; other++) {
		if (!sched_context_ready(context_at(other), host.now) &&
		    sched_context_next(context_at(c)) < sched_context_next(context_at(other)))
			return 2;
	}
	return 0;
}

static void say_contexts(void)
{
	replay_say(" |");
	for (unsigned i = 0; i < world.threads; i++) {
		const struct thread *t = &thread_view[T(i)];

		replay_say(" %u.%u.%u", context_number(thread_context(t)),
			   thread_context(t) == SCHED_CONTEXT_NONE ? 0 : context_times_lent(t->context), context_number(thread_own(t)));
	}
	replay_say(" |");
	for (unsigned c = 0; c < world.contexts; c++) {
		const struct sched_context *s = &sched_context_view[context_at(c)];

		replay_say(" %u.%u.%u", thread_number(s->home), thread_number(s->holder), budget_of(c));
	}
	replay_say(" ");
}

static void say_all(void)
{
	note_ended();
	for (unsigned i = 0; i < world.threads; i++)
		say_thread(i);
	for (unsigned e = 0; e < world.endpoints; e++)
		say_endpoint(world.endpoint[e]);
	replay_say(" |");
	for (unsigned r = 0; r < world.replies; r++) {
		const struct reply *reply = &reply_view[reply_at((enum index)(REPLY + r))];

		replay_say(" %u.%u.%u", thread_number(reply->caller), thread_number(reply->slow_caller), thread_number(reply->receiver));
	}
	if (world.contexts != 0)
		say_contexts();
	else
		replay_say(" | %d ", world.ending);
}

/* threads, endpoints, replies, contexts (0: each thread has its own, and nothing is said of them), how many of these are limited, and bound to threads */
static void start_world(const unsigned *a)
{
	ipc_start();
	memset(&world, 0, sizeof world);
	world.threads = a[0];
	world.endpoints = a[1];
	world.replies = a[2];
	world.contexts = a[3];
	for (unsigned e = 0; e < world.endpoints; e++)
		world.endpoint[e] = endpoint_at((enum index)(EP + e));
	for (unsigned i = 0; i < THREADS; i++) {
		start_thread(i);
		if (i >= world.threads)
			sched_stop(T(i));
		if (world.contexts != 0 && i >= a[4])
			sched_unbind(context_at(i));
	}
	for (unsigned c = 0; c < a[4]; c++)
		sched_configure(context_at(c), BUDGET, PERIOD);
	(void)sched_next();
}

static const struct replay_action actions[] = {
	{"call", do_call},
	{"send", do_send},
	{"recv", do_recv},
	{"reply_recv", do_reply_recv},
	{"reply", do_reply},
	{"suspend", do_suspend},
	{"resume", do_resume},
	{"timeout", do_timeout},
	{"end_endpoint", do_end_endpoint},
	{"cancel", do_cancel},
	{"new_endpoint", do_new_endpoint},
	{"renew_reply", do_renew_reply},
	{"renew_thread", do_renew_thread},
	{"bind", do_bind},
	{"unbind", do_unbind},
	{"use_up", do_use_up},
	{"refill", do_refill},
	{"world", start_world},
};

static void begin(void)
{
	memset(world.ended, 0, sizeof world.ended);
}

Test(replay, kernel_does_what_the_model_does)
{
	replay_all(actions, sizeof actions / sizeof *actions, begin, say_all);
}
