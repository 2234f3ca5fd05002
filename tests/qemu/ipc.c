/*
 * Messages at EL0: what comes in registers and buffers, which registers a call
 * keeps, and that none tells a thread what another had in it.
 */
#include <inttypes.h>
#include <string.h>

#include <kaal/boot.h>
#include <kaal/message.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "probe.h"
#include "tap.h"
#include "untyped.h"

#define UNLIMITED UINT64_MAX
#define STACK_WORDS 1024u
#define FRAME (KAAL_OBJECT_FRAME + 256u * 12u)
#define BASE UINT64_C(0x1000000000) /* a gigabyte that boot leaves empty */
#define BADGE 0xbad6e

/* Slots. */
#define FREE (kaal_bootinfo()->first_free_slot)
#define EP (FREE + 0)
#define BADGED (FREE + 1)
#define REPLY (FREE + 2)
#define NTFN (FREE + 3)
#define SERVER (FREE + 4)
#define CONTEXT (FREE + 5)
#define BUFFERS (FREE + 6)
#define TABLES (FREE + 7) /* two */
#define SPACE (FREE + 9)
#define SPACE_TABLES (FREE + 10) /* two */
#define SPACE_CODE (FREE + 12)
#define SPACE_CNODE (FREE + 13)
#define SPACE_THREAD (FREE + 14)
#define SPACE_CONTEXT (FREE + 15)
#define SPACE_EP (FREE + 16)
#define SPACE_REPLY (FREE + 17)
#define CODE (FREE + 18)

/* What fills registers: whose it is in the high half, which one in the low. */
#define CLIENT UINT64_C(0xc11e0000)
#define SENDER UINT64_C(0x5e2d0000)
#define PATTERN(whose, i) ((whose) << 32 | (i))
#define IS_FROM(value, whose) ((value) >> 32 == (whose))

static const unsigned word_register[KAAL_MESSAGE_REGISTERS] = {9, 10, 11, 12, 13, 14, 15, 18};

static _Alignas(16) uint64_t stack[STACK_WORDS];
static volatile struct kaal_message_buffer *buffer[2]; /* the main thread's, the server's */
static uint64_t done;

static bool make(uint64_t type, kaal_cap_t to, uint64_t count)
{
	return kaal_sys_untyped_retype(kaal_largest_untyped().slot, type, OWN, to, count, &done) == KAAL_OK;
}

static bool is_word(unsigned x)
{
	return (x >= 9 && x <= 15) || x == 18;
}

static void fill(struct probe *probe, uint64_t whose)
{
	for (unsigned i = 0; i < 32; i++)
		probe->x[i] = PATTERN(whose, i);
	for (unsigned i = 0; i < 64; i++)
		probe->q[i] = PATTERN(whose, 100 + i);
}

/* What is wrong after a call that gave `whose` patterns: 0, or the register and 1000 (lost) or 2000 (another's). */
static uint64_t fault_in(const struct probe *probe, uint64_t whose, uint64_t other, unsigned results)
{
	for (unsigned i = results; i < 30; i++) {
		if (is_word(i))
			continue;
		if (i >= 19 && probe->x[i] != PATTERN(whose, i))
			return 1000 + i;
		if (IS_FROM(probe->x[i], other))
			return 2000 + i;
	}
	for (unsigned i = 0; i < 64; i++) {
		/* d8..d15 are the low halves of q8..q15. */
		if (i >= 16 && i < 32 && i % 2 == 0 && probe->q[i] != PATTERN(whose, 100 + i))
			return 1100 + i;
		if (IS_FROM(probe->q[i], other))
			return 2100 + i;
	}
	return 0;
}

/* The words are those of the other's registers. */
static bool words_are(const struct probe *probe, uint64_t whose)
{
	for (unsigned i = 0; i < KAAL_MESSAGE_REGISTERS; i++) {
		if (probe->x[word_register[i]] != PATTERN(whose, word_register[i]))
			return false;
	}
	return true;
}

/* --- registers ---------------------------------------------------------------------------- */

static volatile uint64_t server_fault, server_rounds, server_wrong_words, server_message, server_badge;

