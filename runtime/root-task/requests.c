#include "requests.h"

#include <string.h>

#include <kaal/message.h>
#include <kaal/syscall.h>

#include "authority.h"
#include "console.h"
#include "lives.h"
#include "output.h"
#include "threads.h"

#define NOBODY UINT32_MAX

/* Who waits for whose end: by reply object; the one that is free to receive with has nobody. */
static uint32_t awaited[REPLIES];
static uint32_t awaiting[REPLIES];
static uint32_t free_reply;
/* Of whom a request came that is being served; NULL while none is. */
static struct component *caller;

/* --- who awaits an end ------------------------------------------------------------------- */

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

void requests_ended(struct component *component)
{
	forget_awaiting(component);
	answer_awaiting(component);
	if (caller == component)
		caller = NULL;
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
	return lives_start(component);
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
		memcpy(words, component->description.name, strlen(component->description.name));
		*count = KAAL_COMPONENT_NAME_BYTES / sizeof *words;
		return KAAL_OK;
	case KAAL_SUPERVISOR_KILL:
	case KAAL_SUPERVISOR_STOP:
		if (component == root_system.broker)
			return KAAL_NO_RIGHT;
		lives_end(component, request == KAAL_SUPERVISOR_KILL ? KAAL_END_KILLED : KAAL_END_STOPPED, 0);
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
		lives_end(from, KAAL_END_EXIT, words[0]);
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

/* What has come. True: *answer_word and words are an answer. */
static bool handle(uint64_t received, uint64_t badge, uint64_t *words, uint64_t *answer_word)
{
	struct component *from;

	if ((received & KAAL_MESSAGE_NOTIFICATION) != 0) {
		output_heard(badge);
		return false;
	}
	/* Only this task makes badges. */
	from = &root_system.components[threads_badge_component(badge)];
	if (!threads_badge_runs(from, badge)) {
		*answer_word = kaal_message(0, 0, KAAL_NO_RIGHT);
		return (received & KAAL_MESSAGE_FAULT) == 0;
	}
	if ((received & KAAL_MESSAGE_FAULT) != 0) {
		lives_fault(from, threads_badge_thread(badge), words);
		return false;
	}
	return serve(from, kaal_message_label(received), words, answer_word);
}

_Noreturn void requests_serve(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge, answer_word;

	for (uint32_t i = 0; i < REPLIES; i++)
		awaited[i] = NOBODY;
	while (lives_finish()) {
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
