/* Contracts of core/syscall.h. */
#ifndef PROOF_SYSCALL_H
#define PROOF_SYSCALL_H

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_dispatch(thread_t caller, uint32_t number);

/*@
	requires is_thread(caller) && index < 6;
	terminates \true;
	exits \false;
	assigns \nothing;
	ensures \result == thread_view[caller].frame.argument[index];
*/
uint64_t syscall_argument(thread_t caller, unsigned index);

/*@
	requires is_thread(caller) && kernel_ok;
	terminates \true;
	exits \false;
	assigns thread_view[caller].frame.argument[0];
	ensures kernel_ok && thread_view[caller].frame.argument[0] == status;
*/
void syscall_finish(thread_t caller, uint64_t status);

/*@
	requires kernel_ok && is_thread(caller);
	requires step == &destroy_slot_step || step == &destroy_below_step || step == &untyped_reset_step;
	requires step == &untyped_reset_step ==> word_type(slot_view[slot].cap.word) == KAAL_OBJECT_UNTYPED;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
bool syscall_run_steps(thread_t caller, bool (*step)(slot_t), slot_t slot);

/*@
	requires kernel_ok && is_thread(caller) && rights <= 0xf && \valid(slot);
	exits \false;
	assigns *slot;
*/
uint64_t syscall_find_in_cnode(thread_t caller, kaal_cap_t cnode, uint64_t index, uint32_t rights, slot_t *slot);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_cap_identify(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_debug_write(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_debug_allow_counters(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_system_power_off(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_system_reset(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_sleep(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_cap_copy(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_cap_mint(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_cap_move(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_cap_delete(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_cap_revoke(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_untyped_retype(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_configure(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_set_registers(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_set_critical(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_read_registers(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_write_registers(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_resume(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_suspend(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_set_priority(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_sched_configure(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_sched_bind(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_sched_unbind(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_sched_consumed(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_sched_yield(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_notification_signal(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_notification_wait(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_notification_poll(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_notification_wait_until(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_endpoint_call(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_endpoint_reply_recv(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_endpoint_call_until(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_endpoint_reply_recv_until(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_endpoint_send(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_endpoint_nb_send(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_endpoint_send_until(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_endpoint_recv(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_endpoint_nb_recv(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_endpoint_recv_until(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_reply_send(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_notification_signal_recv(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_set_buffer(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_bind_notification(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_set_fault_handler(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_thread_set_timeout_handler(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_page_table_map(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_page_table_unmap(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_frame_map(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_frame_unmap(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_frame_protect(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_irq_handler_make(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_irq_handler_bind(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_irq_handler_unbind(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_irq_ack(thread_t caller);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void syscall_irq_ack_wait(thread_t caller);

#endif
