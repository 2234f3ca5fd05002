/* Contracts of core/fastpath.h. */
#ifndef PROOF_FASTPATH_H
#define PROOF_FASTPATH_H

#define IS_OF_THREAD(pointer) (\exists integer t; is_thread(t) && (pointer) == &thread_view[t])
/* kernel_ok in its pieces, which provers find easier. */
#define ENSURES_STATE_OK                                                                                             \
	ENSURES_THREADS_OK;                                                                                          \
	ensures endpoints_ok;                                                                                        \
	ensures notifications_ok;                                                                                    \
	ensures replies_ok;                                                                                          \
	ensures contexts_handles_ok && contexts_counts_ok;                                                           \
	ensures contexts_amounts_ok;                                                                                 \
	ensures contexts_periods_ok && contexts_slices_ok;                                                           \
	ensures times_ok;                                                                                            \
	ensures ready_words_ok;                                                                                      \
	ensures ready_names_ok;                                                                                      \
	ensures ready_most_ok && ready_ends_ok;                                                                      \
	ensures cpu_ok;                                                                                              \
	ensures spaces_ok;                                                                                           \
	ensures tables_ok;                                                                                           \
	ensures lines_ok;                                                                                            \
	ensures slots_ok

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
