/*
 * Canaries: threads that fill every register there is at EL0 with values that
 * nobody else has, and that change each time, and look whether they are still
 * there. Some compute, some call others that answer; time slices of seeded lengths
 * take turns, and the main thread, the most urgent, sleeps until
 * seeded deadlines, so that the timer's interrupt preempts whoever runs, wherever.
 *
 * The file `canaries` in the system archive says how many preemptions there
 * shall be, and the seed (`./kaal soak canaries`).
 */
#include <inttypes.h>
#include <stdio.h>

#include <kaal/boot.h>
#include <kaal/message.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "parameters.h"
#include "random.h"
#include "probe.h"
#include "tap.h"
#include "untyped.h"

#define COUNT_USUAL 3000u
#define SEED_USUAL 1u
#define STACK_WORDS 256u
#define PRIORITY 100u
#define PRIORITY_MAIN 200u
#define SLICE_MIN 512u  /* ticks, the least that there is */
#define SLICE_MORE 512u
#define SLEEP_MIN 40u   /* more than the call takes */
#define SLEEP_MORE 160u
#define SERVERS_TICKS 20000u /* until both wait: more than enough */
#define WAKES_A_SLICE 16u /* after so many, a thread gets a slice of another length */

/* Who there is. A client calls the server of its number. The first server runs on its clients' time only. */
enum who { SPINNER, CLIENT = SPINNER + 4, SERVER = CLIENT + 2, MAIN = SERVER + 2, CANARIES };
#define SERVER_WITHOUT_CONTEXT SERVER

/* Slots. */
#define FREE (kaal_bootinfo()->first_free_slot)
#define THREAD (FREE + 0)
#define CONTEXT (FREE + 10)
#define ENDPOINT (FREE + 20)
#define REPLY (FREE + 22)

/* What fills register `i`: a canary's, whose (from 1 on, for the compiler keeps 0xca << 56 in a register), which time. */
#define PATTERN(whose, time, i) (UINT64_C(0xca) << 56 | ((uint64_t)(whose) + 1) << 48 | ((time) & 0xffffffffff) << 8 | (i))
#define IS_PATTERN(value) ((value) >> 56 == 0xca && ((value) >> 48 & 0xff) != 0)
#define WHOSE(value) (((value) >> 48 & 0xff) - 1)
#define NUMBER_Q 32u /* of the first half of q0 */
#define NUMBER_TLS 96u
#define NUMBER_NZCV 97u
#define NUMBER_FPCR 98u
#define NUMBER_FPSR 99u

static struct canary {
	struct probe probe;
	uint64_t whose, time; /* of its patterns */
	volatile uint64_t passes, failures;
	uint64_t failed_number, found; /* the first of them */
} canary[CANARIES];

static _Alignas(16) uint64_t stack[CANARIES][STACK_WORDS];
static volatile uint64_t last; /* who has passed last */
static uint64_t random_state;

/* --- what a canary looks at --------------------------------------------------------------- */

static void expect(struct canary *c, uint64_t number, bool good, uint64_t found)
{
	if (!good && c->failures++ == 0) {
		c->failed_number = number;
		c->found = found;
	}
}

static uint64_t pattern(const struct canary *c, uint64_t i)
{
	return PATTERN(c->whose, c->time, i);
}

/* Arm ARM D19.2.35: rounding mode, flush to zero, default NaN; D19.2.36: the cumulative flags, QC. */
static uint64_t fpcr(const struct canary *c)
{
	return (c->whose & 3) << 22 | (c->whose >> 2 & 1) << 24 | (c->time & 1) << 25;
}

static uint64_t fpsr(const struct canary *c)
{
	return ((c->time ^ c->whose) & 0x1f) | (c->time >> 1 & 1) << 27;
}

static uint64_t nzcv(const struct canary *c)
{
	return ((c->time ^ c->whose) & 0xf) << 28;
}

/* New values. */
static void fill(struct canary *c)
{
	c->time++;
	for (unsigned i = 0; i < 31; i++)
		c->probe.x[i] = pattern(c, i);
	c->probe.x[31] = nzcv(c);
	for (unsigned i = 0; i < 64; i++)
		c->probe.q[i] = pattern(c, NUMBER_Q + i);
	c->probe.fpcr = fpcr(c);
	c->probe.fpsr = fpsr(c);
	c->probe.tls = pattern(c, NUMBER_TLS);
}

