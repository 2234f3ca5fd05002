/* The end of waiting, whatever a thread waits for (enum thread_state from THREAD_WAITING on). */
#ifndef CORE_WAITING_H
#define CORE_WAITING_H

#include <object/thread.h>

/*
 * A thread waits no longer: out of its queue or reply, what it had lent is its
 * own, and its call ends with `status` and results 0; the state is left to the
 * caller to change. One that waits for nothing is left alone. A fault has no
 * call that could end: its registers stay.
 */
void waiting_end(thread_t thread, uint64_t status);

/* What it waits for has ended: CANCELLED, and it is ready. A fault has nobody to answer it any more: it stays unhandled. */
void waiting_cancel(thread_t thread);

/* The thread will not answer the call that it received last: the caller's is cancelled. It has no reply any more. */
void waiting_end_served(thread_t thread);

/* Its priority is about to change, and has. */
void waiting_leave_queue(thread_t thread);
void waiting_enter_queue(thread_t thread);

#endif
