/*
 * Several components, each a thread with a CSpace, a buffer and a context of its
 * own, which know of each other only what they have been given: messages in both orders, capabilities handed on,
 * servers with many clients, and the death of either side wherever it can be.
 *
 * The main thread is the most urgent: the others run while it sleeps.
 */
#include <inttypes.h>
#include <string.h>

#include <kaal/boot.h>
#include <kaal/message.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "random.h"
#include "tap.h"
#include "untyped.h"

#define UNLIMITED UINT64_MAX
#define BASE UINT64_C(0x1000000000) /* a gigabyte that boot leaves empty */
#define COMPONENTS 5u
#define STACK_WORDS 1024u

/* The main thread's slots. */
#define FREE (kaal_bootinfo()->first_free_slot)
#define EP FREE
#define EP2 (FREE + 1)
#define TABLES (FREE + 2) /* two */
#define BUFFERS (FREE + 4)
#define THREAD(i) (FREE + 8 + 8 * (i))
#define CONTEXT(i) (THREAD(i) + 1)
#define CNODE(i) (THREAD(i) + 2)
#define REPLY(i) (THREAD(i) + 3)

/* A component's. */
enum {
	MY_EP = 1, /* badged with its number + 1 */
	MY_EP2,
	MY_REPLY,
	MY_CNODE,
	MY_THREAD,
	MY_GIFT = 8, /* where capabilities come to */
	MY_COPY,
};

static _Alignas(16) uint64_t stack[COMPONENTS][STACK_WORDS];
static volatile struct kaal_message_buffer *buffer[COMPONENTS];

/* What a component does, and what came of it. */
static void (*volatile task[COMPONENTS])(uint64_t self);
static volatile struct {
	bool over;
	kaal_status_t status;
	uint64_t message, badge, word, wrong;
} result[COMPONENTS];
static volatile uint64_t order[16];
static volatile unsigned ordered;
static uint64_t done;

static bool make(uint64_t type, kaal_cap_t to, uint64_t count)
{
	return kaal_sys_untyped_retype(kaal_largest_untyped().slot, type, OWN, to, count, &done) == KAAL_OK;
}

static void rest(void)
{
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_bootinfo()->counter_hz / 500));
}

/* Longer than call_for_a_while() waits. */
static void rest_long(void)
{
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_bootinfo()->counter_hz / 50));
}

/* --- what components do ----------------------------------------------------------------------- */

static void begin(uint64_t self)
{
	task[self](self);
	result[self].over = true;
	kaal_ignore(kaal_sys_thread_suspend(MY_THREAD));
}

static void note(uint64_t self, kaal_status_t status, uint64_t message, uint64_t badge, uint64_t word)
{
	result[self].status = status;
	result[self].message = message;
	result[self].badge = badge;
	result[self].word = word;
}

static void send_once(uint64_t self)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {100 + self};

	note(self, kaal_sys_endpoint_send(MY_EP, 1, words), 0, 0, 0);
}

static void call_once(uint64_t self)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {100 + self}, answer = 99;
	kaal_status_t status = kaal_sys_endpoint_call(MY_EP, 1, words, &answer);

	note(self, status, answer, 0, words[0]);
}

static void call_for_a_while(uint64_t self)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {100 + self}, answer = 99;
	kaal_status_t status = kaal_sys_endpoint_call_until(MY_EP, 1, kaal_ticks_now() + kaal_bootinfo()->counter_hz / 100, words, &answer);

	note(self, status, answer, 0, words[0]);
}

static void receive_once(uint64_t self)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, received = 99, badge = 99;
	kaal_status_t status = kaal_sys_endpoint_recv(MY_EP, MY_REPLY, words, &received, &badge);

	note(self, status, received, badge, words[0]);
}

/* What answers a call that receive_once() has taken. */
static void answer_once(uint64_t self)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {200 + self};

	note(self, kaal_sys_reply_send(MY_REPLY, 1, words), 0, 0, 0);
}

/* Answers for ever: the word and the badge added up. The first 16 badges are noted. */
static void serve(uint64_t self)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, received, badge;
	kaal_status_t status = kaal_sys_endpoint_recv(MY_EP, MY_REPLY, words, &received, &badge);

	while (status == KAAL_OK) {
		if (ordered < 16)
			order[ordered++] = badge;
		words[0] += badge;
		status = kaal_sys_endpoint_reply_recv(MY_EP, 1, MY_REPLY, words, &received, &badge);
	}
	note(self, status, 0, 0, 0);
}