static void check_others(struct canary *c)
{
	expect(c, NUMBER_FPCR, c->probe.fpcr == fpcr(c), c->probe.fpcr);
	expect(c, NUMBER_FPSR, c->probe.fpsr == fpsr(c), c->probe.fpsr);
	expect(c, NUMBER_TLS, c->probe.tls == pattern(c, NUMBER_TLS), c->probe.tls);
}

/* Nothing but time has passed: all is as it was. */
static void check_all(struct canary *c)
{
	check_others(c);
	for (unsigned i = 0; i < 31; i++)
		expect(c, i, c->probe.x[i] == pattern(c, i), c->probe.x[i]);
	expect(c, NUMBER_NZCV, c->probe.x[31] == nzcv(c), c->probe.x[31]);
	for (unsigned i = 0; i < 64; i++)
		expect(c, NUMBER_Q + i, c->probe.q[i] == pattern(c, NUMBER_Q + i), c->probe.q[i]);
}

static bool is_word(unsigned x)
{
	return (x >= 9 && x <= 15) || x == 18;
}

/* What a call does not keep may hold anything of the thread's own: a server's C code has had its client's words in its hands. */
static bool may_have(const struct canary *c, uint64_t found)
{
	uint64_t number = found & 0xff;

	return !IS_PATTERN(found) || WHOSE(found) == c->whose ||
	       (c->whose >= SERVER && WHOSE(found) == c->whose - SERVER + CLIENT && (number == 0 || is_word((unsigned)number)));
}

/* After a call: what calls keep is kept, and nothing is another canary's. */
static void check_kept(struct canary *c, unsigned results)
{
	check_others(c);
	for (unsigned i = results; i < 31; i++) {
		uint64_t found = c->probe.x[i];

		if (i >= 19)
			expect(c, i, found == pattern(c, i), found);
		else if (!is_word(i))
			expect(c, i, may_have(c, found), found);
	}
	for (unsigned i = 0; i < 64; i++) {
		uint64_t found = c->probe.q[i];

		/* d8..d15 are the low halves of q8..q15. */
		if (i >= 16 && i < 32 && i % 2 == 0)
			expect(c, NUMBER_Q + i, found == pattern(c, NUMBER_Q + i), found);
		else
			expect(c, NUMBER_Q + i, may_have(c, found), found);
	}
}

static void pass(struct canary *c)
{
	c->passes++;
	last = c->whose;
}

/* --- the canaries ------------------------------------------------------------------------- */

static void spin(uint64_t whose)
{
	for (;;) {
		fill(&canary[whose]);
		probe_wait(&canary[whose].probe);
		check_all(&canary[whose]);
		pass(&canary[whose]);
	}
}

/* Each word comes back turned round. */
static void call(uint64_t whose)
{
	struct canary *c = &canary[whose];

	for (;;) {
		fill(c);
		c->probe.x[0] = ENDPOINT + whose - CLIENT;
		c->probe.x[1] = kaal_message(KAAL_MESSAGE_REGISTERS, 0, 0);
		probe_call(&c->probe);
		check_kept(c, 2);
		expect(c, 0, c->probe.x[0] == KAAL_OK, c->probe.x[0]);
		for (unsigned i = 0; i < 31; i++)
			expect(c, i, !is_word(i) || c->probe.x[i] == ~pattern(c, i), c->probe.x[i]);
		pass(c);
	}
}

/* The words are those of one client's, of one time. */
static void check_words(struct canary *c)
{
	uint64_t first = c->probe.x[9] - 9;

	expect(c, 9, IS_PATTERN(first) && WHOSE(first) == c->whose - SERVER + CLIENT, first);
	for (unsigned i = 0; i < 31; i++)
		expect(c, i, !is_word(i) || c->probe.x[i] == first + i, c->probe.x[i]);
}

static void serve(uint64_t whose)
{
	struct canary *c = &canary[whose];
	uint64_t words[19] = {0};

	fill(c);
	c->probe.x[0] = ENDPOINT + whose - SERVER;
	c->probe.x[1] = REPLY + whose - SERVER;
	probe_recv(&c->probe);
	for (;;) {
		check_kept(c, 3);
		expect(c, 0, c->probe.x[0] == KAAL_OK, c->probe.x[0]);
		check_words(c);
		pass(c);
		for (unsigned i = 0; i < 19; i++)
			words[i] = ~c->probe.x[i];
		fill(c);
		for (unsigned i = 0; i < 19; i++)
			c->probe.x[i] = is_word(i) ? words[i] : c->probe.x[i];
		c->probe.x[0] = ENDPOINT + whose - SERVER;
		c->probe.x[1] = kaal_message(KAAL_MESSAGE_REGISTERS, 0, 0);
		c->probe.x[2] = REPLY + whose - SERVER;
		probe_reply_recv(&c->probe);
	}
}