static void note(const struct probe *probe)
{
	uint64_t fault = fault_in(probe, SENDER, CLIENT, 3);

	server_fault = server_fault != 0 ? server_fault : fault;
	server_wrong_words += !words_are(probe, CLIENT);
	server_message = probe->x[1];
	server_badge = probe->x[2];
	server_rounds++;
}

/* Answers by reply_recv and by reply_send with recv or signal_recv in turn. */
static void serve(uint64_t unused)
{
	static struct probe probe;

	(void)unused;
	fill(&probe, SENDER);
	probe.x[0] = EP;
	probe.x[1] = REPLY;
	probe_recv(&probe);
	for (;;) {
		bool answer;

		note(&probe);
		answer = server_message != kaal_message(8, 0, 1);
		fill(&probe, SENDER);
		if (answer && server_rounds % 2 != 0) {
			probe.x[0] = EP;
			probe.x[1] = kaal_message(8, 0, 2);
			probe.x[2] = REPLY;
			probe_reply_recv(&probe);
			continue;
		}
		if (answer) {
			probe.x[0] = REPLY;
			probe.x[1] = kaal_message(8, 0, 2);
			probe_reply_send(&probe);
			if (server_fault == 0)
				server_fault = fault_in(&probe, SENDER, CLIENT, 1);
			fill(&probe, SENDER);
		}
		probe.x[0] = server_rounds % 4 != 0 ? NTFN : EP;
		probe.x[1] = server_rounds % 4 != 0 ? EP : REPLY;
		probe.x[2] = REPLY;
		if (server_rounds % 4 != 0)
			probe_signal_recv(&probe);
		else
			probe_recv(&probe);
	}
}

static void start_server(uint64_t priority)
{
	kaal_ignore(kaal_sys_thread_suspend(SERVER));
	server_fault = server_rounds = server_wrong_words = 0;
	memset(stack, 0, sizeof stack);
	check(kaal_sys_thread_set_registers(SERVER, (uint64_t)(uintptr_t)serve, (uint64_t)(uintptr_t)&stack[STACK_WORDS], 0, 0) == KAAL_OK &&
		      kaal_sys_thread_set_priority(SERVER, priority, priority) == KAAL_OK && kaal_sys_thread_resume(SERVER) == KAAL_OK,
	      "a server of priority %" PRIu64 " starts", priority);
}

static void test_registers(void)
{
	static struct probe probe;
	uint64_t fault = 0, wrong = 0, wrong_answers = 0;

	for (unsigned round = 0; round < 32; round++) {
		bool call = round % 4 != 3;

		fill(&probe, CLIENT);
		probe.x[0] = BADGED;
		probe.x[1] = kaal_message(8, 0, call ? 0 : 1);
		if (call)
			probe_call(&probe);
		else
			probe_send(&probe);
		if (fault == 0)
			fault = fault_in(&probe, CLIENT, SENDER, call ? 2 : 1);
		wrong += probe.x[0] != KAAL_OK || (call && probe.x[1] != kaal_message(8, 0, 2));
		wrong_answers += call && !words_are(&probe, SENDER);
	}
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_bootinfo()->counter_hz / 1000));
	check_equal(wrong, 0);
	check_equal(wrong_answers, 0);
	check_equal(fault, 0);
	check_equal(server_fault, 0);
	check_equal(server_wrong_words, 0);
	check_equal(server_rounds, 32);
	check_equal(server_badge, BADGE);
}

/* --- buffers ------------------------------------------------------------------------------ */

/* Answers each call with its words, each inverted. */
static void invert(uint64_t unused)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, received, badge;

	(void)unused;
	kaal_ignore(kaal_sys_endpoint_recv(EP, REPLY, words, &received, &badge));
	for (;;) {
		for (unsigned i = 0; i < KAAL_MESSAGE_REGISTERS; i++)
			words[i] = ~words[i];
		for (unsigned i = 0; i < KAAL_MESSAGE_WORDS_MAX - KAAL_MESSAGE_REGISTERS; i++)
			buffer[1]->words[i] = ~buffer[1]->words[i];
		kaal_ignore(kaal_sys_endpoint_reply_recv(EP, kaal_message(kaal_message_words(received), 0, 3), REPLY, words, &received, &badge));
	}
}

