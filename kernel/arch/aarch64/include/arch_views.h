/*
 * The boundary file: the one place where a handle becomes a pointer. All RAM
 * is mapped at ARCH_DIRECT_MAP + physical address; a view is that mapping seen as an
 * array of one type, so view[physical >> log2(size)] is the object.
 *
 * Sound as long as a handle of a type is used only while memory holds an object
 * of that type: capabilities carry the type, only retype and destruction change
 * it (CAP-3).
 */
#ifndef ARCH_VIEWS_H
#define ARCH_VIEWS_H

#define ARCH_DIRECT_MAP 0xffffff8000000000

#ifndef __ASSEMBLER__
/* Address space identifiers in use: CPUs have 256 at least. */
#define ARCH_ASIDS KERNEL_ASIDS

#define table_view  ((struct table *)ARCH_DIRECT_MAP)
#define slot_view   ((struct slot *)ARCH_DIRECT_MAP)
#define thread_view ((struct thread *)ARCH_DIRECT_MAP)
#define notification_view  ((struct notification *)ARCH_DIRECT_MAP)
#define sched_context_view ((struct sched_context *)ARCH_DIRECT_MAP)
#define endpoint_view ((struct endpoint *)ARCH_DIRECT_MAP)
#define reply_view    ((struct reply *)ARCH_DIRECT_MAP)
/* The one kind of memory that threads write, too: message buffers. */
#define buffer_view ((volatile struct kaal_message_buffer *)ARCH_DIRECT_MAP)
/* And back: the handle of a thread that the entry code found in SP_EL1. */
#define arch_thread_handle(thread) ((uint32_t)((uintptr_t)(thread) >> 11 & 0xfffffff))
#endif

#endif
