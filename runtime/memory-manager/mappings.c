/* What is mapped in a space: frames in, out, with other rights, and in a second space. */
#include <stddef.h>

#include "calls.h"
#include "space_parts.h"

/* What a range call does with frames. */
enum frame_work { MAP, UNMAP, PROTECT };

uint32_t mm_find_mapping(const struct kaal_space *space, uint64_t address)
{
	uint32_t low = 0, high = space->mappings;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (mm_mapping_end(&space->setup.mappings[middle]) <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void insert(struct kaal_space *space, uint32_t at, struct kaal_mapping mapping)
{
	struct kaal_mapping *mappings = space->setup.mappings;

	for (uint32_t i = space->mappings; i > at; i--)
		mappings[i] = mappings[i - 1];
	mappings[at] = mapping;
	space->mappings++;
}

static void take_out(struct kaal_space *space, uint32_t at)
{
	struct kaal_mapping *mappings = space->setup.mappings;

	space->mappings--;
	for (uint32_t i = at; i < space->mappings; i++)
		mappings[i] = mappings[i + 1];
}

static bool is_owned(const struct kaal_mapping *mapping)
{
	return mapping->kind == MM_OWNED || mapping->kind == MM_PART;
}

/* Makes one entry of the one before `at` and the one at it, where they say the same. */
static void join(struct kaal_space *space, uint32_t at)
{
	struct kaal_mapping *one = space->setup.mappings + at - 1, *other = one + 1;

	if (at == 0 || at >= space->mappings || mm_mapping_end(one) != other->address || one->first + one->count != other->first ||
	    one->size_bits != other->size_bits || one->rights != other->rights)
		return;
	if (is_owned(one) ? other->kind != MM_PART : one->kind != other->kind)
		return;
	/* Regions may touch (SM-2). */
	if (kaal_space_find(space, one->address) != kaal_space_find(space, other->address))
		return;
	one->count += other->count;
	take_out(space, at);
}

/* Joins entries that an operation on a range has cut or made alike. */
static void join_around(struct kaal_space *space, uint64_t address, uint64_t end)
{
	uint32_t at = mm_find_mapping(space, end);

	while (at != UINT32_MAX && (at >= space->mappings || mm_mapping_end(&space->setup.mappings[at]) >= address)) {
		join(space, at);
		at = at == 0 ? UINT32_MAX : at - 1;
	}
}

/* An entry begins at `address`, which lies between two frames of the one around it, if there is one. */
static void cut(struct kaal_space *space, uint64_t address)
{
	uint32_t at = mm_find_mapping(space, address);
	struct kaal_mapping *mapping = &space->setup.mappings[at], rest;

	if (at == space->mappings || mapping->address >= address)
		return;
	rest = *mapping;
	mapping->count = (uint32_t)((address - mapping->address) >> mapping->size_bits);
	rest.address = address;
	rest.first += mapping->count;
	rest.count -= mapping->count;
	rest.blocks = 0;
	if (is_owned(mapping))
		rest.kind = MM_PART;
	insert(space, at + 1, rest);
}

static kaal_status_t call(const struct kaal_space *space, enum frame_work work, const struct kaal_mapping *mapping, uint32_t from,
			  uint32_t count, uint32_t rights, uint64_t *now)
{
	kaal_cap_t first = mapping->first + from;

	if (work == MAP)
		return kaal_sys_frame_map(first, space->setup.vspace, mapping->address + ((uint64_t)from << mapping->size_bits), rights, count, now);
	return work == UNMAP ? kaal_sys_frame_unmap(first, count, now) : kaal_sys_frame_protect(first, rights, count, now);
}

/* A frame that is not there, or not mapped, any more, needs no unmapping. */
static bool is_gone(enum frame_work work, kaal_status_t status)
{
	return work == UNMAP && (status == KAAL_NOT_MAPPED || status == KAAL_WRONG_TYPE || status == KAAL_INVALID_CAP);
}

/* Frames [*done, count) of a mapping, as far as it goes. */
static kaal_status_t go_through(const struct kaal_space *space, enum frame_work work, const struct kaal_mapping *mapping, uint32_t rights,
				uint32_t count, uint32_t *done)
{
	kaal_status_t status = KAAL_OK;

	while (*done < count && (status == KAAL_OK || status == KAAL_INTERRUPTED)) {
		uint32_t left = count - *done;
		uint64_t now;

		status = call(space, work, mapping, *done, left < MM_FRAMES_MAX ? left : MM_FRAMES_MAX, rights, &now);
		*done += (uint32_t)now;
		if (is_gone(work, status)) {
			++*done;
			status = KAAL_OK;
		}
	}
	return *done == count ? KAAL_OK : status;
}

/* Undoes work on the first `count` frames, passing those that have gone meanwhile. */
static void undo(const struct kaal_space *space, enum frame_work work, const struct kaal_mapping *mapping, uint32_t count)
{
	for (uint32_t done = 0; done < count; done++) {
		if (go_through(space, work, mapping, mapping->rights, count, &done) == KAAL_OK)
			return;
	}
}

kaal_status_t mm_map(struct kaal_space *space, const struct kaal_mapping *mapping)
{
	uint32_t at = mm_find_mapping(space, mapping->address), done = 0;
	uint64_t bytes = mm_mapping_bytes(mapping);
	kaal_status_t status;

	if (at < space->mappings && space->setup.mappings[at].address < mapping->address + bytes)
		return KAAL_ADDRESS_IN_USE;
	if (space->mappings == space->setup.mappings_max)
		return KAAL_NO_MEMORY;
	status = mm_tables_make(space, mapping->address, bytes, mapping->size_bits);
	if (status != KAAL_OK)
		return status;
	status = go_through(space, MAP, mapping, mapping->rights, mapping->count, &done);
	if (status != KAAL_OK) {
		undo(space, UNMAP, mapping, done);
		mm_tables_drop(space, mapping->address, bytes);
		return status;
	}
	mm_tables_count(space, mapping->address, bytes, mapping->size_bits, true);
	insert(space, at, *mapping);
	join(space, at + 1);
	join(space, at);
	return KAAL_OK;
}

kaal_status_t kaal_space_map(struct kaal_space *space, uint64_t address, kaal_cap_t first, uint32_t count, uint32_t size_bits,
			     uint32_t rights)
{
	struct kaal_mapping mapping = {address, first, count, (uint8_t)size_bits, (uint8_t)rights, MM_PLAIN, 0};

	if (count == 0 || (size_bits != 12 && size_bits != 21 && size_bits != 30) || rights > KAAL_RIGHTS_ALL ||
	    address % (UINT64_C(1) << size_bits) != 0 || mm_region_around(space, address, mm_mapping_bytes(&mapping)) == NULL)
		return KAAL_OUT_OF_RANGE;
	return mm_map(space, &mapping);
}

/* Whether a range cuts no frame, and, if it shall hold no gap, is all mapped. */
static kaal_status_t check_range(const struct kaal_space *space, uint64_t address, uint64_t bytes, bool gaps)
{
	uint64_t end = address + bytes, at = address;
	uint32_t i = mm_find_mapping(space, address);

	if (i == space->mappings || space->setup.mappings[i].address >= end)
		return KAAL_NOT_MAPPED;
	for (; i < space->mappings && space->setup.mappings[i].address < end; i++) {
		const struct kaal_mapping *mapping = &space->setup.mappings[i];
		uint64_t cut_at[] = {address, end};

		for (unsigned k = 0; k < 2; k++) {
			if (cut_at[k] > mapping->address && cut_at[k] < mm_mapping_end(mapping) &&
			    cut_at[k] % (UINT64_C(1) << mapping->size_bits) != 0)
				return KAAL_OUT_OF_RANGE;
		}
		if (!gaps && mapping->address > at)
			return KAAL_NOT_MAPPED;
		at = mm_mapping_end(mapping);
	}
	return gaps || at >= end ? KAAL_OK : KAAL_NOT_MAPPED;
}

/* Entries that begin and end at the range's bounds, for work on [*from, *to). */
static kaal_status_t cut_range(struct kaal_space *space, uint64_t address, uint64_t bytes, uint32_t *from, uint32_t *to)
{
	uint32_t needed = 0, at;
	uint64_t bound[] = {address, address + bytes};

	for (unsigned k = 0; k < 2; k++) {
		at = mm_find_mapping(space, bound[k]);
		needed += at < space->mappings && space->setup.mappings[at].address < bound[k];
	}
	if (needed > space->setup.mappings_max - space->mappings)
		return KAAL_NO_MEMORY;
	cut(space, bound[0]);
	cut(space, bound[1]);
	*from = mm_find_mapping(space, bound[0]);
	*to = mm_find_mapping(space, bound[1]);
	return KAAL_OK;
}

kaal_status_t kaal_space_protect(struct kaal_space *space, uint64_t address, uint64_t bytes, uint32_t rights)
{
	struct kaal_mapping *mappings = space->setup.mappings;
	uint32_t from, to, at, done = 0;
	kaal_status_t status;

	if (!mm_range_ok(address, bytes) || rights > KAAL_RIGHTS_ALL)
		return KAAL_OUT_OF_RANGE;
	status = check_range(space, address, bytes, false);
	if (status == KAAL_OK)
		status = cut_range(space, address, bytes, &from, &to);
	if (status != KAAL_OK)
		return status;
	for (at = from; at < to; at++) {
		done = 0;
		status = go_through(space, PROTECT, &mappings[at], rights, mappings[at].count, &done);
		if (status != KAAL_OK)
			break;
	}
	if (status != KAAL_OK) {
		undo(space, PROTECT, &mappings[at], done);
		while (at-- > from)
			undo(space, PROTECT, &mappings[at], mappings[at].count);
	} else {
		for (at = from; at < to; at++)
			mappings[at].rights = (uint8_t)rights;
	}
	join_around(space, address, address + bytes);
	return status;
}

/* Whether owned memory in the range, in which something is mapped, is in it as a whole. */
static bool owned_is_whole(const struct kaal_space *space, uint64_t address, uint64_t end)
{
	const struct kaal_mapping *mappings = space->setup.mappings;
	const struct kaal_mapping *first = &mappings[mm_find_mapping(space, address)];
	uint32_t behind = mm_find_mapping(space, end);

	if (first->kind == MM_PART || (first->kind == MM_OWNED && first->address < address))
		return false;
	return behind == space->mappings ||
	       (mappings[behind].kind != MM_PART && (mappings[behind].kind != MM_OWNED || mappings[behind].address >= end));
}

/* Frames of others in [from, to) are unmapped, and their entries go, all or none; *to follows. */
static kaal_status_t unmap_plain(struct kaal_space *space, uint32_t from, uint32_t *to)
{
	struct kaal_mapping *mappings = space->setup.mappings;
	uint32_t at, done = 0;
	kaal_status_t status = KAAL_OK;

	for (at = from; at < *to; at++) {
		done = 0;
		if (mappings[at].kind == MM_PLAIN)
			status = go_through(space, UNMAP, &mappings[at], 0, mappings[at].count, &done);
		if (status != KAAL_OK)
			break;
	}
	if (status != KAAL_OK) {
		undo(space, MAP, &mappings[at], done);
		while (at-- > from) {
			if (mappings[at].kind == MM_PLAIN)
				undo(space, MAP, &mappings[at], mappings[at].count);
		}
		return status;
	}
	for (at = *to; at-- > from;) {
		if (mappings[at].kind == MM_PLAIN) {
			mm_tables_count(space, mappings[at].address, mm_mapping_bytes(&mappings[at]), mappings[at].size_bits, false);
			take_out(space, at);
			--*to;
		}
	}
	return KAAL_OK;
}

/* Deletes copies from the last one on; what is left stays in the entry. */
static kaal_status_t delete_copies(struct kaal_space *space, uint32_t at)
{
	struct kaal_mapping *mapping = &space->setup.mappings[at];
	struct kaal_slots *slots = space->setup.physical->slots;
	kaal_status_t status = KAAL_OK;
	uint32_t left = mapping->count;

	while (left != 0 && (status = mm_delete(slots, mapping->first + left - 1)) == KAAL_OK)
		left--;
	if (left == mapping->count)
		return status;
	mm_tables_count(space, mapping->address + ((uint64_t)left << mapping->size_bits),
			(uint64_t)(mapping->count - left) << mapping->size_bits, mapping->size_bits, false);
	(void)kaal_slots_give(slots, mapping->first + left, mapping->count - left);
	mapping->count = left;
	if (left == 0)
		take_out(space, at);
	return status;
}

/* Gives back memory of the space: entry `at` and the parts that follow. */
static kaal_status_t give_owned(struct kaal_space *space, uint32_t at)
{
	struct kaal_mapping *mappings = space->setup.mappings;
	struct kaal_physical_memory *physical = space->setup.physical;
	kaal_status_t status = kaal_physical_give(physical, &mappings[at].blocks);

	if (status != KAAL_OK)
		return status;
	do {
		(void)kaal_slots_give(physical->slots, mappings[at].first, mappings[at].count);
		mm_tables_count(space, mappings[at].address, mm_mapping_bytes(&mappings[at]), mappings[at].size_bits, false);
		take_out(space, at);
	} while (at < space->mappings && mappings[at].kind == MM_PART);
	return KAAL_OK;
}

/* The last entry before `end`, with what it is a part of, goes: what cannot be undone. */
static kaal_status_t end_last(struct kaal_space *space, uint32_t end)
{
	uint32_t at = end - 1;

	while (space->setup.mappings[at].kind == MM_PART)
		at--;
	return space->setup.mappings[at].kind == MM_COPIES ? delete_copies(space, at) : give_owned(space, at);
}

kaal_status_t kaal_space_unmap(struct kaal_space *space, uint64_t address, uint64_t bytes)
{
	uint32_t from, to, others;
	kaal_status_t status;

	if (!mm_range_ok(address, bytes) || mm_region_around(space, address, bytes) == NULL)
		return KAAL_OUT_OF_RANGE;
	status = check_range(space, address, bytes, true);
	if (status == KAAL_OK && !owned_is_whole(space, address, address + bytes))
		status = KAAL_OUT_OF_RANGE;
	if (status == KAAL_OK)
		status = cut_range(space, address, bytes, &from, &to);
	if (status != KAAL_OK)
		return status;
	status = unmap_plain(space, from, &to);
	others = space->mappings - to;
	while (status == KAAL_OK && space->mappings - others > from)
		status = end_last(space, space->mappings - others);
	mm_tables_drop(space, address, bytes);
	join_around(space, address, address + bytes);
	return status;
}

kaal_status_t mm_mappings_forget(struct kaal_space *space)
{
	kaal_status_t status = KAAL_OK;

	while (status == KAAL_OK && space->mappings != 0) {
		if (space->setup.mappings[space->mappings - 1].kind == MM_PLAIN)
			space->mappings--;
		else
			status = end_last(space, space->mappings);
	}
	return status;
}

/* Copies frames of a mapping into slots, and maps them. */
static kaal_status_t share_piece(const struct kaal_space *space, const struct kaal_mapping *piece, struct kaal_space *to,
				 uint64_t to_address, uint32_t rights)
{
	struct kaal_slots *slots = to->setup.physical->slots, *from = space->setup.physical->slots;
	struct kaal_mapping copies = {to_address, 0, piece->count, piece->size_bits, (uint8_t)rights, MM_COPIES, 0};
	kaal_status_t status = kaal_physical_take_slots(to->setup.physical, piece->count, &copies.first);
	uint32_t made = 0;

	if (status != KAAL_OK)
		return status;
	while (made < piece->count &&
	       (status = kaal_sys_cap_copy(slots->cnode, kaal_slots_slot(slots, copies.first + made), from->cnode,
				       kaal_slots_slot(from, piece->first + made), rights)) == KAAL_OK)
		made++;
	if (status == KAAL_OK)
		status = mm_map(to, &copies);
	if (status == KAAL_OK)
		return KAAL_OK;
	for (uint32_t i = 0; i < made; i++)
		(void)mm_delete(slots, copies.first + i);
	(void)kaal_slots_give(slots, copies.first, copies.count);
	return status;
}

kaal_status_t kaal_space_share(const struct kaal_space *space, uint64_t address, uint64_t bytes, struct kaal_space *to,
			       uint64_t to_address, uint32_t rights)
{
	uint64_t done = 0;
	kaal_status_t status;
	uint32_t at;

	if (!mm_range_ok(address, bytes) || !mm_range_ok(to_address, bytes) || rights > KAAL_RIGHTS_ALL ||
	    mm_region_around(to, to_address, bytes) == NULL)
		return KAAL_OUT_OF_RANGE;
	status = check_range(space, address, bytes, false);
	at = mm_find_mapping(to, to_address);
	if (status == KAAL_OK && at < to->mappings && to->setup.mappings[at].address < to_address + bytes)
		status = KAAL_ADDRESS_IN_USE;
	while (status == KAAL_OK && done < bytes) {
		const struct kaal_mapping *mapping = &space->setup.mappings[mm_find_mapping(space, address + done)];
		struct kaal_mapping piece = *mapping;
		uint32_t skipped = (uint32_t)((address + done - mapping->address) >> mapping->size_bits);
		uint64_t wanted = (bytes - done) >> mapping->size_bits;

		piece.first += skipped;
		piece.count = wanted < mapping->count - skipped ? (uint32_t)wanted : mapping->count - skipped;
		status = share_piece(space, &piece, to, to_address + done, rights);
		if (status == KAAL_OK)
			done += mm_mapping_bytes(&piece);
	}
	if (status != KAAL_OK && done != 0)
		(void)kaal_space_unmap(to, to_address, done);
	return status;
}
