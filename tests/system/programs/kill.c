/*
 * Kills servers and clients at seeded moments of what they do, sometimes two at once, sometimes before all has recovered. Sees that
 *   - whoever was killed starts again, and every client gets an answer from the newest start of every server, within RECOVERY_NS;
 *   - a call that waits for a server that is killed ends with CANCELLED within PENDING_NS of the kill;
 *   - at the end the root task, the broker's pool, and the broker's account of each have what they had before.
 *
 * usage: kill COUNT SEED
 */
#include "kill.h"

#include <kaal/supervisor.h>

/* Of virtual time, everybody's restart and the others' time slices included. */
#define PENDING_NS UINT64_C(1000000)
#define RECOVERY_NS UINT64_C(5000000)
#define KILLS_KEPT 8u
#define BLOCKS_MAX 256u

static struct victim {
	uint64_t starts;               /* how often it must have been started */
	uint64_t reported;             /* starts of it that have reported */
	uint64_t memory;               /* that it was charged with at its last start */
	uint64_t first_memory;         /* at its first */
	uint64_t rounds;               /* of a client, begun and ended since the last kill */
	uint64_t seen[SERVERS];
	uint64_t failures;             /* of this start */
	uint64_t killed[KILLS_KEPT];   /* ticks of the last kills */
	uint64_t kills;
} victims[VICTIMS];

static struct kaal_broker_held service;
static kaal_cap_t reply;
static uint64_t pending_worst, recovery_worst, cancelled, last_kill, pending_ticks, recovery_ticks;

/* A call of `server` has ended without an answer: soon after a kill. */
static void check_cancelled(uint32_t server, uint64_t ticks)
{
	const struct victim *victim = &victims[server];
	uint64_t latest = 0;

	for (uint32_t i = 0; i < KILLS_KEPT; i++) {
		if (victim->killed[i] <= ticks && victim->killed[i] > latest)
			latest = victim->killed[i];
	}
	cancelled++;
	if (latest == 0 || ticks - latest > pending_ticks)
		fail("ticks from a kill to the end of a call", latest == 0 ? 0 : ticks - latest, pending_ticks);
	else if (ticks - latest > pending_worst)
		pending_worst = ticks - latest;
}

static void note(uint32_t index, const uint64_t *words)
{
	struct victim *victim = &victims[index];

	if (words[REPORT_START] + 1 != victim->starts)
		fail("a report of start", words[REPORT_START] + 1, victim->starts);
	if (words[REPORT_ROUND] == 0) {
		victim->reported = victim->starts;
		victim->memory = words[REPORT_MEMORY];
		victim->failures = 0;
	}
	victim->rounds++;
	failures += words[REPORT_FAILURES] - victim->failures;
	victim->failures = words[REPORT_FAILURES];
	for (uint32_t i = 0; i < SERVERS; i++) {
		victim->seen[i] = words[REPORT_SEEN] >> 16 * i & 0xffff;
		if ((words[REPORT_CANCELLED] >> i & 1) != 0)
			check_cancelled(i, words[REPORT_TICKS + i]);
	}
}

/* Takes one report; false at the deadline. */
static bool listen(uint64_t deadline)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge;
	kaal_status_t status = kaal_sys_endpoint_recv_until(service.first, reply, deadline, words, &received, &badge);

	if (status == KAAL_TIMEOUT)
		return false;
	must("receiving", status);
	note(kaal_badge_component(badge), words);
	must("answering", kaal_sys_reply_send(reply, kaal_message(0, 0, 0), words));
	return true;
}

/* All run, and each client has had an answer from each server as it is now, in a round that began after the last kill. */
static bool recovered(void)
{
	for (uint32_t i = 0; i < VICTIMS; i++) {
		if (victims[i].reported != victims[i].starts || (i >= SERVERS && victims[i].rounds < 2))
			return false;
		for (uint32_t j = 0; i >= SERVERS && j < SERVERS; j++) {
			if (victims[i].seen[j] != (victims[j].starts & 0xffff))
				return false;
		}
	}
	return true;
}

static void stop_all(void)
{
	struct kaal_component_info info;

	for (uint32_t i = 0; i < VICTIMS; i++) {
		must("stopping", kaal_supervisor_stop(i));
		must("looking", kaal_supervisor_look(i, &info));
		if (info.state != KAAL_COMPONENT_ENDED)
			fail("state after a stop", info.state, KAAL_COMPONENT_ENDED);
	}
}

static void recover(uint64_t cycle)
{
	uint64_t deadline = last_kill + recovery_ticks, now;

	while (!recovered() && listen(deadline))
		;
	now = kaal_ticks_now();
	if (recovered()) {
		if (now - last_kill > recovery_worst)
			recovery_worst = now - last_kill;
		return;
	}
	fail("recovered, cycle", 0, cycle);
	for (uint32_t i = 0; i < VICTIMS; i++)
		printf("component %u: %u starts, %u reported, %u rounds since, saw %u and %u\n", (unsigned)i, (unsigned)victims[i].starts,
		       (unsigned)victims[i].reported, (unsigned)victims[i].rounds, (unsigned)victims[i].seen[0], (unsigned)victims[i].seen[1]);
	stop_all();
	exit(EXIT_FAILURE);
}

