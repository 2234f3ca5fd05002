#include "memory.h"

#include <kaal/slot.h>
#include <kaal/syscall.h>

#include "own_space.h"

#define LARGE_BITS 21u
#define PAGE_MASK ((uint64_t)KAAL_PAGE_BYTES - 1)

static uint32_t log2_down(uint64_t number)
{
	return 63u - (uint32_t)__builtin_clzll(number);
}

/* All of it becomes frames, in slots of their own. */
static kaal_status_t make_frames(struct kaal_memory_block *block, uint32_t size_bits)
{
	kaal_status_t status = kaal_slot_take(block->count, &block->frames.slot);
	uint64_t made, done = 0;

	if (status != KAAL_OK)
		return status;
	do {
		status = kaal_sys_untyped_retype(block->untyped.first, KAAL_OBJECT_FRAME + UINT64_C(256) * size_bits, KAAL_SLOT_CNODE,
					     block->frames.slot + done, block->count - done, &made);
		done += made;
	} while (status == KAAL_INTERRUPTED);
	if (status != KAAL_OK)
		kaal_ignore(kaal_slot_drop(block->frames.slot, block->count));
	return status;
}

kaal_status_t memory_block_take(struct kaal_memory_block *block, uint32_t bits, uint64_t address)
{
	uint32_t size_bits = bits >= LARGE_BITS && address % (UINT64_C(1) << LARGE_BITS) == 0 ? LARGE_BITS : KAAL_PAGE_BITS;
	kaal_status_t status = kaal_broker_memory(bits, &block->untyped);

	if (status != KAAL_OK)
		return status;
	block->count = 1u << (bits - size_bits);
	status = make_frames(block, size_bits);
	if (status == KAAL_OK) {
		status = own_space_map(address, block->frames.slot, block->count, size_bits);
		if (status != KAAL_OK)
			kaal_ignore(kaal_slot_drop(block->frames.slot, block->count));
	}
	if (status != KAAL_OK)
		kaal_ignore(kaal_broker_give(&block->untyped));
	return status;
}

/* Its frames, which nothing maps any more, are gone with the memory. */
static kaal_status_t give_block(struct kaal_memory_block *block)
{
	kaal_status_t status = kaal_broker_give(&block->untyped);

	return status == KAAL_OK ? kaal_slot_give(block->frames.slot, block->count) : status;
}

kaal_status_t kaal_memory_take(uint64_t bytes, struct kaal_memory *memory)
{
	uint64_t address, left = (bytes + PAGE_MASK) & ~PAGE_MASK;
	kaal_status_t status = KAAL_OK;

	if (bytes == 0 || bytes > UINT64_C(1) << 40)
		return KAAL_OUT_OF_RANGE;
	*memory = (struct kaal_memory){0};
	/* The last block may be twice what is left. */
	status = own_space_reserve(2 * left, left >> LARGE_BITS != 0 ? UINT64_C(1) << LARGE_BITS : KAAL_PAGE_BYTES, &memory->address);
	if (status != KAAL_OK)
		return status;
	address = memory->address;
	while (left != 0 && status == KAAL_OK) {
		uint32_t bits = log2_down(left);

		if (memory->blocks == KAAL_MEMORY_BLOCKS - 1 && left != UINT64_C(1) << bits)
			bits++;
		status = memory_block_take(&memory->block[memory->blocks], bits, address);
		if (status != KAAL_OK)
			break;
		memory->blocks++;
		address += UINT64_C(1) << bits;
		left -= left < UINT64_C(1) << bits ? left : UINT64_C(1) << bits;
	}
	memory->bytes = address - memory->address;
	if (status != KAAL_OK)
		kaal_ignore(kaal_memory_give(memory));
	return status;
}

kaal_status_t kaal_memory_give(struct kaal_memory *memory)
{
	kaal_status_t status = KAAL_OK;

	if (memory->address != 0)
		status = own_space_release(memory->address);
	if (status == KAAL_OK)
		memory->address = 0;
	while (memory->blocks != 0 && status == KAAL_OK) {
		status = give_block(&memory->block[memory->blocks - 1]);
		if (status == KAAL_OK)
			memory->blocks--;
	}
	if (status == KAAL_OK)
		memory->bytes = 0;
	return status;
}

kaal_status_t kaal_memory_map(kaal_frame_t first, uint32_t count, uint64_t *address)
{
	kaal_status_t status = count == 0 ? KAAL_OUT_OF_RANGE : own_space_reserve((uint64_t)count * KAAL_PAGE_BYTES, KAAL_PAGE_BYTES, address);

	if (status != KAAL_OK)
		return status;
	status = own_space_map(*address, first.slot, count, KAAL_PAGE_BITS);
	if (status != KAAL_OK)
		(void)own_space_release(*address);
	return status;
}

kaal_status_t kaal_memory_unmap(uint64_t address)
{
	return own_space_release(address);
}
