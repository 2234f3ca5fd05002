/* Contracts of core/fastpath.h. */
#ifndef PROOF_FASTPATH_H
#define PROOF_FASTPATH_H

/*@
	// EP-3: who waits alone with a reply object. And who runs has a context (TH-1).
	predicate can_call_fast{L}(struct thread *self) =
		self->context != CONTEXT_NONE &&
		\forall integer e; 0 <= e < ENDPOINT_VIEW_END && endpoint_view[e].state == ENDPOINT_ONE_RECEIVER ==>
			is_thread(endpoint_view[e].waiting.first) && thread_view[endpoint_view[e].waiting.first].reply < REPLY_NONE;
*/
/*@
	requires kernel_ok && (\exists integer t; is_thread(t) && self == &thread_view[t]) && can_call_fast(self);
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
