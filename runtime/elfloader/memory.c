#include "loader.h"

#include <freestanding/board.h>
#include <freestanding/cache.h>
#include <freestanding/mem.h>
#include <freestanding/ranges.h>
#include <freestanding/translation.h>

/* Laid by the linker script. */
extern char _start[], loader_rodata[], loader_data[], loader_data_end[];

void loader_enable_mmu(uint64_t mair, uint64_t tcr, uint64_t ttbr0, uint64_t ttbr1);

#define PAGE_MASK ((uint64_t)KAAL_PAGE_BYTES - 1)

static struct ranges free_memory;
static _Alignas(KAAL_PAGE_BYTES) uint64_t root_low[KAAL_PAGE_BYTES / sizeof(uint64_t)];
static _Alignas(KAAL_PAGE_BYTES) uint64_t root_high[KAAL_PAGE_BYTES / sizeof(uint64_t)];

/* Page tables made while the MMU is off lie in one run of pages, so that one range is invalidated. */
#define TABLE_PAGES 64u
static uint64_t tables_base, tables_used;

static void keep(const char *what, struct kaal_physical range)
{
	uint64_t base = range.base & ~PAGE_MASK;
	uint64_t end = (range.base + range.bytes + PAGE_MASK) & ~PAGE_MASK;

	if (!ranges_contain(&free_memory, base, end))
		board_fatal("elfloader: %s: found it at 0x%lx..0x%lx, expected it in RAM that is neither reserved nor in use", what,
			    range.base, range.base + range.bytes);
	if (!ranges_remove(&free_memory, base, end))
		board_fatal("elfloader: %s: found more than %u pieces of free RAM, expected fewer", what, RANGES_MAX);
}

void memory_start(const struct kaal_boot_params *params, struct kaal_physical image)
{
	const struct kaal_board *board = &params->board;

	for (uint32_t i = 0; i < board->bank_count; i++) {
		if (!ranges_add(&free_memory, board->bank[i].base, board->bank[i].base + board->bank[i].bytes))
			board_fatal("elfloader: RAM: found more than %u pieces, expected fewer", RANGES_MAX);
	}
	/* Where RAM starts at 0 its first page stays unused: 0 means "none" to whoever takes pages. */
	(void)ranges_remove(&free_memory, 0, KAAL_PAGE_BYTES);
	keep("image", image);
	keep("archive", params->archive);
	/* Firmware may list its tree in the reserve map too, so this comes before the reserved ranges. */
	keep("device tree", params->device_tree);
	for (uint32_t i = 0; i < board->reserved_count; i++) {
		struct kaal_physical range = board->reserved[i];
		uint64_t base = range.base & ~PAGE_MASK;

		if (!ranges_remove(&free_memory, base, (range.base + range.bytes + PAGE_MASK) & ~PAGE_MASK))
			board_fatal("elfloader: reserved memory: found more than %u pieces of free RAM, expected fewer", RANGES_MAX);
	}
}

uint64_t memory_take(uint64_t bytes, const char *what)
{
	uint64_t base;

	if (!ranges_take(&free_memory, bytes, KAAL_PAGE_BYTES, &base))
		board_fatal("elfloader: %s: found no room for %lu bytes in free RAM, expected a bank with room", what, bytes);
	return base;
}

static uint64_t take_table(void *context)
{
	uint64_t page = tables_base + tables_used * KAAL_PAGE_BYTES;

	(void)context;
	if (tables_used == TABLE_PAGES)
		return 0;
	tables_used++;
	memset((void *)(uintptr_t)page, 0, KAAL_PAGE_BYTES);
	return page;
}

static void map(struct translation *tables, uint64_t virtual_base, uint64_t physical, uint64_t bytes, uint32_t access,
		enum translation_memory memory)
{
	struct translation_attributes attributes = {memory, access};
	enum translation_status status = translation_map(tables, virtual_base, physical, bytes, attributes);

	if (status != TRANSLATION_OK)
		board_fatal("elfloader: page tables: found %s at 0x%lx, expected at most %u tables and ranges of their own",
			    status == TRANSLATION_NO_MEMORY ? "no table left" : "a mapping", virtual_base, TABLE_PAGES);
}

/* RAM at its own addresses: the loader's code executable, its constants read-only, all else writable. */
static void map_low(struct translation *low, const struct kaal_boot_params *params)
{
	const struct kaal_board *board = &params->board;
	uint64_t code = (uintptr_t)_start, rodata = (uintptr_t)loader_rodata, data = (uintptr_t)loader_data;

	for (uint32_t i = 0; i < board->bank_count; i++) {
		uint64_t base = board->bank[i].base, end = base + board->bank[i].bytes;

		if (code >= base && code < end) {
			map(low, base, base, code - base, TRANSLATION_WRITE, TRANSLATION_NORMAL);
			map(low, code, code, rodata - code, TRANSLATION_EXECUTE, TRANSLATION_NORMAL);
			map(low, rodata, rodata, data - rodata, 0, TRANSLATION_NORMAL);
			base = data;
		}
		map(low, base, base, end - base, TRANSLATION_WRITE, TRANSLATION_NORMAL);
	}
	if (board->console_kind != KAAL_CONSOLE_NONE) {
		uint64_t page = board->console.base & ~PAGE_MASK;

		map(low, page, page, KAAL_PAGE_BYTES, TRANSLATION_WRITE, TRANSLATION_DEVICE);
	}
}

static void map_high(struct translation *high, const struct kaal_boot_params *params, const struct kaal_kernel_header *kernel)
{
	uint64_t base = kernel->virtual_base, physical = params->kernel.base;

	map(high, base, physical, kernel->rodata, TRANSLATION_EXECUTE, TRANSLATION_NORMAL);
	map(high, base + kernel->rodata, physical + kernel->rodata, kernel->data - kernel->rodata, 0, TRANSLATION_NORMAL);
	map(high, base + kernel->data, physical + kernel->data, kernel->end - kernel->data, TRANSLATION_WRITE, TRANSLATION_NORMAL);
}

struct kaal_physical memory_enable_mmu(const struct kaal_boot_params *params, const struct kaal_kernel_header *kernel)
{
	struct translation low = {(uintptr_t)root_low, 0, take_table, NULL, 0};
	struct translation high = {(uintptr_t)root_high, 0, take_table, NULL, 0};
	uint64_t mmfr0;

	tables_base = memory_take((uint64_t)TABLE_PAGES * KAAL_PAGE_BYTES, "page tables");
	map_low(&low, params);
	map_high(&high, params, kernel);
	__asm__("mrs %0, id_aa64mmfr0_el1" : "=r"(mmfr0));
	/* Written past the caches so far: lines that firmware left must not come back over it. */
	cache_invalidate((uintptr_t)loader_data, (uintptr_t)loader_data_end);
	cache_invalidate(tables_base, tables_base + tables_used * KAAL_PAGE_BYTES);
	loader_enable_mmu(TRANSLATION_MAIR, translation_control(mmfr0), low.root, high.root);
	return (struct kaal_physical){tables_base, (uint64_t)TABLE_PAGES * KAAL_PAGE_BYTES};
}
