/*
 * Replays what a model of tests/model did on the kernel. A trace is what Spin tells of one way through a model: a
 * line "world NUMBER…" that says how much of each there is, and then two lines a step: "STEP NUMBER…", what happens, and
 * "= STATE", how it is afterwards. A test does each step to the kernel, writes the kernel's state in the same words, and both must be the same.
 *
 * KAAL_TRACE names the file. Several traces may be in one, each from its `world` on; lines that begin with # say something to people.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <kaal/status.h>

#define REPLAY_NONE 9u /* as models say: no thread, reply, context, slot */
#define REPLAY_LINE 512u
#define REPLAY_ARGUMENTS 6u

struct replay_step {
	char what[24];
	unsigned argument[REPLAY_ARGUMENTS];
	char state[REPLAY_LINE]; /* as the model says; empty for a world */
};

struct replay {
	struct replay_step *step;
	unsigned steps;
	unsigned at;
	char said[REPLAY_LINE]; /* the kernel's state, as far as it has been written */
	size_t length;
};

static struct replay replay;

static inline struct replay_step *replay_now(void)
{
	return &replay.step[replay.at];
}

static inline bool replay_is(const struct replay_step *step, const char *what)
{
	return strcmp(step->what, what) == 0;
}

static inline void replay_read_step(const char *line)
{
	struct replay_step *step = &replay.step[replay.steps];
	unsigned *a = step->argument;

	memset(step, 0, sizeof *step);
	if (sscanf(line, "%23s %u %u %u %u %u %u", step->what, &a[0], &a[1], &a[2], &a[3], &a[4], &a[5]) >= 1)
		replay.steps++;
}

/* All steps of the file. */
static inline void replay_read(void)
{
	const char *path = getenv("KAAL_TRACE");
	FILE *file = path == NULL ? NULL : fopen(path, "r");
	char line[REPLAY_LINE];
	unsigned room = 0;

	cr_assert_not_null(file, "KAAL_TRACE names no trace");
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (replay.steps == room) {
			room = room * 2 + 1024;
			replay.step = realloc(replay.step, room * sizeof *replay.step);
			cr_assert_not_null(replay.step);
		}
		/* Behind a semicolon is what the kernel does not know. */
		if (line[0] == '=')
			memcpy(replay.step[replay.steps - 1].state, line, strcspn(line, ";"));
		else if (line[0] != '#')
			replay_read_step(line);
	}
	(void)fclose(file);
	cr_assert(replay.steps > 1 && replay_is(&replay.step[0], "world"), "%s holds no trace", path);
}

static inline void replay_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* More of the kernel's state. */
static inline void replay_say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	replay.length += (size_t)vsnprintf(replay.said + replay.length, sizeof replay.said - replay.length, format, arguments);
	va_end(arguments);
	cr_assert_lt(replay.length, sizeof replay.said);
}

/* The kernel's state has been written: it is the model's. */
static inline void replay_compare(void)
{
	const struct replay_step *step = replay_now();

	cr_assert_str_eq(replay.said, step->state, "step %u, %s %u %u %u\nmodel:  %s\nkernel: %s", replay.at, step->what, step->argument[0],
			 step->argument[1], step->argument[2], step->state, replay.said);
	replay.length = 0;
}

/* What a step of a model's is on the kernel. */
struct replay_action {
	const char *what;
	void (*action)(const unsigned *argument);
};

static inline void replay_act(const struct replay_action *actions, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (replay_is(replay_now(), actions[i].what)) {
			actions[i].action(replay_now()->argument);
			return;
		}
	}
	cr_assert_fail("step %u: there is no %s", replay.at, replay_now()->what);
}

/* All of the trace: `begin` before each step, `say` writes the kernel's state after it. */
static inline void replay_all(const struct replay_action *actions, unsigned count, void (*begin)(void), void (*say)(void))
{
	replay_read();
	for (replay.at = 0; replay.at < replay.steps; replay.at++) {
		/* A world's start forgets it. */
		if (setjmp(host.panic) != 0)
			cr_assert_fail("step %u: %s", replay.at, host.panic_text);
		/* What the trace before was deleting when it ended. */
		while (replay_is(replay_now(), "world") && !destroy_worklist_step())
			;
		begin();
		replay_act(actions, count);
		if (replay_is(replay_now(), "world"))
			continue;
		replay_say("=");
		say();
		replay_compare();
	}
}

/* A status by the name that models have for it. */
static inline const char *replay_status(uint64_t status)
{
#define KAAL_STATUS(name, number, text) \
	if (status == (number))         \
		return #name;
#include <kaal/status.def>
#undef KAAL_STATUS
	return "?";
}

#endif