static void await_changes(void)
{
	for (uint32_t i = 0; i < VICTIMS; i++)
		victims[i].rounds = 0;
}

static void kill(uint32_t index)
{
	struct victim *victim = &victims[index];
	struct kaal_component_info info;

	last_kill = kaal_ticks_now();
	victim->killed[victim->kills++ % KILLS_KEPT] = last_kill;
	must("killing", kaal_supervisor_kill(index));
	must("looking", kaal_supervisor_look(index, &info));
	/* The root task and the broker are more urgent: they have done it all. */
	if (info.state != KAAL_COMPONENT_RUNNING || info.end != KAAL_END_KILLED || info.starts != victim->starts + 1)
		fail("state, end and starts after a kill", info.state * 100 + info.end * 10 + (info.starts - victim->starts), 131);
	victim->starts++;
	await_changes();
}

static void listen_for(uint64_t ticks)
{
	uint64_t deadline = kaal_ticks_now() + ticks;

	while (listen(deadline))
		;
}

/* --- before and after ------------------------------------------------------------------------ */

static void start_all(void)
{
	uint64_t start;

	for (uint32_t i = 0; i < VICTIMS; i++) {
		must("starting", kaal_supervisor_start(i, &start));
		victims[i].starts++;
	}
	last_kill = kaal_ticks_now();
	await_changes();
}

/* All that the broker has free, by taking it. */
static uint64_t pool_bytes(void)
{
	static struct kaal_broker_held blocks[BLOCKS_MAX];
	struct kaal_broker_account account;
	uint64_t bytes = 0;
	uint32_t count = 0;

	for (;;) {
		must("the account", kaal_broker_account(&account));
		if (account.largest_bits == 0)
			break;
		if (count == BLOCKS_MAX || kaal_broker_memory(account.largest_bits, &blocks[count]) != KAAL_OK) {
			fail("blocks of the broker's that could be taken", count, BLOCKS_MAX);
			break;
		}
		count++;
		bytes += UINT64_C(1) << account.largest_bits;
	}
	while (count != 0)
		must("giving memory back", kaal_broker_give(&blocks[--count]));
	return bytes;
}

static struct left {
	struct kaal_supervisor_memory root;
	uint64_t pool;
} before;

static struct left look(void)
{
	struct left left = {.pool = pool_bytes()};

	must("memory", kaal_supervisor_memory(true, &left.root));
	return left;
}

static void check_left(void)
{
	struct left now = look();

	if (now.root.free_bytes != before.root.free_bytes)
		fail("the root task's free bytes", now.root.free_bytes, before.root.free_bytes);
	if (now.root.free_slots != before.root.free_slots)
		fail("the root task's free slots", now.root.free_slots, before.root.free_slots);
	if (now.pool != before.pool)
		fail("the broker's free bytes", now.pool, before.pool);
}

/* What the broker charges each with when it starts. */
static void check_accounts(void)
{
	for (uint32_t i = SERVERS; i < VICTIMS; i++) {
		if (victims[i].memory != victims[i].first_memory)
			fail("bytes that one who starts is charged with", victims[i].memory, victims[i].first_memory);
	}
}

static void run(uint64_t count, uint64_t *state)
{
	for (uint64_t cycle = 1; cycle <= count; cycle++) {
		listen_for(next_random(state) >> 8 & 0x3fff);
		kill((uint32_t)(next_random(state) % VICTIMS));
		/* With the next kill's moment that makes two at once, or one while others start. */
		if (next_random(state) >> 8 & 3)
			recover(cycle);
	}
	last_kill = kaal_ticks_now();
	recover(count);
}

int main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0, seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1, state = seed * 2 + 1;
	uint64_t hz = kaal_startup()->counter_hz;

	pending_ticks = kaal_ns_to_ticks(PENDING_NS, hz);
	recovery_ticks = kaal_ns_to_ticks(RECOVERY_NS, hz);
	reply = make_reply();
	must("serving", kaal_broker_serve("report", (struct kaal_broker_signal){0}, &service));
	/* What is kept for the next lives of all, is kept after the first. */
	for (uint32_t i = 0; i < VICTIMS; i++)
		victims[i].starts = 1;
	last_kill = kaal_ticks_now();
	recover(0);
	for (uint32_t i = 0; i < VICTIMS; i++)
		victims[i].first_memory = victims[i].memory;
	stop_all();
	before = look();
	start_all();
	recover(0);
	run(count, &state);
	stop_all();
	check_left();
	start_all();
	recover(count);
	check_accounts();
	printf("pending calls: %u ended, after at most %u ns of %u; all well again after at most %u ns of %u\n", (unsigned)cancelled,
	       (unsigned)kaal_ticks_to_ns(pending_worst, hz), (unsigned)PENDING_NS, (unsigned)kaal_ticks_to_ns(recovery_worst, hz),
	       (unsigned)RECOVERY_NS);
	printf("kill: %u cycles, %u failures\n", (unsigned)count, (unsigned)failures);
	stop_all();
	return failures != 0;
}
