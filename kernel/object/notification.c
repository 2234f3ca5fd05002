#include "notification.h"

#include <arch/arch.h>
#include <core/sched.h>
#include <kaal/message.h>
#include <kaal/status.h>

#include "endpoint.h"

void notification_start(notification_t notification)
{
	wait_queue_start(&notification_view[notification].waiting);
	notification_view[notification].bound = THREAD_NONE;
}

uint64_t notification_take(notification_t notification)
{
	uint64_t flags = notification_view[notification].flags;

	notification_view[notification].flags = 0;
	return flags;
}

/*@
	requires is_thread(thread);
	terminates \true; exits \false;
	assigns thread_view[thread].frame.argument[0 .. 1];
	ensures thread_view[thread].frame.argument[0] == status && thread_view[thread].frame.argument[1] == flags;
	KEEPS_THREADS_OK;
*/
/* What a call that waited returns. */
static inline void finish_wait(thread_t thread, uint64_t status, uint64_t flags)
{
	arch_frame_set_status(&thread_view[thread].frame, status);
	arch_frame_set_result(&thread_view[thread].frame, 1, flags);
}

/*@
	requires threads_ok && notifications_ok && is_thread(thread);
	exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1], notification_view[0 .. NOTIFICATION_VIEW_END - 1];
	ensures threads_ok && notifications_ok;
	ensures \old(thread_view[thread].state) == THREAD_WAITING;
	ensures thread_view[thread].frame.argument[0] == status && thread_view[thread].frame.argument[1] == flags;
	ensures \forall integer n; 0 <= n < NOTIFICATION_VIEW_END ==> notification_view[n].flags == \old(notification_view[n].flags);
*/
/* Out of the queue, its call finished. */
static void end_wait(thread_t thread, uint64_t status, uint64_t flags)
{
	kernel_assert(thread_view[thread].state == THREAD_WAITING);
	wait_queue_remove(&notification_view[thread_view[thread].waiting_for].waiting, thread);
	//@ assert notifications_ok;
	finish_wait(thread, status, flags);
}

/*@
	requires is_thread(thread);
	terminates \true; exits \false;
	assigns thread_view[thread].frame.argument[0 .. 3];
	ensures thread_view[thread].frame.argument[0] == KAAL_OK && thread_view[thread].frame.argument[2] == flags;
	ensures thread_view[thread].frame.argument[1] == KAAL_MESSAGE_NOTIFICATION;
*/
/* In the place of a message. */
static void give_bound(thread_t thread, uint64_t flags)
{
	arch_frame_set_status(&thread_view[thread].frame, KAAL_OK);
	arch_frame_set_result(&thread_view[thread].frame, 1, KAAL_MESSAGE_NOTIFICATION);
	arch_frame_set_result(&thread_view[thread].frame, 2, flags);
}

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures !\old(bound_receives(notification)) ==> notification_view[notification].flags == \old(notification_view[notification].flags);
*/
static void signal_bound(notification_t notification)
{
	thread_t thread = notification_view[notification].bound;

	if (thread == THREAD_NONE || thread_view[thread].state != THREAD_RECEIVING)
		return;
	endpoint_remove(thread_view[thread].waiting_for, thread);
	give_bound(thread, notification_take(notification));
	sched_ready(thread);
}

/*@
	requires threads_ok && notifications_ok && is_thread(first);
	exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1], notification_view[0 .. NOTIFICATION_VIEW_END - 1];
	ensures threads_ok && notifications_ok;
	ensures thread_view[first].frame.argument[0] == KAAL_OK;
	ensures thread_view[first].frame.argument[1] == \old(notification_view[notification].flags);
	ensures notification_view[notification].flags == 0;
*/
/* All that is set, to who waits first. */
static inline void give_first(notification_t notification, thread_t first)
{
	end_wait(first, KAAL_OK, notification_take(notification));
}

void notification_signal(notification_t notification, uint64_t flags)
{
	thread_t first = notification_view[notification].waiting.first;

	notification_view[notification].flags |= flags;
	/* A binding signals what is set, which may be nothing (NT-1: then somebody may wait). */
	if (notification_view[notification].flags == 0)
		return;
	if (first == THREAD_NONE) {
		signal_bound(notification);
		return;
	}
	give_first(notification, first);
	sched_ready(first);
}

bool notification_take_bound(thread_t thread)
{
	notification_t notification = thread_view[thread].notification;

	if (notification == 0 || notification_view[notification].flags == 0)
		return false;
	give_bound(thread, notification_take(notification));
	return true;
}

void notification_wait(notification_t notification, thread_t thread)
{
	kernel_assert(notification_view[notification].flags == 0);
	sched_block(thread, THREAD_WAITING, notification);
	wait_queue_add(&notification_view[notification].waiting, thread);
	//@ assert threads_ok && cpu_ok;
	//@ assert notifications_ok;
	//@ assert ready_words_ok;
	//@ assert ready_names_ok;
	//@ assert ready_most_ok && ready_ends_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert times_ok;
	//@ assert endpoints_ok && replies_ok;
	//@ assert spaces_ok && tables_ok && lines_ok;
	//@ assert slots_ok;
}

void notification_leave(thread_t thread, uint64_t status)
{
	end_wait(thread, status, 0);
}

bool notification_cancel_step(notification_t notification)
{
	thread_t first = notification_view[notification].waiting.first;

	if (first == THREAD_NONE)
		return true;
	notification_leave(first, KAAL_CANCELLED);
	sched_ready(first);
	return false;
}
