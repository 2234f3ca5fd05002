/* Interrupt lines: handlers, bindings, what an interrupt does to whom, by system call. */
#include "by_call.h"

#include <core/interrupt.h>
#include <kaal/status.h>
#include <object/irq.h>
#include <object/notification.h>
#include <object/untyped.h>

#define RADIX 6u
#define MEMORY 2u
#define NTFN 3u
#define BADGED 4u
#define CONTROL 5u
#define HANDLER 6u
#define COPY 7u
#define OTHER 8u /* another notification */
#define SPARE 10u
#define TABLE 0x10000u /* slot of line 0 */
#define LINE 40u
#define BADGE 0xf0u
#define SLOT(index) (slot_view[FIXTURE_CNODE + (index)])

static uint64_t make(uint64_t line, uint64_t trigger, uint64_t slot)
{
	return fixture_call(KAAL_SYS_IRQ_HANDLER_MAKE, CONTROL, line, trigger, OWN, slot, 0);
}

static void start(void)
{
	fixture_start(RADIX);
	fixture_put(OWN, cnode_cap(FIXTURE_CNODE, RADIX, 3));
	fixture_put(MEMORY, untyped_cap(0x100000, 20, false));
	fixture_put(CONTROL, (struct cap){.word = cap_word(KAAL_OBJECT_IRQ_CONTROL, 7, 0)});
	irq_start(TABLE, HOST_LINES);
	cr_assert_eq(fixture_call(KAAL_SYS_UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_NOTIFICATION, OWN, NTFN, 1, 0), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_NOTIFICATION, OWN, OTHER, 1, 0), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, OWN, BADGED, OWN, NTFN, 15, BADGE), KAAL_OK);
	cr_assert_eq(make(LINE, 1, HANDLER), KAAL_OK);
}

TestSuite(irq, .init = start);

/* The lines fire: the kernel takes them. */
static void fire(uint32_t first, uint32_t second)
{
	host.pending[0] = first;
	host.pending[1] = second;
	host.pending_count = second == 0 ? 1 : 2;
	host.completed = 0;
	while (arch_irq_pending())
		interrupt_handle();
	cr_assert_eq(host.completed, second == 0 ? 1 : 2);
}

/* Flags of a notification, taken. */
static uint64_t flags(uint32_t index)
{
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_POLL, index, 0), KAAL_OK);
	return thread_view[FIXTURE_CALLER].frame.result[1];
}

static struct cap binding(void)
{
	return slot_view[TABLE + LINE].cap;
}

Test(irq, a_handler_is_made_masked_and_below_its_control)
{
	cr_assert_eq(call(KAAL_SYS_CAP_IDENTIFY, HANDLER, 0), KAAL_OK);
	cr_assert_eq(thread_view[FIXTURE_CALLER].frame.result[1], KAAL_OBJECT_IRQ_HANDLER);
	cr_assert_eq(thread_view[FIXTURE_CALLER].frame.result[2], KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT);
	cr_assert_eq(thread_view[FIXTURE_CALLER].frame.result[3], 0);
	cr_assert_eq(SLOT(HANDLER).parent, FIXTURE_CNODE + CONTROL);
	cr_assert_eq(*irq_count(LINE), 1);
	cr_assert_eq(host.configured, 1);
	cr_assert(host.edge[LINE] && !host.unmasked[LINE]);
	cr_assert_eq(make(LINE + 1, 0, SPARE), KAAL_OK);
	cr_assert(!host.edge[LINE + 1]);
}

Test(irq, a_bound_line_signals_the_badge_and_is_masked_until_acked)
{
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, BADGED), KAAL_OK);
	cr_assert(!host.unmasked[LINE], "masked until the first ack");
	cr_assert_eq(call(KAAL_SYS_IRQ_ACK, HANDLER, 0), KAAL_OK);
	cr_assert(host.unmasked[LINE]);
	fire(LINE, 0);
	cr_assert(!host.unmasked[LINE], "masked when it fires");
	cr_assert_eq(flags(NTFN), BADGE);
	cr_assert_eq(call(KAAL_SYS_IRQ_ACK, HANDLER, 0), KAAL_OK);
	cr_assert(host.unmasked[LINE]);
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, NTFN), KAAL_OK);
	fire(LINE, 0);
	cr_assert_eq(flags(NTFN), 1, "flag 0 without badge");
}