static uint64_t word_at(const uint64_t *words, unsigned i)
{
	return i < KAAL_MESSAGE_REGISTERS ? words[i] : buffer[0]->words[i - KAAL_MESSAGE_REGISTERS];
}

/* How many of the words came back as they should; those beyond are not touched. */
static unsigned exchange(unsigned count)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], answer = 0;
	unsigned good = 0;

	for (unsigned i = 0; i < KAAL_MESSAGE_WORDS_MAX; i++) {
		if (i < KAAL_MESSAGE_REGISTERS)
			words[i] = count * 1000 + i;
		else
			buffer[0]->words[i - KAAL_MESSAGE_REGISTERS] = count * 1000 + i;
	}
	if (kaal_sys_endpoint_call(EP, kaal_message(count, 0, 0), words, &answer) != KAAL_OK || answer != kaal_message(count, 0, 3))
		return UINT32_MAX;
	for (unsigned i = 0; i < KAAL_MESSAGE_WORDS_MAX; i++)
		good += word_at(words, i) == (i < count || i < KAAL_MESSAGE_REGISTERS ? ~(uint64_t)(count * 1000 + i) : count * 1000 + i);
	return good;
}

static void test_buffers(void)
{
	unsigned wrong = 0;

	kaal_ignore(kaal_sys_thread_suspend(SERVER));
	check(kaal_sys_thread_set_registers(SERVER, (uint64_t)(uintptr_t)invert, (uint64_t)(uintptr_t)&stack[STACK_WORDS], 0, 0) == KAAL_OK &&
		      kaal_sys_thread_resume(SERVER) == KAAL_OK,
	      "a server that answers with buffers");
	for (unsigned count = 0; count <= KAAL_MESSAGE_WORDS_MAX; count++)
		wrong += exchange(count) != KAAL_MESSAGE_WORDS_MAX;
	check_equal(wrong, 0);
}

/* --- a server in a space of its own ---------------------------------------------------------- */

static bool make_space(void)
{
	return make(KAAL_OBJECT_VSPACE, SPACE, 1) && make(KAAL_OBJECT_PAGE_TABLE, SPACE_TABLES, 2) &&
	       make(KAAL_OBJECT_CNODE + 256 * 2, SPACE_CNODE, 1) && make(KAAL_OBJECT_THREAD, SPACE_THREAD, 1) &&
	       make(KAAL_OBJECT_SCHED_CONTEXT, SPACE_CONTEXT, 1) && make(KAAL_OBJECT_ENDPOINT, SPACE_EP, 1) &&
	       make(KAAL_OBJECT_REPLY, SPACE_REPLY, 1) &&
	       kaal_sys_page_table_map(SPACE_TABLES, SPACE, 0x200000) == KAAL_OK && kaal_sys_page_table_map(SPACE_TABLES + 1, SPACE, 0x200000) == KAAL_OK &&
	       kaal_sys_cap_copy(OWN, SPACE_CODE, OWN, CODE, KAAL_RIGHTS_ALL) == KAAL_OK &&
	       kaal_sys_frame_map(SPACE_CODE, SPACE, 0x200000, KAAL_RIGHT_READ | KAAL_RIGHT_EXECUTE, 1, &done) == KAAL_OK &&
	       kaal_sys_cap_copy(SPACE_CNODE, 1, OWN, SPACE_EP, KAAL_RIGHT_READ) == KAAL_OK &&
	       kaal_sys_cap_move(SPACE_CNODE, 2, OWN, SPACE_REPLY) == KAAL_OK &&
	       kaal_sys_thread_configure(SPACE_THREAD, SPACE_CNODE, SPACE) == KAAL_OK &&
	       kaal_sys_thread_set_registers(SPACE_THREAD, 0x200000, 0, 0, 0) == KAAL_OK &&
	       kaal_sys_thread_set_priority(SPACE_THREAD, 50, 50) == KAAL_OK &&
	       kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, SPACE_CONTEXT, UNLIMITED, 0) == KAAL_OK &&
	       kaal_sys_sched_bind(SPACE_CONTEXT, SPACE_THREAD) == KAAL_OK && kaal_sys_thread_resume(SPACE_THREAD) == KAAL_OK;
}

