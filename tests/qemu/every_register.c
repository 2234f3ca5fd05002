/*
 * Every register that EL0 reads, after every way into the kernel and every switch to another thread. Two threads, each with
 * values of its own in all registers (life.h), new ones each time, take all ways; the main thread is more urgent than
 * both, and waits.
 */
#include <inttypes.h>
#include <stddef.h>

#include <kaal/boot.h>
#include <kaal/device.h>
#include <kaal/message.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "device.h"
#include "life.h"
#include "tap.h"
#include "untyped.h"

#define UNLIMITED UINT64_MAX
#define STACK_WORDS 512u
#define BADGE UINT64_C(0xbad6e)
#define FLAGS UINT64_C(0x5a)
#define PRIORITY 100u
#define PRIORITY_ABOVE 110u
#define PRIORITY_BELOW 90u
#define PRIORITY_MAIN 200u
#define BASE UINT64_C(0x1000000000) /* a gigabyte that boot leaves empty */
#define UART_ADDRESS (BASE + 0x1000)
#define ROUNDS 4u

/* QEMU's virt: the console's PL011 and its line; PL011 TRM DDI 0183, 3.2. */
#define UART UINT64_C(0x9000000)
#define UART_LINE 33u
#define UARTIMSC 0x38u
#define UART_TRANSMIT 0x20u
#define LEVEL 0u

/* Slots. */
#define FREE (kaal_bootinfo()->first_free_slot)
enum {
	THREADS, CONTEXTS = THREADS + 2, EP = CONTEXTS + 2, REPLY, BADGED, NTFN, FLAGGED, LINE, BACK, DONE, NEVER, SCRAP, COPIES, COPY, BUFFER, HANDLER,
	FRAMES, SCRATCH = FRAMES + 32, SCRATCH_TABLES = SCRATCH + 64
};
#define AT(slot) (FREE + (slot))

enum { CLIENT, SERVER, LIVES };
static struct life life[LIVES];
static _Alignas(16) uint64_t stack[LIVES][STACK_WORDS];
static volatile struct kaal_message_buffer *buffer;
static volatile uint64_t finished, turns, last_turn;
static volatile bool inside; /* a window in which only the kernel can stop the thread */
static uint64_t done;

static void finish(void)
{
	finished++;
	kaal_ignore(kaal_sys_notification_signal(AT(DONE)));
	for (;;)
		kaal_ignore(kaal_sys_notification_wait(AT(NEVER), &done));
}

/* --- messages ------------------------------------------------------------------------------------ */

#define MESSAGE kaal_message(KAAL_MESSAGE_REGISTERS, 0, 3)
#define ANSWER kaal_message(KAAL_MESSAGE_REGISTERS, 0, 4)

static void receive(struct life *l, enum leaving leaving)
{
	life_go(l, "recv", probe_recv, FULL, AT(EP), AT(REPLY), 0, false);
	life_came(l, leaving, 3, KAAL_OK, MESSAGE, BADGE, life[CLIENT].sent);
}

static void call(struct life *l, enum entry entry, enum leaving leaving)
{
	life_go(l, "call", probe_call, entry, AT(BADGED), MESSAGE, 0, true);
	life_came(l, leaving, 3, KAAL_OK, ANSWER, 0, life[SERVER].sent);
}

static void answer_and_receive(struct life *l, enum entry entry, enum leaving leaving)
{
	life_go(l, "reply_recv", probe_reply_recv, entry, AT(EP), ANSWER, AT(REPLY), true);
	life_came(l, leaving, 3, KAAL_OK, MESSAGE, BADGE, life[CLIENT].sent);
}

static void answer(struct life *l)
{
	life_go(l, "reply_send", probe_reply_send, FULL, AT(REPLY), ANSWER, 0, true);
	life_came(l, SLOW, 1, KAAL_OK, 0, 0, NULL);
}

/* From here on it is known what the kernel has of the thread. */
static void keep_all(struct life *l)
{
	life_go(l, "no call", probe_no_call, FULL, 0, 0, 0, false);
	life_came(l, SLOW, 1, KAAL_INVALID_SYSCALL, 0, 0, NULL);
}

static void fast_client(struct life *l)
{
	keep_all(l);
	for (unsigned i = 0; i < ROUNDS; i++)
		call(l, FAST, QUICK);
	call(l, FAST, SLOW);
}

