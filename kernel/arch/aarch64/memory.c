#include <arch/arch.h>
#include <freestanding/board.h>
#include <freestanding/cache.h>
#include <freestanding/ranges.h>
#include <freestanding/translation.h>

#include "counters.h"
#include "gic.h"
#include "sysreg.h"

/* Laid by kernel.ld. */
extern char kernel_header[], kernel_rodata[], kernel_data[], kernel_end[];
extern char kernel_stack_guard[], emergency_stack_guard[];

#define PAGE_MASK ((uint64_t)KAAL_PAGE_BYTES - 1)
#define BLOCK_BYTES UINT64_C(0x200000)
/* Devices of the kernel's own, one after the other, each at its offset into 2 MiB. */
#define DEVICE_WINDOW UINT64_C(0xffffffc000000000)

/* SCTLR_EL1, Arm ARM D19.2.132. */
#define SCTLR_BT1 (UINT64_C(1) << 36) /* PACIASP is no place for a jump to land on either */
#define SCTLR_SPAN (UINT64_C(1) << 23) /* 0: taking an exception sets PSTATE.PAN */
#define SCTLR_WXN (UINT64_C(1) << 19)
#define SCTLR_UCT (UINT64_C(1) << 15) /* EL0 reads CTR_EL0 */
#define SCTLR_SA0 (UINT64_C(1) << 4)  /* EL0's SP is checked for alignment */
#define CNTKCTL_EL0_VIRTUAL_COUNTER (UINT64_C(1) << 1)
#define MMFR1_PAN(id) ((id) >> 20 & 0xf)
#define PFR1_BT(id) ((id) & 0xf)

static struct gic_registers gic;
static uint32_t timer_irq;
static uint64_t empty_root; /* physical address of a level 1 table without entries */
static uint64_t device_next = DEVICE_WINDOW;

static uint64_t take_table(void *context)
{
	uint64_t page;

	if (!ranges_take(context, KAAL_PAGE_BYTES, KAAL_PAGE_BYTES, &page))
		return 0;
	cache_zero_pages(page, KAAL_PAGE_BYTES);
	return page;
}

static void map(struct translation *tables, uint64_t virtual_base, uint64_t physical, uint64_t bytes, uint32_t access,
		enum translation_memory memory)
{
	struct translation_attributes attributes = {memory, access};

	if (translation_map(tables, virtual_base, physical, bytes, attributes) != TRANSLATION_OK)
		board_fatal("kernel: page tables: found 0x%lx mapped already or no room for tables, expected neither", virtual_base);
}

static bool has_landing_checks(void)
{
	return PFR1_BT(sysreg_read("id_aa64pfr1_el1")) != 0;
}

/* The image, W^X, without the pages below the stacks. */
static void map_image(struct translation *tables, uint64_t physical)
{
	uint64_t base = (uintptr_t)kernel_header;
	uint64_t edge[] = {(uintptr_t)kernel_data, (uintptr_t)kernel_stack_guard, (uintptr_t)emergency_stack_guard,
			   (uintptr_t)kernel_end};
	uint64_t rodata = (uintptr_t)kernel_rodata;

	map(tables, base, physical, rodata - base, TRANSLATION_EXECUTE | (has_landing_checks() ? TRANSLATION_GUARDED : 0),
	    TRANSLATION_NORMAL);
	map(tables, rodata, physical + (rodata - base), edge[0] - rodata, 0, TRANSLATION_NORMAL);
	for (unsigned i = 0; i < 3; i++) {
		uint64_t from = edge[i] + (i == 0 ? 0 : KAAL_PAGE_BYTES);

		map(tables, from, physical + (from - base), edge[i + 1] - from, TRANSLATION_WRITE, TRANSLATION_NORMAL);
	}
}

/* All RAM but the image, which has its own mapping, and what firmware reserved. */
static void map_direct(struct translation *tables, const struct kaal_boot_params *params)
{
	static struct ranges ram;
	const struct kaal_board *board = &params->board;
	bool fits = true;

	for (uint32_t i = 0; i < board->bank_count; i++)
		fits &= ranges_add(&ram, board->bank[i].base, board->bank[i].base + board->bank[i].bytes);
	for (uint32_t i = 0; i < board->reserved_count; i++) {
		fits &= ranges_remove(&ram, board->reserved[i].base & ~PAGE_MASK,
				      (board->reserved[i].base + board->reserved[i].bytes + PAGE_MASK) & ~PAGE_MASK);
	}
	fits &= ranges_remove(&ram, params->kernel.base, params->kernel.base + params->kernel.bytes);
	if (!fits)
		board_fatal("kernel: RAM: found more than %u pieces, expected fewer", RANGES_MAX);
	for (uint32_t i = 0; i < ram.count; i++) {
		map(tables, ARCH_DIRECT_MAP + ram.range[i].base, ram.range[i].base, ram.range[i].end - ram.range[i].base,
		    TRANSLATION_WRITE, TRANSLATION_NORMAL);
	}
}

