/* System calls on endpoints and replies. */
#include "syscall.h"

#include <arch/arch.h>
#include <kaal/status.h>

#include <object/notification.h>

#include "ipc.h"
#include "message.h"

/* Ends the call with a status and nothing received. */
/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns thread_view[caller].frame.argument[0 .. 2];
	ensures kernel_ok;
*/
static void fail(thread_t caller, uint64_t status)
{
	arch_frame_set_result(&thread_view[caller].frame, 1, 0);
	arch_frame_set_result(&thread_view[caller].frame, 2, 0);
	syscall_finish(caller, status);
}

/*@
	terminates \true;
	exits \false;
	assigns \nothing;
	ensures \result <==> (word_rights(cap.word) & KAAL_RIGHT_GRANT) != 0;
*/
static bool has_grant(struct cap cap)
{
	return (cap_rights(cap) & KAAL_RIGHT_GRANT) != 0;
}

/*@
	requires is_thread(caller) && argument < 6;
	exits \false;
	assigns \nothing;
*/
static uint64_t deadline_argument(thread_t caller, unsigned argument)
{
	uint64_t deadline = syscall_argument(caller, argument);

	return deadline < IPC_AT_ONCE ? deadline : IPC_FOREVER;
}

/* What the receiver is told, or given, because of the capability that was sent through. */
/*@
	requires kernel_ok && is_thread(caller) && can_send(caller);
	terminates \true;
	exits \false;
	assigns thread_view[caller].badge, thread_view[caller].may_grant;
	ensures kernel_ok;
	ensures can_send(caller);
	ensures thread_view[caller].badge == cap.data;
	ensures thread_view[caller].may_grant == ((word_rights(cap.word) & KAAL_RIGHT_GRANT) != 0 ? 1 : 0);
*/
static void keep_capability(thread_t caller, struct cap cap)
{
	thread_view[caller].badge = cap.data;
	//@ assert kernel_ok;
	thread_view[caller].may_grant = has_grant(cap) ? 1 : 0;
}

/* Arguments 0 and 1 of all that send: endpoint and message word. */
/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void send(thread_t caller, bool call, uint64_t deadline)
{
	struct cap cap;
	uint64_t status = thread_find_cap(&thread_view[caller], syscall_argument(caller, 0), KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_WRITE, &cap);

	if (status == KAAL_OK)
		status = message_check(caller, syscall_argument(caller, 1), has_grant(cap));
	if (status == KAAL_OK && call && context_times_lent(thread_view[caller].context) == CONTEXT_LENT_MAX)
		status = KAAL_LENT_TOO_OFTEN;
	if (status != KAAL_OK) {
		fail(caller, status);
		return;
	}
	keep_capability(caller, cap);
	ipc_send(caller, endpoint_of(cap), call, deadline);
}

void syscall_endpoint_call(thread_t caller)
{
	send(caller, true, IPC_FOREVER);
}

void syscall_endpoint_call_until(thread_t caller)
{
	send(caller, true, deadline_argument(caller, 2));
}

void syscall_endpoint_send(thread_t caller)
{
	send(caller, false, IPC_FOREVER);
}

void syscall_endpoint_nb_send(thread_t caller)
{
	send(caller, false, IPC_AT_ONCE);
}

void syscall_endpoint_send_until(thread_t caller)
{
	send(caller, false, deadline_argument(caller, 2));
}

/*@
	requires kernel_ok && is_thread(caller) && argument < 6 && OUTSIDE(cap);
	exits \false;
	assigns *cap;
	ensures \result == KAAL_OK ==> cap->object != REPLY_NONE;
*/
static uint64_t find_reply(thread_t caller, unsigned argument, struct cap *cap)
{
	return thread_find_cap(&thread_view[caller], syscall_argument(caller, argument), KAAL_OBJECT_REPLY, KAAL_RIGHT_WRITE, cap);
}

/* A reply to receive with; index 0: none. */
/*@
	requires kernel_ok && is_thread(caller) && argument < 6 && \valid(reply) && OUTSIDE_STATE(reply);
	exits \false;
	assigns *reply;
	ensures kernel_ok;
*/
static uint64_t find_free_reply(thread_t caller, unsigned argument, reply_t *reply)
{
	struct cap cap;
	uint64_t status = KAAL_OK;

	*reply = REPLY_NONE;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	if (syscall_argument(caller, argument) == 0)
		return KAAL_OK;
	status = find_reply(caller, argument, &cap);
	if (status == KAAL_OK && (reply_caller(reply_of(cap)) != THREAD_NONE || ipc_is_taken(reply_of(cap), caller)))
		status = KAAL_REPLY_IN_USE;
	if (status == KAAL_OK)
		*reply = reply_of(cap);
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	return status;
}

