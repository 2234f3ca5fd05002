/* Contracts of core/ipc.h. */
#ifndef PROOF_IPC_H
#define PROOF_IPC_H

/*@
	requires kernel_ok && is_thread(sender) && can_send(sender);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// Nobody receives, and the sender does not wait: nobody does who did not before.
	ensures \old(endpoint_view[endpoint].state < ENDPOINT_RECEIVING || endpoint_view[endpoint].waiting.first == THREAD_NONE) &&
		deadline == IPC_AT_ONCE ==> thread_view[sender].frame.argument[0] == KAAL_WOULD_BLOCK &&
		(\forall integer t; is_thread(t) ==> thread_view[t].state == \old(thread_view[t].state));
*/
void ipc_send(thread_t sender, endpoint_t endpoint, bool call, uint64_t deadline);

/*@
	requires kernel_ok && is_thread(receiver);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void ipc_receive(thread_t receiver, endpoint_t endpoint, reply_t reply, uint64_t deadline);

/*@
	requires kernel_ok && is_thread(replier) && can_send(replier) && reply != REPLY_NONE;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures \result <==>
		\old(reply_view[reply].caller) != THREAD_NONE || \old(reply_view[reply].slow_caller) != THREAD_NONE;
	// Nobody waits: nothing changes.
	ensures !\result ==> same_words{Pre, Post} && same_caps{Pre, Post} &&
		(\forall integer t; is_thread(t) ==> thread_view[t].state == \old(thread_view[t].state));
*/
bool ipc_reply(thread_t replier, reply_t reply, bool may_grant);

/*@
	requires kernel_ok && reply != REPLY_NONE;
	exits \false;
	assigns \nothing;
	ensures \result <==> reply_view[reply].receiver != THREAD_NONE && reply_view[reply].receiver != receiver &&
		thread_view[reply_view[reply].receiver].state == THREAD_RECEIVING;
*/
bool ipc_is_taken(reply_t reply, thread_t receiver);

/*@
	requires kernel_ok && reply != REPLY_NONE;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures reply_view[reply].receiver == THREAD_NONE;
*/
void ipc_end_reply(reply_t reply);

#endif