/* --- the main thread ---------------------------------------------------------------------- */

static void must(kaal_status_t status)
{
	if (status != KAAL_OK)
		check_equal(status, KAAL_OK);
}

static void set_slice(unsigned i)
{
	uint64_t ticks = SLICE_MIN + next_random(&random_state) % SLICE_MORE;

	must(kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT + i, ticks, ticks));
}

static void start(unsigned i, void (*entry)(uint64_t))
{
	canary[i].whose = i;
	must(kaal_sys_thread_configure(THREAD + i, KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE));
	must(kaal_sys_thread_set_registers(THREAD + i, (uint64_t)(uintptr_t)entry, (uint64_t)(uintptr_t)stack[i + 1], i, 0));
	must(kaal_sys_thread_set_priority(THREAD + i, PRIORITY, PRIORITY));
	set_slice(i);
	must(kaal_sys_sched_bind(CONTEXT + i, THREAD + i));
	must(kaal_sys_thread_resume(THREAD + i));
}

static void make(uint64_t type, kaal_cap_t to, uint64_t count)
{
	uint64_t made;

	must(kaal_sys_untyped_retype(kaal_largest_untyped().slot, type, OWN, to, count, &made));
}

static void start_all(void)
{
	canary[MAIN].whose = MAIN;
	must(kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, PRIORITY_MAIN, PRIORITY_MAIN));
	make(KAAL_OBJECT_THREAD, THREAD, MAIN);
	make(KAAL_OBJECT_SCHED_CONTEXT, CONTEXT, MAIN);
	make(KAAL_OBJECT_ENDPOINT, ENDPOINT, MAIN - SERVER);
	make(KAAL_OBJECT_REPLY, REPLY, MAIN - SERVER);
	for (unsigned i = SERVER; i < MAIN; i++)
		start(i, serve);
	/* Once it waits for its first call, it can do without a context. */
	must(kaal_sys_thread_sleep(kaal_ticks_now() + SERVERS_TICKS));
	must(kaal_sys_sched_unbind(CONTEXT + SERVER_WITHOUT_CONTEXT));
	for (unsigned i = 0; i < SERVER; i++)
		start(i, i < CLIENT ? spin : call);
}

static uint64_t failures(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < CANARIES; i++)
		sum += canary[i].failures;
	return sum;
}

/* Sleeps once, as a canary that the others must not touch either. Something else runs: it is preempted. */
static void preempt(void)
{
	struct canary *c = &canary[MAIN];

	fill(c);
	c->probe.x[0] = kaal_ticks_now() + SLEEP_MIN + next_random(&random_state) % SLEEP_MORE;
	probe_sleep(&c->probe);
	check_kept(c, 1);
	c->passes++;
}

static void print_failures(void)
{
	for (unsigned i = 0; i < CANARIES; i++) {
		if (canary[i].failures != 0)
			printf("# canary %u: %" PRIu64 " failures, the first at register %" PRIu64 ": found %#" PRIx64 "\n", i,
			       canary[i].failures, canary[i].failed_number, canary[i].found);
	}
}

int main(void)
{
	uint64_t count = COUNT_USUAL, seed = SEED_USUAL, preempted = 0, turns = 0, before = last;

	read_parameters("canaries", &count, &seed);
	random_state = seed * 2 + 1; /* never 0, where it would stay */
	start_all();
	while (preempted < count && failures() == 0) {
		preempt();
		if (++preempted % WAKES_A_SLICE == 0)
			set_slice((unsigned)(next_random(&random_state) % MAIN));
		turns += last != before;
		before = last;
	}
	print_failures();
	for (unsigned i = 0; i < CANARIES; i++)
		check(canary[i].passes > count / 100, "canary %u has looked %" PRIu64 " times", i, canary[i].passes);
	check(turns > count / 100, "the threads took turns %" PRIu64 " times", turns);
	check_equal(failures(), 0);
	printf("# canaries: %" PRIu64 " preemptions, %" PRIu64 " failures\n", preempted, failures());
	return tap_finish();
}
