/* What the model of an interrupt line (tests/model/irq.pml) does, done to the kernel. */
#include "replay.h"

#include <core/interrupt.h>
#include <kaal/syscall_numbers.h>
#include <object/irq.h>
#include <object/notification.h>
#include <object/untyped.h>

#define RADIX 6u
#define OWN 1u
#define MEMORY 2u
#define NTFN 3u    /* two */
#define CONTROL 5u
#define HANDLER 6u /* two */
#define TABLE 0x10000u /* slot of line 0 */
#define LINE 40u
#define DRIVER 16u
#define DRIVERS_CONTEXT (FIXTURE_CONTEXT + 1)
#define WAITS UINT64_MAX

static notification_t object[2]; /* the notifications made last */
static bool gets_flags;          /* the driver's last call does */

/* One way into the kernel, which an interrupt stops after one step. */
static void enter_with(thread_t thread, uint32_t number, const uint64_t *argument)
{
	struct arch_frame *frame = &thread_view[thread].frame;

	if (cpu.current != thread) {
		sched_give_way(cpu.current);
		(void)sched_next();
	}
	cr_assert_eq(cpu.current, thread);
	memcpy(frame->argument, argument, sizeof frame->argument);
	host.calls_until_pending = 1;
	fixture_dispatch(thread, number);
	host.calls_until_pending = 0;
	(void)sched_next();
}

#define enter(thread, number, ...) enter_with((thread), KAAL_SYS_##number, (const uint64_t[6]){__VA_ARGS__})

/* What the manager does in no more than one step. */
static void must(uint64_t status)
{
	cr_assert_eq(status, KAAL_OK);
	thread_view[FIXTURE_CALLER].frame.status = WAITS;
}

/* thread, what it goes on with, of which: as irq.pml numbers them */
static void do_go(const unsigned *a)
{
	thread_t thread = a[0] == 0 ? DRIVER : FIXTURE_CALLER;

	if (a[0] == 0)
		gets_flags = false;
	switch (a[1]) {
	case 1:
		enter(thread, IRQ_HANDLER_BIND, HANDLER, NTFN + a[2]);
		break;
	case 2:
		enter(thread, IRQ_HANDLER_UNBIND, HANDLER);
		break;
	case 3:
		enter(thread, CAP_DELETE, OWN, HANDLER + a[2]);
		break;
	case 4:
		enter(thread, CAP_DELETE, OWN, NTFN + a[2]);
		break;
	default:
		enter(thread, CAP_REVOKE, OWN, NTFN + a[2]);
		break;
	}
}

static void do_ack(const unsigned *a)
{
	(void)a;
	gets_flags = false;
	enter(DRIVER, IRQ_ACK, HANDLER);
}

static void do_ack_wait(const unsigned *a)
{
	(void)a;
	gets_flags = true;
	enter(DRIVER, IRQ_ACK_WAIT, HANDLER, NTFN);
}

static void do_poll(const unsigned *a)
{
	(void)a;
	gets_flags = true;
	enter(DRIVER, NOTIFICATION_POLL, NTFN + 1);
}

static void do_suspend(const unsigned *a)
{
	(void)a;
	sched_stop(DRIVER);
	(void)sched_next();
}

static void do_resume(const unsigned *a)
{
	(void)a;
	sched_ready(DRIVER);
	(void)sched_next();
}

static void do_fire(const unsigned *a)
{
	(void)a;
	host.pending[0] = LINE;
	host.pending_count = 1;
	interrupt_handle();
	(void)sched_next();
}

/* What the kernel does not see. */
static void do_nothing(const unsigned *a)
{
	(void)a;
}

static void do_make(const unsigned *a)
{
	must(fixture_call(KAAL_SYS_IRQ_HANDLER_MAKE, CONTROL, LINE, a[0], OWN, HANDLER, 0));
}

static void do_copy(const unsigned *a)
{
	(void)a;
	must(fixture_call(KAAL_SYS_CAP_COPY, OWN, HANDLER + 1, OWN, HANDLER, KAAL_RIGHTS_ALL, 0));
}

