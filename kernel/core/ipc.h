/*
 * Messages between threads: who waits, who goes on, on whose context. Arguments
 * have been checked. What is said here of a call holds for a fault, too: it is
 * a call that the kernel makes for the thread.
 */
#ifndef CORE_IPC_H
#define CORE_IPC_H

#include <stdbool.h>

#include <object/endpoint.h>
#include <object/reply.h>

/* Until when to wait: counter ticks, or IPC_FOREVER, or not at all. */
#define IPC_FOREVER UINT64_MAX
#define IPC_AT_ONCE (UINT64_MAX - 1)

/*
 * The sender's message goes to the first receiver; without one, the sender
 * waits. A call then waits for its answer, and lends its context to the
 * receiver. The sender's badge and may_grant are those of the capability.
 */
void ipc_send(thread_t sender, endpoint_t endpoint, bool call, uint64_t deadline);

/*
 * The first sender's message goes to the receiver; without one, it waits, and
 * gets the flags of its bound notification, too. `reply`, in which nobody waits and that is not
 * taken, takes a caller; with REPLY_NONE, a call fails.
 */
void ipc_receive(thread_t receiver, endpoint_t endpoint, reply_t reply, uint64_t deadline);

/* The answer goes to who waits for it, who is ready again with its context. False: nobody waits. */
bool ipc_reply(thread_t replier, reply_t reply, bool may_grant);

/* Whether another thread than this one waits to receive with the reply. */
bool ipc_is_taken(reply_t reply, thread_t receiver);

/* The last capability is gone: who calls is cancelled, who receives has no reply any more. */
void ipc_end_reply(reply_t reply);

#endif
