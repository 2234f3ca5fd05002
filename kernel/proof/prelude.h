/*
 * Read before each file that is proved: all headers of the kernel, then the
 * contracts of what they declare. The contracts of static functions stand beside these.
 */
#ifndef PROOF_PRELUDE_H
#define PROOF_PRELUDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <arch/arch.h>
#include <core/boot.h>
#include <core/cpu.h>
#include <core/fastpath.h>
#include <core/fault.h>
#include <core/interrupt.h>
#include <core/ipc.h>
#include <core/lend.h>
#include <core/message.h>
#include <core/ready.h>
#include <core/sched.h>
#include <core/sched_budget.h>
#include <core/sched_queue.h>
#include <core/syscall.h>
#include <core/timer.h>
#include <core/wait_queue.h>
#include <core/waiting.h>
#include <freestanding/board.h>
#include <object/cap.h>
#include <object/cnode.h>
#include <object/derivation.h>
#include <object/destroy.h>
#include <object/endpoint.h>
#include <object/frame.h>
#include <object/irq.h>
#include <object/notification.h>
#include <object/page_table.h>
#include <object/reply.h>
#include <object/sched_context.h>
#include <object/slot.h>
#include <object/thread.h>
#include <object/untyped.h>
#include <object/vspace.h>

extern vspace_t vspace_asid_owner[ARCH_ASIDS];

#include <arch_fast.h>
#include "bits.h"
#include "caps.h"
#include "state.h"
#include "arch.h"
#include "thread.h"
#include "boot.h"
#include "translation.h"
#include "message.h"
#include "fastpath.h"
#include "fault.h"
#include "interrupt.h"
#include "ipc.h"
#include "lend.h"
#include "ready.h"
#include "cap.h"
#include "cnode.h"
#include "derivation.h"
#include "destroy.h"
#include "slot.h"
#include "endpoint.h"
#include "frame.h"
#include "page_table.h"
#include "irq.h"
#include "notification.h"
#include "reply.h"
#include "sched_context.h"
#include "untyped.h"
#include "vspace.h"
#include "sched.h"
#include "sched_budget.h"
#include "sched_queue.h"
#include "syscall.h"
#include "timer.h"
#include "wait_queue.h"
#include "waiting.h"

#endif
