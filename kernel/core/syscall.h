/*
 * System calls. Arguments, rights, errors of each: kernel/abi/syscalls.toml.
 * A handler checks everything before it changes anything.
 */
#ifndef CORE_SYSCALL_H
#define CORE_SYSCALL_H

#include <object/thread.h>

/* Carries out system call `number` for `caller`, whose frame holds the arguments and gets the results. */
void syscall_dispatch(thread_t caller, uint32_t number);

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

#endif
