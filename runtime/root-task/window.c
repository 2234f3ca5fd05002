#include "window.h"

#include <string.h>

#include <kaal/syscall.h>

#include "authority.h"

#define FRAMES_MAX 512u /* of one call */

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* A table for the address, out of the domain. */
static kaal_status_t add_table(struct kaal_domain *domain, kaal_cap_t vspace, uint64_t address)
{
	kaal_cap_t table;
	kaal_status_t status = kaal_domain_make(domain, KAAL_OBJECT_PAGE_TABLE, 1, &table);

	return status == KAAL_OK ? kaal_sys_page_table_map(table, vspace, address) : status;
}

kaal_status_t window_map(struct kaal_domain *domain, kaal_cap_t vspace, kaal_cap_t frames, uint64_t count, uint64_t address, uint32_t rights)
{
	kaal_status_t status = KAAL_OK;
	uint64_t mapped;

	while (count != 0 && status == KAAL_OK) {
		status = kaal_sys_frame_map(frames, vspace, address, rights, least(count, FRAMES_MAX), &mapped);
		frames += mapped;
		count -= mapped;
		address += mapped * KAAL_PAGE_BYTES;
		if (status == KAAL_INTERRUPTED)
			status = KAAL_OK;
		else if (status == KAAL_NO_TABLE && domain != NULL)
			status = add_table(domain, vspace, address);
	}
	return status;
}

kaal_status_t window_open(kaal_cap_t frames, uint64_t pages, void **memory)
{
	*memory = (void *)(uintptr_t)WINDOW_ADDRESS;
	return pages > FRAMES_MAX ? KAAL_OUT_OF_RANGE
				  : window_map(NULL, KAAL_SLOT_VSPACE, frames, pages, WINDOW_ADDRESS, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);
}

kaal_status_t window_close(kaal_cap_t frames, uint64_t pages)
{
	kaal_status_t status = KAAL_OK;
	uint64_t unmapped;

	while (pages != 0 && (status == KAAL_OK || status == KAAL_INTERRUPTED)) {
		status = kaal_sys_frame_unmap(frames, pages, &unmapped);
		frames += unmapped;
		pages -= unmapped;
	}
	return status;
}

kaal_status_t window_write(kaal_cap_t frames, uint64_t offset, const void *data, uint64_t bytes)
{
	kaal_status_t status = KAAL_OK;
	const uint8_t *from = data;

	frames += offset / KAAL_PAGE_BYTES;
	offset %= KAAL_PAGE_BYTES;
	while (bytes != 0 && status == KAAL_OK) {
		uint64_t now = least(bytes, FRAMES_MAX * KAAL_PAGE_BYTES - offset);
		uint64_t pages = (offset + now + PAGE_MASK) / KAAL_PAGE_BYTES;

		void *memory;

		status = window_open(frames, pages, &memory);
		if (status != KAAL_OK)
			break;
		memcpy((uint8_t *)memory + offset, from, now);
		status = window_close(frames, pages);
		frames += pages;
		from += now;
		bytes -= now;
		offset = 0;
	}
	return status;
}

kaal_status_t window_keep(kaal_cap_t frame, kaal_cap_t slot, uint64_t address)
{
	kaal_status_t status = kaal_sys_cap_copy(KAAL_SLOT_CNODE, slot, KAAL_SLOT_CNODE, frame, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);

	return status == KAAL_OK ? window_map(NULL, KAAL_SLOT_VSPACE, slot, 1, address, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE) : status;
}

kaal_status_t window_read(kaal_cap_t frame, uint64_t offset, void *data, uint64_t bytes)
{
	kaal_cap_t slot;
	kaal_status_t status = kaal_slots_take(&authority.slots, 1, &slot);

	if (status != KAAL_OK)
		return status;
	status = window_keep(frame, slot, WINDOW_ADDRESS);
	if (status == KAAL_OK)
		memcpy(data, (const void *)(uintptr_t)(WINDOW_ADDRESS + offset), bytes);
	kaal_ignore(kaal_sys_cap_delete(KAAL_SLOT_CNODE, slot));
	(void)kaal_slots_give(&authority.slots, slot, 1);
	return status;
}
