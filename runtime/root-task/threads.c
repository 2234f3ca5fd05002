#include "threads.h"

#include <kaal/syscall.h>
#include <kaal/time.h>

#include "authority.h"
#include "contents.h"

#define OWN KAAL_SLOT_CNODE
#define READ KAAL_RIGHT_READ
#define WRITE KAAL_RIGHT_WRITE
#define BUDGET_TICKS_MIN 512u /* the least that the kernel takes; counts on counters below 10 MHz */

void threads_make_supervisor(const struct component *component)
{
	root_must("supervisor", kaal_sys_cap_mint(OWN, component->supervisor, OWN, authority.endpoint, WRITE | KAAL_RIGHT_GRANT,
					      threads_badge(component, 0)));
}

kaal_status_t threads_make(struct component *component)
{
	uint32_t count = component->description.threads_max;
	kaal_status_t status = load_make(component, KAAL_OBJECT_THREAD, count, &component->thread);

	if (status == KAAL_OK)
		status = load_make(component, KAAL_OBJECT_SCHED_CONTEXT, count, &component->context);
	if (status == KAAL_OK && count > 1)
		status = load_make(component, KAAL_OBJECT_NOTIFICATION, count, &component->notification);
	return status;
}

/* Each has the whole budget: as many times as much is what the description's threads-max allows. */
static kaal_status_t configure_time(const struct component *component, uint32_t thread)
{
	const struct kaal_manifest_component *description = &component->description;
	uint64_t hz = root_system.info->counter_hz;
	uint64_t budget = kaal_ns_to_ticks(description->budget_us * UINT64_C(1000), hz);
	uint64_t period = kaal_ns_to_ticks(description->period_us * UINT64_C(1000), hz);
	kaal_status_t status;

	/* The broker, which the description does not name. */
	if (description->budget_us == 0)
		budget = UINT64_MAX;
	else if (budget < BUDGET_TICKS_MIN)
		budget = BUDGET_TICKS_MIN;
	status = kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, component->context + thread, budget, period < budget ? budget : period);
	return status == KAAL_OK ? kaal_sys_sched_bind(component->context + thread, component->thread + thread) : status;
}

/* The thread keeps what it is given, so the badged capability is needed for this call only. */
static kaal_status_t set_fault_handler(const struct component *component, uint32_t thread)
{
	kaal_cap_t handler = component->supervisor;
	kaal_status_t status = KAAL_OK;

	if (thread != 0) {
		handler = authority.handler;
		status = kaal_sys_cap_mint(OWN, handler, OWN, authority.endpoint, WRITE, threads_badge(component, thread));
	}
	if (status == KAAL_OK)
		status = kaal_sys_thread_set_fault_handler(component->thread + thread, handler);
	if (thread != 0)
		kaal_ignore(kaal_sys_cap_delete(OWN, handler));
	return status;
}

static kaal_status_t configure_thread(const struct component *component, const struct load_plan *plan, kaal_cap_t vspace, uint32_t index)
{
	const struct kaal_manifest_component *description = &component->description;
	const struct load_region *buffers = plan->buffers->pages != 0 ? plan->buffers : plan->shared;
	uint64_t offset = (uint64_t)index * KAAL_MESSAGE_BUFFER_BYTES;
	kaal_cap_t thread = component->thread + index;
	kaal_status_t status = kaal_sys_thread_configure(thread, component->cnode, vspace);

	if (status == KAAL_OK)
		status = kaal_sys_thread_set_priority(thread, description->priority, description->priority_ceiling);
	if (status == KAAL_OK)
		status = kaal_sys_thread_set_buffer(thread, component->frames + buffers->first + offset / KAAL_PAGE_BYTES, offset & PAGE_MASK);
	if (status == KAAL_OK)
		status = set_fault_handler(component, index);
	if (status == KAAL_OK && description->critical)
		status = kaal_sys_thread_set_critical(thread, KAAL_SLOT_SYSTEM_CONTROL, 1);
	return status == KAAL_OK ? configure_time(component, index) : status;
}

kaal_status_t threads_configure(const struct component *component, const struct load_plan *plan, uint64_t arguments, kaal_cap_t vspace)
{
	kaal_status_t status = KAAL_OK;

	for (uint32_t i = 0; i < component->description.threads_max && status == KAAL_OK; i++)
		status = configure_thread(component, plan, vspace, i);
	return status == KAAL_OK ? kaal_sys_thread_set_registers(component->thread, component->elf.entry, arguments,
							     plan->shared->address + CONTENTS_STARTUP_OFFSET, 0)
				 : status;
}

kaal_status_t threads_give(const struct component *component)
{
	uint32_t count = component->description.threads_max;
	kaal_status_t status = KAAL_OK;

	for (uint32_t i = 0; count > 1 && i < count && status == KAAL_OK; i++) {
		kaal_cap_t slot = kaal_thread_slot(i, KAAL_THREAD_SLOT_THREAD);

		status = kaal_sys_cap_copy(component->cnode, slot, OWN, component->thread + i, READ | WRITE);
		if (status == KAAL_OK)
			status = kaal_sys_cap_copy(component->cnode, slot + KAAL_THREAD_SLOT_CONTEXT, OWN, component->context + i, READ);
		if (status == KAAL_OK)
			status = kaal_sys_cap_copy(component->cnode, slot + KAAL_THREAD_SLOT_NOTIFICATION, OWN, component->notification + i,
					       READ | WRITE);
	}
	return status;
}

uint64_t threads_ticks(const struct component *component)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < component->description.threads_max; i++) {
		uint64_t ticks;

		if (kaal_sys_sched_consumed(component->context + i, &ticks) == KAAL_OK)
			sum += ticks;
	}
	return sum;
}
