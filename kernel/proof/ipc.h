/* Contracts of core/ipc.h. */
#ifndef PROOF_IPC_H
#define PROOF_IPC_H

/*@
	requires kernel_ok && is_thread(sender) && can_send(sender);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
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
*/
bool ipc_reply(thread_t replier, reply_t reply, bool may_grant);

/*@
	requires kernel_ok && reply != REPLY_NONE;
	exits \false;
	assigns \nothing;
*/
bool ipc_is_taken(reply_t reply, thread_t receiver);

/*@
	requires kernel_ok && reply != REPLY_NONE;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void ipc_end_reply(reply_t reply);

#endif