static void fast_server(struct life *l)
{
	receive(l, QUICK);
	for (unsigned i = 0; i < ROUNDS; i++)
		answer_and_receive(l, FAST, QUICK);
	answer(l);
}

/* Who is less urgent is found calling; then nobody waits for an answer, so the fast path gives up. */
static void left_client(struct life *l)
{
	keep_all(l);
	call(l, LEFT, QUICK);
	call(l, FAST, SLOW);
	call(l, LEFT, SLOW);
}

static void left_server(struct life *l)
{
	receive(l, SLOW);
	answer_and_receive(l, FAST, QUICK);
	answer(l);
	answer_and_receive(l, LEFT, SLOW);
	answer(l);
}

static void send(struct life *l)
{
	life_go(l, "send", probe_send, FULL, AT(BADGED), MESSAGE, 0, true);
	life_came(l, SLOW, 1, KAAL_OK, 0, 0, NULL);
}

/* Who is more urgent has answered already when it says reply_recv, and waits. */
static void early_client(struct life *l)
{
	keep_all(l);
	call(l, FAST, SLOW);
	call(l, FAST, SLOW);
	send(l);
}

/* The answer is for nobody. */
static void receive_early(struct life *l, enum leaving leaving)
{
	life_go(l, "reply_recv without a caller", probe_reply_recv, LEFT, AT(EP), ANSWER, AT(REPLY), false);
	life_came(l, leaving, 3, KAAL_OK, MESSAGE, BADGE, life[CLIENT].sent);
}

static void early_server(struct life *l)
{
	receive(l, QUICK);
	answer(l);
	receive_early(l, QUICK);
	answer(l);
	receive_early(l, SLOW);
}

static void slow_client(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		send(l);
		life_go(l, "call_until", probe_call_until, FULL, AT(BADGED), MESSAGE, kaal_ticks_now() + kaal_bootinfo()->counter_hz, true);
		life_came(l, SLOW, 3, KAAL_OK, ANSWER, 0, life[SERVER].sent);
	}
	send(l);
}

static void slow_server(struct life *l)
{
	uint64_t later = kaal_ticks_now() + kaal_bootinfo()->counter_hz;

	for (unsigned i = 0; i < ROUNDS; i++) {
		life_go(l, "recv_until", probe_recv_until, FULL, AT(EP), AT(REPLY), later, false);
		life_came(l, SLOW, 3, KAAL_OK, MESSAGE, BADGE, life[CLIENT].sent);
		receive(l, SLOW);
		answer(l);
	}
	life_go(l, "signal_recv", probe_signal_recv, FULL, AT(BACK), AT(EP), AT(REPLY), false);
	life_came(l, SLOW, 3, KAAL_OK, MESSAGE, BADGE, life[CLIENT].sent);
}

/* The reply ends while somebody waits for it: the words come from before the call. */
static void cancelled_client(struct life *l)
{
	keep_all(l);
	life_go(l, "call that is cancelled", probe_call, FAST, AT(BADGED), MESSAGE, 0, true);
	life_came(l, SLOW, 3, KAAL_CANCELLED, 0, 0, NULL);
	life_go(l, "call_until whose time passes", probe_call_until, FULL, AT(BADGED), MESSAGE, kaal_ticks_now() + 1000, true);
	life_came(l, SLOW, 3, KAAL_TIMEOUT, 0, 0, NULL);
}

static void cancelling_server(struct life *l)
{
	life_go(l, "recv", probe_recv, FULL, AT(EP), AT(SCRAP), 0, false);
	life_came(l, QUICK, 3, KAAL_OK, MESSAGE, BADGE, life[CLIENT].sent);
	kaal_ignore(kaal_sys_cap_delete(OWN, AT(SCRAP)));
}

/* --- flags, time, other threads -------------------------------------------------------------------- */

static void signalling(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		life_go(l, "signal", probe_signal, FULL, AT(FLAGGED), 0, 0, false);
		life_came(l, SLOW, 1, KAAL_OK, 0, 0, NULL);
	}
}

static void waiting(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		life_go(l, "wait", probe_wait_flags, FULL, AT(NTFN), 0, 0, false);
		life_came(l, SLOW, 2, KAAL_OK, FLAGS, 0, NULL);
	}
}

static void yielding(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		turns += last_turn != l->whose;
		last_turn = l->whose;
		life_go(l, "yield", probe_yield, FULL, 0, 0, 0, false);
		life_came(l, SLOW, 1, KAAL_OK, 0, 0, NULL);
	}
}

