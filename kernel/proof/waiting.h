/* Contracts of core/waiting.h. */
#ifndef PROOF_WAITING_H
#define PROOF_WAITING_H

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void waiting_end(thread_t thread, uint64_t status);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void waiting_cancel(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok && thread_view[thread].reply == REPLY_NONE;
*/
void waiting_end_served(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void waiting_leave_queue(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void waiting_enter_queue(thread_t thread);

#endif