static void test_space(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], answer, wrong = 0;

	memcpy((void *)(uintptr_t)(BASE + KAAL_PAGE_BYTES), adder, (size_t)(adder_end - adder));
	check(make_space(), "a server in a space of its own");
	for (uint64_t round = 0; round < 100; round++) {
		for (unsigned i = 0; i < KAAL_MESSAGE_REGISTERS; i++)
			words[i] = round * 100 + i;
		wrong += kaal_sys_endpoint_call(SPACE_EP, 8, words, &answer) != KAAL_OK || answer != 8;
		for (unsigned i = 0; i < KAAL_MESSAGE_REGISTERS; i++)
			wrong += words[i] != round * 100 + i + 1;
		/* After a while with both spaces known to the TLB, without the server's own context. */
		if (round == 50)
			wrong += kaal_sys_sched_unbind(SPACE_CONTEXT) != KAAL_OK;
	}
	check_equal(wrong, 0);
	/* It loses its space, and faults as soon as it runs: nobody answers. */
	check_equal(kaal_sys_cap_delete(OWN, SPACE_CODE), KAAL_OK);
	check_equal(kaal_sys_endpoint_call_until(SPACE_EP, 8, kaal_ticks_now() + 100000, words, &answer), KAAL_TIMEOUT);
	check_equal(kaal_sys_cap_revoke(OWN, SPACE_THREAD), KAAL_OK);
	check_equal(kaal_sys_cap_delete(OWN, SPACE_THREAD), KAAL_OK);
	check_equal(kaal_sys_endpoint_nb_send(SPACE_EP, 0, words), KAAL_WOULD_BLOCK);
}

static void make_all(void)
{
	check(make(KAAL_OBJECT_ENDPOINT, EP, 1) && kaal_sys_cap_mint(OWN, BADGED, OWN, EP, KAAL_RIGHTS_ALL, BADGE) == KAAL_OK &&
		      make(KAAL_OBJECT_REPLY, REPLY, 1) && make(KAAL_OBJECT_NOTIFICATION, NTFN, 1),
	      "an endpoint, badged, and a reply");
	check(make(KAAL_OBJECT_PAGE_TABLE, TABLES, 2) && make(FRAME, BUFFERS, 1) && make(FRAME, CODE, 1) &&
		      kaal_sys_page_table_map(TABLES, KAAL_SLOT_VSPACE, BASE) == KAAL_OK &&
		      kaal_sys_page_table_map(TABLES + 1, KAAL_SLOT_VSPACE, BASE) == KAAL_OK &&
		      kaal_sys_frame_map(BUFFERS, KAAL_SLOT_VSPACE, BASE, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 1, &done) == KAAL_OK &&
		      kaal_sys_frame_map(CODE, KAAL_SLOT_VSPACE, BASE + KAAL_PAGE_BYTES, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 1, &done) == KAAL_OK,
	      "a page of buffers");
	for (unsigned i = 0; i < 2; i++)
		buffer[i] = (volatile struct kaal_message_buffer *)(uintptr_t)(BASE + i * KAAL_MESSAGE_BUFFER_BYTES);
	check(make(KAAL_OBJECT_THREAD, SERVER, 1) && make(KAAL_OBJECT_SCHED_CONTEXT, CONTEXT, 1) &&
		      kaal_sys_thread_configure(SERVER, OWN, KAAL_SLOT_VSPACE) == KAAL_OK &&
		      kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT, UNLIMITED, 0) == KAAL_OK &&
		      kaal_sys_sched_bind(CONTEXT, SERVER) == KAAL_OK,
	      "a thread");
	check(kaal_sys_thread_set_buffer(KAAL_SLOT_THREAD, BUFFERS, 0) == KAAL_OK &&
		      kaal_sys_thread_set_buffer(SERVER, BUFFERS, KAAL_MESSAGE_BUFFER_BYTES) == KAAL_OK,
	      "both have a buffer");
}

int main(void)
{
	make_all();
	check_equal(kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, 100, 255), KAAL_OK);
	/* More urgent, equal, less urgent: who waits for whom. */
	for (uint64_t priority = 120; priority >= 80; priority -= 20) {
		start_server(priority);
		test_registers();
	}
	test_buffers();
	test_space();
	return tap_finish();
}