#define ROUNDS 300u

/* Messages of any length, out of a sequence that both sides know. */
static void stream_out(uint64_t self)
{
	uint64_t random = 8;

	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned count = (unsigned)(next_random(&random) % (KAAL_MESSAGE_WORDS_MAX + 1));
		uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};

		for (unsigned i = 0; i < count; i++) {
			uint64_t word = next_random(&random);

			if (i < KAAL_MESSAGE_REGISTERS)
				words[i] = word;
			else
				buffer[self]->words[i - KAAL_MESSAGE_REGISTERS] = word;
		}
		result[self].wrong += kaal_sys_endpoint_send(MY_EP, kaal_message(count, 0, round), words) != KAAL_OK;
	}
}

static void stream_in(uint64_t self)
{
	uint64_t random = 8;

	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned count = (unsigned)(next_random(&random) % (KAAL_MESSAGE_WORDS_MAX + 1));
		uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge;

		result[self].wrong += kaal_sys_endpoint_recv(MY_EP, 0, words, &received, &badge) != KAAL_OK ||
				      received != kaal_message(count, 0, round) || badge == self + 1;
		for (unsigned i = 0; i < count; i++)
			result[self].wrong += (i < KAAL_MESSAGE_REGISTERS ? words[i] : buffer[self]->words[i - KAAL_MESSAGE_REGISTERS]) !=
					      next_random(&random);
	}
}

/* Many calls, each with an answer of its own. */
static void call_often(uint64_t self)
{
	for (uint64_t round = 0; round < ROUNDS; round++) {
		uint64_t words[KAAL_MESSAGE_REGISTERS] = {round * 1000}, answer;

		result[self].wrong += kaal_sys_endpoint_call(MY_EP, 1, words, &answer) != KAAL_OK || answer != 1 ||
				      words[0] != round * 1000 + self + 1;
	}
}

/* Badges its second endpoint and hands that on, for use only. */
static void give(uint64_t self)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_status_t status = kaal_sys_cap_mint(MY_CNODE, MY_GIFT, MY_CNODE, MY_EP2, KAAL_RIGHT_WRITE, 4711);

	buffer[self]->caps[0] = MY_GIFT;
	buffer[self]->move = 0;
	if (status == KAAL_OK)
		status = kaal_sys_endpoint_send(MY_EP, kaal_message(0, 1, 0), words);
	note(self, status, 0, 0, 0);
}

static void take(uint64_t self)
{
	buffer[self]->receive_cnode = MY_CNODE;
	buffer[self]->receive_slot = MY_GIFT;
	receive_once(self);
}

/* Uses what it was given. */
static void use(uint64_t self)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {1000}, answer = 0;
	kaal_status_t status = kaal_sys_endpoint_call(MY_GIFT, 1, words, &answer);

	note(self, status, answer, 0, words[0]);
}

/* Hands on what it was given: first along the gift itself, which has no GRANT, then properly. */
static void pass_on(uint64_t self)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, received, badge;

	buffer[self]->caps[0] = MY_GIFT;
	buffer[self]->move = 0;
	result[self].wrong += kaal_sys_endpoint_nb_send(MY_GIFT, kaal_message(0, 1, 0), words) != KAAL_NO_RIGHT;
	result[self].wrong += kaal_sys_endpoint_nb_recv(MY_GIFT, MY_REPLY, words, &received, &badge) != KAAL_NO_RIGHT;
	result[self].wrong += kaal_sys_cap_mint(MY_CNODE, MY_COPY, MY_CNODE, MY_GIFT, KAAL_RIGHTS_ALL, 1) != KAAL_BADGED;
	note(self, kaal_sys_endpoint_send(MY_EP, kaal_message(0, 1, 0), words), 0, 0, 0);
}

/* The same, but gives it away. */
static void give_away(uint64_t self)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};

	buffer[self]->caps[0] = MY_GIFT;
	buffer[self]->move = 1;
	note(self, kaal_sys_endpoint_send(MY_EP, kaal_message(0, 1, 0), words), 0, 0, 0);
}

/* --- making and ending them --------------------------------------------------------------------- */

