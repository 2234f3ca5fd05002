/* Page tables of a space: made when something is to be mapped through them, given back when nothing is. */
#include <stddef.h>

#include "calls.h"
#include "space_parts.h"

#define SPARE 0u

/* log2 of the bytes that a table of a level covers. */
static uint32_t covered_bits(unsigned level)
{
	return level == 2 ? 30 : 21;
}

/* Frames of this size are entries of a table of this level. */
static unsigned level_of_frames(uint32_t size_bits)
{
	return size_bits == 12 ? 3 : size_bits == 21 ? 2 : 1;
}

static uint64_t key(unsigned level, uint64_t base)
{
	return base + level; /* bases are multiples of 2 MiB */
}

static uint64_t key_of(const struct kaal_table *table)
{
	return key(table->level, table->base);
}

/* Where the table with the key is, or would be put. Spare ones have the smallest key. */
static uint32_t find(const struct kaal_space *space, uint64_t wanted)
{
	uint32_t low = 0, high = space->tables;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (key_of(&space->setup.tables[middle]) < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct kaal_table *table_at(const struct kaal_space *space, unsigned level, uint64_t address)
{
	uint64_t wanted = key(level, address >> covered_bits(level) << covered_bits(level));
	uint32_t at = find(space, wanted);

	return at < space->tables && key_of(&space->setup.tables[at]) == wanted ? &space->setup.tables[at] : NULL;
}

static void insert(struct kaal_space *space, struct kaal_table table)
{
	struct kaal_table *tables = space->setup.tables;
	uint32_t at = find(space, key_of(&table));

	for (uint32_t i = space->tables; i > at; i--)
		tables[i] = tables[i - 1];
	tables[at] = table;
	space->tables++;
}

static void take_out(struct kaal_space *space, uint32_t at)
{
	struct kaal_table *tables = space->setup.tables;

	space->tables--;
	for (uint32_t i = at; i < space->tables; i++)
		tables[i] = tables[i + 1];
}

/* Gives a table back that is in no list; the domain's stay with the space. */
static kaal_status_t give(struct kaal_space *space, const struct kaal_table *table)
{
	struct kaal_physical_memory *physical = space->setup.physical;
	kaal_block_t block = table->block;
	kaal_status_t status = KAAL_OK;

	/* The revoke takes the table out of the address space. */
	if (block != 0)
		status = kaal_physical_give(physical, &block);
	if (block == 0 && table->block != 0)
		(void)kaal_slots_give(physical->slots, table->cap, 1);
	return status;
}

/* A table object that is mapped nowhere: a spare one, one out of the domain, or one with a block of its own. */
static kaal_status_t obtain(struct kaal_space *space, struct kaal_table *table)
{
	const struct kaal_space_setup *setup = &space->setup;
	kaal_status_t status;
	uint32_t made;

	*table = (struct kaal_table){0};
	if (space->tables != 0 && setup->tables[0].level == SPARE) {
		*table = setup->tables[0];
		take_out(space, 0);
		return KAAL_OK;
	}
	if (space->tables == setup->tables_max)
		return KAAL_NO_MEMORY;
	if (setup->domain != NULL)
		return kaal_domain_make(setup->domain, KAAL_OBJECT_PAGE_TABLE, 1, &table->cap);
	status = kaal_physical_take(setup->physical, setup->account, KAAL_PAGE_BITS, &table->block);
	if (status != KAAL_OK)
		return status;
	status = kaal_physical_take_slots(setup->physical, 1, &table->cap);
	if (status != KAAL_OK) {
		(void)kaal_physical_give(setup->physical, &table->block);
		return status;
	}
	status = mm_retype(kaal_physical_cap(setup->physical, table->block), KAAL_OBJECT_PAGE_TABLE, setup->physical->slots->cnode,
			   kaal_slots_slot(setup->physical->slots, table->cap), 1, &made);
	if (status != KAAL_OK)
		(void)give(space, table);
	return status;
}

static kaal_status_t make_one(struct kaal_space *space, unsigned level, uint64_t address)
{
	struct kaal_table table;
	kaal_status_t status = obtain(space, &table);

	if (status != KAAL_OK)
		return status;
	status = kaal_sys_page_table_map(table.cap, space->setup.vspace, address);
	if (status == KAAL_OK) {
		table.level = (uint8_t)level;
		table.base = address >> covered_bits(level) << covered_bits(level);
		insert(space, table);
		if (level == 3)
			table_at(space, 2, address)->entries++;
	} else if (table.block == 0) {
		insert(space, table);
	} else {
		(void)give(space, &table);
	}
	return status;
}

kaal_status_t mm_tables_make(struct kaal_space *space, uint64_t address, uint64_t bytes, uint32_t size_bits)
{
	unsigned last = level_of_frames(size_bits);
	kaal_status_t status = KAAL_OK;

	for (unsigned level = 2; level <= last && status == KAAL_OK; level++) {
		uint64_t covered = UINT64_C(1) << covered_bits(level);

		for (uint64_t at = address & ~(covered - 1); at < address + bytes && status == KAAL_OK; at += covered) {
			if (table_at(space, level, at) == NULL)
				status = make_one(space, level, at < KAAL_USER_VA_MIN ? KAAL_USER_VA_MIN : at);
		}
	}
	if (status != KAAL_OK)
		mm_tables_drop(space, address, bytes);
	return status;
}

void mm_tables_count(struct kaal_space *space, uint64_t address, uint64_t bytes, uint32_t size_bits, bool mapped)
{
	unsigned level = level_of_frames(size_bits);
	uint64_t end = address + bytes;

	if (level == 1)
		return;
	while (address < end) {
		uint64_t covered = UINT64_C(1) << covered_bits(level), next = (address & ~(covered - 1)) + covered;
		struct kaal_table *table = table_at(space, level, address);
		uint16_t entries = (uint16_t)(((next < end ? next : end) - address) >> size_bits);

		table->entries = (uint16_t)(mapped ? table->entries + entries : table->entries - entries);
		address = next;
	}
}

/* Takes a table away that maps nothing. One of the domain is kept for the next address that needs one. */
static kaal_status_t drop(struct kaal_space *space, struct kaal_table *table)
{
	struct kaal_table gone = *table;
	kaal_status_t status = gone.block != 0 ? give(space, &gone) : kaal_sys_page_table_unmap(gone.cap);

	if (status != KAAL_OK && status != KAAL_NOT_MAPPED)
		return status;
	take_out(space, (uint32_t)(table - space->setup.tables));
	if (gone.level == 3)
		table_at(space, 2, gone.base)->entries--;
	if (gone.block == 0)
		insert(space, (struct kaal_table){.cap = gone.cap, .level = SPARE});
	return KAAL_OK;
}

void mm_tables_drop(struct kaal_space *space, uint64_t address, uint64_t bytes)
{
	uint64_t first = address >> covered_bits(3) << covered_bits(3);
	uint32_t at = find(space, address + bytes);
	struct kaal_table *above;

	/* From the end on: a table of level 3 comes before the one above it is looked at. */
	while (at != 0 && key_of(&space->setup.tables[at - 1]) >= key(2, first)) {
		struct kaal_table *table = &space->setup.tables[at - 1];
		bool becomes_spare = table->block == 0;

		/* One that becomes a spare goes to the front, and what is looked at next up by one. */
		if (table->entries != 0 || drop(space, table) != KAAL_OK || !becomes_spare)
			at--;
	}
	above = table_at(space, 2, address);
	if (above != NULL && above->entries == 0)
		(void)drop(space, above);
}

kaal_status_t mm_tables_end(struct kaal_space *space)
{
	while (space->tables != 0) {
		struct kaal_table *table = &space->setup.tables[space->tables - 1];
		kaal_status_t status = give(space, table);

		if (status != KAAL_OK)
			return status;
		space->tables--;
	}
	return KAAL_OK;
}
