#include "ipc.h"

#include <arch/arch.h>
#include <kaal/message.h>
#include <kaal/status.h>

#include <object/notification.h>

#include "fault.h"
#include "lend.h"
#include "message.h"
#include "sched.h"
#include "waiting.h"

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns thread_view[thread].frame.argument[0];
	ensures thread_view[thread].frame.argument[0] == status;
	ensures kernel_ok;
*/
static void finish(thread_t thread, uint64_t status)
{
	arch_frame_set_status(&thread_view[thread].frame, status);
}

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures deadline == IPC_FOREVER ==> same_states{Pre, Post} && same_ranks{Pre, Post};
	ensures deadline == IPC_FOREVER ==> same_contexts{Pre, Post} && same_callers{Pre, Post};
*/
static void set_deadline(thread_t thread, uint64_t deadline)
{
	if (deadline != IPC_FOREVER)
		sched_wait_until(thread, deadline);
}

/* The thread waits in the endpoint's queue, or, if it has no time, not at all. */
/*@
	requires kernel_ok && is_thread(thread) && (state == THREAD_AWAITING_REPLY ==> endpoint != REPLY_NONE);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// Without time the call ends, and nobody waits who did not before.
	ensures deadline == IPC_AT_ONCE ==> thread_view[thread].frame.argument[0] == KAAL_WOULD_BLOCK &&
		thread_view[thread].frame.argument[1] == 0 && thread_view[thread].frame.argument[2] == 0;
	ensures deadline == IPC_AT_ONCE ==> same_states{Pre, Post} && same_ranks{Pre, Post};
*/
static void wait_in_queue(thread_t thread, enum thread_state state, endpoint_t endpoint, uint64_t deadline)
{
	if (deadline == IPC_AT_ONCE) {
		finish(thread, KAAL_WOULD_BLOCK);
		arch_frame_set_result(&thread_view[thread].frame, 1, 0);
		//@ assert kernel_ok;
		arch_frame_set_result(&thread_view[thread].frame, 2, 0);
		//@ assert kernel_ok;
		return;
	}
	sched_block(thread, state, endpoint);
	set_deadline(thread, deadline);
	endpoint_add(endpoint, thread);
}

/* The receiver cannot answer. */
/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures \old(thread_view[caller].fault == KAAL_FAULT_NONE && thread_view[caller].state == THREAD_READY) ==>
		thread_view[caller].frame.argument[0] == KAAL_NO_REPLY && thread_view[caller].frame.argument[1] == 0;
*/
static void refuse_call(thread_t caller)
{
	if (thread_view[caller].fault != KAAL_FAULT_NONE) {
		/* It runs, or has been taken out of the queue that its state says it is in. */
		thread_view[caller].state = THREAD_STOPPED;
		fault_unhandled(caller);
		return;
	}
	finish(caller, KAAL_NO_REPLY);
	arch_frame_set_result(&thread_view[caller].frame, 1, 0);
	if (thread_view[caller].state != THREAD_READY)
		sched_ready(caller);
}

/*@
	predicate is_call{L}(integer caller, integer receiver) =
		runs(caller) && thread_view[receiver].state != THREAD_READY && thread_view[receiver].reply != REPLY_NONE;
*/
/* The caller's message has been received: it waits for the answer, with the deadline that it may have already. */
/*@
	requires kernel_ok && is_thread(caller) && is_thread(receiver);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// The caller waits for the answer in the receiver's reply object, which names it.
	ensures \old(is_call(caller, receiver)) && caller != receiver && deadline == IPC_FOREVER ==>
		thread_view[caller].state == THREAD_AWAITING_REPLY && thread_view[caller].waiting_for == \old(thread_view[receiver].reply);
	ensures \old(is_call(caller, receiver)) && caller != receiver && deadline == IPC_FOREVER ==>
		reply_view[\old(thread_view[receiver].reply)].caller == caller ||
		reply_view[\old(thread_view[receiver].reply)].slow_caller == caller;
	// It lends its context to one that has none.
	ensures \old(is_call(caller, receiver) && can_lend(caller) && thread_view[receiver].own == CONTEXT_NONE) &&
		caller != receiver && deadline == IPC_FOREVER ==>
		thread_view[receiver].context == \old(thread_view[caller].context) + 1;
*/
static void await_reply(thread_t caller, thread_t receiver, uint64_t deadline)
{
	reply_t reply = thread_view[receiver].reply;

	if (reply == REPLY_NONE) {
		refuse_call(caller);
		return;
	}
	sched_block(caller, THREAD_AWAITING_REPLY, reply);
	set_deadline(caller, deadline);
	reply_set_caller(reply, caller);
	lend_context(caller, receiver);
}