static uintptr_t map_device(struct translation *tables, struct kaal_physical device)
{
	uint64_t base = device.base & ~PAGE_MASK;
	uint64_t end = (device.base + device.bytes + PAGE_MASK) & ~PAGE_MASK;
	uint64_t at = device_next + base % BLOCK_BYTES;

	map(tables, at, base, end - base, TRANSLATION_WRITE, TRANSLATION_DEVICE);
	device_next = (at + (end - base) + BLOCK_BYTES - 1) & ~(BLOCK_BYTES - 1);
	return at + (device.base - base);
}

static uintptr_t map_devices(struct translation *tables, const struct kaal_board *board)
{
	gic.distributor = map_device(tables, board->gic_distributor);
	if (board->gic_version == 2)
		gic.cpu_interface = map_device(tables, board->gic_cpu_interface);
	for (uint32_t i = 0; i < board->gic_redistributor_count; i++) {
		gic.redistributor[i] = map_device(
			tables, (struct kaal_physical){board->gic_redistributor[i].base, gic_redistributor_bytes(board, i)});
	}
	return board->console_kind == KAAL_CONSOLE_NONE ? 0 : map_device(tables, board->console);
}

void arch_boot_map(const struct kaal_boot_params *params, struct ranges *free)
{
	struct translation tables = {take_table(free), 0, take_table, free, 0};
	uintptr_t console;

	if (tables.root == 0)
		board_fatal("kernel: page tables: found no free RAM, expected at least a page");
	empty_root = take_table(free);
	if (empty_root == 0)
		board_fatal("kernel: page tables: found no free RAM, expected at least a page");
	map_image(&tables, params->kernel.base);
	map_direct(&tables, params);
	console = map_devices(&tables, &params->board);
	dsb();
	sysreg_write("ttbr1_el1", tables.root);
	isb();
	__asm__ volatile("tlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
	board_set_console(console);
}

uint64_t arch_boot_devices(const struct kaal_boot_params *params)
{
	uint64_t sctlr = sysreg_read("sctlr_el1") | SCTLR_WXN | SCTLR_UCT | SCTLR_SA0;
	uint64_t features = 0;

	if (MMFR1_PAN(sysreg_read("id_aa64mmfr1_el1")) != 0) {
		sctlr &= ~SCTLR_SPAN;
		features |= KAAL_FEATURE_PAN;
	}
	if (has_landing_checks())
		sctlr |= SCTLR_BT1;
	sysreg_write("sctlr_el1", sctlr);
	sysreg_write("cpacr_el1", 0); /* switch.c allows FP where it belongs */
	sysreg_write("cntkctl_el1", CNTKCTL_EL0_VIRTUAL_COUNTER);
	counters_forbid();
	isb();
	arch_timer_disarm();
	timer_irq = params->board.timer_irq;
	gic_start(&params->board, &gic);
	arch_irq_unmask(arch_timer_irq());
	return features;
}

/* Under ASID 0, which no address space has: nothing is ever cached for it. */
uint64_t arch_space_none(void)
{
	return arch_space_word(empty_root, 0);
}

uint32_t arch_timer_irq(void)
{
	return timer_irq;
}

void arch_boot_keep_devices(const struct kaal_boot_params *params, struct ranges *device)
{
	const struct kaal_board *board = &params->board;
	struct kaal_physical kept[KAAL_GIC_REDISTRIBUTORS_MAX + 2] = {board->gic_distributor};
	uint32_t count = 1;

	if (board->gic_version == 2)
		kept[count++] = board->gic_cpu_interface;
	for (uint32_t i = 0; i < board->gic_redistributor_count; i++)
		kept[count++] = board->gic_redistributor[i];
	for (uint32_t i = 0; i < count; i++) {
		(void)ranges_remove(device, kept[i].base & ~PAGE_MASK, (kept[i].base + kept[i].bytes + PAGE_MASK) & ~PAGE_MASK);
	}
}
