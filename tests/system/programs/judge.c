/*
 * Starts the intruder as often as it has something to try, ends it where it hangs, and looks whether anybody else has noticed.
 * Before that: what a component with the privilege can ask the supervisor, and what it is refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/startup.h>
#include <kaal/supervisor.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "intruder.h"

#define PATIENCE_NS UINT64_C(50000000)
#define SWEEP_NS UINT64_C(60000000000)
#define PAUSE_NS 100000u
#define ABSENT 1000u

static uint64_t failures;

static void check(bool good, const char *what)
{
	if (good)
		return;
	failures++;
	printf("not ok: %s\n", what);
}

static uint64_t ticks(uint64_t ns)
{
	return kaal_ns_to_ticks(ns, kaal_startup()->counter_hz);
}

static struct kaal_component_info look(uint32_t component)
{
	struct kaal_component_info info = {0};

	check(kaal_supervisor_look(component, &info) == KAAL_OK, "look");
	return info;
}

static void wait_until_ended(uint32_t component)
{
	while (look(component).state != KAAL_COMPONENT_ENDED)
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + ticks(PAUSE_NS)));
}

static void check_supervisor(uint32_t self, uint32_t intruder)
{
	enum kaal_component_end end;
	uint32_t found;
	uint64_t code, start;

	wait_until_ended(intruder);
	check(kaal_supervisor_find(kaal_startup()->name, &found) == KAAL_OK && found == self, "find itself");
	check(kaal_supervisor_find("nobody", &found) == KAAL_OUT_OF_RANGE, "find nobody");
	check(kaal_supervisor_find("a-name-that-is-longer-than-any-component-has", &found) == KAAL_OUT_OF_RANGE, "find a long name");
	check(strcmp(look(self).name, kaal_startup()->name) == 0 && look(self).state == KAAL_COMPONENT_RUNNING, "look at itself");
	check(look(self).bytes != 0 && look(self).starts == 1, "its memory and starts");
	check(look(intruder).end == KAAL_END_EXIT && look(intruder).bytes == 0, "look at who has ended");
	check(kaal_supervisor_start(self, &start) == KAAL_IN_USE, "start who runs");
	check(kaal_supervisor_await(intruder, 1, &end, &code) == KAAL_OK && end == KAAL_END_EXIT && code == 0, "await who has ended");
	check(kaal_supervisor_await(intruder, 2, &end, &code) == KAAL_OUT_OF_RANGE, "await a start that was not");
	check(kaal_supervisor_kill(intruder) == KAAL_OK && look(intruder).end == KAAL_END_EXIT, "killing who has ended changes nothing");
	check(kaal_supervisor_stop(intruder) == KAAL_OK && look(intruder).state == KAAL_COMPONENT_ENDED, "stopping who has ended, too");
	check(kaal_supervisor_kill(ABSENT) == KAAL_OUT_OF_RANGE && kaal_supervisor_stop(ABSENT) == KAAL_OUT_OF_RANGE, "end nobody");
	check(kaal_supervisor_start(ABSENT, &start) == KAAL_OUT_OF_RANGE, "start nobody");
	check(kaal_supervisor_find("capability-broker", &found) == KAAL_OUT_OF_RANGE, "the broker has no name");
	check(kaal_supervisor_kill(intruder + 3) == KAAL_NO_RIGHT || kaal_supervisor_kill(intruder + 3) == KAAL_OUT_OF_RANGE, "kill the broker");
}

/* One start; where it hangs it is ended. */
static void let_try(uint32_t intruder, uint64_t patience_ns)
{
	uint64_t deadline = kaal_ticks_now() + ticks(patience_ns), start;

	check(kaal_supervisor_start(intruder, &start) == KAAL_OK, "start the intruder");
	while (look(intruder).state == KAAL_COMPONENT_RUNNING && kaal_ticks_now() < deadline)
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + ticks(PAUSE_NS)));
	if (look(intruder).state == KAAL_COMPONENT_RUNNING)
		check(kaal_supervisor_kill(intruder) == KAAL_OK, "kill the intruder");
	wait_until_ended(intruder);
}

/* All that it tries. */
static void let_try_all(uint32_t intruder)
{
	for (unsigned turn = 0; turn < INTRUDER_TURNS; turn++) {
		struct kaal_component_info ended;

		let_try(intruder, turn == INTRUDER_SWEEP ? SWEEP_NS : PATIENCE_NS);
		ended = look(intruder);
		if (turn == INTRUDER_SWEEP)
			check(ended.end == KAAL_END_EXIT && ended.code == 0, "no address that is not its own was possible");
		if (turn >= INTRUDER_FAULTS)
			check(ended.end == KAAL_END_FAULT, "an address that is not its own ends it");
	}
}

int main(int argc, char **argv)
{
	uint64_t cycles = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint32_t self = kaal_startup()->component, intruder = self - 1;
	struct kaal_supervisor_memory before, after;

	check_supervisor(self, intruder);
	check(kaal_supervisor_memory(true, &before) == KAAL_OK, "memory");
	for (uint64_t i = 0; i < cycles; i++)
		let_try_all(intruder);
	check(kaal_supervisor_memory(true, &after) == KAAL_OK, "memory");
	check(before.free_bytes == after.free_bytes && before.free_slots == after.free_slots, "the root task has all memory and slots back");
	for (uint32_t i = 0; i < intruder; i++) {
		struct kaal_component_info info = look(i);

		check(info.state == KAAL_COMPONENT_RUNNING && info.starts == 1, "a neighbour goes on");
		check(kaal_supervisor_stop(i) == KAAL_OK, "stop");
	}
	printf("confinement: %u cycles, %u failures\n", (unsigned)cycles, (unsigned)failures);
	return failures != 0;
}
