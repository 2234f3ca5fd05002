#include <freestanding/translation.h>

/* Descriptor bits, Arm ARM DDI 0487, D8.3.1 and D8.3.2. */
#define DESCRIPTOR_VALID UINT64_C(1)
#define DESCRIPTOR_TABLE UINT64_C(2) /* levels 1 and 2: a table; level 3: a page */
#define LEAF_ATTRIBUTE_SHIFT 2u
#define LEAF_USER (UINT64_C(1) << 6)      /* AP[1] */
#define LEAF_READ_ONLY (UINT64_C(1) << 7) /* AP[2] */
#define LEAF_INNER_SHAREABLE (UINT64_C(3) << 8)
#define LEAF_ACCESSED (UINT64_C(1) << 10)
#define LEAF_NOT_GLOBAL (UINT64_C(1) << 11)
#define LEAF_PXN (UINT64_C(1) << 53)
#define LEAF_UXN (UINT64_C(1) << 54)
#define ADDRESS_MASK UINT64_C(0x0000fffffffff000)

#define PAGE_BITS 12u
#define LEVEL_BITS 9u
#define LEVEL_SHIFT(level) (PAGE_BITS + LEVEL_BITS * (3u - (level)))
#define ENTRY_INDEX(address, level) (((address) >> LEVEL_SHIFT(level)) & ((1u << LEVEL_BITS) - 1))

/* The only place where a physical address becomes a pointer here. */
static uint64_t *table_at(const struct translation *tables, uint64_t physical)
{
	return (uint64_t *)(uintptr_t)(tables->offset + physical);
}

static uint64_t leaf_bits(struct translation_attributes attributes)
{
	uint32_t access = attributes.access;
	uint64_t bits = DESCRIPTOR_VALID | LEAF_ACCESSED | (uint64_t)attributes.memory << LEAF_ATTRIBUTE_SHIFT;

	if (attributes.memory == TRANSLATION_NORMAL)
		bits |= LEAF_INNER_SHAREABLE;
	if ((access & TRANSLATION_WRITE) == 0)
		bits |= LEAF_READ_ONLY;
	/* What a user may execute the kernel may not, and the other way round. */
	if ((access & TRANSLATION_USER) != 0)
		bits |= LEAF_USER | LEAF_NOT_GLOBAL | LEAF_PXN | ((access & TRANSLATION_EXECUTE) != 0 ? 0 : LEAF_UXN);
	else
		bits |= LEAF_UXN | ((access & TRANSLATION_EXECUTE) != 0 ? 0 : LEAF_PXN);
	return bits;
}

unsigned translation_index(uint64_t virtual_address, unsigned level)
{
	return (unsigned)ENTRY_INDEX(virtual_address, level);
}

unsigned translation_block_bits(unsigned level)
{
	return LEVEL_SHIFT(level);
}

static uint64_t leaf_of(uint64_t physical, uint64_t bits, unsigned level)
{
	return physical | bits | (level == TRANSLATION_LEVEL_LAST ? DESCRIPTOR_TABLE : 0);
}

uint64_t translation_leaf(uint64_t physical, struct translation_attributes attributes, unsigned level)
{
	return leaf_of(physical, leaf_bits(attributes), level);
}

uint64_t translation_table(uint64_t physical)
{
	return physical | DESCRIPTOR_TABLE | DESCRIPTOR_VALID;
}

bool translation_is_leaf(uint64_t entry, unsigned level)
{
	return (entry & DESCRIPTOR_VALID) != 0 && (level == TRANSLATION_LEVEL_LAST || (entry & DESCRIPTOR_TABLE) == 0);
}

bool translation_is_table(uint64_t entry, unsigned level)
{
	return (entry & DESCRIPTOR_VALID) != 0 && !translation_is_leaf(entry, level);
}

uint64_t translation_address(uint64_t entry)
{
	return entry & ADDRESS_MASK;
}

