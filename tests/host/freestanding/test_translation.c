/* Translation tables: built here, read back by an independent walk. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <freestanding/translation.h>

#define KIB4 UINT64_C(0x1000)
#define MIB2 UINT64_C(0x200000)
#define GIB1 UINT64_C(0x40000000)
#define POOL_PAGES 64u

/* Arm ARM DDI 0487, D8.3.2. */
#define READ_ONLY (UINT64_C(1) << 7)
#define USER (UINT64_C(1) << 6)
#define PXN (UINT64_C(1) << 53)
#define UXN (UINT64_C(1) << 54)
#define NOT_GLOBAL (UINT64_C(1) << 11)
#define ACCESSED (UINT64_C(1) << 10)
#define GUARDED (UINT64_C(1) << 50)
#define ATTRIBUTE(index) ((uint64_t)(index) << 2)
#define ADDRESS UINT64_C(0x0000fffffffff000)

static _Alignas(4096) unsigned char pool[POOL_PAGES][4096];
static unsigned used, limit;
static struct translation tables;

/* Physical addresses are offsets into the pool, so that 0 stays "none". */
static uint64_t page(void *context)
{
	(void)context;
	return used == limit ? 0 : (uint64_t)used++ * KIB4;
}

static void start(void)
{
	memset(pool, 0, sizeof pool);
	used = 2;
	limit = POOL_PAGES;
	tables = (struct translation){KIB4, (uint64_t)(uintptr_t)pool, page, NULL, 0};
}

TestSuite(translation, .init = start);

/* What the hardware would do: the physical address, or UINT64_MAX. */
static uint64_t walk(uint64_t address, uint64_t *leaf)
{
	const uint64_t *table = (const uint64_t *)(const void *)pool[tables.root / KIB4];

	for (unsigned shift = 30;; shift -= 9) {
		uint64_t entry = table[address >> shift & 511];

		if ((entry & 1) == 0)
			return UINT64_MAX;
		if (shift == 12 || (entry & 2) == 0) {
			*leaf = entry;
			return (entry & ADDRESS & ~((UINT64_C(1) << shift) - 1)) | (address & ((UINT64_C(1) << shift) - 1));
		}
		table = (const uint64_t *)(const void *)pool[(entry & ADDRESS) / KIB4];
	}
}

static const struct translation_attributes kernel_data = {TRANSLATION_NORMAL, TRANSLATION_WRITE};

Test(translation, the_largest_blocks_are_used)
{
	unsigned bits;

	cr_assert_eq(translation_map(&tables, GIB1, GIB1, 2 * GIB1, kernel_data), TRANSLATION_OK);
	cr_assert_eq(tables.table_count, 0);
	cr_assert_neq(translation_find(&tables, 2 * GIB1, &bits), 0);
	cr_assert_eq(bits, 30);
	cr_assert_eq(translation_map(&tables, 4 * GIB1, 0, GIB1 / 2, kernel_data), TRANSLATION_OK);
	cr_assert_eq(tables.table_count, 1);
	cr_assert_eq(translation_map(&tables, 5 * GIB1, KIB4, MIB2, kernel_data), TRANSLATION_OK);
	cr_assert_eq(tables.table_count, 3, "a range off by a page needs pages: a table of level 2 and one of level 3");
}

Test(translation, random_ranges_translate_as_told_and_nothing_else_does)
{
	srand(2);
	for (unsigned round = 0; round < 200; round++) {
		uint64_t virtual_base = (uint64_t)(rand() % 511) * GIB1 + (uint64_t)(rand() % 512) * MIB2 + (uint64_t)(rand() % 512) * KIB4;
		uint64_t physical = (uint64_t)(rand() % 64) * GIB1 + virtual_base % (rand() % 2 ? GIB1 : MIB2);
		uint64_t bytes = (uint64_t)(1 + rand() % 2000) * KIB4;
		uint64_t leaf;

		start();
		cr_assert_eq(translation_map(&tables, virtual_base, physical, bytes, kernel_data), TRANSLATION_OK);
		for (uint64_t at = 0; at < bytes; at += KIB4)
			cr_assert_eq(walk(virtual_base + at, &leaf), physical + at);
		cr_assert_eq(walk(virtual_base - 1, &leaf), UINT64_MAX);
		cr_assert_eq(walk(virtual_base + bytes, &leaf), UINT64_MAX);
	}
}