/* What an endpoint and a reply are found for. */
struct receive {
	endpoint_t endpoint;
	reply_t reply;
};

/*@
	requires kernel_ok && \valid(receive) && OUTSIDE_STATE(receive);
	terminates \true;
	exits \false;
	assigns receive->endpoint;
	ensures kernel_ok && receive->endpoint == cap.object;
*/
static void keep_endpoint(struct receive *receive, struct cap cap)
{
	receive->endpoint = endpoint_of(cap);
}

/*@
	requires kernel_ok && is_thread(caller) && endpoint < 6 && reply < 6 && \valid(receive) && OUTSIDE_STATE(receive);
	exits \false;
	assigns *receive;
	ensures kernel_ok;
*/
static uint64_t find_receive(thread_t caller, unsigned endpoint, unsigned reply, struct receive *receive)
{
	struct cap cap;
	uint64_t status = thread_find_cap(&thread_view[caller], syscall_argument(caller, endpoint), KAAL_OBJECT_ENDPOINT,
					  KAAL_RIGHT_READ, &cap);

	if (status == KAAL_OK)
		keep_endpoint(receive, cap);
	if (status == KAAL_OK)
		status = find_free_reply(caller, reply, &receive->reply);
	return status;
}

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void receive(thread_t caller, uint64_t deadline)
{
	struct receive receive;
	uint64_t status = find_receive(caller, 0, 1, &receive);

	if (status == KAAL_OK)
		ipc_receive(caller, receive.endpoint, receive.reply, deadline);
	else
		fail(caller, status);
}

void syscall_endpoint_recv(thread_t caller)
{
	receive(caller, IPC_FOREVER);
}

void syscall_endpoint_nb_recv(thread_t caller)
{
	receive(caller, IPC_AT_ONCE);
}

void syscall_endpoint_recv_until(thread_t caller)
{
	receive(caller, deadline_argument(caller, 2));
}

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void reply_receive(thread_t caller, uint64_t deadline)
{
	struct cap cap, reply;
	uint64_t status = thread_find_cap(&thread_view[caller], syscall_argument(caller, 0), KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_READ, &cap);

	if (status == KAAL_OK)
		status = find_reply(caller, 2, &reply);
	if (status == KAAL_OK && ipc_is_taken(reply_of(reply), caller))
		status = KAAL_REPLY_IN_USE;
	if (status == KAAL_OK)
		status = message_check(caller, syscall_argument(caller, 1), has_grant(reply));
	if (status != KAAL_OK) {
		fail(caller, status);
		return;
	}
	/* A caller that is gone needs no answer: the server goes on. */
	(void)ipc_reply(caller, reply_of(reply), has_grant(reply));
	ipc_receive(caller, endpoint_of(cap), reply_of(reply), deadline);
}

void syscall_endpoint_reply_recv(thread_t caller)
{
	reply_receive(caller, IPC_FOREVER);
}

void syscall_endpoint_reply_recv_until(thread_t caller)
{
	reply_receive(caller, deadline_argument(caller, 3));
}

void syscall_reply_send(thread_t caller)
{
	struct cap cap;
	uint64_t status = find_reply(caller, 0, &cap);

	if (status == KAAL_OK)
		status = message_check(caller, syscall_argument(caller, 1), has_grant(cap));
	if (status == KAAL_OK && reply_caller(reply_of(cap)) == THREAD_NONE)
		status = KAAL_NO_CALLER;
	/* Before the answer, which may take the context away on which the one who gives it runs. */
	syscall_finish(caller, status);
	if (status == KAAL_OK)
		(void)ipc_reply(caller, reply_of(cap), has_grant(cap));
}

void syscall_notification_signal_recv(thread_t caller)
{
	struct receive receive;
	struct cap cap;
	uint64_t status = thread_find_cap(&thread_view[caller], syscall_argument(caller, 0), KAAL_OBJECT_NOTIFICATION,
					  KAAL_RIGHT_WRITE, &cap);

	if (status == KAAL_OK)
		status = find_receive(caller, 1, 2, &receive);
	if (status != KAAL_OK) {
		fail(caller, status);
		return;
	}
	notification_signal(notification_of(cap), notification_badge(cap));
	ipc_receive(caller, receive.endpoint, receive.reply, IPC_FOREVER);
}
