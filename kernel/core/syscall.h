/*
 * System calls. Arguments, rights, errors of each: kernel/abi/syscalls.toml.
 * A handler checks everything before it changes anything.
 */
#ifndef CORE_SYSCALL_H
#define CORE_SYSCALL_H

#include <object/thread.h>

/* Carries out system call `number` for `caller`, whose frame holds the arguments and gets the results. */
void syscall_dispatch(thread_t caller, uint32_t number);

/* What handlers share. Argument 0..5 of the call. */
uint64_t syscall_argument(thread_t caller, unsigned index);

/* Ends the call with a status. */
void syscall_finish(thread_t caller, uint64_t status);

/*
 * Repeats a step until it says true and no object waits to be emptied. False:
 * an interrupt is pending, and the call will be made again; or the caller itself
 * has ended. Either way its frame is not to be touched.
 */
bool syscall_run_steps(thread_t caller, bool (*step)(slot_t), slot_t slot);

/* The slot `index` of the CNode that the caller's capability names, which must have `rights`. */
uint64_t syscall_find_in_cnode(thread_t caller, kaal_cap_t cnode, uint64_t index, uint32_t rights, slot_t *slot);

void syscall_cap_identify(thread_t caller);
void syscall_debug_write(thread_t caller);
void syscall_debug_allow_counters(thread_t caller);
void syscall_system_power_off(thread_t caller);
void syscall_system_reset(thread_t caller);
void syscall_thread_sleep(thread_t caller);

void syscall_cap_copy(thread_t caller);
void syscall_cap_mint(thread_t caller);
void syscall_cap_move(thread_t caller);
void syscall_cap_delete(thread_t caller);
void syscall_cap_revoke(thread_t caller);
void syscall_untyped_retype(thread_t caller);
void syscall_thread_configure(thread_t caller);
void syscall_thread_set_registers(thread_t caller);
void syscall_thread_set_critical(thread_t caller);
void syscall_thread_read_registers(thread_t caller);
void syscall_thread_write_registers(thread_t caller);
void syscall_thread_resume(thread_t caller);
void syscall_thread_suspend(thread_t caller);
void syscall_thread_set_priority(thread_t caller);
void syscall_sched_configure(thread_t caller);
void syscall_sched_bind(thread_t caller);
void syscall_sched_unbind(thread_t caller);
void syscall_sched_consumed(thread_t caller);
void syscall_sched_yield(thread_t caller);
void syscall_notification_signal(thread_t caller);
void syscall_notification_wait(thread_t caller);
void syscall_notification_poll(thread_t caller);
void syscall_notification_wait_until(thread_t caller);
void syscall_endpoint_call(thread_t caller);
void syscall_endpoint_reply_recv(thread_t caller);
void syscall_endpoint_call_until(thread_t caller);
void syscall_endpoint_reply_recv_until(thread_t caller);
void syscall_endpoint_send(thread_t caller);
void syscall_endpoint_nb_send(thread_t caller);
void syscall_endpoint_send_until(thread_t caller);
void syscall_endpoint_recv(thread_t caller);
void syscall_endpoint_nb_recv(thread_t caller);
void syscall_endpoint_recv_until(thread_t caller);
void syscall_reply_send(thread_t caller);
void syscall_notification_signal_recv(thread_t caller);
void syscall_thread_set_buffer(thread_t caller);
void syscall_thread_bind_notification(thread_t caller);
void syscall_thread_set_fault_handler(thread_t caller);
void syscall_thread_set_timeout_handler(thread_t caller);
void syscall_page_table_map(thread_t caller);
void syscall_page_table_unmap(thread_t caller);
void syscall_frame_map(thread_t caller);
void syscall_frame_unmap(thread_t caller);
void syscall_frame_protect(thread_t caller);
void syscall_irq_handler_make(thread_t caller);
void syscall_irq_handler_bind(thread_t caller);
void syscall_irq_handler_unbind(thread_t caller);
void syscall_irq_ack(thread_t caller);
void syscall_irq_ack_wait(thread_t caller);

#endif
