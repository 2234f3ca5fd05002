/* Commands on components and the machine, by the supervisor (<kaal/supervisor.h>). */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kaal/startup.h>
#include <kaal/status_text.h>
#include <kaal/supervisor.h>
#include <kaal/object.h>
#include <kaal/time.h>

#include "command.h"
#include "terminal.h"

#define RESTART_NS 1000000000u /* as long as the broker may take to purge */
#define SETTLE_NS 20000000u    /* for what is on its way to the line */
#define LINE_NS 1000000u

static int failed(const char *what, kaal_status_t status)
{
	return command_failed(what, kaal_status_text(status));
}

static bool find(const char *name, uint32_t *component)
{
	kaal_status_t status = kaal_supervisor_find(name, component);

	if (status == KAAL_OUT_OF_RANGE)
		(void)command_failed(name, "no such component; `ps` lists them");
	else if (status != KAAL_OK)
		(void)failed(name, status);
	return status == KAAL_OK;
}

static void sleep_ns(uint64_t ns)
{
	kaal_ignore(kaal_thread_sleep(kaal_ticks_now() + kaal_ns_to_ticks(ns, kaal_ticks_hz())));
}

/* --- ps, mem ----------------------------------------------------------------------------- */

static const char *state_text(const struct kaal_component_info *info)
{
	switch (info->state) {
	case KAAL_COMPONENT_RUNNING:
		return "running";
	case KAAL_COMPONENT_ENDING:
		return "ending";
	default:
		return info->end == KAAL_END_NONE ? "not started" : "ended";
	}
}

static void end_text(const struct kaal_component_info *info, char text[32])
{
	static const char *const ends[] = {
		[KAAL_END_NONE] = "-", [KAAL_END_EXIT] = "exit", [KAAL_END_FAULT] = "fault", [KAAL_END_KILLED] = "killed",
		[KAAL_END_STOPPED] = "stopped", [KAAL_END_FAILED] = "not started",
	};
	const char *end = info->end < sizeof ends / sizeof ends[0] ? ends[info->end] : "?";

	if (info->end == KAAL_END_EXIT)
		(void)snprintf(text, 32, "%s %lld", end, (long long)info->code);
	else
		(void)snprintf(text, 32, "%s", end);
}

static unsigned long long microseconds(uint64_t ticks)
{
	return kaal_ticks_to_ns(ticks, kaal_ticks_hz()) / 1000;
}

static void show_state(const struct call *call, const struct kaal_component_info *info)
{
	char end[32];

	end_text(info, end);
	fprintf(call->out, "%-20s %-11s %6llu  %-11s %12llu\n", info->name, state_text(info), (unsigned long long)info->starts, end,
		microseconds(info->ticks));
}

static void show_memory(const struct call *call, const struct kaal_component_info *info)
{
	fprintf(call->out, "%-20s %10llu %10llu\n", info->name, (unsigned long long)info->bytes / 1024,
		(unsigned long long)info->memory_max_bytes / 1024);
}

/* Each component, in the description's order. */
static int each_component(const struct call *call, void (*show)(const struct call *call, const struct kaal_component_info *info))
{
	struct kaal_component_info info;
	kaal_status_t status;

	for (uint32_t i = 0; (status = kaal_supervisor_look(i, &info)) == KAAL_OK; i++)
		show(call, &info);
	return status == KAAL_OUT_OF_RANGE ? 0 : failed("supervisor", status);
}

int command_ps(const struct call *call)
{
	fprintf(call->out, "%-20s %-11s %6s  %-11s %12s\n", "NAME", "STATE", "STARTS", "LAST END", "CPU us");
	return each_component(call, show_state);
}

int command_mem(const struct call *call)
{
	struct kaal_supervisor_memory memory;
	kaal_status_t status = kaal_supervisor_memory(false, &memory);
	int result;

	if (status != KAAL_OK)
		return failed("supervisor", status);
	fprintf(call->out, "%-20s %10s %10s\n", "NAME", "KiB", "MAX KiB");
	result = each_component(call, show_memory);
	fprintf(call->out, "free: %llu KiB, %llu slots\n", (unsigned long long)memory.free_bytes / 1024, (unsigned long long)memory.free_slots);
	return result;
}

