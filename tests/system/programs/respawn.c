/*
 * Starts the components before it again and again, and sees each of them end as it must: by itself, by a fault, or killed at any
 * moment, its start included. After each end the root task has exactly as much memory as before, and at the end as many slots.
 *
 * usage: respawn COUNT SEED
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <kaal/status_text.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "victim.h"

static uint64_t seed, failures;
static struct kaal_supervisor_memory before;

static void fail(uint64_t cycle, uint32_t component, const char *what, uint64_t found, uint64_t expected)
{
	if (failures++ < 10)
		printf("not ok: cycle %" PRIu64 ", component %" PRIu32 ": %s: found %" PRIu64 ", expected %" PRIu64 "\n", cycle, component, what,
		       found, expected);
}

static void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("not ok: %s: %s\n", what, kaal_status_text(status));
	exit(EXIT_FAILURE);
}

/* Until the root task, and the broker if there is one, have done their part. */
static struct kaal_component_info ended(uint32_t component)
{
	struct kaal_component_info info;

	for (;;) {
		must("look", kaal_supervisor_look(component, &info));
		if (info.state == KAAL_COMPONENT_ENDED)
			return info;
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + 100));
	}
}

/* One life. */
static void live(uint64_t cycle, uint32_t component)
{
	struct kaal_component_info info = ended(component);
	struct way way = way_of(seed, component, info.starts);
	enum kaal_component_end end = KAAL_END_NONE;
	uint64_t code = 0, start;

	must("start", kaal_supervisor_start(component, &start));
	if (way.end == KAAL_END_KILLED) {
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + way.delay));
		must("kill", kaal_supervisor_kill(component));
	} else {
		must("await", kaal_supervisor_await(component, start, &end, &code));
		if (end != way.end || code != way.code)
			fail(cycle, component, "end and code", end * 1000 + code, way.end * 1000 + way.code);
	}
	info = ended(component);
	if (info.end != way.end || info.code != way.code)
		fail(cycle, component, "its last end and code", info.end * 1000 + info.code, way.end * 1000 + way.code);
}

/* Slots of halves that are kept come and go; with all blocks whole, at the end, there are none. */
static void check_memory(uint64_t cycle, uint32_t component, bool whole)
{
	struct kaal_supervisor_memory now;

	must("memory", kaal_supervisor_memory(whole, &now));
	if (now.free_bytes != before.free_bytes)
		fail(cycle, component, "free bytes", now.free_bytes, before.free_bytes);
	if (whole && now.free_slots != before.free_slots)
		fail(cycle, component, "free slots", now.free_slots, before.free_slots);
}

int main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0, state;
	uint32_t victims = kaal_startup()->component;

	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	state = seed * 2 + 1;
	/* The root task has started them; what it keeps for their next lives, it has then. */
	for (uint32_t i = 0; i < victims; i++)
		must("stop", kaal_supervisor_stop(i));
	for (uint32_t i = 0; i < victims; i++)
		(void)ended(i);
	must("memory", kaal_supervisor_memory(true, &before));
	for (uint64_t cycle = 1; cycle <= count; cycle++) {
		uint32_t component = (uint32_t)(next_random(&state) % victims);

		live(cycle, component);
		check_memory(cycle, component, false);
	}
	check_memory(count + 1, victims, true);
	printf("respawn: %" PRIu64 " cycles, %" PRIu64 " failures\n", count, failures);
	return failures != 0;
}