Test(irq, one_after_the_other_is_taken_and_those_of_nobody_masked)
{
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, BADGED), KAAL_OK);
	host.unmasked[50] = true;
	fire(50, LINE);
	cr_assert(!host.unmasked[50]);
	cr_assert_eq(flags(NTFN), BADGE);
	fire(HOST_LINES + 1, 0); /* a line that is none is masked and nothing else */
	cr_assert_eq(host.masked, HOST_LINES + 1);
	cr_assert_eq(flags(NTFN), 0);
	interrupt_handle(); /* a spurious one: nothing to claim */
}

Test(irq, it_wakes_who_waits)
{
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, BADGED), KAAL_OK);
	thread_view[FIXTURE_CALLER].frame.argument[0] = HANDLER;
	thread_view[FIXTURE_CALLER].frame.argument[1] = NTFN;
	fixture_dispatch(FIXTURE_CALLER, KAAL_SYS_IRQ_ACK_WAIT);
	cr_assert(host.unmasked[LINE]);
	cr_assert_eq(thread_view[FIXTURE_CALLER].state, THREAD_WAITING);
	fire(LINE, 0);
	cr_assert_eq(thread_view[FIXTURE_CALLER].state, THREAD_READY);
	cr_assert_eq(thread_view[FIXTURE_CALLER].frame.status, KAAL_OK);
	cr_assert_eq(thread_view[FIXTURE_CALLER].frame.result[1], BADGE);
	(void)sched_next();
	fire(LINE, 0);
	cr_assert_eq(call(KAAL_SYS_IRQ_ACK_WAIT, HANDLER, NTFN), KAAL_OK, "flags that are set end it at once");
	cr_assert_eq(thread_view[FIXTURE_CALLER].frame.result[1], BADGE);
	cr_assert(host.unmasked[LINE]);
}

Test(irq, who_waits_is_told_when_it_is_stopped)
{
	thread_view[FIXTURE_CALLER].frame.argument[0] = HANDLER;
	thread_view[FIXTURE_CALLER].frame.argument[1] = NTFN;
	fixture_dispatch(FIXTURE_CALLER, KAAL_SYS_IRQ_ACK_WAIT);
	cr_assert_eq(thread_view[FIXTURE_CALLER].state, THREAD_WAITING);
	sched_stop(FIXTURE_CALLER);
	cr_assert_eq(thread_view[FIXTURE_CALLER].frame.status, KAAL_CANCELLED);
	cr_assert_eq(thread_view[FIXTURE_CALLER].frame.result[1], 0);
	cr_assert(host.unmasked[LINE], "the line was acked");
}

Test(irq, binding_anew_drops_the_former_and_masks)
{
	uint32_t *count = &notification_view[notification_of(SLOT(NTFN).cap)].count;

	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, BADGED), KAAL_OK);
	cr_assert_eq(*count, 3);
	cr_assert_eq(call(KAAL_SYS_IRQ_ACK, HANDLER, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, OTHER), KAAL_OK);
	cr_assert_eq(*count, 2);
	cr_assert(!host.unmasked[LINE]);
	cr_assert_eq(slot_view[TABLE + LINE].parent, FIXTURE_CNODE + OTHER);
	fire(LINE, 0);
	cr_assert_eq(flags(NTFN), 0);
	cr_assert_eq(flags(OTHER), 1);
}

Test(irq, unbinding)
{
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_UNBIND, HANDLER, 0), KAAL_NOT_BOUND);
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, BADGED), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_IRQ_ACK, HANDLER, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_UNBIND, HANDLER, 0), KAAL_OK);
	cr_assert(!host.unmasked[LINE]);
	cr_assert(cap_is_null(binding()));
	fire(LINE, 0);
	cr_assert_eq(flags(NTFN), 0);
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_UNBIND, HANDLER, 0), KAAL_NOT_BOUND);
}

Test(irq, revoking_the_notification_unbinds)
{
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, BADGED), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_REVOKE, OWN, NTFN), KAAL_OK);
	cr_assert(cap_is_null(binding()));
	cr_assert_eq(slot_view[TABLE + LINE].parent, 0);
	fire(LINE, 0);
	cr_assert_eq(flags(NTFN), 0);
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, NTFN), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_REVOKE, OWN, MEMORY), KAAL_OK, "its memory can be taken back");
	cr_assert(cap_is_null(binding()));
}

Test(irq, deleting_the_capability_it_was_bound_with_does_not)
{
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, BADGED), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_DELETE, OWN, BADGED), KAAL_OK);
	fire(LINE, 0);
	cr_assert_eq(flags(NTFN), BADGE);
	cr_assert_eq(slot_view[TABLE + LINE].parent, FIXTURE_CNODE + NTFN);
}