/* Maps one block of the largest size that fits; *mapped gets its bytes. */
static enum translation_status map_block(struct translation *tables, uint64_t virtual_address, uint64_t physical,
					 uint64_t bytes, uint64_t bits, uint64_t *mapped)
{
	uint64_t *table = table_at(tables, tables->root);

	for (unsigned level = 1;; level++) {
		uint64_t block = UINT64_C(1) << LEVEL_SHIFT(level);
		uint64_t *entry = &table[ENTRY_INDEX(virtual_address, level)];

		if (((virtual_address | physical) & (block - 1)) == 0 && bytes >= block) {
			if ((*entry & DESCRIPTOR_VALID) != 0)
				return TRANSLATION_OCCUPIED;
			*entry = leaf_of(physical, bits, level);
			*mapped = block;
			return TRANSLATION_OK;
		}
		if ((*entry & DESCRIPTOR_VALID) == 0) {
			uint64_t page = tables->page(tables->context);

			if (page == 0)
				return TRANSLATION_NO_MEMORY;
			tables->table_count++;
			*entry = translation_table(page);
		} else if ((*entry & DESCRIPTOR_TABLE) == 0) {
			return TRANSLATION_OCCUPIED;
		}
		table = table_at(tables, *entry & ADDRESS_MASK);
	}
}

enum translation_status translation_map(struct translation *tables, uint64_t virtual_base, uint64_t physical_base,
					uint64_t bytes, struct translation_attributes attributes)
{
	uint64_t bits = leaf_bits(attributes);

	while (bytes != 0) {
		uint64_t mapped = 0;
		enum translation_status status =
			map_block(tables, virtual_base, physical_base, bytes, bits, &mapped);

		if (status != TRANSLATION_OK)
			return status;
		virtual_base += mapped;
		physical_base += mapped;
		bytes -= mapped;
	}
	return TRANSLATION_OK;
}

uint64_t translation_find(const struct translation *tables, uint64_t virtual_address, unsigned *block_bits)
{
	const uint64_t *table = table_at(tables, tables->root);

	for (unsigned level = 1; level <= 3; level++) {
		uint64_t entry = table[ENTRY_INDEX(virtual_address, level)];

		if ((entry & DESCRIPTOR_VALID) == 0)
			return 0;
		if (level == 3 || (entry & DESCRIPTOR_TABLE) == 0) {
			*block_bits = LEVEL_SHIFT(level);
			return entry;
		}
		table = table_at(tables, entry & ADDRESS_MASK);
	}
	return 0;
}

/* TCR_EL1 fields, Arm ARM DDI 0487, D19.2.139. */
#define TCR_SIZE_39_BITS UINT64_C(25)
#define TCR_T0SZ(size) ((size) << 0)
#define TCR_T1SZ(size) ((size) << 16)
#define TCR_WALKS_CACHED_0 (UINT64_C(3) << 12 | UINT64_C(1) << 10 | UINT64_C(1) << 8)
#define TCR_WALKS_CACHED_1 (UINT64_C(3) << 28 | UINT64_C(1) << 26 | UINT64_C(1) << 24)
#define TCR_TG1_4K (UINT64_C(2) << 30)
#define TCR_IPS_SHIFT 32u
#define TCR_IPS_48_BITS UINT64_C(5)
#define TCR_ASID_16 (UINT64_C(1) << 36)
#define MMFR0_RANGE(id) ((id) & 0xf)
#define MMFR0_ASID_16(id) ((((id) >> 4) & 0xf) == 2)

uint64_t translation_control(uint64_t id_aa64mmfr0)
{
	uint64_t range = MMFR0_RANGE(id_aa64mmfr0);

	/* 52-bit ranges need another descriptor form; 48 bits are enough here. */
	if (range > TCR_IPS_48_BITS)
		range = TCR_IPS_48_BITS;
	return TCR_T0SZ(TCR_SIZE_39_BITS) | TCR_T1SZ(TCR_SIZE_39_BITS) | TCR_WALKS_CACHED_0 | TCR_WALKS_CACHED_1 |
	       TCR_TG1_4K | range << TCR_IPS_SHIFT | (MMFR0_ASID_16(id_aa64mmfr0) ? TCR_ASID_16 : 0);
}
