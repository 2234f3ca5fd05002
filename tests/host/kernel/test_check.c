/* The checker of invariants (kernel/check): each that it looks at is broken once, and it says which. */
#include "ipc_fixture.h"

#include <criterion/parameterized.h>

#include <core/lend.h>
#include <core/timer.h>
#include <freestanding/translation.h>
#include <object/derivation.h>
#include <object/irq.h>
#include <object/page_table.h>
#include <object/sched_context.h>
#include <object/slot.h>
#include <object/vspace.h>

#define ADDRESS UINT64_C(0x40000000)
#define LINE 40u
#define IRQ_TABLE 0x14000u /* slot handle: 2.5 MiB */

/* Slots of CNode A beyond those of ipc_fixture.h. */
enum { SPACE = FREE, TABLE, /* three */ PAGE = TABLE + 3, CONTROL, HANDLER, BLOCK, INNER, SPARE };

static struct slot *slot_at(unsigned index)
{
	return &slot_view[CNODE_A + index];
}

static uint64_t *entry_of_page(void)
{
	vspace_t vspace = vspace_of(slot_at(SPACE)->cap);
	unsigned index;
	table_t table;

	cr_assert(vspace_find_entry(vspace, ADDRESS, 3, &table, &index));
	return &table_view[table].entry[index];
}

/* An address space with a page, a bound interrupt line, a block in the block, a CNode: what messages do not need. */
static void start(void)
{
	uint64_t made = KAAL_OBJECT_FRAME + 256 * 12;

	ipc_start();
	irq_start(IRQ_TABLE, HOST_LINES);
	ipc_must(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_VSPACE, A, SPACE, 1));
	ipc_must(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_PAGE_TABLE, A, TABLE, 3));
	ipc_must(driver(UNTYPED_RETYPE, MEMORY, made, A, PAGE, 1));
	ipc_must(driver(PAGE_TABLE_MAP, TABLE, SPACE, ADDRESS));
	ipc_must(driver(PAGE_TABLE_MAP, TABLE + 1, SPACE, ADDRESS));
	ipc_must(driver(FRAME_MAP, PAGE, SPACE, ADDRESS, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 1));
	fixture_put(CONTROL, (struct cap){.word = cap_word(KAAL_OBJECT_IRQ_CONTROL, KAAL_RIGHTS_ALL, 0)});
	ipc_must(driver(IRQ_HANDLER_MAKE, CONTROL, LINE, 0, A, HANDLER));
	ipc_must(driver(IRQ_HANDLER_BIND, HANDLER, NTFN));
	ipc_must(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_UNTYPED + 256 * 12, A, BLOCK, 1));
	ipc_must(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_CNODE + 256 * 4, A, INNER, 1));
	check_invariants();
}

TestSuite(check, .init = start);

/* Thread 0 is receiving at EP, with a reply. */
static void receive(void)
{
	cr_assert_eq(act(T(0), ENDPOINT_RECV, EP, REPLY), WAITS);
}

/* Threads 0 and 1 wait to send at EP. */
static void send_two(void)
{
	cr_assert_eq(act(T(0), ENDPOINT_SEND, EP, 0), WAITS);
	cr_assert_eq(act(T(1), ENDPOINT_SEND, EP, 0), WAITS);
}

/* Thread 0 has called thread 1, which runs on its context. */
static void lend(void)
{
	cr_assert_eq(act(T(1), ENDPOINT_RECV, EP, REPLY), WAITS);
	cr_assert_eq(act(T(0), ENDPOINT_CALL, EP, 0), WAITS);
}

static void wait_for_flag(void)
{
	cr_assert_eq(act(T(0), NOTIFICATION_WAIT, NTFN), WAITS);
}

static void sleep_two(void)
{
	ipc_must(act(T(0), THREAD_SLEEP, host.now + 1000));
	ipc_must(act(T(1), THREAD_SLEEP, host.now + 2000));
}

static struct wait_links *wait_of(unsigned i)
{
	return &thread_view[T(i)].wait;
}

