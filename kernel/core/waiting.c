#include "waiting.h"

#include <arch/arch.h>
#include <kaal/status.h>

#include <object/endpoint.h>
#include <object/notification.h>
#include <object/reply.h>

#include "fault.h"
#include "lend.h"
#include "sched.h"

void waiting_leave_queue(thread_t thread)
{
	const struct thread *t = &thread_view[thread];

	if (t->state == THREAD_WAITING)
		wait_queue_remove(&notification_view[t->waiting_for].waiting, thread);
	else if (t->state >= THREAD_SENDING && t->state <= THREAD_RECEIVING)
		endpoint_remove(t->waiting_for, thread);
}

void waiting_enter_queue(thread_t thread)
{
	const struct thread *t = &thread_view[thread];

	if (t->state == THREAD_WAITING)
		wait_queue_add(&notification_view[t->waiting_for].waiting, thread);
	else if (t->state >= THREAD_SENDING && t->state <= THREAD_RECEIVING)
		endpoint_add(t->waiting_for, thread);
}

void waiting_end(thread_t thread, uint64_t status)
{
	struct thread *t = &thread_view[thread];

	if (t->state < THREAD_WAITING)
		return;
	waiting_leave_queue(thread);
	if (t->state == THREAD_AWAITING_REPLY) {
		lend_return(thread);
		reply_clear_caller(t->waiting_for);
	}
	if (t->fault != KAAL_FAULT_NONE) {
		t->fault = KAAL_FAULT_NONE;
		return;
	}
	arch_frame_set_status(&t->frame, status);
	arch_frame_set_result(&t->frame, 1, 0);
	arch_frame_set_result(&t->frame, 2, 0);
}

void waiting_cancel(thread_t thread)
{
	bool faulted = thread_view[thread].fault != KAAL_FAULT_NONE;

	if (faulted) {
		fault_unhandled(thread);
		return;
	}
	waiting_end(thread, KAAL_CANCELLED);
	sched_ready(thread);
}

void waiting_end_served(thread_t thread)
{
	reply_t reply = thread_view[thread].reply;
	thread_t caller;

	if (reply == REPLY_NONE)
		return;
	caller = reply_caller(reply);
	if (caller != THREAD_NONE)
		waiting_cancel(caller);
	reply_set_receiver(REPLY_NONE, thread);
}