/* In one piece, unless the kernel says otherwise. */
static void spinning(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		turns += last_turn != l->whose;
		last_turn = l->whose;
		inside = true;
		life_go(l, "a time slice's end", probe_wait_long, FULL, 0, 0, 0, false);
		inside = false;
		life_came_unchanged(l);
	}
}

#define SLEEP_TICKS 500u /* amid the 16,384 instructions, each a nanosecond, a tick 16 */

static void sleeping(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		life_go(l, "sleep", probe_sleep, FULL, kaal_ticks_now() + SLEEP_TICKS, 0, 0, false);
		life_came(l, SLOW, 1, KAAL_OK, 0, 0, NULL);
		turns += inside;
	}
}

static void poking(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		inside = true;
		life_go(l, "a device's interrupt", probe_poke, FULL, UART_ADDRESS + UARTIMSC, UART_TRANSMIT, 0, false);
		inside = false;
		life_came_unchanged(l);
	}
}

static void driving(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		life_go(l, "ack_wait", probe_ack_wait, FULL, AT(HANDLER), AT(NTFN), 0, false);
		life_came(l, SLOW, 2, KAAL_OK, FLAGS, 0, NULL);
		turns += inside;
		*(volatile uint32_t *)(uintptr_t)(UART_ADDRESS + UARTIMSC) = 0;
	}
}

#define COPIES_BITS 9u
#define COPIES_COUNT 500u

/* The timer stops the call amid all the copies, and it goes on by itself. */
static void revoking(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		(void)fill_cnode(AT(COPIES), COPIES_COUNT, AT(COPY));
		kaal_ignore(kaal_sys_notification_signal(AT(FLAGGED)));
		inside = true;
		life_go(l, "revoke", probe_revoke, FULL, OWN, AT(COPY), 0, false);
		inside = false;
		life_came(l, SLOW, 1, KAAL_OK, 0, 0, NULL);
	}
}

static void sleeping_when_told(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		life_go(l, "wait", probe_wait_flags, FULL, AT(NTFN), 0, 0, false);
		life_came(l, SLOW, 2, KAAL_OK, FLAGS, 0, NULL);
		life_go(l, "sleep", probe_sleep, FULL, kaal_ticks_now() + SLEEP_TICKS, 0, 0, false);
		life_came(l, SLOW, 1, KAAL_OK, 0, 0, NULL);
		turns += inside;
	}
}

/* --- faults ------------------------------------------------------------------------------------------- */

/* Addresses below the first page are mapped nowhere. Syndromes, Arm ARM D19.2.37: BRK #1; a load of EL0's that finds no translation. */
#define NOWHERE 8u
#define SYNDROME_BREAK UINT64_C(0xf2000001)
#define SYNDROME_LOAD UINT64_C(0x92000000)
#define SYNDROME_LEVEL UINT64_C(7) /* where the tables ended */

static void faulting(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		life_go(l, "a breakpoint", probe_break, FULL, 1, 2, 3, false);
		life_came_unchanged(l);
		life_go(l, "a load from nowhere", probe_load, FULL, 1, NOWHERE, 3, false);
		life_came_unchanged(l);
	}
}

static void came_with_fault(struct life *l, uint64_t kind, uint64_t address, uint64_t pc, uint64_t syndrome)
{
	const uint64_t words[32] = {[9] = kind, [10] = address, [11] = pc, [12] = syndrome, [13] = life[CLIENT].probe.sp_before};

	life_came(l, SLOW, 3, KAAL_OK, KAAL_FAULT_WORDS | KAAL_MESSAGE_FAULT, BADGE, words);
}

static void came_with_break(struct life *l)
{
	came_with_fault(l, KAAL_FAULT_EXCEPTION, 0, (uint64_t)(uintptr_t)probe_at_break, SYNDROME_BREAK);
}

static void came_with_load(struct life *l)
{
	came_with_fault(l, KAAL_FAULT_MEMORY, NOWHERE, (uint64_t)(uintptr_t)probe_at_load,
			SYNDROME_LOAD | 4 | (l->probe.x[12] & (SYNDROME_LEVEL & ~4u)));
}

#define RESUME kaal_message(1, 0, KAAL_FAULT_RESUME)

