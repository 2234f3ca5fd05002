#include "supervise.h"

#include <string.h>

#include <kaal/message.h>
#include <kaal/status_text.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "authority.h"
#include "broker.h"
#include "console.h"
#include "crash.h"
#include "load.h"
#include "output.h"
#include "threads.h"

#define NOBODY UINT32_MAX

/* Who waits for whose end: by reply object; the one that is free to receive with has nobody. */
static uint32_t awaited[REPLIES];
static uint32_t awaiting[REPLIES];
static uint32_t free_reply;
/* Of whom a request came that is being served; NULL while none is. */
static struct component *caller;

static const char *name_of(const struct component *component)
{
	return component->description.name;
}

/* --- start ----------------------------------------------------------------------------- */

kaal_status_t supervise_start(struct component *component)
{
	struct kaal_startup startup = {0};
	struct load_plan plan;
	kaal_status_t status;

	startup.start_ticks = kaal_ticks_now();
	startup.end_ticks = component->end_ticks;
	load_plan(component, 0, 0, &plan);
	status = load_component(component, &plan, &startup, NULL, NULL);
	if (status == KAAL_OK)
		status = kaal_thread_resume(component->thread);
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

static void answer(uint32_t reply, kaal_status_t status, const uint64_t *words, uint64_t count)
{
	uint64_t all[KAAL_MESSAGE_REGISTERS] = {0};

	memcpy(all, words, count * sizeof *words);
	/* Who has gone meanwhile needs no answer. */
	(void)kaal_reply_send(authority.replies + reply, kaal_message(count, 0, (uint32_t)status), all);
}

static void answer_awaiting(struct component *component)
{
	const uint64_t words[] = {component->end, component->code};

	for (uint32_t i = 0; i < REPLIES; i++) {
		if (i != free_reply && awaited[i] == component->index) {
			awaited[i] = NOBODY;
			answer(i, KAAL_OK, words, 2);
		}
	}
}

/* What it awaited itself is not awaited any more. */
static void forget_awaiting(const struct component *component)
{
	for (uint32_t i = 0; i < REPLIES; i++) {
		if (awaiting[i] == component->index)
			awaited[i] = NOBODY;
	}
}

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
			root_must(name_of(component), kaal_cap_revoke(KAAL_SLOT_CNODE, gift[i]));
	}
}

/* It and all that it was made of is gone; what others gave to it comes back when the broker has answered. */
static void end(struct component *component, enum kaal_component_end how, uint64_t code)
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
	(void)kaal_thread_suspend(component->thread);
	output_end(component);
	console_take_back(component);
	tell_end(component);
	if (component == root_system.broker)
		root_fatal("the capability broker has ended");
	root_must(name_of(component), kaal_domain_end(&component->domain));
	revoke_gifts(component);
	component->state = KAAL_COMPONENT_ENDING;
	forget_awaiting(component);
	answer_awaiting(component);
	if (root_system.broker != NULL)
		broker_purge(component);
	if (caller == component)
		caller = NULL;
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
		(void)kaal_system_power_off(KAAL_SLOT_SYSTEM_CONTROL);
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
	(void)supervise_start(component);
}

static bool finish_ends(void)
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

/* --- requests -------------------------------------------------------------------------- */

static kaal_status_t find(const uint64_t *words, uint64_t *result)
{
	char name[KAAL_COMPONENT_NAME_BYTES];

	memcpy(name, words, sizeof name);
	if (name[sizeof name - 1] != '\0')
		return KAAL_OUT_OF_RANGE;
	*result = kaal_manifest_find(root_system.manifest, name);
	return *result == root_system.manifest->component_count ? KAAL_OUT_OF_RANGE : KAAL_OK;
}

static void look(const struct component *component, uint64_t *words)
{
	uint64_t ticks = 0;

	if (component->state == KAAL_COMPONENT_RUNNING)
		ticks = threads_ticks(component);
	words[0] = component->state;
	words[1] = component->starts;
	words[2] = component->end;
	words[3] = component->code;
	words[4] = component->state == KAAL_COMPONENT_RUNNING ? kaal_domain_bytes(&component->domain) : 0;
	words[5] = ticks;
}

/* The answer to the reply in use comes later: another is received with meanwhile. */
static kaal_status_t await(const struct component *component, uint64_t start, uint64_t *words, uint64_t *count)
{
	if (start != component->starts || component->state != KAAL_COMPONENT_RUNNING) {
		words[0] = component->end;
		words[1] = component->code;
		*count = 2;
		return start <= component->starts ? KAAL_OK : KAAL_OUT_OF_RANGE;
	}
	for (uint32_t i = 0; i < REPLIES; i++) {
		if (i != free_reply && awaited[i] == NOBODY) {
			awaited[free_reply] = component->index;
			awaiting[free_reply] = caller->index;
			free_reply = i;
			return KAAL_OK;
		}
	}
	return KAAL_NO_MEMORY;
}

static kaal_status_t tell_memory(uint64_t *words, uint64_t *count)
{
	kaal_status_t status = words[0] == 1 ? kaal_physical_trim(&authority.physical) : KAAL_OK;

	words[0] = authority.physical.free_bytes;
	words[1] = authority.slots.free;
	*count = 2;
	return status;
}