/* Copies count; the last one's end frees line and binding. */
Test(irq, the_last_handler_frees_the_line)
{
	uint32_t *count = &notification_view[notification_of(SLOT(NTFN).cap)].count;

	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, COPY, OWN, HANDLER, KAAL_RIGHT_WRITE, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, COPY, BADGED), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_IRQ_ACK, COPY, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_DELETE, OWN, HANDLER), KAAL_OK);
	cr_assert_eq(make(LINE, 0, SPARE), KAAL_IN_USE);
	fire(LINE, 0);
	cr_assert_eq(flags(NTFN), BADGE);
	cr_assert_eq(call(KAAL_SYS_IRQ_ACK, COPY, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_DELETE, OWN, COPY), KAAL_OK);
	cr_assert(!host.unmasked[LINE]);
	cr_assert(cap_is_null(binding()));
	cr_assert_eq(*count, 2);
	fire(LINE, 0);
	cr_assert_eq(flags(NTFN), 0);
	cr_assert_eq(make(LINE, 0, SPARE), KAAL_OK);
	cr_assert_eq(host.configured, 2);
}

Test(irq, revoking_the_control_takes_all_handlers)
{
	cr_assert_eq(make(16, 0, SPARE), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, COPY, OWN, HANDLER, 15, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, BADGED), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_REVOKE, OWN, CONTROL), KAAL_OK);
	cr_assert(cap_is_null(SLOT(HANDLER).cap) && cap_is_null(SLOT(COPY).cap) && cap_is_null(SLOT(SPARE).cap));
	cr_assert(irq_is_free(LINE) && irq_is_free(16));
	cr_assert(cap_is_null(binding()));
}

/* The binding was the last capability: who waits is told, in steps, and the line's slot is empty then. */
static void lose_last_binding(uint32_t number, uint64_t b)
{
	thread_t waiter = FIXTURE_CALLER + 1;

	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, BADGED), KAAL_OK);
	fixture_thread(waiter, RADIX);
	fixture_context(FIXTURE_CONTEXT + 1, SCHED_UNLIMITED, SCHED_UNLIMITED);
	sched_bind(FIXTURE_CONTEXT + 1, waiter);
	sched_ready(waiter);
	notification_wait(notification_of(binding()), waiter);
	cr_assert_eq(call(KAAL_SYS_CAP_DELETE, OWN, BADGED), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_DELETE, OWN, NTFN), KAAL_OK);
	cr_assert_eq(thread_view[waiter].state, THREAD_WAITING, "the binding keeps it");
	host.calls_until_pending = 1;
	cr_assert_eq(call(number, HANDLER, b), KAAL_OK);
	cr_assert_eq(host.calls_until_pending, 0, "it was interrupted");
	cr_assert_eq(thread_view[waiter].state, THREAD_READY);
	cr_assert_eq(thread_view[waiter].frame.status, KAAL_CANCELLED);
}

Test(irq, binding_anew_may_end_the_former_notification)
{
	lose_last_binding(KAAL_SYS_IRQ_HANDLER_BIND, OTHER);
	fire(LINE, 0);
	cr_assert_eq(flags(OTHER), 1);
}

Test(irq, unbinding_may_end_the_notification)
{
	lose_last_binding(KAAL_SYS_IRQ_HANDLER_UNBIND, 0);
	cr_assert(cap_is_null(binding()));
	cr_assert_eq(slot_view[TABLE + LINE].cap.word, 0);
}

Test(irq, the_handlers_end_may_end_the_notification)
{
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, BADGED), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_DELETE, OWN, BADGED), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_DELETE, OWN, NTFN), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_DELETE, OWN, HANDLER), KAAL_OK);
	cr_assert(cap_is_null(binding()));
	cr_assert(cap_is_null(SLOT(HANDLER).cap));
	cr_assert(destroy_worklist_step());
	cr_assert_eq(make(LINE, 0, HANDLER), KAAL_OK);
}