/* Behind the breakpoint by reply_recv, behind the load by reply_send. */
static void handling(struct life *l)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		life_go(l, "recv of a fault", probe_recv, FULL, AT(EP), AT(REPLY), 0, false);
		came_with_break(l);
		l->word_0 = (uint64_t)(uintptr_t)probe_at_break + 4;
		life_go(l, "reply_recv to a fault", probe_reply_recv, LEFT, AT(EP), RESUME, AT(REPLY), true);
		came_with_load(l);
		l->word_0 = (uint64_t)(uintptr_t)probe_at_load + 4;
		life_go(l, "reply_send to a fault", probe_reply_send, FULL, AT(REPLY), RESUME, 0, true);
		life_came(l, SLOW, 1, KAAL_OK, 0, 0, NULL);
	}
}

static void set_budget(unsigned i, uint64_t budget, uint64_t period)
{
	kaal_ignore(kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, AT(CONTEXTS) + i, budget, period));
}

#define BUDGET 600u /* ticks: ends amid the 16,384 instructions */

static void running_out(struct life *l)
{
	set_budget(CLIENT, BUDGET, 1000 * BUDGET);
	life_go(l, "the end of a budget", probe_wait_long, FULL, 1, 2, 3, false);
	life_came_unchanged(l);
}

static void refilling(struct life *l)
{
	life_go(l, "recv of a budget's end", probe_recv, FULL, AT(EP), AT(REPLY), 0, false);
	turns += l->probe.x[10] >= BUDGET && l->probe.x[11] > (uint64_t)(uintptr_t)probe_wait_long;
	came_with_fault(l, KAAL_FAULT_TIMEOUT, l->probe.x[10], l->probe.x[11], 0);
	set_budget(CLIENT, UNLIMITED, 0);
	life_go(l, "reply_send to a budget's end", probe_reply_send, FULL, AT(REPLY), kaal_message(0, 0, KAAL_FAULT_RESUME), 0, true);
	life_came(l, SLOW, 1, KAAL_OK, 0, 0, NULL);
}

/* --- whoever starts ------------------------------------------------------------------------------------- */

static void calling_without_fp(struct life *l)
{
	keep_all(l);
	for (unsigned i = 0; i <= ROUNDS; i++) {
		l->word_0 = i < ROUNDS ? 0 : 1;
		life_go(l, "call of who uses no FP", probe_call, FAST, AT(BADGED), MESSAGE, 0, true);
		life_came(l, QUICK, 3, KAAL_OK, KAAL_MESSAGE_REGISTERS, 0, l->sent);
	}
}

static void then(struct probe *probe)
{
	(void)probe;
	finish();
}

/* --- the main thread ------------------------------------------------------------------------------------- */

static void live(uint64_t whose)
{
	life[whose].script(&life[whose]);
	finish();
}

static void must(kaal_status_t status)
{
	if (status != KAAL_OK)
		check_equal(status, KAAL_OK);
}

static void make(uint64_t type, unsigned slot, uint64_t count)
{
	must(kaal_sys_untyped_retype(kaal_largest_untyped().slot, type, OWN, AT(slot), count, &done));
}

static void start(unsigned i, uint64_t pc, uint64_t sp, uint64_t argument, uint64_t priority)
{
	must(kaal_sys_thread_suspend(AT(THREADS) + i));
	must(kaal_sys_thread_set_registers(AT(THREADS) + i, pc, sp, argument, life_value(&life[i], TLS)));
	must(kaal_sys_thread_set_priority(AT(THREADS) + i, priority, priority));
	must(kaal_sys_thread_resume(AT(THREADS) + i));
}

static void wait_for(uint64_t count)
{
	uint64_t flags_set;

	while (finished < count)
		must(kaal_sys_notification_wait(AT(DONE), &flags_set));
}

static void start_script(unsigned i, void (*script)(struct life *), uint64_t priority)
{
	life[i].script = script;
	start(i, (uint64_t)(uintptr_t)live, (uint64_t)(uintptr_t)stack[i + 1], i, priority);
}

/* Everything was as it must be, `looks` times. */
static void judge(const char *name, uint64_t looks)
{
	uint64_t looked = 0;

	for (unsigned i = 0; i < LIVES; i++) {
		struct life *l = &life[i];

		check(l->failures == 0, "%s: %s finds what is its own in every register", name, i == CLIENT ? "the first" : "the second");
		if (l->failures != 0)
			life_print_failure(l);
		looked += l->looks;
		l->failures = 0;
		l->looks = 0;
	}
	check_equal(looked, looks);
	finished = turns = 0;
}

