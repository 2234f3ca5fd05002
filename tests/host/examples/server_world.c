#include "server_world.h"

#include <criterion/criterion.h>

#include <string.h>

struct answered answers[CALLS];
static unsigned call_count, waiting, current;

void server_begin(struct kaal_server *server, const struct kaal_method *methods, uint32_t count, uint32_t deferred_max, void *context)
{
	*server = (struct kaal_server){.setup = {.methods = methods, .method_count = count, .deferred_max = deferred_max, .context = context}};
	memset(answers, 0, sizeof answers);
	call_count = waiting = 0;
}

static kaal_status_t answer(unsigned call, uint64_t message, const uint64_t *words)
{
	uint64_t count = kaal_message_words(message);

	answers[call].times++;
	answers[call].status = kaal_message_label(message);
	cr_assert_leq(count, KAAL_MESSAGE_REGISTERS);
	if (count != 0)
		memcpy(answers[call].words, words, count * sizeof *words);
	return answers[call].given_up ? KAAL_NO_CALLER : KAAL_OK;
}

unsigned calls(struct kaal_server *server, uint64_t badge, uint32_t label, uint32_t count, const uint64_t *words)
{
	struct kaal_request request = {.badge = badge, .message = kaal_message(count, 0, label), .caps = CAME};
	unsigned call = current = ++call_count;

	cr_assert_lt(call, CALLS);
	if (count != 0)
		memcpy(request.words, words, count * sizeof *words);
	for (uint32_t i = 0; i < server->setup.method_count; i++) {
		const struct kaal_method *method = &server->setup.methods[i];
		uint64_t message;

		if (method->label != label)
			continue;
		cr_assert_leq(method->words, count);
		message = method->answer(server, &request);
		if (message != KAAL_SERVER_LATER)
			(void)answer(call, message, request.words);
		return call;
	}
	cr_assert_fail("request %u", label);
	return 0;
}

unsigned calls_waiting(void)
{
	return waiting;
}

/* The reply object's slot is the call's number. */
kaal_status_t kaal_server_defer(struct kaal_server *server, struct kaal_deferred *deferred)
{
	cr_assert_eq(deferred->reply.slot, 0, "another call waits there");
	if (waiting == server->setup.deferred_max)
		return KAAL_NO_MEMORY;
	waiting++;
	deferred->reply.slot = current;
	return KAAL_OK;
}

kaal_status_t kaal_server_answer(struct kaal_server *server, struct kaal_deferred *deferred, uint64_t message, const uint64_t *words)
{
	unsigned call = (unsigned)deferred->reply.slot;

	(void)server;
	cr_assert_neq(call, 0, "nobody waits");
	deferred->reply.slot = 0;
	waiting--;
	return answer(call, message, words);
}

void expect_answer(unsigned call, kaal_status_t status, uint64_t word)
{
	cr_assert_eq(answers[call].times, 1, "call %u was answered %u times", call, answers[call].times);
	cr_assert_eq(answers[call].status, status, "call %u was answered with %u", call, (unsigned)answers[call].status);
	cr_assert_eq(answers[call].words[0], word, "call %u was answered with word %llu", call, (unsigned long long)answers[call].words[0]);
}

void expect_none(unsigned call)
{
	cr_assert_eq(answers[call].times, 0, "call %u was answered", call);
}