static bool make_thread(unsigned i)
{
	return make(KAAL_OBJECT_THREAD, THREAD(i), 1) && kaal_sys_thread_configure(THREAD(i), CNODE(i), KAAL_SLOT_VSPACE) == KAAL_OK &&
	       kaal_sys_thread_set_buffer(THREAD(i), BUFFERS, i * KAAL_MESSAGE_BUFFER_BYTES) == KAAL_OK &&
	       kaal_sys_sched_bind(CONTEXT(i), THREAD(i)) == KAAL_OK &&
	       kaal_sys_cap_copy(CNODE(i), MY_THREAD, OWN, THREAD(i), KAAL_RIGHT_WRITE) == KAAL_OK;
}

static bool give_endpoints(unsigned i)
{
	return kaal_sys_cap_mint(CNODE(i), MY_EP, OWN, EP, KAAL_RIGHTS_ALL, i + 1) == KAAL_OK &&
	       kaal_sys_cap_copy(CNODE(i), MY_EP2, OWN, EP2, KAAL_RIGHTS_ALL) == KAAL_OK;
}

static bool give_reply(unsigned i)
{
	return make(KAAL_OBJECT_REPLY, REPLY(i), 1) && kaal_sys_cap_copy(CNODE(i), MY_REPLY, OWN, REPLY(i), KAAL_RIGHTS_ALL) == KAAL_OK;
}

static bool make_component(unsigned i)
{
	return make(KAAL_OBJECT_CNODE + 256 * 4, CNODE(i), 1) && make(KAAL_OBJECT_SCHED_CONTEXT, CONTEXT(i), 1) &&
	       kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT(i), UNLIMITED, 0) == KAAL_OK &&
	       kaal_sys_cap_copy(CNODE(i), MY_CNODE, OWN, CNODE(i), KAAL_RIGHTS_ALL) == KAAL_OK && give_endpoints(i) && give_reply(i) &&
	       make_thread(i);
}

/* An object with all capabilities to it. */
static bool destroy(kaal_cap_t cap)
{
	return kaal_sys_cap_revoke(OWN, cap) == KAAL_OK && kaal_sys_cap_delete(OWN, cap) == KAAL_OK;
}

static void start(unsigned i, void (*what)(uint64_t), uint64_t priority)
{
	kaal_ignore(kaal_sys_thread_suspend(THREAD(i)));
	task[i] = what;
	memset((void *)(uintptr_t)&result[i], 0, sizeof result[i]);
	kaal_ignore(kaal_sys_thread_set_registers(THREAD(i), (uint64_t)(uintptr_t)begin, (uint64_t)(uintptr_t)&stack[i][STACK_WORDS], i, 0));
	kaal_ignore(kaal_sys_thread_set_priority(THREAD(i), priority, priority));
	kaal_ignore(kaal_sys_thread_resume(THREAD(i)));
	rest();
}

static void stop_all(void)
{
	for (unsigned i = 0; i < COMPONENTS; i++)
		kaal_ignore(kaal_sys_thread_suspend(THREAD(i)));
}

/* --- tests ----------------------------------------------------------------------------------------- */

static void test_streams(void)
{
	for (uint64_t priority = 10; priority <= 30; priority += 10) {
		start(0, stream_out, priority);
		start(1, stream_in, 20);
		for (unsigned wait = 0; wait < 100 && !(result[0].over && result[1].over); wait++)
			rest();
		check(result[0].over && result[1].over && result[0].wrong == 0 && result[1].wrong == 0,
		      "%u messages from priority %" PRIu64 " to 20: %" PRIu64 " and %" PRIu64 " wrong", ROUNDS, priority, result[0].wrong,
		      result[1].wrong);
	}
}

