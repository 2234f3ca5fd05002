#include <kaal/slot.h>

#include <stddef.h>

#include <kaal/startup.h>
#include <kaal/syscall.h>
#include <kaal/thread.h>

#include "own_space.h"

static uint64_t used[KAAL_SLOTS_WORDS(KAAL_SLOTS_MAX)];
static struct kaal_slots slots;
static struct kaal_lock lock;

static kaal_status_t start(void)
{
	const struct kaal_startup *startup = kaal_startup();
	uint64_t count;

	if (slots.count != 0)
		return KAAL_OK;
	if (startup == NULL)
		return KAAL_NO_MEMORY;
	count = (UINT64_C(1) << startup->cnode_size_bits) - startup->first_free_slot;
	return kaal_slots_start(&slots, KAAL_SLOT_CNODE, 0, startup->first_free_slot, count < KAAL_SLOTS_MAX ? (uint32_t)count : KAAL_SLOTS_MAX,
				used) == KAAL_OK
		       ? KAAL_OK
		       : KAAL_NO_MEMORY;
}

struct kaal_slots *own_slots_take(void)
{
	kaal_lock_take(&lock);
	if (start() == KAAL_OK)
		return &slots;
	kaal_lock_give(&lock);
	return NULL;
}

void own_slots_give(void)
{
	kaal_lock_give(&lock);
}

kaal_status_t kaal_slot_take(uint32_t count, kaal_cap_t *first)
{
	kaal_status_t status;

	kaal_lock_take(&lock);
	status = start();
	if (status == KAAL_OK)
		status = kaal_slots_take(&slots, count, first);
	kaal_lock_give(&lock);
	return status;
}

kaal_status_t kaal_slot_give(kaal_cap_t first, uint32_t count)
{
	kaal_status_t status;

	kaal_lock_take(&lock);
	status = slots.count == 0 ? KAAL_OUT_OF_RANGE : kaal_slots_give(&slots, first, count);
	kaal_lock_give(&lock);
	return status;
}

kaal_status_t kaal_slot_drop(kaal_cap_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		kaal_status_t status = kaal_sys_cap_delete(KAAL_SLOT_CNODE, first + i);

		if (status != KAAL_OK)
			return status;
	}
	return kaal_slot_give(first, count);
}
