/*
 * The boundary under proof: each view is an array of its own over the 128 GiB of physical memory that
 * handles can name. That views do not overlap is assumed: it rests on CAP-3, on what retype and
 * destruction do, and is checked by kernel/check. A thread's slots are read through both of their views.
 */
#ifndef ARCH_VIEWS_H
#define ARCH_VIEWS_H

#include <core/wait_queue.h>
#include <kaal/message.h>
#include <object/cap.h>
#include <object/endpoint.h>
#include <object/notification.h>
#include <object/reply.h>
#include <object/sched_context.h>
#include <object/thread.h>
#include <object/vspace.h>

#define ARCH_DIRECT_MAP 0xffffff8000000000
#define ARCH_ASIDS KERNEL_ASIDS

/* Elements: 2^37 bytes by the element's size. The last unit is no reply, so that REPLY_NONE is outside. */
#define TABLE_VIEW_END         0x2000000
#define SLOT_VIEW_END          0x100000000
#define THREAD_VIEW_END        0x4000000
#define NOTIFICATION_VIEW_END  0x100000000
#define SCHED_CONTEXT_VIEW_END 0x40000000
#define ENDPOINT_VIEW_END      0x100000000
#define REPLY_VIEW_END         0xffffffff
#define BUFFER_VIEW_END        0x10000000

extern struct table table_view[TABLE_VIEW_END];
extern struct slot slot_view[SLOT_VIEW_END];
extern struct thread thread_view[THREAD_VIEW_END];
extern struct notification notification_view[NOTIFICATION_VIEW_END];
extern struct sched_context sched_context_view[SCHED_CONTEXT_VIEW_END];
extern struct endpoint endpoint_view[ENDPOINT_VIEW_END];
extern struct reply reply_view[REPLY_VIEW_END];
extern volatile struct kaal_message_buffer buffer_view[BUFFER_VIEW_END];

uint32_t arch_thread_handle(const struct thread *thread);

#endif