static void cap_1(void) { slot_at(SPARE)->cap.data = 5; }
static void cap_2(void) { slot_at(EP_READ)->cap.word += KAAL_RIGHT_EXECUTE * CAP_RIGHTS_UNIT; }
static void cap_3(void) { slot_at(EP_READ)->cap.object++; }
static void cap_3_type(void) { slot_at(EP_READ)->cap.word = cap_word(KAAL_OBJECT_VCPU, KAAL_RIGHT_READ, 0); }
static void cn_1(void) { slot_view[CNODE_B].cap.object = RADIX - 1; }
static void cn_1_cap(void) { slot_at(INNER)->cap.word -= CAP_AUX_UNIT; }
static void cn_2(void) { slot_view[CNODE_B].cap.word = cap_word(KAAL_OBJECT_ENDPOINT, 0, 0); }
static void cn_3(void) { endpoint_view[endpoint_at(EP)].count++; }
static void cn_3_line(void) { ++*irq_count(LINE); }
static void dt_1(void) { slot_view[slot_at(EP)->child].parent = CNODE_A + EP2; }
static void dt_1_first(void) { slot_at(MEMORY)->child = slot_view[slot_at(MEMORY)->child].next; }
static void dt_2(void) { slot_view[slot_at(EP2)->next].previous = CNODE_A + EP_READ; }
static void dt_3(void) { slot_at(SPARE)->parent = CNODE_A + EP; }

/* Two copies of a notification's, each the other's only child. */
static void dt_4(void)
{
	for (unsigned i = 0; i < 2; i++) {
		slot_at(SPARE + i)->cap = cap_at(NTFN);
		slot_at(SPARE + i)->parent = slot_at(SPARE + i)->child = CNODE_A + SPARE + 1 - i;
	}
	notification_view[notification_of(cap_at(NTFN))].count += 2;
}

static void de_1(void)
{
	slot_t base = slot_at(INNER)->cap.object;

	cr_assert_not(destroy_slot_step(CNODE_A + INNER));
	*cnode_count(base) = 1;
}

static void de_1_thread(void)
{
	ipc_must(driver(CAP_DELETE, B, THREAD + 5));
	cr_assert_not(destroy_slot_step(CNODE_A + THREAD + 5));
	thread_view[T(5)].count = 1;
}

static void ut_1(void) { slot_at(MEMORY)->cap.object++; }
static void ut_2(void) { slot_at(EP2)->cap.object = slot_at(REPLY)->cap.object; }
static void ut_3(void) { slot_at(MEMORY)->cap.data %= UINT64_C(1) << 32; }
static void ut_3_behind(void) { host_arena[0x100000u + (slot_at(MEMORY)->cap.data >> 32 << 5) - 1] = 1; }
static void ut_3_device(void) { slot_at(BLOCK)->cap.data = UINT64_C(0x81) << 32; }
static void ut_4(void) { slot_at(EP)->cap.object = slot_at(MEMORY)->cap.object + (uint32_t)slot_at(MEMORY)->cap.data; }
static void ut_5(void) { slot_at(MEMORY)->cap.word -= KAAL_RIGHT_EXECUTE * CAP_RIGHTS_UNIT; }

static void ep_1(void) { endpoint_view[endpoint_at(EP)].state = ENDPOINT_SENDING; }
static void ep_2(void) { receive(), thread_view[T(0)].waiting_for = endpoint_at(EP2); }
static void ep_2_gone(void) { receive(), thread_view[T(0)].waiting_for = 0x1ff00; }
static void ep_2_lost(void) { send_two(), endpoint_view[endpoint_at(EP)].waiting.first = THREAD_NONE, endpoint_view[endpoint_at(EP)].state = ENDPOINT_IDLE; }
static void ep_3(void) { receive(), endpoint_view[endpoint_at(EP)].state = ENDPOINT_RECEIVING; }
static void nt_1(void) { wait_for_flag(), notification_view[thread_view[T(0)].waiting_for].flags = 1; }
static void nt_2(void) { wait_for_flag(), thread_view[T(0)].waiting_for = notification_of(cap_at(NTFN + 1)); }
static void nt_2_gone(void) { wait_for_flag(), thread_view[T(0)].waiting_for = 0x1ff00; }

