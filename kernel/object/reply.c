#include "reply.h"

#include <arch/arch.h>

void reply_start(reply_t reply)
{
	reply_view[reply].caller = THREAD_NONE;
	reply_view[reply].slow_caller = THREAD_NONE;
	reply_view[reply].receiver = THREAD_NONE;
}

thread_t reply_caller(reply_t reply)
{
	return reply_view[reply].caller != THREAD_NONE ? reply_view[reply].caller : reply_view[reply].slow_caller;
}

void reply_set_caller(reply_t reply, thread_t caller)
{
	kernel_assert(reply_caller(reply) == THREAD_NONE);
	if (thread_view[caller].fault != KAAL_FAULT_NONE || thread_view[caller].timer.rank != 0)
		reply_view[reply].slow_caller = caller;
	else
		reply_view[reply].caller = caller;
}

void reply_clear_caller(reply_t reply)
{
	reply_view[reply].caller = THREAD_NONE;
	reply_view[reply].slow_caller = THREAD_NONE;
}

void reply_set_receiver(reply_t reply, thread_t receiver)
{
	reply_t before = receiver == THREAD_NONE ? REPLY_NONE : thread_view[receiver].reply;

	if (before == reply)
		return;
	if (before != REPLY_NONE)
		reply_view[before].receiver = THREAD_NONE;
	if (receiver != THREAD_NONE)
		thread_view[receiver].reply = reply;
	//@ assert threads_numbers_ok;
	//@ assert threads_ready_ok && threads_timer_ok && threads_wait_ok;
	//@ assert threads_cspace_ok && threads_root_ok;
	//@ assert replies_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert times_ok;
	//@ assert kernel_ok;
	if (reply == REPLY_NONE)
		return;
	if (reply_view[reply].receiver != THREAD_NONE)
		thread_view[reply_view[reply].receiver].reply = REPLY_NONE;
	//@ assert threads_numbers_ok;
	//@ assert threads_ready_ok && threads_timer_ok && threads_wait_ok;
	//@ assert threads_cspace_ok && threads_root_ok;
	//@ assert replies_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert times_ok;
	//@ assert kernel_ok;
	reply_view[reply].receiver = receiver;
}