/* --- caps -------------------------------------------------------------------------------- */

static const char *type_text(uint8_t type)
{
	static const char *const types[] = {
		[0] = "untyped or page table", [KAAL_OBJECT_CNODE] = "cnode", [KAAL_OBJECT_UNTYPED] = "untyped", [KAAL_OBJECT_THREAD] = "thread",
		[KAAL_OBJECT_SCHED_CONTEXT] = "scheduling context", [KAAL_OBJECT_ENDPOINT] = "endpoint", [KAAL_OBJECT_REPLY] = "reply",
		[KAAL_OBJECT_NOTIFICATION] = "notification", [KAAL_OBJECT_VSPACE] = "address space", [KAAL_OBJECT_PAGE_TABLE] = "page table",
		[KAAL_OBJECT_FRAME] = "frame", [KAAL_OBJECT_IRQ_CONTROL] = "irq control", [KAAL_OBJECT_IRQ_HANDLER] = "irq handler",
		[KAAL_OBJECT_SCHED_CONTROL] = "sched control", [KAAL_OBJECT_SYSTEM_CONTROL] = "system control", [KAAL_OBJECT_DEBUG] = "debug",
	};

	return type < sizeof types / sizeof types[0] && types[type] != NULL ? types[type] : "?";
}

/* Frames follow each other by the hundred: those of one kind in a row are one line. */
static void show_slots(const struct call *call, const struct kaal_supervisor_slot *slot, uint32_t count)
{
	char size[32] = "", last[16] = "";

	if (count > 1)
		(void)snprintf(last, sizeof last, "..%u", (unsigned)(slot->slot + count - 1));
	if (slot->size_bits != 0)
		(void)snprintf(size, sizeof size, "%llu bytes", 1ULL << slot->size_bits);
	fprintf(call->out, "%6u%-8s %-22s %c%c%c%c  %s\n", (unsigned)slot->slot, last, type_text(slot->type),
		(slot->rights & KAAL_RIGHT_READ) != 0 ? 'r' : '-', (slot->rights & KAAL_RIGHT_WRITE) != 0 ? 'w' : '-',
		(slot->rights & KAAL_RIGHT_GRANT) != 0 ? 'g' : '-', (slot->rights & KAAL_RIGHT_EXECUTE) != 0 ? 'x' : '-', size);
}

static bool continues(const struct kaal_supervisor_slot *first, uint32_t count, const struct kaal_supervisor_slot *next)
{
	return next->slot == first->slot + count && next->type == first->type && next->rights == first->rights && next->size_bits == first->size_bits;
}

int command_caps(const struct call *call)
{
	struct kaal_supervisor_slot slots[KAAL_SUPERVISOR_SLOTS_MAX], row = {0};
	uint32_t component = kaal_startup()->component, count, in_row = 0;
	uint64_t next = 0;

	if (call->count == 1 && !find(call->word[0], &component))
		return 1;
	do {
		kaal_status_t status = kaal_supervisor_slots(component, &next, slots, &count);

		if (status == KAAL_WOULD_BLOCK)
			return command_failed(call->word[0], "it does not run");
		if (status != KAAL_OK)
			return failed("supervisor", status);
		for (uint32_t i = 0; i < count; i++) {
			if (in_row > 0 && continues(&row, in_row, &slots[i])) {
				in_row++;
				continue;
			}
			if (in_row > 0)
				show_slots(call, &row, in_row);
			row = slots[i];
			in_row = 1;
		}
	} while (next != 0 && !terminal_interrupted());
	if (in_row > 0)
		show_slots(call, &row, in_row);
	return 0;
}

/* --- kill, stop, restart ----------------------------------------------------------------- */

static int each_named(const struct call *call, kaal_status_t (*act)(uint32_t component))
{
	int result = 0;

	for (unsigned i = 0; i < call->count; i++) {
		uint32_t component;
		kaal_status_t status;

		if (!find(call->word[i], &component)) {
			result = 1;
			continue;
		}
		status = act(component);
		if (status != KAAL_OK)
			result = failed(call->word[i], status);
	}
	return result;
}

int command_kill(const struct call *call)
{
	return each_named(call, kaal_supervisor_kill);
}

