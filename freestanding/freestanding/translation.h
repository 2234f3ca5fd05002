/*
 * Builds stage 1 translation tables (Arm ARM DDI 0487, D8.3): 4 KiB granule,
 * three levels, 39-bit addresses. Each range is mapped with the largest blocks
 * that its alignment allows: 1 GiB, 2 MiB, 4 KiB.
 *
 * Tables are reached at their physical addresses plus an offset: 0 with the MMU
 * off or an identity mapping, a direct map's base otherwise.
 */
#ifndef FREESTANDING_TRANSLATION_H
#define FREESTANDING_TRANSLATION_H

#include <stdbool.h>
#include <stdint.h>

/* MAIR_EL1 of loader and kernel: attribute index 0, 1, 2. */
#define TRANSLATION_MAIR UINT64_C(0x4404ff)

/* What memory a mapping shows (its MAIR index). */
enum translation_memory {
	TRANSLATION_NORMAL = 0,   /* write-back, inner shareable */
	TRANSLATION_DEVICE = 1,   /* Device-nGnRE */
	TRANSLATION_UNCACHED = 2, /* Normal non-cacheable */
};

/* Who may do what. The kernel's own mappings are without TRANSLATION_USER. */
#define TRANSLATION_WRITE   (1u << 0)
#define TRANSLATION_EXECUTE (1u << 1)
#define TRANSLATION_USER    (1u << 2)
#define TRANSLATION_GUARDED (1u << 3) /* with EXECUTE: indirect branches land on BTI instructions only; for CPUs that have BTI */

struct translation_attributes {
	enum translation_memory memory;
	uint32_t access; /* TRANSLATION_WRITE | ... */
};

/* Gives the physical address of a zeroed, aligned 4 KiB page, or 0 when there is none. */
typedef uint64_t (*translation_page_t)(void *context);

struct translation {
	uint64_t root;           /* physical address of the level 1 table */
	uint64_t offset;         /* from physical addresses to where they can be accessed */
	translation_page_t page; /* for tables of levels 2 and 3 */
	void *context;
	uint32_t table_count; /* tables made by `page` */
};

enum translation_status {
	TRANSLATION_OK,
	TRANSLATION_NO_MEMORY, /* `page` gave none; a part of the range may be mapped */
	TRANSLATION_OCCUPIED,  /* a page of the range is mapped already; what lies before it is mapped */
};

/*
 * Maps [virtual_base, +bytes) to [physical_base, +bytes). All three are
 * multiples of 4 KiB; bits 39.. of the virtual address choose the root
 * register and are ignored here.
 */
enum translation_status translation_map(struct translation *tables, uint64_t virtual_base, uint64_t physical_base,
					uint64_t bytes, struct translation_attributes attributes);

/* The leaf descriptor that maps `virtual_address`, or 0; *block_bits gets 12, 21 or 30. */
uint64_t translation_find(const struct translation *tables, uint64_t virtual_address, unsigned *block_bits);

/* --- single entries, for who walks tables by himself -------------------------------- */

#define TRANSLATION_ENTRIES 512u
#define TRANSLATION_LEVEL_LAST 3u

/* Descriptor bits, Arm ARM DDI 0487, D8.3.1 and D8.3.2. */
#define TRANSLATION_VALID UINT64_C(1)
#define TRANSLATION_IS_TABLE UINT64_C(2) /* levels 1 and 2: a table; level 3: a page */
#define TRANSLATION_ADDRESS_MASK UINT64_C(0x0000fffffffff000)

/* log2 of the bytes that an entry of a table of `level` (1..3) covers: 30, 21, 12. */
static inline unsigned translation_block_bits(unsigned level)
{
	return 12u + 9u * (TRANSLATION_LEVEL_LAST - level);
}

/* The level whose entries cover 2^bits bytes; 0: there is none. */
static inline unsigned translation_level(uint32_t bits)
{
	return bits == 12 ? 3 : bits == 21 ? 2 : bits == 30 ? 1 : 0;
}

/* Index into the table of `level`. */
static inline unsigned translation_index(uint64_t virtual_address, unsigned level)
{
	return (unsigned)(virtual_address >> translation_block_bits(level)) % TRANSLATION_ENTRIES;
}

/* The entry of level 1..3 that maps the block at `physical`, aligned to its size. */
uint64_t translation_leaf(uint64_t physical, struct translation_attributes attributes, unsigned level);

/* The entry of level 1 or 2 that refers to the table of the next level. */
static inline uint64_t translation_table(uint64_t physical)
{
	return physical | TRANSLATION_IS_TABLE | TRANSLATION_VALID;
}

/* What an entry of level 1..3 is, and the physical address in it. */
static inline bool translation_is_leaf(uint64_t entry, unsigned level)
{
	return (entry & TRANSLATION_VALID) != 0 && (level == TRANSLATION_LEVEL_LAST || (entry & TRANSLATION_IS_TABLE) == 0);
}

static inline bool translation_is_table(uint64_t entry, unsigned level)
{
	return (entry & TRANSLATION_VALID) != 0 && !translation_is_leaf(entry, level);
}

static inline uint64_t translation_address(uint64_t entry)
{
	return entry & TRANSLATION_ADDRESS_MASK;
}

/* TCR_EL1 for these tables on a CPU whose ID_AA64MMFR0_EL1 is given (Arm ARM, D19.2.139). */
uint64_t translation_control(uint64_t id_aa64mmfr0);

#endif