static void test_gifts(void)
{
	/* 0 gives 1 a badged capability to the endpoint that 3 serves; 1 hands it on to 2. */
	kaal_ignore(kaal_sys_cap_delete(CNODE(3), MY_EP));
	check_equal(kaal_sys_cap_copy(CNODE(3), MY_EP, OWN, EP2, KAAL_RIGHTS_ALL), KAAL_OK);
	start(3, serve, 40);
	start(1, take, 20);
	start(0, give, 20);
	check(result[0].status == KAAL_OK && result[1].message == kaal_message(0, 1, 0) && result[1].badge == 1, "a capability comes");
	start(1, use, 20);
	check(result[1].status == KAAL_OK && result[1].word == 1000 + 4711, "it works, with the giver's badge");
	start(2, take, 20);
	start(1, pass_on, 20);
	check(result[1].status == KAAL_OK && result[1].wrong == 0 && result[2].message == kaal_message(0, 1, 0), "it is handed on, with no more rights");
	start(2, use, 20);
	check(result[2].status == KAAL_OK && result[2].word == 1000 + 4711, "and works there");
	/* 4 is given 2's for good. */
	start(4, take, 20);
	start(2, give_away, 20);
	check(result[2].status == KAAL_OK && result[4].message == kaal_message(0, 1, 0), "it is given away");
	start(2, use, 20);
	check_equal(result[2].status, KAAL_WRONG_TYPE);
	start(4, use, 20);
	check_equal(result[4].status, KAAL_OK);
	/* What 0 takes back, nobody has. */
	check_equal(kaal_sys_cap_revoke(CNODE(0), MY_GIFT), KAAL_OK);
	start(1, use, 20);
	start(4, use, 20);
	check(result[1].status == KAAL_WRONG_TYPE && result[4].status == KAAL_WRONG_TYPE, "revoking takes it from everybody");
	start(0, use, 20);
	check(result[0].status == KAAL_WRONG_TYPE || result[0].word == 1000 + 4711, "but from the giver");
	stop_all();
	kaal_ignore(kaal_sys_cap_delete(CNODE(0), MY_GIFT));
	kaal_ignore(kaal_sys_cap_delete(CNODE(3), MY_EP));
	check_equal(kaal_sys_cap_mint(CNODE(3), MY_EP, OWN, EP, KAAL_RIGHTS_ALL, 4), KAAL_OK);
}

static void test_service(void)
{
	static const uint64_t server_priority[] = {40, 20, 10};

	for (unsigned round = 0; round < 3; round++) {
		uint64_t wrong = 0;
		bool over = false;

		start(0, serve, server_priority[round]);
		for (unsigned i = 1; i < COMPONENTS; i++)
			start(i, call_often, 15 + i);
		for (unsigned wait = 0; wait < 100 && !over; wait++) {
			rest();
			over = true;
			for (unsigned i = 1; i < COMPONENTS; i++)
				over = over && result[i].over;
		}
		for (unsigned i = 1; i < COMPONENTS; i++)
			wrong += result[i].wrong;
		check(over && wrong == 0, "four clients, a server of priority %" PRIu64 ": %" PRIu64 " wrong answers", server_priority[round], wrong);
	}
	stop_all();
}

static void test_order(void)
{
	static const uint64_t priority[COMPONENTS] = {50, 10, 20, 20, 30};
	static const uint64_t expected[] = {5, 3, 4, 2}; /* badges: 30, the first of 20, the second, 10 */
	bool good = true;

	for (unsigned i = 1; i < COMPONENTS; i++)
		start(i, call_once, priority[i]);
	ordered = 0;
	start(0, serve, priority[0]);
	for (unsigned i = 0; i < 4; i++)
		good = good && order[i] == expected[i];
	check(good && ordered == 4, "callers are served by priority, and in turn: %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, order[0], order[1],
	      order[2], order[3]);
	for (unsigned i = 1; i < COMPONENTS; i++)
		good = good && result[i].over && result[i].word == 100 + i + i + 1;
	check(good, "each with its answer");
	stop_all();
}

/* The endpoint takes calls, and their answers come back: client 2, server 3. */
static void still_works(const char *after)
{
	start(2, call_once, 20);
	start(3, serve, 20);
	check(result[2].over && result[2].status == KAAL_OK && result[2].word == 102 + 3, "others go on after %s", after);
	kaal_ignore(kaal_sys_thread_suspend(THREAD(2)));
	kaal_ignore(kaal_sys_thread_suspend(THREAD(3)));
}

static void test_death_of_clients(void)
{
	static void (*const way[])(uint64_t) = {send_once, call_once, call_for_a_while};

	for (unsigned i = 0; i < 3; i++) {
		start(0, way[i], 20);
		check(!result[0].over, "a client waits for a server");
		check(destroy(THREAD(0)) && make_thread(0), "it ends");
		still_works("a client's death in the queue");
		if (i == 0)
			continue;
		start(1, receive_once, 30);
		start(0, way[i], 20);
		check(result[1].over && result[1].word == 100 && !result[0].over, "a client waits for its answer");
		check(destroy(THREAD(0)) && make_thread(0), "it ends");
		start(1, answer_once, 30);
		check_equal(result[1].status, KAAL_NO_CALLER);
		still_works("a client's death before its answer");
	}
}

