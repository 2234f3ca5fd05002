/* Contracts of object/reply.h. */
#ifndef PROOF_REPLY_H
#define PROOF_REPLY_H

/*@
	requires base < 0x2000000000;
	terminates \true; exits \false; assigns \nothing;
	ensures is_first(\result, base, KAAL_OBJECT_REPLY);
*/
static inline struct cap reply_cap(uint64_t base);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == cap.object;
*/
static inline reply_t reply_of(struct cap cap);
/*@
	requires reply != REPLY_NONE;
	terminates \true; exits \false;
	assigns reply_view[reply].caller, reply_view[reply].slow_caller, reply_view[reply].receiver;
	ensures reply_view[reply].caller == THREAD_NONE && reply_view[reply].slow_caller == THREAD_NONE &&
		reply_view[reply].receiver == THREAD_NONE;
	ensures \old(replies_ok) ==> replies_ok;
*/
void reply_start(reply_t reply);
/*@
	requires reply != REPLY_NONE;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == (reply_view[reply].caller != THREAD_NONE ? reply_view[reply].caller : reply_view[reply].slow_caller);
*/
thread_t reply_caller(reply_t reply);
/* RP-2: one of both at most, and the fast path's only without a fault and a deadline. */
/*@
	requires reply != REPLY_NONE && is_thread(caller);
	exits \false;
	assigns reply_view[reply].caller, reply_view[reply].slow_caller;
	ensures thread_view[caller].fault != KAAL_FAULT_NONE || thread_view[caller].timer.rank != 0 ==>
		reply_view[reply].caller == THREAD_NONE && reply_view[reply].slow_caller == caller;
	ensures thread_view[caller].fault == KAAL_FAULT_NONE && thread_view[caller].timer.rank == 0 ==>
		reply_view[reply].caller == caller && reply_view[reply].slow_caller == THREAD_NONE;
	// Nobody's call is forgotten.
	ensures \old(reply_view[reply].caller) == THREAD_NONE && \old(reply_view[reply].slow_caller) == THREAD_NONE;
	ensures \old(replies_ok) ==> replies_ok;
*/
void reply_set_caller(reply_t reply, thread_t caller);
/*@
	requires reply != REPLY_NONE;
	terminates \true; exits \false;
	assigns reply_view[reply].caller, reply_view[reply].slow_caller;
	ensures reply_view[reply].caller == THREAD_NONE && reply_view[reply].slow_caller == THREAD_NONE;
	ensures \old(replies_ok) ==> replies_ok;
*/
void reply_clear_caller(reply_t reply);
/* RP-1 for the thread and the reply that are named. */
/*@
	requires is_thread_or_none(receiver) && kernel_ok;
	terminates \true; exits \false;
	assigns reply_view[0 .. REPLY_VIEW_END - 1], thread_view[0 .. THREAD_VIEW_END - 1];
	ensures receiver != THREAD_NONE && (reply == REPLY_NONE || \old(reply_view[reply].receiver) != receiver) ==>
		thread_view[receiver].reply == reply;
	ensures reply != REPLY_NONE && (receiver == THREAD_NONE || \old(thread_view[receiver].reply) != reply) ==>
		reply_view[reply].receiver == receiver;
	// Who had the reply has none, and the reply that the thread had is nobody's.
	ensures reply != REPLY_NONE && (receiver == THREAD_NONE || \old(thread_view[receiver].reply) != reply) &&
		\old(reply_view[reply].receiver) != THREAD_NONE ==> thread_view[\old(reply_view[reply].receiver)].reply == REPLY_NONE;
	ensures receiver != THREAD_NONE && \old(thread_view[receiver].reply) != reply && \old(thread_view[receiver].reply) != REPLY_NONE ==>
		reply_view[\old(thread_view[receiver].reply)].receiver == THREAD_NONE;
	ensures \forall integer r; 0 <= r < REPLY_VIEW_END ==>
		reply_view[r].caller == \old(reply_view[r].caller) && reply_view[r].slow_caller == \old(reply_view[r].slow_caller);
	ensures kernel_ok;
*/
void reply_set_receiver(reply_t reply, thread_t receiver);

#endif