static void nt_3(void)
{
	ipc_must(driver(THREAD_BIND_NOTIFICATION, THREAD, NTFN));
	notification_view[notification_of(cap_at(NTFN))].bound = THREAD_NONE;
}

static void nt_3_nobody(void) { notification_view[notification_of(cap_at(NTFN))].bound = T(0); }
static void rp_1(void) { receive(), reply_view[reply_at(REPLY)].receiver = THREAD_NONE; }
static void rp_1_nobody(void) { reply_view[reply_at(REPLY)].receiver = T(0); }
static void rp_2(void) { lend(), reply_view[reply_at(REPLY)].slow_caller = T(0); }
static void rp_2_nobody(void) { reply_view[reply_at(REPLY)].caller = T(0); }

static void rp_3(void)
{
	lend();
	reply_view[reply_at(REPLY)].slow_caller = T(0);
	reply_view[reply_at(REPLY)].caller = THREAD_NONE;
}

static void rp_3_fault(void) { thread_view[T(0)].fault = KAAL_FAULT_MEMORY; }
static void sc_1(void) { sched_context_view[context_at(0)].home = THREAD_NONE; }
static void sc_1_own(void) { thread_view[T(0)].own = context_word(context_at(1)); }
static void sc_2(void) { sched_configure(context_at(0), 1000, 2000), sched_context_view[context_at(0)].refill[0].amount++; }
static void sc_3(void) { sched_context_view[context_at(0)].refill_count = 0; }

static void sc_3_order(void)
{
	struct sched_context *sc = &sched_context_view[context_at(0)];

	sc->refill_count = 2;
	sc->refill[0].time = 5;
	sc->refill[1].time = 4;
}

static void th_1(void) { thread_view[T(3)].queued = 0; }
static void th_1_stopped(void) { thread_view[T(3)].state = THREAD_STOPPED; }
static void th_1_budget(void) { sched_configure(context_at(0), 1000, 2000), sched_context_view[context_at(0)].refill[0].time = host.now + 1; }
static void th_2(void) { thread_view[T(0)].slot[THREAD_SLOT_CSPACE].cap.word -= CAP_IN_THREAD; }
static void th_2_space(void) { thread_view[T(0)].vspace = 1; }
static void th_2_buffer(void) { thread_view[T(0)].buffer += 8; }
static void th_3(void) { thread_view[T(0)].own = CONTEXT_NONE, thread_view[T(0)].context = context_word(0x7000), sched_context_view[context_at(0)].home = THREAD_NONE; }
static void th_4(void) { thread_view[T(0)].ceiling = 99; }
static void th_5(void) { thread_view[T(0)].cspace_slots = 0; }
static void th_6(void) { wait_of(0)->next = T(1); }
static void tq_1(void) { sleep_two(), thread_view[T(1)].timer.time = host.now + 1; }
static void tq_2(void) { sleep_two(), thread_view[T(1)].timer.rank = 5; }
static void tq_3(void) { wait_for_flag(), thread_view[T(0)].timer.rank = 1; }
static void wq_1(void) { send_two(), thread_view[T(1)].priority = 200; }
static void wq_2(void) { send_two(), wait_of(0)->level_last = T(0); }
static void wq_2_second(void) { send_two(), wait_of(1)->level_last = T(1); }
static void wq_4(void) { send_two(), wait_of(1)->previous = THREAD_NONE; }
static void ln_1(void) { lend(), thread_view[T(1)].context++; }
static void ln_1_nobody(void) { lend(), sched_context_view[context_at(0)].holder = T(2), thread_view[T(2)].own = CONTEXT_NONE; }
static void ln_2(void) { lend(), thread_view[T(0)].context += CONTEXT_LENT_MAX, thread_view[T(1)].context += CONTEXT_LENT_MAX; }
static void iq_1(void) { *irq_count(LINE) = 0; }
static void iq_1_other(void)
{
	notification_view[notification_of(cap_at(NTFN))].count--;
	derivation_remove(irq_slot(LINE));
	slot_view[irq_slot(LINE)].cap = (struct cap){.word = cap_word(KAAL_OBJECT_DEBUG, 0, 0)};
}

