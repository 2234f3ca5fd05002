/*
 * The fast path: the two calls that servers and clients spend their time in,
 * where nothing unusual is the matter. It has the slow path's meaning (core/ipc.h)
 * and decides before it changes anything: either all of the call is done, and
 * the partner runs, or nothing, and the slow path does it.
 *
 * Usual is: a CSpace of one level; one receiver, or none, at the endpoint; no
 * capabilities in the message; partners with address space numbers in use, and no more
 * urgent thread ready; no deadline and no fault.
 *
 * Its translation unit is compiled without the message registers, so that they
 * pass through it; entered by the entry code only, left by arch_fast_*().
 */
#ifndef CORE_FASTPATH_H
#define CORE_FASTPATH_H

#include <object/thread.h>

/* endpoint_call(endpoint, message) by thread `self`, which runs; `unused`: what is in the register between. */
void fastpath_call(uint64_t endpoint, uint64_t message, uint64_t unused, struct thread *self);

/* endpoint_reply_recv(endpoint, message, reply) by thread `self`, which runs. */
void fastpath_reply_recv(uint64_t endpoint, uint64_t message, uint64_t reply, struct thread *self);

#endif
