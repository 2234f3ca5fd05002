/* Contracts of core/lend.h. */
#ifndef PROOF_LEND_H
#define PROOF_LEND_H

/*@
	requires kernel_ok && is_thread(caller) && is_thread(receiver);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void lend_context(thread_t caller, thread_t receiver);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void lend_return(thread_t caller);

/*@
	requires kernel_ok && is_thread(receiver);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void lend_give_back(thread_t receiver);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns \nothing;
	ensures \result ==> is_context(thread_view[thread].context / CONTEXT_UNIT) && is_context(thread_view[thread].own / CONTEXT_UNIT);
*/
bool lend_is_used_up(thread_t thread);

/*@
	requires kernel_ok && is_context(sc);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void lend_end(sched_context_t sc);

#endif