static void iq_2(void) { host.unmasked[LINE + 1] = true; }
static void iq_3(void) { slot_at(HANDLER)->cap.object = irq_slot(3); }
static void fr_1(void) { slot_at(PAGE)->cap.data = place_word((struct place){0, 1, 1}); }
static void fr_1_code(void) { slot_at(PAGE)->cap.data = place_word((struct place){0x2000, 0, 1}); }

static void fr_3(void)
{
	struct translation_attributes both = {TRANSLATION_NORMAL, TRANSLATION_USER | TRANSLATION_WRITE | TRANSLATION_EXECUTE};

	*entry_of_page() = translation_leaf(translation_address(*entry_of_page()), both, 3);
}

static void fr_3_device(void)
{
	struct translation_attributes code = {TRANSLATION_DEVICE, TRANSLATION_USER | TRANSLATION_EXECUTE};

	*entry_of_page() = translation_leaf(translation_address(*entry_of_page()), code, 3);
}

static void fr_5(void) { slot_at(PAGE)->cap.data = 0; }
static void fr_5_other(void) { entry_of_page()[1] = *entry_of_page(); }

static void pt_1(void)
{
	slot_at(TABLE + 2)->cap.object = slot_at(TABLE + 1)->cap.object;
	slot_at(TABLE + 2)->cap.data = slot_at(TABLE + 1)->cap.data;
}

static void pt_2(void) { table_view[slot_at(TABLE + 2)->cap.object >> 7].entry[300] = 1; }
static void vs_1(void) { slot_at(SPACE)->cap.data = place_word((struct place){0, 9, 1}); }
static void vs_1_count(void) { ++*vspace_count(vspace_of(slot_at(SPACE)->cap)); }
static void vs_2(void) { cpu.space_word[vspace_of(slot_at(SPACE)->cap)] = arch_space_word(0x5000, 3); }

static void vs_3(void)
{
	table_view[slot_at(TABLE)->cap.object >> 7].entry[5] = translation_table((uint64_t)slot_at(TABLE + 2)->cap.object << OBJECT_UNIT_BITS);
}

static void rq_1(void) { cpu.ready_top = 7; }
static void rq_1_bit(void) { cpu.ready[0] |= 2; }
static void rq_2(void) { thread_view[T(3)].priority = 101; }
static void rq_2_links(void) { thread_view[T(3)].ready_previous = T(5); }