/* Deleted with a child: the slot is emptied as a zombie, and its line is freed all the same when the child goes. */
Test(irq, a_zombie_handler_frees_its_line)
{
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, COPY, OWN, HANDLER, 15, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_IRQ_HANDLER_BIND, HANDLER, BADGED), KAAL_OK);
	slot_view[FIXTURE_CNODE + HANDLER].cap.word += CAP_ZOMBIE;
	slot_view[FIXTURE_CNODE + COPY].cap.word += CAP_ZOMBIE;
	while (!destroy_slot_step(FIXTURE_CNODE + HANDLER) || !destroy_slot_step(FIXTURE_CNODE + COPY))
		;
	cr_assert(irq_is_free(LINE));
	cr_assert(cap_is_null(binding()));
}

Test(irq, errors_of_make)
{
	static const uint64_t bad_line[] = {0, 15, HOST_TIMER_IRQ, HOST_LINES, UINT64_C(1) << 32 | LINE, UINT64_MAX};

	cr_assert_eq(fixture_call(KAAL_SYS_IRQ_HANDLER_MAKE, 99, 41, 0, OWN, SPARE, 0), KAAL_INVALID_CAP);
	cr_assert_eq(fixture_call(KAAL_SYS_IRQ_HANDLER_MAKE, CONTROL, 41, 0, 99, SPARE, 0), KAAL_INVALID_CAP);
	cr_assert_eq(make(41, 0, 0), KAAL_INVALID_CAP);
	cr_assert_eq(make(41, 0, 64), KAAL_INVALID_CAP);
	cr_assert_eq(fixture_call(KAAL_SYS_IRQ_HANDLER_MAKE, HANDLER, 41, 0, OWN, SPARE, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(fixture_call(KAAL_SYS_IRQ_HANDLER_MAKE, CONTROL, 41, 0, CONTROL, SPARE, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 11, OWN, CONTROL, KAAL_RIGHT_READ, 0), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 12, OWN, OWN, KAAL_RIGHT_READ, 0), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_IRQ_HANDLER_MAKE, 11, 41, 0, OWN, SPARE, 0), KAAL_NO_RIGHT);
	cr_assert_eq(fixture_call(KAAL_SYS_IRQ_HANDLER_MAKE, CONTROL, 41, 0, 12, SPARE, 0), KAAL_NO_RIGHT);
	for (unsigned i = 0; i < sizeof bad_line / sizeof bad_line[0]; i++)
		cr_assert_eq(make(bad_line[i], 0, SPARE), KAAL_OUT_OF_RANGE, "line %u", i);
	cr_assert_eq(make(41, 2, SPARE), KAAL_OUT_OF_RANGE);
	cr_assert_eq(make(LINE, 1, SPARE), KAAL_IN_USE);
	cr_assert_eq(make(41, 0, HANDLER), KAAL_SLOT_OCCUPIED);
	cr_assert_eq(host.configured, 1, "nothing was changed");
	cr_assert_eq(make(IRQ_FIRST, 0, SPARE), KAAL_OK);
	cr_assert_eq(make(HOST_LINES - 1, 0, SPARE + 3), KAAL_OK);
}

Test(irq, errors_on_handlers)
{
	static const uint32_t number[] = {KAAL_SYS_IRQ_HANDLER_BIND, KAAL_SYS_IRQ_HANDLER_UNBIND, KAAL_SYS_IRQ_ACK, KAAL_SYS_IRQ_ACK_WAIT};

	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 11, OWN, HANDLER, KAAL_RIGHT_READ, 0), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 12, OWN, NTFN, KAAL_RIGHT_READ, 0), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 13, OWN, NTFN, KAAL_RIGHT_WRITE, 0), KAAL_OK);
	for (unsigned i = 0; i < 4; i++) {
		cr_assert_eq(call(number[i], 99, NTFN), KAAL_INVALID_CAP);
		cr_assert_eq(call(number[i], NTFN, NTFN), KAAL_WRONG_TYPE);
		cr_assert_eq(call(number[i], 11, NTFN), KAAL_NO_RIGHT);
	}
	for (unsigned i = 0; i < 4; i += 3) {
		cr_assert_eq(call(number[i], HANDLER, 99), KAAL_INVALID_CAP);
		cr_assert_eq(call(number[i], HANDLER, HANDLER), KAAL_WRONG_TYPE);
		cr_assert_eq(call(number[i], HANDLER, i == 0 ? 12 : 13), KAAL_NO_RIGHT);
		cr_assert_eq(thread_view[FIXTURE_CALLER].frame.result[1], 0);
	}
	cr_assert(!host.unmasked[LINE], "an ack that failed unmasks nothing");
	cr_assert(cap_is_null(binding()));
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, OWN, SPARE, OWN, HANDLER, 15, 1), KAAL_WRONG_TYPE);
}