static kaal_status_t start(struct component *component)
{
	if (component->state != KAAL_COMPONENT_ENDED)
		return KAAL_IN_USE;
	component->restarts = 0;
	return supervise_start(component);
}

/* Requests that name a component. *count: words of the answer. */
static kaal_status_t serve_named(uint32_t request, struct component *component, uint64_t *words, uint64_t *count)
{
	kaal_status_t status;

	switch (request) {
	case KAAL_SUPERVISOR_LOOK:
		look(component, words);
		*count = 6;
		return KAAL_OK;
	case KAAL_SUPERVISOR_NAME:
		memset(words, 0, KAAL_COMPONENT_NAME_BYTES);
		memcpy(words, name_of(component), strlen(name_of(component)));
		*count = KAAL_COMPONENT_NAME_BYTES / sizeof *words;
		return KAAL_OK;
	case KAAL_SUPERVISOR_KILL:
	case KAAL_SUPERVISOR_STOP:
		if (component == root_system.broker)
			return KAAL_NO_RIGHT;
		end(component, request == KAAL_SUPERVISOR_KILL ? KAAL_END_KILLED : KAAL_END_STOPPED, 0);
		return KAAL_OK;
	case KAAL_SUPERVISOR_START:
		status = start(component);
		words[0] = component->starts;
		*count = 1;
		return status;
	default:
		return KAAL_OUT_OF_RANGE;
	}
}

static kaal_status_t console(struct component *component, uint64_t *caps)
{
	kaal_cap_t ring, notification;
	kaal_status_t status;

	if ((component->description.privileges & KAAL_MANIFEST_CONSOLE) == 0)
		return KAAL_NO_RIGHT;
	status = console_hand_over(component, &ring, &notification);
	if (status == KAAL_OK) {
		authority.buffer->caps[0] = ring;
		authority.buffer->caps[1] = notification;
		authority.buffer->move = 0;
		*caps = 2;
	}
	return status;
}

/* One request of `from`, whose words are answered in place. False: no answer now. */
static bool serve(struct component *from, uint32_t request, uint64_t *words, uint64_t *answer_word)
{
	kaal_status_t status = KAAL_OK;
	uint64_t count = 0, caps = 0, index = words[0];

	caller = from;
	if (request == KAAL_SUPERVISOR_EXIT) {
		end(from, KAAL_END_EXIT, words[0]);
		return false;
	}
	if (request == KAAL_SUPERVISOR_CONSOLE) {
		status = console(from, &caps);
	} else if ((from->description.privileges & KAAL_MANIFEST_SUPERVISION) == 0) {
		status = KAAL_NO_RIGHT;
	} else if (request == KAAL_SUPERVISOR_FIND) {
		status = find(words, &words[0]);
		count = status == KAAL_OK;
	} else if (request == KAAL_SUPERVISOR_MEMORY) {
		status = tell_memory(words, &count);
	} else if (index >= root_system.count) {
		status = KAAL_OUT_OF_RANGE;
	} else if (request == KAAL_SUPERVISOR_AWAIT) {
		status = await(&root_system.components[index], words[1], words, &count);
		if (status == KAAL_OK && count == 0)
			return false;
	} else {
		status = serve_named(request, &root_system.components[index], words, &count);
	}
	*answer_word = kaal_message(count, caps, (uint32_t)status);
	/* Who has ended itself gets no answer. */
	return caller != NULL;
}

/* --- the loop --------------------------------------------------------------------------- */

static void handle_fault(struct component *component, uint32_t thread, const uint64_t *words)
{
	uint64_t kind = words[KAAL_FAULT_WORD_KIND];

	component->end_ticks = kaal_ticks_now();
	output_end(component);
	/* A console driver does not print its own crash. */
	console_take_back(component);
	crash_report(component, thread, words);
	if (component->description.critical)
		root_fatal("%s is critical", name_of(component));
	end(component, KAAL_END_FAULT, kind);
}

/* What has come. True: *answer_word and words are an answer. */
static bool handle(uint64_t received, uint64_t badge, uint64_t *words, uint64_t *answer_word)
{
	struct component *from;

	if ((received & KAAL_MESSAGE_NOTIFICATION) != 0) {
		output_heard(badge);
		return false;
	}
	/* Only this task makes badges; who calls lives, or its call would have ended. */
	from = &root_system.components[threads_badge_component(badge)];
	if ((received & KAAL_MESSAGE_FAULT) != 0) {
		handle_fault(from, threads_badge_thread(badge), words);
		return false;
	}
	return serve(from, kaal_message_label(received), words, answer_word);
}

_Noreturn void supervise_run(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge, answer_word;

	for (uint32_t i = 0; i < REPLIES; i++)
		awaited[i] = NOBODY;
	while (finish_ends()) {
		kaal_status_t status = kaal_endpoint_recv_until(authority.endpoint, authority.replies + free_reply, output_release(), words,
								&received, &badge);

		if (status == KAAL_TIMEOUT)
			continue;
		root_must("waiting for components", status);
		if (handle(received, badge, words, &answer_word)) {
			uint32_t used = free_reply;

			(void)kaal_reply_send(authority.replies + used, answer_word, words);
		}
	}
	console_line("all components have ended; switching off");
	(void)kaal_system_power_off(KAAL_SLOT_SYSTEM_CONTROL);
	root_fatal("the machine cannot be switched off");
}
