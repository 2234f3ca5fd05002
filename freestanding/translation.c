#include <freestanding/translation.h>

/* Descriptor bits of leaves, Arm ARM DDI 0487, D8.3.2. */
#define LEAF_ATTRIBUTE_SHIFT 2u
#define LEAF_USER (UINT64_C(1) << 6)      /* AP[1] */
#define LEAF_READ_ONLY (UINT64_C(1) << 7) /* AP[2] */
#define LEAF_INNER_SHAREABLE (UINT64_C(3) << 8)
#define LEAF_ACCESSED (UINT64_C(1) << 10)
#define LEAF_NOT_GLOBAL (UINT64_C(1) << 11)
#define LEAF_GUARDED (UINT64_C(1) << 50) /* GP */
#define LEAF_PXN (UINT64_C(1) << 53)
#define LEAF_UXN (UINT64_C(1) << 54)

/* The only place where a physical address becomes a pointer here. */
static uint64_t *table_at(const struct translation *tables, uint64_t physical)
{
	return (uint64_t *)(uintptr_t)(tables->offset + physical);
}

static uint64_t leaf_bits(struct translation_attributes attributes)
{
	uint32_t access = attributes.access;
	uint64_t bits = TRANSLATION_VALID | LEAF_ACCESSED | (uint64_t)attributes.memory << LEAF_ATTRIBUTE_SHIFT;

	if (attributes.memory == TRANSLATION_NORMAL)
		bits |= LEAF_INNER_SHAREABLE;
	if ((access & TRANSLATION_WRITE) == 0)
		bits |= LEAF_READ_ONLY;
	if ((access & TRANSLATION_GUARDED) != 0)
		bits |= LEAF_GUARDED;
	/* What a user may execute the kernel may not, and the other way round. */
	if ((access & TRANSLATION_USER) != 0)
		bits |= LEAF_USER | LEAF_NOT_GLOBAL | LEAF_PXN | ((access & TRANSLATION_EXECUTE) != 0 ? 0 : LEAF_UXN);
	else
		bits |= LEAF_UXN | ((access & TRANSLATION_EXECUTE) != 0 ? 0 : LEAF_PXN);
	return bits;
}

static uint64_t leaf_of(uint64_t physical, uint64_t bits, unsigned level)
{
	return physical | bits | (level == TRANSLATION_LEVEL_LAST ? TRANSLATION_IS_TABLE : 0);
}

uint64_t translation_leaf(uint64_t physical, struct translation_attributes attributes, unsigned level)
{
	return leaf_of(physical, leaf_bits(attributes), level);
}

/* Maps one block of the largest size that fits; *mapped gets its bytes. */
static enum translation_status map_block(struct translation *tables, uint64_t virtual_address, uint64_t physical,
					 uint64_t bytes, uint64_t bits, uint64_t *mapped)
{
	uint64_t *table = table_at(tables, tables->root);

	for (unsigned level = 1;; level++) {
		uint64_t block = UINT64_C(1) << translation_block_bits(level);
		uint64_t *entry = &table[translation_index(virtual_address, level)];

		if (((virtual_address | physical) & (block - 1)) == 0 && bytes >= block) {
			if ((*entry & TRANSLATION_VALID) != 0)
				return TRANSLATION_OCCUPIED;
			*entry = leaf_of(physical, bits, level);
			*mapped = block;
			return TRANSLATION_OK;
		}
		if ((*entry & TRANSLATION_VALID) == 0) {
			uint64_t page = tables->page(tables->context);

			if (page == 0)
				return TRANSLATION_NO_MEMORY;
			tables->table_count++;
			*entry = translation_table(page);
		} else if ((*entry & TRANSLATION_IS_TABLE) == 0) {
			return TRANSLATION_OCCUPIED;
		}
		table = table_at(tables, *entry & TRANSLATION_ADDRESS_MASK);
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
		uint64_t entry = table[translation_index(virtual_address, level)];

		if ((entry & TRANSLATION_VALID) == 0)
			return 0;
		if (level == 3 || (entry & TRANSLATION_IS_TABLE) == 0) {
			*block_bits = translation_block_bits(level);
			return entry;
		}
		table = table_at(tables, entry & TRANSLATION_ADDRESS_MASK);
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
