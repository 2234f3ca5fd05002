#include "waiting.h"

#include <arch/arch.h>
#include <kaal/status.h>

#include <object/endpoint.h>
#include <object/notification.h>
#include <object/reply.h>

#include "fault.h"
#include "lend.h"
#include "sched.h"

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
/* Out of the queue of what it waits for, and into it. Parts of their callers: only the proofs see functions of their own. */
static inline void leave_notification(thread_t thread)
{
	wait_queue_remove(&notification_view[thread_view[thread].waiting_for].waiting, thread);
	//@ assert threads_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert times_ok;
	//@ assert ready_words_ok && ready_names_ok;
	//@ assert ready_most_ok && ready_ends_ok;
	//@ assert cpu_ok;
	//@ assert endpoints_ok;
	//@ assert notifications_ok;
	//@ assert replies_ok;
	//@ assert spaces_ok && tables_ok && lines_ok;
	//@ assert slots_ok;
}

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static inline void leave_endpoint(thread_t thread)
{
	endpoint_remove(thread_view[thread].waiting_for, thread);
	//@ assert threads_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert times_ok;
	//@ assert ready_words_ok && ready_names_ok;
	//@ assert ready_most_ok && ready_ends_ok;
	//@ assert cpu_ok;
	//@ assert endpoints_ok;
	//@ assert notifications_ok;
	//@ assert replies_ok;
	//@ assert spaces_ok && tables_ok && lines_ok;
	//@ assert slots_ok;
}

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static inline void enter_notification(thread_t thread)
{
	wait_queue_add(&notification_view[thread_view[thread].waiting_for].waiting, thread);
	//@ assert threads_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert times_ok;
	//@ assert ready_words_ok && ready_names_ok;
	//@ assert ready_most_ok && ready_ends_ok;
	//@ assert cpu_ok;
	//@ assert endpoints_ok;
	//@ assert notifications_ok;
	//@ assert replies_ok;
	//@ assert spaces_ok && tables_ok && lines_ok;
	//@ assert slots_ok;
}

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static inline void enter_endpoint(thread_t thread)
{
	endpoint_add(thread_view[thread].waiting_for, thread);
	//@ assert threads_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert times_ok;
	//@ assert ready_words_ok && ready_names_ok;
	//@ assert ready_most_ok && ready_ends_ok;
	//@ assert cpu_ok;
	//@ assert endpoints_ok;
	//@ assert notifications_ok;
	//@ assert replies_ok;
	//@ assert spaces_ok && tables_ok && lines_ok;
	//@ assert slots_ok;
}

void waiting_leave_queue(thread_t thread)
{
	const struct thread *t = &thread_view[thread];

	if (t->state == THREAD_WAITING)
		leave_notification(thread);
	else if (t->state >= THREAD_SENDING && t->state <= THREAD_RECEIVING)
		leave_endpoint(thread);
}

void waiting_enter_queue(thread_t thread)
{
	const struct thread *t = &thread_view[thread];

	if (t->state == THREAD_WAITING)
		enter_notification(thread);
	else if (t->state >= THREAD_SENDING && t->state <= THREAD_RECEIVING)
		enter_endpoint(thread);
}

/*@
	requires kernel_ok && is_thread(caller) && reply != REPLY_NONE;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
/* What it had lent is its own, and its reply names no caller. */
static inline void leave_reply(thread_t caller, reply_t reply)
{
	lend_return(caller);
	reply_clear_caller(reply);
	//@ assert threads_ok;
	//@ assert replies_ok;
	//@ assert endpoints_ok && notifications_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	//@ assert queues_ok && cpu_ok;
	//@ assert spaces_ok && tables_ok && lines_ok;
	//@ assert slots_ok;
}

/*@
	requires is_thread(thread);
	terminates \true; exits \false;
	assigns thread_view[thread].fault;
	KEEPS_THREADS_OK;
	KEEPS_OTHERS_OK;
	KEEPS(ready_words_ok);
	KEEPS(ready_names_ok);
	KEEPS(ready_most_ok);
	KEEPS(ready_ends_ok);
*/
/* It has no fault that waits for an answer. */
static inline void clear_fault(thread_t thread)
{
	thread_view[thread].fault = KAAL_FAULT_NONE;
}

void waiting_end(thread_t thread, uint64_t status)
{
	struct thread *t = &thread_view[thread];

	if (t->state < THREAD_WAITING)
		return;
	waiting_leave_queue(thread);
	if (t->state == THREAD_AWAITING_REPLY)
		leave_reply(thread, t->waiting_for);
	if (t->fault != KAAL_FAULT_NONE) {
		clear_fault(thread);
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
