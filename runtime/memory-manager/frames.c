#include "frames.h"

#include "calls.h"

#define COUNT_MAX (1u << 20)
#define FLAGS (KAAL_FRAMES_CONTIGUOUS | KAAL_FRAMES_UNCACHED)

/* Makes the frames out of the blocks that were taken for them; gives these back if it cannot. */
static kaal_status_t make(struct kaal_physical_memory *physical, uint64_t what, struct kaal_frames *frames)
{
	kaal_status_t status = kaal_physical_take_slots(physical, frames->count, &frames->first);
	uint64_t slot = kaal_slots_slot(physical->slots, frames->first);
	kaal_block_t block = frames->blocks;

	if (status != KAAL_OK) {
		(void)kaal_physical_give(physical, &frames->blocks);
		return status;
	}
	while (status == KAAL_OK && block != 0) {
		uint32_t made;

		status = mm_retype(kaal_physical_cap(physical, block), what, physical->slots->cnode, slot,
				   1u << (kaal_physical_bits(physical, block) - frames->size_bits), &made);
		slot += made;
		block = kaal_physical_next(physical, block);
	}
	if (status != KAAL_OK)
		(void)kaal_frames_give(physical, frames);
	return status;
}

/* Takes memory in blocks as large as there are and as are wanted. */
static kaal_status_t take_pieces(struct kaal_physical_memory *physical, struct kaal_account *account, uint32_t size_bits, uint64_t bytes,
				 kaal_block_t *blocks)
{
	kaal_block_t chain = 0, last = 0, block;
	uint64_t left = bytes;

	while (left != 0) {
		uint32_t bits = 63u - (uint32_t)__builtin_clzll(left), largest = kaal_physical_largest_bits(physical);
		kaal_status_t status;

		if (bits > largest)
			bits = largest;
		status = bits < size_bits ? KAAL_NO_MEMORY : kaal_physical_take(physical, account, bits, &block);
		if (status != KAAL_OK) {
			(void)kaal_physical_give(physical, &chain);
			return status;
		}
		kaal_physical_chain(physical, last != 0 ? &last : &chain, block);
		last = block;
		left -= UINT64_C(1) << bits;
	}
	*blocks = chain;
	return KAAL_OK;
}

kaal_status_t kaal_frames_take(struct kaal_physical_memory *physical, struct kaal_account *account, uint32_t size_bits, uint32_t count,
			       uint32_t flags, struct kaal_frames *frames)
{
	uint64_t bytes = (uint64_t)count << size_bits;
	struct kaal_frames taken = {.count = count, .size_bits = (uint8_t)size_bits};
	kaal_status_t status;

	if (count == 0 || count > COUNT_MAX || (size_bits != 12 && size_bits != 21 && size_bits != 30) || (flags & ~FLAGS) != 0 ||
	    ((flags & KAAL_FRAMES_UNCACHED) != 0 && size_bits != KAAL_PAGE_BITS))
		return KAAL_OUT_OF_RANGE;
	/* A limit that does not allow all of it is seen before memory is split for a part. */
	if (account->used_bytes > account->limit_bytes || bytes > account->limit_bytes - account->used_bytes)
		return KAAL_NO_MEMORY;
	status = (flags & KAAL_FRAMES_CONTIGUOUS) != 0
			 ? kaal_physical_take_pages(physical, account, bytes / KAAL_PAGE_BYTES, &taken.blocks)
			 : take_pieces(physical, account, size_bits, bytes, &taken.blocks);
	if (status == KAAL_OK)
		status = make(physical, mm_what(KAAL_OBJECT_FRAME, size_bits) + ((flags & KAAL_FRAMES_UNCACHED) != 0 ? KAAL_RETYPE_UNCACHED : 0),
			      &taken);
	if (status == KAAL_OK)
		*frames = taken;
	return status;
}

kaal_status_t kaal_frames_take_at(struct kaal_physical_memory *physical, struct kaal_account *account, uint64_t base, uint32_t count,
				  struct kaal_frames *frames)
{
	struct kaal_frames taken = {.count = count, .size_bits = KAAL_PAGE_BITS};
	kaal_status_t status;

	if (count > COUNT_MAX)
		return KAAL_OUT_OF_RANGE;
	status = kaal_physical_take_at(physical, account, base, count, &taken.blocks);
	if (status == KAAL_OK)
		status = make(physical, mm_what(KAAL_OBJECT_FRAME, KAAL_PAGE_BITS), &taken);
	if (status == KAAL_OK)
		*frames = taken;
	return status;
}

uint64_t kaal_frames_base(const struct kaal_physical_memory *physical, const struct kaal_frames *frames, uint32_t index)
{
	uint64_t offset = (uint64_t)index << frames->size_bits;
	kaal_block_t block = frames->blocks;

	while (offset >= UINT64_C(1) << kaal_physical_bits(physical, block)) {
		offset -= UINT64_C(1) << kaal_physical_bits(physical, block);
		block = kaal_physical_next(physical, block);
	}
	return kaal_physical_base(physical, block) + offset;
}

kaal_status_t kaal_frames_give(struct kaal_physical_memory *physical, struct kaal_frames *frames)
{
	kaal_status_t status = kaal_physical_give(physical, &frames->blocks);

	if (status != KAAL_OK)
		return status;
	if (frames->count != 0)
		(void)kaal_slots_give(physical->slots, frames->first, frames->count);
	*frames = (struct kaal_frames){0};
	return KAAL_OK;
}
