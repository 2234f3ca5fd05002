#include "requests.h"

#include <string.h>

#include <kaal/message.h>
#include <kaal/syscall.h>

#include "authority.h"
#include "console.h"
#include "lives.h"
#include "output.h"
#include "tell.h"
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
	kaal_ignore(kaal_sys_reply_send(authority.replies + reply, kaal_message(count, 0, (uint32_t)status), all));
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

/* The texts in a request's words from 2 on; false: they are not what word 1 says. */
static bool take_arguments(const uint64_t *words, uint64_t words_count, uint64_t text[KAAL_MESSAGE_WORDS_MAX],
			   struct kaal_manifest_texts *arguments)
{
	const char *first = (const char *)text;
	size_t bytes = 0, all = 0;

	for (uint64_t i = 2; i < words_count; i++, all += sizeof *text)
		text[i - 2] = tell_word(words, i);
	if (words[1] > KAAL_SUPERVISOR_ARGUMENTS_MAX)
		return false;
	for (uint64_t i = 0; i < words[1]; i++) {
		size_t length = strnlen(first + bytes, all - bytes);

		if (length == all - bytes)
			return false;
		bytes += length + 1;
	}
	*arguments = (struct kaal_manifest_texts){.first = first, .bytes = (uint32_t)bytes, .count = (uint32_t)words[1]};
	return true;
}

/* With the description's arguments, or those of the request, for this start only. */
static kaal_status_t start(struct component *component, const uint64_t *words, uint64_t words_count)
{
	struct kaal_manifest_texts described = component->description.arguments;
	uint64_t text[KAAL_MESSAGE_WORDS_MAX];
	kaal_status_t status;

	if (component->state != KAAL_COMPONENT_ENDED)
		return KAAL_IN_USE;
	if (words[1] != 0 && !take_arguments(words, words_count, text, &component->description.arguments))
		return KAAL_OUT_OF_RANGE;
	component->restarts = 0;
	status = lives_start(component);
	component->description.arguments = described;
	return status;
}

/* Requests that name a component. *count: words of the answer. */
static kaal_status_t serve_named(uint64_t received, struct component *component, uint64_t *words, uint64_t *count)
{
	uint32_t request = kaal_message_label(received);
	kaal_status_t status;

	switch (request) {
	case KAAL_SUPERVISOR_LOOK:
		tell_state(component, words, count);
		return KAAL_OK;
	case KAAL_SUPERVISOR_NAME:
		tell_name(component, words, count);
		return KAAL_OK;
	case KAAL_SUPERVISOR_SLOTS:
		return tell_slots(component, words, count);
	case KAAL_SUPERVISOR_KILL:
	case KAAL_SUPERVISOR_STOP:
		if (component == root_system.broker)
			return KAAL_NO_RIGHT;
		lives_end(component, request == KAAL_SUPERVISOR_KILL ? KAAL_END_KILLED : KAAL_END_STOPPED, 0);
		return KAAL_OK;
	case KAAL_SUPERVISOR_START:
		status = start(component, words, kaal_message_words(received));
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
static bool serve(struct component *from, uint64_t received, uint64_t *words, uint64_t *answer_word)
{
	uint32_t request = kaal_message_label(received);
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
	} else if (request == KAAL_SUPERVISOR_LOG) {
		tell_log(words, &count);
	} else if (index >= root_system.count) {
		status = KAAL_OUT_OF_RANGE;
	} else if (request == KAAL_SUPERVISOR_AWAIT) {
		status = await(&root_system.components[index], words[1], words, &count);
		if (status == KAAL_OK && count == 0)
			return false;
	} else {
		status = serve_named(received, &root_system.components[index], words, &count);
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
	return serve(from, received, words, answer_word);
}

_Noreturn void requests_serve(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge, answer_word;

	for (uint32_t i = 0; i < REPLIES; i++)
		awaited[i] = NOBODY;
	while (lives_finish()) {
		kaal_status_t status = kaal_sys_endpoint_recv_until(authority.endpoint, authority.replies + free_reply, output_release(), words,
								&received, &badge);

		if (status == KAAL_TIMEOUT)
			continue;
		root_must("waiting for components", status);
		if (handle(received, badge, words, &answer_word)) {
			uint32_t used = free_reply;

			kaal_ignore(kaal_sys_reply_send(authority.replies + used, answer_word, words));
		}
	}
	console_line("all components have ended; switching off");
	kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
	root_fatal("the machine cannot be switched off");
}