Test(translation, access_is_what_was_asked_for_and_no_more)
{
	static const struct {
		uint32_t access;
		uint64_t bits;
	} expected[] = {
		{0, READ_ONLY | PXN | UXN},
		{TRANSLATION_WRITE, PXN | UXN},
		{TRANSLATION_EXECUTE, READ_ONLY | UXN},
		{TRANSLATION_EXECUTE | TRANSLATION_GUARDED, READ_ONLY | UXN | GUARDED},
		{TRANSLATION_USER, READ_ONLY | USER | NOT_GLOBAL | PXN | UXN},
		{TRANSLATION_USER | TRANSLATION_WRITE, USER | NOT_GLOBAL | PXN | UXN},
		{TRANSLATION_USER | TRANSLATION_EXECUTE, READ_ONLY | USER | NOT_GLOBAL | PXN},
	};

	for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		struct translation_attributes attributes = {TRANSLATION_NORMAL, expected[i].access};
		uint64_t leaf = 0;

		cr_assert_eq(translation_map(&tables, i * KIB4, i * KIB4, KIB4, attributes), TRANSLATION_OK);
		walk(i * KIB4, &leaf);
		cr_assert_eq(leaf & (READ_ONLY | USER | PXN | UXN | NOT_GLOBAL | GUARDED), expected[i].bits, "access %u", expected[i].access);
		cr_assert_neq(leaf & ACCESSED, 0);
	}
}

Test(translation, memory_types_choose_the_attribute)
{
	for (unsigned memory = 0; memory < 3; memory++) {
		struct translation_attributes attributes = {(enum translation_memory)memory, TRANSLATION_WRITE};
		uint64_t leaf = 0;

		cr_assert_eq(translation_map(&tables, memory * KIB4, 0, KIB4, attributes), TRANSLATION_OK);
		walk(memory * KIB4, &leaf);
		cr_assert_eq(leaf & ATTRIBUTE(7), ATTRIBUTE(memory));
	}
}

Test(translation, what_is_mapped_stays)
{
	uint64_t leaf;

	cr_assert_eq(translation_map(&tables, 0, 0, MIB2, kernel_data), TRANSLATION_OK);
	cr_assert_eq(translation_map(&tables, 0, GIB1, MIB2, kernel_data), TRANSLATION_OCCUPIED);
	cr_assert_eq(translation_map(&tables, KIB4, GIB1, KIB4, kernel_data), TRANSLATION_OCCUPIED, "inside a block");
	cr_assert_eq(walk(KIB4, &leaf), KIB4);
}

Test(translation, without_pages_for_tables_it_says_so)
{
	limit = used + 1;
	cr_assert_eq(translation_map(&tables, KIB4, KIB4, KIB4, kernel_data), TRANSLATION_NO_MEMORY);
}

Test(translation, nothing_is_found_where_nothing_is)
{
	unsigned bits = 99;

	cr_assert_eq(translation_find(&tables, 0x1234000, &bits), 0);
	cr_assert_eq(bits, 99);
}

Test(translation, the_control_register_follows_the_cpu)
{
	/* ID_AA64MMFR0_EL1: PARange 0..6, ASIDBits 0 or 2. */
	cr_assert_eq(translation_control(0x00) >> 32 & 7, 0);
	cr_assert_eq(translation_control(0x05) >> 32 & 7, 5);
	cr_assert_eq(translation_control(0x06) >> 32 & 7, 5, "52 bits are used as 48");
	cr_assert_eq(translation_control(0x00) >> 36 & 1, 0);
	cr_assert_eq(translation_control(0x20) >> 36 & 1, 1);
	cr_assert_eq(translation_control(0) & 0x3f, 25);
	cr_assert_eq(translation_control(0) >> 16 & 0x3f, 25);
}