#define BREAK(name, function) {name, #function, function}
static const struct {
	const char *name, *how;
	void (*break_it)(void);
} breaks[] = {
	BREAK("CAP-1", cap_1), BREAK("CAP-2", cap_2), BREAK("CAP-3", cap_3), BREAK("CAP-3", cap_3_type),
	BREAK("CN-1", cn_1), BREAK("CN-1", cn_1_cap), BREAK("CN-2", cn_2), BREAK("CN-3", cn_3), BREAK("CN-3", cn_3_line),
	BREAK("DT-1", dt_1), BREAK("DT-1", dt_1_first), BREAK("DT-2", dt_2), BREAK("DT-3", dt_3), BREAK("DT-4", dt_4),
	BREAK("DE-1", de_1), BREAK("DE-1", de_1_thread),
	BREAK("UT-1", ut_1), BREAK("UT-2", ut_2), BREAK("UT-3", ut_3), BREAK("UT-3", ut_3_behind), BREAK("UT-3", ut_3_device),
	BREAK("UT-4", ut_4), BREAK("UT-5", ut_5),
	BREAK("EP-1", ep_1), BREAK("EP-2", ep_2), BREAK("EP-2", ep_2_gone), BREAK("EP-2", ep_2_lost), BREAK("EP-3", ep_3),
	BREAK("NT-1", nt_1), BREAK("NT-2", nt_2), BREAK("NT-2", nt_2_gone), BREAK("NT-3", nt_3), BREAK("NT-3", nt_3_nobody),
	BREAK("RP-1", rp_1), BREAK("RP-1", rp_1_nobody), BREAK("RP-2", rp_2), BREAK("RP-2", rp_2_nobody), BREAK("RP-3", rp_3),
	BREAK("RP-3", rp_3_fault),
	BREAK("SC-1", sc_1), BREAK("SC-1", sc_1_own), BREAK("SC-2", sc_2), BREAK("SC-3", sc_3), BREAK("SC-3", sc_3_order),
	BREAK("TH-1", th_1), BREAK("TH-1", th_1_stopped), BREAK("TH-1", th_1_budget), BREAK("TH-2", th_2), BREAK("TH-2", th_2_space),
	BREAK("TH-2", th_2_buffer), BREAK("TH-3", th_3), BREAK("TH-4", th_4), BREAK("TH-5", th_5), BREAK("TH-6", th_6),
	BREAK("TQ-1", tq_1), BREAK("TQ-2", tq_2), BREAK("TQ-3", tq_3),
	BREAK("WQ-1", wq_1), BREAK("WQ-2", wq_2), BREAK("WQ-2", wq_2_second), BREAK("WQ-4", wq_4),
	BREAK("LN-1", ln_1), BREAK("LN-1", ln_1_nobody), BREAK("LN-2", ln_2),
	BREAK("IQ-1", iq_1), BREAK("IQ-1", iq_1_other), BREAK("IQ-2", iq_2), BREAK("IQ-3", iq_3),
	BREAK("FR-1", fr_1), BREAK("FR-1", fr_1_code), BREAK("FR-3", fr_3), BREAK("FR-3", fr_3_device), BREAK("FR-5", fr_5), BREAK("FR-5", fr_5_other),
	BREAK("PT-1", pt_1), BREAK("PT-2", pt_2),
	BREAK("VS-1", vs_1), BREAK("VS-1", vs_1_count), BREAK("VS-2", vs_2), BREAK("VS-3", vs_3),
	BREAK("RQ-1", rq_1), BREAK("RQ-1", rq_1_bit), BREAK("RQ-2", rq_2), BREAK("RQ-2", rq_2_links),
};

/* What the checker says; "nothing". */
static const char *verdict(void)
{
	if (setjmp(host.panic) != 0)
		return host.panic_text;
	check_everything();
	return "nothing";
}

ParameterizedTestParameters(check, says_which_invariant_is_broken)
{
	static unsigned which[sizeof breaks / sizeof *breaks];

	for (unsigned i = 0; i < sizeof breaks / sizeof *breaks; i++)
		which[i] = i;
	return cr_make_param_array(unsigned, which, sizeof breaks / sizeof *breaks);
}

ParameterizedTest(unsigned *which, check, says_which_invariant_is_broken)
{
	const char *said;

	breaks[*which].break_it();
	said = verdict();
	cr_assert_str_eq(said, breaks[*which].name, "%s: %s", breaks[*which].how, said);
}

/* It leaves no trace in what it has looked at. */
Test(check, changes_nothing)
{
	static unsigned char before[HOST_ARENA_BYTES];

	lend();
	memcpy(before, host_arena, sizeof before);
	check_everything();
	cr_assert_eq(memcmp(before, host_arena, sizeof before), 0);
}

/* A kernel looks once in KERNEL_CHECK_CALLS times. */
Test(check, now_and_then)
{
	ep_1();
	for (unsigned i = 1; i < KERNEL_CHECK_CALLS; i++)
		check_now_and_then();
	if (setjmp(host.panic) == 0) {
		check_now_and_then();
		cr_assert_fail("it did not look");
	}
	cr_assert_str_eq(host.panic_text, "EP-1");
}