static void do_new(const unsigned *a)
{
	must(fixture_call(KAAL_SYS_UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_NOTIFICATION, OWN, NTFN + a[0], 1, 0));
	object[a[0]] = notification_of(slot_view[FIXTURE_CNODE + NTFN + a[0]].cap);
}

static void start_world(const unsigned *a)
{
	(void)a;
	fixture_start(RADIX);
	fixture_put(OWN, cnode_cap(FIXTURE_CNODE, RADIX, KAAL_RIGHTS_ALL));
	fixture_put(MEMORY, untyped_cap(0x100000, 20, false));
	fixture_put(CONTROL, (struct cap){.word = cap_word(KAAL_OBJECT_IRQ_CONTROL, KAAL_RIGHTS_ALL, 0)});
	irq_start(TABLE, HOST_LINES);
	fixture_thread(DRIVER, RADIX);
	fixture_keep_thread(DRIVER);
	fixture_context(DRIVERS_CONTEXT, SCHED_UNLIMITED, SCHED_UNLIMITED);
	check_keep(KAAL_OBJECT_SCHED_CONTEXT, DRIVERS_CONTEXT << (SCHED_CONTEXT_BITS - OBJECT_UNIT_BITS));
	sched_bind(DRIVERS_CONTEXT, DRIVER);
	sched_ready(DRIVER);
	thread_view[DRIVER].frame.status = WAITS;
	thread_view[FIXTURE_CALLER].frame.status = WAITS;
	object[0] = 0;
	object[1] = 0;
	(void)sched_next();
}

/* --- the kernel's state in the model's words --------------------------------------------------- */

static void say_status(thread_t thread, bool flags)
{
	struct arch_frame *frame = &thread_view[thread].frame;

	if (frame->status == WAITS)
		return;
	replay_say("=%s", replay_status(frame->status));
	if (flags)
		replay_say(":%u", (unsigned)frame->result[1]);
	frame->status = WAITS;
}

/* Empty, full, being deleted, or reserved until what ended is told. */
static unsigned slot_kind(slot_t slot)
{
	struct cap cap = slot_view[slot].cap;

	if (cap.word == 0)
		return 0;
	return cap.word == CAP_ZOMBIE ? 3 : cap_is_zombie(cap) ? 2 : 1;
}

static void say_line(void)
{
	slot_t line = irq_slot(LINE);
	unsigned bound = REPLAY_NONE;

	if (slot_kind(line) == 1)
		bound = notification_of(slot_view[line].cap) == object[0] ? 0 : 1;
	replay_say(" | %d %u %u.%u %u.%u.%d |", !host.unmasked[LINE], *irq_count(LINE), slot_kind(FIXTURE_CNODE + HANDLER),
		   slot_kind(FIXTURE_CNODE + HANDLER + 1), slot_kind(line), bound,
		   bound != REPLAY_NONE && slot_view[line].parent == FIXTURE_CNODE + NTFN + bound);
}

static void say_all(void)
{
	check_invariants();
	replay_say(" %u", thread_view[DRIVER].state);
	say_status(DRIVER, gets_flags);
	replay_say(" -");
	say_status(FIXTURE_CALLER, false);
	say_line();
	for (unsigned i = 0; i < 2; i++) {
		const struct notification *n = &notification_view[object[i]];
		bool lives = object[i] != 0 && n->count != 0;

		replay_say(" %u.%u.%d.%d", slot_kind(FIXTURE_CNODE + NTFN + i), lives ? n->count : 0, lives && n->flags != 0,
			   object[i] != 0 && n->waiting.first != THREAD_NONE);
	}
	replay_say(" ");
}

static const struct replay_action actions[] = {
	{"plan", do_nothing},
	{"go", do_go},
	{"ack", do_ack},
	{"ack_wait", do_ack_wait},
	{"poll", do_poll},
	{"suspend", do_suspend},
	{"resume", do_resume},
	{"fire", do_fire},
	{"asks", do_nothing},
	{"served", do_nothing},
	{"make", do_make},
	{"copy", do_copy},
	{"new", do_new},
	{"world", start_world},
};

static void begin(void)
{
}

Test(replay, kernel_does_what_the_model_does)
{
	replay_all(actions, sizeof actions / sizeof *actions, begin, say_all);
}
