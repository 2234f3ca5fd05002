#include "lives.h"

#include <kaal/status_text.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "broker.h"
#include "console.h"
#include "crash.h"
#include "load.h"
#include "output.h"
#include "requests.h"
#include "threads.h"

static const char *name_of(const struct component *component)
{
	return component->description.name;
}

/* --- start ----------------------------------------------------------------------------- */

kaal_status_t lives_start(struct component *component)
{
	struct kaal_startup startup = {0};
	struct load_plan plan;
	kaal_status_t status;

	startup.start_ticks = kaal_ticks_now();
	startup.end_ticks = component->end_ticks;
	load_plan(component, 0, 0, &plan);
	status = load_component(component, &plan, &startup, NULL, NULL);
	if (status == KAAL_OK)
		status = kaal_sys_thread_resume(component->thread);
	if (status != KAAL_OK) {
		console_line("%s: not started: %s", name_of(component), kaal_status_text(status));
		component->state = KAAL_COMPONENT_ENDED;
		component->end = KAAL_END_FAILED;
		component->code = status;
		return status;
	}
	component->state = KAAL_COMPONENT_RUNNING;
	component->starts++;
	return KAAL_OK;
}

/* --- end ------------------------------------------------------------------------------- */

/* Why it has ended, for who reads the console. */
static void tell_end(const struct component *component)
{
	switch (component->end) {
	case KAAL_END_EXIT:
		console_line("%s: exit code %ld", name_of(component), (long)component->code);
		break;
	case KAAL_END_KILLED:
		console_line("%s: killed", name_of(component));
		break;
	case KAAL_END_STOPPED:
		console_line("%s: stopped", name_of(component));
		break;
	default:
		break;
	}
}

/* Of what it started with it may have given copies away: nobody is to speak in the name of its next start. */
static void revoke_gifts(const struct component *component)
{
	const kaal_cap_t gift[] = {component->supervisor, component->broker, component->log_flag, component->power, component->debug};

	for (uint32_t i = 0; i < sizeof gift / sizeof gift[0]; i++) {
		if (gift[i] != 0)
			root_must(name_of(component), kaal_sys_cap_revoke(KAAL_SLOT_CNODE, gift[i]));
	}
	root_must(name_of(component), kaal_sys_cap_delete(KAAL_SLOT_CNODE, component->supervisor));
	threads_make_supervisor(component);
}

/* It and all that it was made of is gone; what others gave to it comes back when the broker has answered. */
void lives_end(struct component *component, enum kaal_component_end how, uint64_t code)
{
	/* Who has ended already can only be kept from being restarted. */
	if (component->state == KAAL_COMPONENT_ENDING && how == KAAL_END_STOPPED)
		component->end = how;
	if (component->state != KAAL_COMPONENT_RUNNING)
		return;
	component->end = how;
	component->code = code;
	if (how != KAAL_END_FAULT)
		component->end_ticks = kaal_ticks_now();
	kaal_ignore(kaal_sys_thread_suspend(component->thread));
	/* First: the last words of who drives the console would go into its own ring, which may be full. */
	console_take_back(component);
	output_end(component);
	tell_end(component);
	if (component == root_system.broker)
		root_fatal("the capability broker has ended");
	root_must(name_of(component), kaal_domain_end(&component->domain));
	revoke_gifts(component);
	component->state = KAAL_COMPONENT_ENDING;
	requests_ended(component);
	if (root_system.broker != NULL)
		broker_purge(component);
}

static bool has_failed(const struct component *component)
{
	return component->end != KAAL_END_STOPPED && !(component->end == KAAL_END_EXIT && component->code == 0);
}

/* Whether the policy has it started again; counts. */
static bool may_restart(struct component *component)
{
	const struct kaal_manifest_component *description = &component->description;
	uint64_t window = kaal_ns_to_ticks(description->restart_window_ms * UINT64_C(1000000), root_system.info->counter_hz);
	uint64_t now = kaal_ticks_now();

	if (component->end == KAAL_END_STOPPED || description->restart == KAAL_MANIFEST_RESTART_NEVER ||
	    (description->restart == KAAL_MANIFEST_RESTART_ON_FAILURE && !has_failed(component)))
		return false;
	if (component->restarts == 0 || now - component->window_ticks > window) {
		component->restarts = 0;
		component->window_ticks = now;
	}
	if (component->restarts == description->restarts_max) {
		console_line("%s: %u restarts in %u ms are as many as it may have", name_of(component), (unsigned)component->restarts,
			     (unsigned)description->restart_window_ms);
		return false;
	}
	component->restarts++;
	return true;
}

static void escalate(const struct component *component)
{
	if (!has_failed(component))
		return;
	if (component->description.escalation == KAAL_MANIFEST_RESET)
		root_fatal("%s has failed for good", name_of(component));
	if (component->description.escalation == KAAL_MANIFEST_POWER_OFF) {
		console_line("%s has failed for good; switching off", name_of(component));
		kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
	}
}

/* The broker has taken back what it held: it starts again, or not. */
static void finish_end(struct component *component)
{
	component->state = KAAL_COMPONENT_ENDED;
	if (!may_restart(component)) {
		escalate(component);
		return;
	}
	console_line("%s: restarted", name_of(component));
	(void)lives_start(component);
}

bool lives_finish(void)
{
	bool alive = false;

	for (uint32_t i = 0; i < root_system.count; i++) {
		struct component *component = &root_system.components[i];

		if (component->state == KAAL_COMPONENT_ENDING && (root_system.broker == NULL || broker_has_purged(component)))
			finish_end(component);
		if (component != root_system.broker && component->state != KAAL_COMPONENT_ENDED)
			alive = true;
	}
	return alive;
}

void lives_fault(struct component *component, uint32_t thread, const uint64_t *words)
{
	uint64_t kind = words[KAAL_FAULT_WORD_KIND];

	component->end_ticks = kaal_ticks_now();
	/* A console driver does not print its own crash. */
	console_take_back(component);
	output_end(component);
	crash_report(component, thread, words);
	if (component->description.critical)
		root_fatal("%s is critical", name_of(component));
	lives_end(component, KAAL_END_FAULT, kind);
}
