/* Contracts of core/fault.h. */
#ifndef PROOF_FAULT_H
#define PROOF_FAULT_H

/*@
	requires kernel_ok && is_thread(thread) && kind != KAAL_FAULT_NONE;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void fault_raise(thread_t thread, enum kaal_fault kind, uint64_t address, uint64_t syndrome);

/*@
	requires kernel_ok && is_thread(thread) && is_context(thread_view[thread].context / CONTEXT_UNIT);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
bool fault_raise_timeout(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void fault_unhandled(thread_t thread);

#endif