/* Both scripts to their ends, the second's thread first. `turns_min`: of the other in what was to be stopped. */
static void play(const char *name, void (*client)(struct life *), void (*server)(struct life *), uint64_t server_priority, uint64_t looks,
		 uint64_t turns_min)
{
	last_turn = LIVES;
	start_script(SERVER, server, server_priority);
	start_script(CLIENT, client, PRIORITY);
	wait_for(LIVES);
	check(turns >= turns_min, "%s: one comes amid the other %" PRIu64 " times", name, turns);
	judge(name, looks);
}

static void play_messages(void)
{
	play("fast path", fast_client, fast_server, PRIORITY_ABOVE, 2 * ROUNDS + 4, 0);
	play("fast path left", left_client, left_server, PRIORITY_BELOW, 9, 0);
	play("fast path left by who waits first", early_client, early_server, PRIORITY_ABOVE, 9, 0);
	play("slow path", slow_client, slow_server, PRIORITY_ABOVE, 5 * ROUNDS + 2, 0);
	make(KAAL_OBJECT_REPLY, SCRAP, 1);
	play("cancelled", cancelled_client, cancelling_server, PRIORITY_ABOVE, 4, 0);
}

static void play_others(void)
{
	play("notification", signalling, waiting, PRIORITY_ABOVE, 2 * ROUNDS, 0);
	play("yield", yielding, yielding, PRIORITY, 2 * ROUNDS, 2 * ROUNDS);
	play("a deadline", spinning, sleeping, PRIORITY_ABOVE, 2 * ROUNDS, 1);
	play("a system call stopped", revoking, sleeping_when_told, PRIORITY_ABOVE, 3 * ROUNDS, ROUNDS);
	set_budget(CLIENT, BUDGET, BUDGET);
	set_budget(SERVER, BUDGET, BUDGET);
	play("time slices", spinning, spinning, PRIORITY, 2 * ROUNDS, ROUNDS);
	set_budget(CLIENT, UNLIMITED, 0);
	set_budget(SERVER, UNLIMITED, 0);
	play("interrupt", poking, driving, PRIORITY_ABOVE, 2 * ROUNDS, ROUNDS);
	play("fault", faulting, handling, PRIORITY_ABOVE, 5 * ROUNDS, 0);
	play("a budget's end", running_out, refilling, PRIORITY_ABOVE, 3, 1);
}

static void play_without_fp(void)
{
	static const struct probe zero;
	struct life *l = &life[SERVER];
	uint64_t x[32] = {KAAL_OK, MESSAGE, BADGE, [19] = AT(EP), [20] = AT(REPLY)};

	start(SERVER, (uint64_t)(uintptr_t)probe_serve_without_fp, (uint64_t)(uintptr_t)&l->probe, AT(EP), PRIORITY_ABOVE);
	start_script(CLIENT, calling_without_fp, PRIORITY);
	wait_for(1);
	for (unsigned i = 9; i < 19; i++)
		x[i] = life_is_word(i) ? life[CLIENT].sent[i] : 0;
	x[30] = l->probe.x[30]; /* where it was called */
	life_expect_start(l, x, life_value(l, TLS), &zero);
	judge("fast path without FP", ROUNDS + 3);
}

/* It begins anew amid a life of which the CPU still has the FP registers: nothing here uses them in between. */
static void play_start(void)
{
	static const struct probe zero;
	struct life *l = &life[CLIENT];
	uint64_t x[32] = {0};
	bool stopped;

	start_script(CLIENT, spinning, PRIORITY);
	must(kaal_sys_thread_sleep(kaal_ticks_now() + SLEEP_TICKS));
	stopped = inside;
	x[0] = life_value(l, 0);
	l->probe.then = then;
	l->probe.then_sp = (uint64_t)(uintptr_t)stack[CLIENT + 1];
	start(CLIENT, (uint64_t)(uintptr_t)probe_start, (uint64_t)(uintptr_t)&l->probe, x[0], PRIORITY);
	wait_for(1);
	check(stopped, "a thread was stopped in its probe");
	life_expect_start(l, x, life_value(l, TLS), &zero);
	judge("a thread's start", 1);
}