int command_stop(const struct call *call)
{
	return each_named(call, kaal_supervisor_stop);
}

/* Once what it had has come back it can start. */
static kaal_status_t restart(uint32_t component)
{
	kaal_ticks_t deadline = kaal_ticks_now() + kaal_ns_to_ticks(RESTART_NS, kaal_ticks_hz());
	kaal_status_t status;
	uint64_t start;

	if (component == kaal_startup()->component)
		return kaal_supervisor_kill(component);
	status = kaal_supervisor_stop(component);
	if (status != KAAL_OK)
		return status;
	while ((status = kaal_supervisor_start(component, &start)) == KAAL_IN_USE && kaal_ticks_now() < deadline)
		sleep_ns(LINE_NS);
	return status;
}

int command_restart(const struct call *call)
{
	return each_named(call, restart);
}

/* --- run, time --------------------------------------------------------------------------- */

/* What the root task has told of its end is not told again. */
static int await(uint32_t component, uint64_t start)
{
	enum kaal_component_end end;
	uint64_t code;
	kaal_status_t status = kaal_supervisor_await(component, start, &end, &code);

	if (status != KAAL_OK)
		return failed("supervisor", status);
	return end == KAAL_END_EXIT && code == 0 ? 0 : end == KAAL_END_EXIT && code < 256 ? (int)code : 1;
}

int command_run_program(const struct call *call)
{
	uint32_t component;
	kaal_status_t status;
	uint64_t start;
	int result;

	if (!find(call->word[0], &component))
		return 1;
	status = kaal_supervisor_start_with(component, (const char *const *)(call->word + 1), call->count - 1, &start);
	if (status == KAAL_IN_USE)
		return command_failed(call->word[0], "it runs already");
	if (status == KAAL_OUT_OF_RANGE)
		return command_failed(call->word[0], "too many arguments, or they are too long");
	if (status != KAAL_OK)
		return failed(call->word[0], status);
	if (call->background)
		return 0;
	terminal_foreground(component);
	result = await(component, start);
	terminal_foreground(TERMINAL_NOBODY);
	return result;
}

int command_time(const struct call *call)
{
	kaal_ticks_t start = kaal_ticks_now(), took;
	uint64_t before = 0, after = 0;
	int result;

	kaal_ignore(kaal_sched_consumed(kaal_own_sched_context(), &before));
	result = command_run(call->count, call->word, call->background, call->out);
	took = kaal_ticks_now() - start;
	kaal_ignore(kaal_sched_consumed(kaal_own_sched_context(), &after));
	fprintf(terminal, "%llu us, of which the shell ran %llu us\n", microseconds(took), microseconds(after - before));
	return result;
}

static kaal_ticks_t ready;

void command_ready(void)
{
	ready = kaal_ticks_now();
}

/* The counter begins at the machine's reset. */
int command_uptime(const struct call *call)
{
	fprintf(call->out, "up %llu us; the first prompt came after %llu ns\n", microseconds(kaal_ticks_now()),
		(unsigned long long)kaal_ticks_to_ns(ready, kaal_ticks_hz()));
	return 0;
}

/* --- log, poweroff ----------------------------------------------------------------------- */

int command_log(const struct call *call)
{
	char text[KAAL_SUPERVISOR_TEXT_BYTES];
	uint64_t position = 0;
	kaal_status_t status;
	uint32_t bytes;

	while ((status = kaal_supervisor_log(&position, text, &bytes)) == KAAL_OK && bytes > 0 && !terminal_interrupted()) {
		(void)fwrite(text, 1, bytes, call->out);
		position += bytes;
	}
	return status == KAAL_OK ? 0 : failed("supervisor", status);
}

static int say_last(const char *what, kaal_status_t (*act)(kaal_system_control_t system))
{
	fprintf(terminal, "%s\n", what);
	terminal_flush();
	sleep_ns(SETTLE_NS);
	return failed(what, act(kaal_own_system_control()));
}

int command_poweroff(const struct call *call)
{
	(void)call;
	return say_last("switching off", kaal_system_power_off);
}

int command_reset(const struct call *call)
{
	(void)call;
	return say_last("resetting", kaal_system_reset);
}
