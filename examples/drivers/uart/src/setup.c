#include "setup.h"

#include <stdio.h>
#include <stdlib.h>

#include <kaal/boot.h>
#include <kaal/status_text.h>
#include <kaal/syscall.h>

#define SIZE(bits) (UINT64_C(256) * (bits))
#define UNLIMITED UINT64_MAX

static void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	fprintf(stderr, "uart: %s: %s\n", what, kaal_status_text(status));
	exit(EXIT_FAILURE);
}

/* Empty slots of the root task's CSpace: the next `count` of them. */
static kaal_cap_t slots(uint64_t count)
{
	static uint64_t used;
	uint64_t first = kaal_bootinfo()->first_free_slot + used;

	if (first + count > UINT64_C(1) << kaal_bootinfo()->cnode_size_bits)
		must("slots", KAAL_NO_MEMORY);
	used += count;
	return first;
}

static void retype(const char *what, kaal_cap_t untyped, uint64_t type, kaal_cap_t slot, uint64_t count)
{
	uint64_t made;
	kaal_status_t status;

	do {
		status = kaal_untyped_retype(untyped, type, KAAL_SLOT_CNODE, slot, count, &made);
		slot += made;
		count -= made;
	} while (status == KAAL_INTERRUPTED && count > 0);
	must(what, count == 0 ? KAAL_OK : status);
}

kaal_cap_t setup_make(uint64_t type)
{
	kaal_cap_t slot = slots(1);

	retype("object", kaal_largest_untyped(), type, slot, 1);
	return slot;
}

kaal_cap_t setup_device_frame(uint64_t physical)
{
	uint32_t bits = 0;
	kaal_cap_t untyped = kaal_device_untyped(physical, &bits), frame;

	if (untyped == KAAL_SLOT_NULL)
		must("device memory at the device's address", KAAL_NO_MEMORY);
	/* Halves, of which the one around the page is halved again: untyped memory is used from its start. */
	for (; bits > KAAL_PAGE_BITS; bits--) {
		kaal_cap_t halves = slots(2);

		retype("device memory", untyped, KAAL_OBJECT_UNTYPED + SIZE(bits - 1), halves, 2);
		untyped = halves + (physical >> (bits - 1) & 1);
	}
	frame = slots(1);
	retype("device frame", untyped, KAAL_OBJECT_FRAME + SIZE(KAAL_PAGE_BITS), frame, 1);
	return frame;
}

void setup_map(kaal_cap_t frame, uint64_t address)
{
	uint64_t mapped;
	kaal_status_t status;

	while ((status = kaal_frame_map(frame, KAAL_SLOT_VSPACE, address, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 1, &mapped)) == KAAL_NO_TABLE)
		must("page table", kaal_page_table_map(setup_make(KAAL_OBJECT_PAGE_TABLE), KAAL_SLOT_VSPACE, address));
	must("map", status);
}

kaal_cap_t setup_handler(const struct kaal_device *device, kaal_cap_t notification)
{
	kaal_cap_t handler = slots(1);

	must("interrupt line", kaal_irq_handler_make(KAAL_SLOT_IRQ_CONTROL, device->line, device->trigger, KAAL_SLOT_CNODE, handler));
	must("interrupt", kaal_irq_handler_bind(handler, notification));
	return handler;
}

void setup_thread(struct setup_thread *thread)
{
	thread->thread = setup_make(KAAL_OBJECT_THREAD);
	thread->cspace = setup_make(KAAL_OBJECT_CNODE + SIZE(thread->slot_bits));
	thread->context = setup_make(KAAL_OBJECT_SCHED_CONTEXT);
	must("configure", kaal_thread_configure(thread->thread, thread->cspace, KAAL_SLOT_VSPACE));
	must("registers", kaal_thread_set_registers(thread->thread, (uint64_t)(uintptr_t)thread->entry,
						    (uint64_t)(uintptr_t)thread->stack_end, thread->argument, 0));
	must("priority", kaal_thread_set_priority(thread->thread, thread->priority, thread->priority));
	must("budget", kaal_sched_configure(KAAL_SLOT_SCHED_CONTROL, thread->context, UNLIMITED, 0));
	must("context", kaal_sched_bind(thread->context, thread->thread));
	if (thread->notification != 0)
		must("notification", kaal_thread_bind_notification(thread->thread, thread->notification));
	if (thread->context_slot != 0)
		setup_give(thread, thread->context_slot, thread->context, KAAL_RIGHT_READ);
}

void setup_give(const struct setup_thread *thread, uint64_t slot, kaal_cap_t capability, uint64_t rights)
{
	must("give", kaal_cap_copy(thread->cspace, slot, KAAL_SLOT_CNODE, capability, rights));
}

void setup_move(const struct setup_thread *thread, uint64_t slot, kaal_cap_t capability)
{
	must("move", kaal_cap_move(thread->cspace, slot, KAAL_SLOT_CNODE, capability));
}

void setup_start(const struct setup_thread *thread)
{
	must("start", kaal_thread_resume(thread->thread));
}