static void test_death_of_servers(void)
{
	start(1, receive_once, 20);
	check(destroy(THREAD(1)) && make_thread(1), "a server ends that waits");
	start(0, call_for_a_while, 20);
	rest_long();
	check_equal(result[0].status, KAAL_TIMEOUT);
	still_works("a server's death while it waited");
	for (unsigned how = 0; how < 2; how++) {
		start(1, receive_once, 30);
		start(0, call_once, 20);
		check(result[1].over && !result[0].over, "a server has a call to answer");
		check(how == 0 ? destroy(THREAD(1)) && make_thread(1) : destroy(REPLY(1)), how == 0 ? "it ends" : "its reply ends");
		rest();
		check(result[0].over && result[0].status == KAAL_CANCELLED && result[0].message == 0, "its client is told");
		still_works("a server's death before its answer");
	}
	start(1, answer_once, 30);
	check_equal(result[1].status, KAAL_WRONG_TYPE);
	check(give_reply(1), "another reply");
	start(1, receive_once, 30);
	start(0, call_for_a_while, 20);
	check_equal(kaal_sys_thread_suspend(THREAD(1)), KAAL_OK);
	rest_long();
	check_equal(result[0].status, KAAL_TIMEOUT);
	start(1, answer_once, 30);
	check_equal(result[1].status, KAAL_NO_CALLER);
}

static void test_death_of_the_endpoint(void)
{
	static void (*const way[])(uint64_t) = {send_once, call_once, receive_once, serve};

	for (unsigned i = 0; i < 4; i++) {
		start(0, way[i], 20);
		start(1, way[i], 30);
		check(!result[0].over && !result[1].over, "two wait");
		check(destroy(EP), "their endpoint ends");
		rest();
		check(result[0].over && result[1].over && result[0].status == KAAL_CANCELLED && result[1].status == KAAL_CANCELLED, "both are told");
		check(make(KAAL_OBJECT_ENDPOINT, EP, 1), "another one");
		for (unsigned c = 0; c < COMPONENTS; c++)
			check_equal(kaal_sys_cap_mint(CNODE(c), MY_EP, OWN, EP, KAAL_RIGHTS_ALL, c + 1), KAAL_OK);
		still_works("an endpoint's end");
	}
}

static void test_suspension(void)
{
	static void (*const way[])(uint64_t) = {send_once, call_once, receive_once};

	for (unsigned i = 0; i < 4; i++) {
		if (i == 3)
			start(1, receive_once, 30);
		start(0, way[i == 3 ? 1 : i], 20);
		check(kaal_sys_thread_suspend(THREAD(0)) == KAAL_OK && kaal_sys_thread_resume(THREAD(0)) == KAAL_OK, "one that waits is suspended");
		rest();
		check(result[0].over && result[0].status == KAAL_CANCELLED, "its call has ended when it goes on");
		still_works("a suspension");
	}
}

int main(void)
{
	bool good = make(KAAL_OBJECT_ENDPOINT, EP, 2) && make(KAAL_OBJECT_PAGE_TABLE, TABLES, 2) &&
		    make(KAAL_OBJECT_FRAME + 256 * 12, BUFFERS, 1) && kaal_sys_page_table_map(TABLES, KAAL_SLOT_VSPACE, BASE) == KAAL_OK &&
		    kaal_sys_page_table_map(TABLES + 1, KAAL_SLOT_VSPACE, BASE) == KAAL_OK &&
		    kaal_sys_frame_map(BUFFERS, KAAL_SLOT_VSPACE, BASE, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 1, &done) == KAAL_OK;

	for (unsigned i = 0; i < COMPONENTS; i++) {
		buffer[i] = (volatile struct kaal_message_buffer *)(uintptr_t)(BASE + i * KAAL_MESSAGE_BUFFER_BYTES);
		good = good && make_component(i);
	}
	check(good, "components are made");
	test_streams();
	test_gifts();
	test_service();
	test_order();
	test_death_of_clients();
	test_death_of_servers();
	test_death_of_the_endpoint();
	test_suspension();
	check(kaal_sys_cap_revoke(OWN, kaal_largest_untyped().slot) == KAAL_OK && make(KAAL_OBJECT_ENDPOINT, EP, 2), "all memory comes back");
	return tap_finish();
}
