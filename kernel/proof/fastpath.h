/* Contracts of core/fastpath.h. */
#ifndef PROOF_FASTPATH_H
#define PROOF_FASTPATH_H

/*@
	requires kernel_ok && (\exists integer t; is_thread(t) && self == &thread_view[t]);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void fastpath_call(uint64_t endpoint, uint64_t message, uint64_t unused, struct thread *self);

/*@
	requires kernel_ok && (\exists integer t; is_thread(t) && self == &thread_view[t]);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void fastpath_reply_recv(uint64_t endpoint, uint64_t message, uint64_t reply, struct thread *self);

#endif