void ipc_send(thread_t sender, endpoint_t endpoint, bool call, uint64_t deadline)
{
	thread_t receiver = endpoint_receiver(endpoint);

	if (receiver == THREAD_NONE) {
		wait_in_queue(sender, call ? THREAD_CALLING : THREAD_SENDING, endpoint, deadline);
		return;
	}
	endpoint_remove(endpoint, receiver);
	message_transfer(sender, receiver, thread_view[sender].badge, thread_view[sender].may_grant != 0);
	if (call)
		await_reply(sender, receiver, deadline);
	else
		finish(sender, KAAL_OK);
	sched_hand_over(receiver);
}

void ipc_receive(thread_t receiver, endpoint_t endpoint, reply_t reply, uint64_t deadline)
{
	thread_t sender = endpoint_sender(endpoint);

	lend_give_back(receiver);
	if (thread_view[receiver].reply != reply)
		reply_set_receiver(reply, receiver);
	//@ assert kernel_ok;
	if (notification_take_bound(receiver))
		return;
	//@ assert kernel_ok;
	if (sender == THREAD_NONE) {
		wait_in_queue(receiver, THREAD_RECEIVING, endpoint, deadline);
		return;
	}
	endpoint_remove(endpoint, sender);
	message_transfer(sender, receiver, thread_view[sender].badge, thread_view[sender].may_grant != 0);
	if (thread_view[sender].state == THREAD_CALLING) {
		await_reply(sender, receiver, IPC_FOREVER);
		return;
	}
	finish(sender, KAAL_OK);
	sched_ready(sender);
}

/* What the handler of a fault answers. True: the thread goes on. */
/*@
	requires kernel_ok && is_thread(thread) && \valid_read(answer);
	exits \false;
	assigns thread_view[thread].frame.pc;
	ensures kernel_ok;
	ensures \result <==> answer->argument[1] / 0x100000000 == KAAL_FAULT_RESUME;
	ensures \result && answer->argument[1] % 0x100 != 0 ==> thread_view[thread].frame.pc == answer->word[0];
	ensures !\result || answer->argument[1] % 0x100 == 0 ==> thread_view[thread].frame.pc == \old(thread_view[thread].frame.pc);
*/
static bool answer_fault(thread_t thread, const struct arch_frame *answer)
{
	uint64_t message = arch_frame_argument(answer, 1);

	if (kaal_message_label(message) != KAAL_FAULT_RESUME)
		return false;
	if (kaal_message_words(message) != 0)
		arch_frame_set_pc(&thread_view[thread].frame, arch_frame_word(answer, 0));
	return true;
}

/*@
	requires kernel_ok && is_thread(thread);
	terminates \true;
	exits \false;
	assigns thread_view[thread].fault;
	ensures kernel_ok && thread_view[thread].fault == KAAL_FAULT_NONE;
*/
static void end_fault(thread_t thread)
{
	thread_view[thread].fault = KAAL_FAULT_NONE;
}

bool ipc_reply(thread_t replier, reply_t reply, bool may_grant)
{
	thread_t caller = reply_caller(reply);

	if (caller == THREAD_NONE)
		return false;
	if (thread_view[caller].fault == KAAL_FAULT_NONE) {
		message_transfer(replier, caller, 0, may_grant);
	} else if (!answer_fault(caller, &thread_view[replier].frame)) {
		sched_stop(caller);
		return true;
	}
	end_fault(caller);
	lend_return(caller);
	reply_clear_caller(reply);
	sched_hand_over(caller);
	return true;
}

bool ipc_is_taken(reply_t reply, thread_t receiver)
{
	thread_t other = reply_view[reply].receiver;

	return other != THREAD_NONE && other != receiver && thread_view[other].state == THREAD_RECEIVING;
}

void ipc_end_reply(reply_t reply)
{
	thread_t caller = reply_caller(reply);
	thread_t receiver = reply_view[reply].receiver;

	if (caller != THREAD_NONE)
		waiting_cancel(caller);
	reply_set_receiver(reply, THREAD_NONE);
	if (receiver != THREAD_NONE && thread_view[receiver].state == THREAD_RECEIVING)
		endpoint_update(thread_view[receiver].waiting_for);
}
