/* Objects by handle, over one arena that stands for physical memory from 0 on. */
#ifndef ARCH_VIEWS_H
#define ARCH_VIEWS_H

#include <stdint.h>

#define HOST_ARENA_BYTES 0x400000u

extern unsigned char host_arena[HOST_ARENA_BYTES];

#define ARCH_DIRECT_MAP ((uintptr_t)host_arena)

/* As few as the tests of their reuse need. */
#define ARCH_ASIDS 4u

#define table_view ((struct table *)(void *)host_arena)
#define slot_view   ((struct slot *)(void *)host_arena)
#define thread_view ((struct thread *)(void *)host_arena)
#define notification_view ((struct notification *)(void *)host_arena)
#define sched_context_view ((struct sched_context *)(void *)host_arena)
#define endpoint_view ((struct endpoint *)(void *)host_arena)
#define reply_view    ((struct reply *)(void *)host_arena)
#define buffer_view ((volatile struct kaal_message_buffer *)(void *)host_arena)

#define arch_thread_handle(thread) ((uint32_t)((thread) - thread_view))

#endif