/* Whoever deletes one of boot's capabilities may hide others: fewer than counted are no failure then, more are. */
Test(check, what_boot_made_can_be_deleted)
{
	slot_t inner = slot_at(INNER)->cap.object;

	check_boot(FIXTURE_CALLER);
	check_everything();
	/* A CNode that only itself holds, and that nothing leads to once its memory's capability is gone. */
	ipc_must(driver(CAP_MOVE, A, SPARE, A, INNER));
	ipc_must(driver(CAP_COPY, SPARE, 1, A, NTFN, KAAL_RIGHTS_ALL));
	ipc_must(driver(CAP_MOVE, SPARE, 2, A, SPARE));
	ipc_must(driver(CAP_DELETE, A, MEMORY));
	cr_assert_eq(*cnode_count(inner), 1);
	check_everything();
	reply_view[reply_at(REPLY)].count = 0;
	cr_assert_str_eq(verdict(), "CN-3");
}

/* What a revoke lifts out of a block stands beside it until the block is deleted, too: at each interrupt that comes then, all is in order. */
Test(check, a_revoke_between_its_steps_is_in_order)
{
	bool beside = false;

	ipc_must(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_UNTYPED + 256 * 14, A, SPARE, 1));
	ipc_must(driver(UNTYPED_RETYPE, SPARE, KAAL_OBJECT_UNTYPED + 256 * 13, A, SPARE + 1, 1));
	ipc_must(driver(UNTYPED_RETYPE, SPARE + 1, KAAL_OBJECT_ENDPOINT, A, SPARE + 2, 2));
	check_everything();
	while (!destroy_below_step(CNODE_A + SPARE)) {
		beside |= cap_is_zombie(slot_at(SPARE + 1)->cap) && slot_at(SPARE + 2)->parent == CNODE_A + SPARE;
		cr_assert_str_eq(verdict(), "nothing");
	}
	cr_assert(beside, "an endpoint beside the block that it lies in");
	cr_assert_str_eq(verdict(), "nothing");
}

/* A handler is made with all rights but EXECUTE, whatever the right to make it lacks. */
Test(check, a_handler_may_have_more_rights_than_what_made_it)
{
	ipc_must(driver(CAP_COPY, A, SPARE, A, CONTROL, KAAL_RIGHT_WRITE));
	ipc_must(driver(IRQ_HANDLER_MAKE, SPARE, LINE + 1, 0, A, SPARE + 1));
	cr_assert_neq(cap_rights(slot_at(SPARE + 1)->cap) & ~cap_rights(slot_at(SPARE)->cap), 0);
	cr_assert_str_eq(verdict(), "nothing");
}

/* Two move the same capability, and each is interrupted: what is derived from it is below two places that are reserved. */
Test(check, two_moves_of_a_capability_are_in_order)
{
	slot_t from = CNODE_A + SPARE, first = from + 2, second = from + 3;

	ipc_must(driver(CAP_COPY, A, SPARE, A, NTFN, KAAL_RIGHTS_ALL));
	ipc_must(driver(CAP_COPY, A, SPARE + 1, A, SPARE, KAAL_RIGHTS_ALL));
	slot_reserve(first, from);
	cr_assert(!derivation_adopt_step(first, from));
	slot_reserve(second, from);
	cr_assert(!derivation_adopt_step(second, from));
	cr_assert_eq(slot_at(SPARE + 1)->parent, first);
	cr_assert_eq(slot_view[first].parent, second);
	cr_assert_str_eq(verdict(), "nothing");

	/* The second is done first: the first's place is empty still, and can be emptied by who has it. */
	ipc_must(driver(CAP_MOVE, A, SPARE + 3, A, SPARE));
	cr_assert_str_eq(verdict(), "nothing");
	cr_assert_eq(driver(CAP_MOVE, A, SPARE + 2, A, SPARE), KAAL_SLOT_EMPTY);
	ipc_must(driver(CAP_DELETE, A, SPARE + 2));
	cr_assert_eq(slot_at(SPARE + 1)->parent, second);
	cr_assert_str_eq(verdict(), "nothing");
}