/* Stopped in its probe, it is read, and goes on with other registers, but those of FP and SIMD. */
static void play_written(void)
{
	struct life *l = &life[CLIENT];
	uint64_t x[32], tls = life_value(l, TLS) + 1, wrong = 0;

	start_script(CLIENT, spinning, PRIORITY);
	must(kaal_sys_thread_sleep(kaal_ticks_now() + SLEEP_TICKS));
	check(inside, "a thread is stopped in its probe");
	must(kaal_sys_thread_suspend(AT(THREADS) + CLIENT));
	must(kaal_sys_thread_read_registers(AT(THREADS) + CLIENT));
	for (unsigned i = 0; i < 31; i++)
		wrong += buffer->words[i] != l->given.x[i];
	wrong += buffer->words[31] != l->probe.sp_before || buffer->words[33] != l->given.x[NZCV] || buffer->words[34] != l->given.tls;
	check_equal(wrong, 0);
	for (unsigned i = 0; i < 31; i++)
		buffer->words[i] = x[i] = life_value(l, i) ^ 0xff00;
	buffer->words[31] = (uint64_t)(uintptr_t)&l->probe;
	buffer->words[32] = (uint64_t)(uintptr_t)probe_start;
	buffer->words[33] = x[NZCV] = UINT64_C(9) << 28;
	buffer->words[34] = tls;
	must(kaal_sys_thread_write_registers(AT(THREADS) + CLIENT));
	must(kaal_sys_thread_resume(AT(THREADS) + CLIENT));
	wait_for(1);
	life_expect_start(l, x, tls, &l->given);
	judge("registers written", 1);
}

static void make_all(void)
{
	make(KAAL_OBJECT_THREAD, THREADS, LIVES);
	make(KAAL_OBJECT_SCHED_CONTEXT, CONTEXTS, LIVES);
	make(KAAL_OBJECT_ENDPOINT, EP, 1);
	make(KAAL_OBJECT_REPLY, REPLY, 1);
	must(kaal_sys_cap_mint(OWN, AT(BADGED), OWN, AT(EP), ALL, BADGE));
	make(KAAL_OBJECT_NOTIFICATION, NTFN, 1);
	must(kaal_sys_cap_mint(OWN, AT(FLAGGED), OWN, AT(NTFN), ALL, FLAGS));
	must(kaal_sys_cap_mint(OWN, AT(LINE), OWN, AT(NTFN), ALL, FLAGS));
	make(KAAL_OBJECT_NOTIFICATION, BACK, 1);
	make(KAAL_OBJECT_NOTIFICATION, DONE, 1);
	make(KAAL_OBJECT_NOTIFICATION, NEVER, 1);
	make(CNODE_OF(COPIES_BITS), COPIES, 1);
	make(KAAL_OBJECT_NOTIFICATION, COPY, 1);
	make(KAAL_OBJECT_FRAME + 256u * KAAL_PAGE_BITS, BUFFER, 1);
	must(device_map(AT(BUFFER), BASE, kaal_largest_untyped().slot, AT(SCRATCH_TABLES)) ? KAAL_OK : KAAL_NO_TABLE);
	must(device_frames(UART, KAAL_PAGE_BITS, AT(FRAMES), AT(SCRATCH)) ? KAAL_OK : KAAL_NO_MEMORY);
	must(device_map(AT(FRAMES), UART_ADDRESS, kaal_largest_untyped().slot, AT(SCRATCH_TABLES) + 2) ? KAAL_OK : KAAL_NO_TABLE);
	must(kaal_sys_thread_set_buffer(KAAL_SLOT_THREAD, AT(BUFFER), 0));
	buffer = (volatile struct kaal_message_buffer *)(uintptr_t)BASE;
	must(kaal_sys_irq_handler_make(KAAL_SLOT_IRQ_CONTROL, UART_LINE, LEVEL, OWN, AT(HANDLER)));
	must(kaal_sys_irq_handler_bind(AT(HANDLER), AT(LINE)));
	for (unsigned i = 0; i < LIVES; i++) {
		life[i].whose = i;
		life[i].word_0 = KEEP_PATTERN;
		must(kaal_sys_thread_configure(AT(THREADS) + i, OWN, KAAL_SLOT_VSPACE));
		must(kaal_sys_thread_set_fault_handler(AT(THREADS) + i, AT(BADGED)));
		must(kaal_sys_thread_set_timeout_handler(AT(THREADS) + i, AT(BADGED)));
		must(kaal_sys_sched_bind(AT(CONTEXTS) + i, AT(THREADS) + i));
		set_budget(i, UNLIMITED, 0);
	}
}

int main(void)
{
	make_all();
	must(kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, PRIORITY_MAIN, PRIORITY_MAIN));
	play_messages();
	play_others();
	play_without_fp();
	play_start();
	play_written();
	return tap_finish();
}
