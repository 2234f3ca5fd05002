#include <formats/dtb.h>

#include <string.h>

#include <libfdt.h>

#include <formats/dtb_node.h>

#define RESERVE_ENTRY_BYTES 16u /* Devicetree Specification 0.4, 5.3.2 */
#define GIC_PPI_BASE 16u /* interrupt id of PPI 0: GICv2 IHI 0048, 2.2.1 */
#define GIC_PPI_COUNT 16u
#define TIMER_VIRTUAL 2 /* third entry of the timer's interrupts */
#define GIC_CELLS_MIN 3 /* type, number, flags */
#define UARTS_MAX 8     /* that stdout-path may name without a second walk */

/* What the walk knows when it stands on a node. */
struct walk {
	const void *blob;
	struct kaal_board *board;
	struct kaal_format_error *error;
	int chosen;   /* offset of /chosen, or negative; so the next two */
	int cpus;     /* /cpus */
	int reserved; /* /reserved-memory */
	int uart_count;
	struct {
		int offset;
		struct kaal_physical registers;
	} uart[UARTS_MAX]; /* every PL011: /chosen may come after them */
	const uint8_t *timer_interrupts;
	int timer_bytes;
	uint32_t gic_cells;
	struct dtb_node path[DTB_DEPTH_MAX];
};

/* --- rules, one a kind of node ---------------------------------------------- */

static bool add_bank(struct walk *walk, const struct dtb_node *node, struct kaal_physical bank)
{
	struct kaal_board *board = walk->board;
	uint64_t base = (bank.base + KAAL_PAGE_BYTES - 1) & ~(uint64_t)(KAAL_PAGE_BYTES - 1);
	uint64_t end = (bank.base + bank.bytes) & ~(uint64_t)(KAAL_PAGE_BYTES - 1);
	uint32_t at = board->bank_count;

	if (end > KAAL_PHYSICAL_END)
		end = KAAL_PHYSICAL_END;
	if (base >= end)
		return true; /* nothing that the kernel can name */
	if (board->bank_count == KAAL_BANKS_MAX)
		return kaal_format_fail(walk->error, "memory banks", (uint64_t)node->offset, board->bank_count + 1u,
			    "at most 16 (KAAL_BANKS_MAX)");
	for (; at > 0 && board->bank[at - 1].base > base; at--)
		board->bank[at] = board->bank[at - 1];
	if ((at > 0 && board->bank[at - 1].base + board->bank[at - 1].bytes > base) ||
	    (at < board->bank_count && board->bank[at + 1].base < end))
		return kaal_format_fail(walk->error, "memory bank", (uint64_t)node->offset, base, "banks that do not overlap");
	board->bank[at] = (struct kaal_physical){base, end - base};
	board->bank_count++;
	return true;
}

static bool take_memory(struct walk *walk, const struct dtb_node *node)
{
	struct kaal_physical bank;
	uint32_t count = 0;

	for (; dtb_read_reg(walk->path, node, count, &bank); count++) {
		if (!add_bank(walk, node, bank))
			return false;
	}
	if (count == 0)
		return kaal_format_fail(walk->error, "memory reg", (uint64_t)node->offset, (uint64_t)node->reg_bytes,
					"addresses and sizes of RAM");
	return dtb_reg_ends(walk->path, node, count) ||
	       kaal_format_fail(walk->error, "memory reg, entry", (uint64_t)node->offset, count,
				"an address and a size that end below 2^64");
}

static bool add_reserved(struct walk *walk, uint64_t offset, struct kaal_physical range)
{
	struct kaal_board *board = walk->board;

	if (range.bytes == 0)
		return true;
	if (board->reserved_count == KAAL_RESERVED_MAX)
		return kaal_format_fail(walk->error, "reserved memory ranges", offset, board->reserved_count + 1u,
			    "at most 32 (KAAL_RESERVED_MAX)");
	board->reserved[board->reserved_count++] = range;
	return true;
}

static bool take_reserved(struct walk *walk, const struct dtb_node *node)
{
	struct kaal_physical range;
	uint32_t count = 0;

	for (; dtb_read_reg(walk->path, node, count, &range); count++) {
		if (!add_reserved(walk, (uint64_t)node->offset, range))
			return false;
	}
	/* What is not understood could not be kept out of the free memory. */
	return dtb_reg_ends(walk->path, node, count) ||
	       kaal_format_fail(walk->error, "reserved-memory reg, entry", (uint64_t)node->offset, count,
				"an address and a size that end below 2^64, and ranges in /reserved-memory");
}

static bool take_gic2(struct walk *walk, const struct dtb_node *node)
{
	struct kaal_board *board = walk->board;

	board->gic_version = 2;
	walk->gic_cells = node->interrupt_cells;
	return (dtb_read_reg(walk->path, node, 0, &board->gic_distributor) &&
		dtb_read_reg(walk->path, node, 1, &board->gic_cpu_interface)) ||
	       kaal_format_fail(walk->error, "GICv2 reg", (uint64_t)node->offset, (uint64_t)node->reg_bytes,
		    "distributor and CPU interface");
}

static bool take_gic3(struct walk *walk, const struct dtb_node *node)
{
	struct kaal_board *board = walk->board;
	uint32_t regions = node->redistributor_regions;

	board->gic_version = 3;
	walk->gic_cells = node->interrupt_cells;
	if (regions == 0 || regions > KAAL_GIC_REDISTRIBUTORS_MAX)
		return kaal_format_fail(walk->error, "#redistributor-regions", (uint64_t)node->offset, regions,
			    "1 to 4 (KAAL_GIC_REDISTRIBUTORS_MAX)");
	board->gic_redistributor_count = regions;
	for (uint32_t i = 0; i < regions; i++) {
		if (!dtb_read_reg(walk->path, node, i + 1, &board->gic_redistributor[i]))
			return kaal_format_fail(walk->error, "GICv3 reg", (uint64_t)node->offset, (uint64_t)node->reg_bytes,
				    "distributor and redistributor regions");
	}
	return dtb_read_reg(walk->path, node, 0, &board->gic_distributor) ||
	       kaal_format_fail(walk->error, "GICv3 reg", (uint64_t)node->offset, (uint64_t)node->reg_bytes, "a distributor");
}

static bool take_cpu(struct walk *walk, const struct dtb_node *node)
{
	struct kaal_board *board = walk->board;
	uint32_t cells = walk->path[node->depth - 1].address_cells;

	if (cells < 1 || cells > 2 || node->reg_bytes < (int)cells * DTB_CELL_BYTES)
		return kaal_format_fail(walk->error, "cpu reg", (uint64_t)node->offset, (uint64_t)node->reg_bytes,
			    "an MPIDR of one or two cells");
	/* CPUs beyond the table are not an error: one runs, the others are told of. */
	if (board->cpu_count < KAAL_CPUS_MAX)
		board->cpu_mpidr[board->cpu_count++] = dtb_cells(node->reg, cells);
	return true;
}

static void take_uart(struct walk *walk, const struct dtb_node *node)
{
	struct kaal_physical registers;

	if (walk->uart_count == UARTS_MAX || !dtb_read_reg(walk->path, node, 0, &registers))
		return;
	walk->uart[walk->uart_count].offset = node->offset;
	walk->uart[walk->uart_count].registers = registers;
	walk->uart_count++;
}

static void take_psci(struct walk *walk, const struct dtb_node *node)
{
	if (strcmp(node->method, "hvc") == 0)
		walk->board->psci = KAAL_PSCI_HVC;
	else if (strcmp(node->method, "smc") == 0)
		walk->board->psci = KAAL_PSCI_SMC;
}

/* A node right below the root that the rules for others refer to. */
static void take_landmark(struct walk *walk, const struct dtb_node *node)
{
	const char *name = fdt_get_name(walk->blob, node->offset, NULL);

	if (name == NULL)
		return;
	if (strcmp(name, "chosen") == 0)
		walk->chosen = node->offset;
	else if (strcmp(name, "cpus") == 0)
		walk->cpus = node->offset;
	else if (strcmp(name, "reserved-memory") == 0)
		walk->reserved = node->offset;
}

/* The nodes without which errors cannot be told. */
static void take_early(struct walk *walk, const struct dtb_node *node)
{
	if (node->depth == 1)
		take_landmark(walk, node);
	/* A console may be switched off for the system and still be ours to speak on. */
	if (dtb_is_compatible(node, "arm,pl011") || dtb_is_compatible(node, "arm,sbsa-uart"))
		take_uart(walk, node);
	else if (dtb_list_has(node->compatible, node->compatible_bytes, "arm,psci", true))
		take_psci(walk, node);
}

static bool take_node(struct walk *walk, const struct dtb_node *node)
{
	const struct dtb_node *parent = &walk->path[node->depth > 0 ? node->depth - 1 : 0];
	uint32_t gic_version = dtb_gic_version(node);

	take_early(walk, node);
	if (!node->enabled || node->depth == 0)
		return true;
	if (strcmp(node->device_type, "memory") == 0)
		return take_memory(walk, node);
	if (strcmp(node->device_type, "cpu") == 0 && parent->offset == walk->cpus)
		return take_cpu(walk, node);
	if (parent->offset == walk->reserved && node->depth == 2)
		return take_reserved(walk, node);
	if (gic_version == 2)
		return take_gic2(walk, node);
	if (gic_version == 3)
		return take_gic3(walk, node);
	if (dtb_is_compatible(node, "arm,armv8-timer")) {
		walk->timer_interrupts = node->interrupts;
		walk->timer_bytes = node->interrupts_bytes;
	}
	return true;
}

/* --- the walk ------------------------------------------------------------------ */

static void start_walk(struct walk *walk, const void *blob, struct kaal_board *board, struct kaal_format_error *error)
{
	memset(walk, 0, sizeof *walk);
	memset(board, 0, sizeof *board);
	walk->blob = blob;
	walk->board = board;
	walk->error = error;
	walk->chosen = walk->cpus = walk->reserved = -FDT_ERR_NOTFOUND;
}

/*
 * Calls `visit` for each node in order, parents before children; stops when it
 * says false. Nodes deeper than DTB_DEPTH_MAX are passed over: no rule needs them.
 */
static bool walk_nodes(struct walk *walk, bool (*visit)(struct walk *, const struct dtb_node *))
{
	int depth = 0;
	int offset = 0;

	for (; offset >= 0 && depth >= 0; offset = fdt_next_node(walk->blob, offset, &depth)) {
		if (depth >= DTB_DEPTH_MAX)
			continue;
		dtb_read_node(walk->blob, offset, depth, &walk->path[depth]);
		if (!visit(walk, &walk->path[depth]))
			return false;
	}
	return offset >= 0 || offset == -FDT_ERR_NOTFOUND ||
	       kaal_format_fail(walk->error, "device tree structure", 0, (uint64_t)-offset, "a tree that libfdt can walk");
}

static bool take_timer(struct walk *walk)
{
	uint32_t entry = walk->gic_cells * DTB_CELL_BYTES;
	const uint8_t *at;

	if (walk->gic_cells < GIC_CELLS_MIN || walk->gic_cells > 4)
		return kaal_format_fail(walk->error, "#interrupt-cells", 0, walk->gic_cells, "3 or 4");
	if (walk->timer_interrupts == NULL || walk->timer_bytes < (int)entry * (TIMER_VIRTUAL + 1))
		return kaal_format_fail(walk->error, "timer interrupts", 0, (uint64_t)walk->timer_bytes,
			    "an arm,armv8-timer node with at least 3 interrupts");
	at = walk->timer_interrupts + (size_t)TIMER_VIRTUAL * entry;
	if (dtb_cell(at) != 1 || dtb_cell(at + DTB_CELL_BYTES) >= GIC_PPI_COUNT)
		return kaal_format_fail(walk->error, "virtual timer interrupt", 0, dtb_cell(at + DTB_CELL_BYTES), "a PPI below 16");
	walk->board->timer_irq = GIC_PPI_BASE + dtb_cell(at + DTB_CELL_BYTES);
	return true;
}

/* Whether the node is the one right below the root that a path of `bytes` characters names to the letter. */
static bool path_is(const void *blob, int offset, const char *path, int bytes)
{
	int length = 0;
	const char *name = fdt_get_name(blob, offset, &length);

	return name != NULL && bytes == length + 1 && path[0] == '/' && memcmp(path + 1, name, (size_t)length) == 0;
}

/*
 * The UART that /chosen's stdout-path names, options after ':' cut off. A path
 * to a node right below the root is compared with the UARTs that the walk has
 * met; anything else (alias, deeper path, unit address left out) is libfdt's to
 * resolve, at the price of another walk.
 */
static void take_console(struct walk *walk)
{
	int bytes = 0;
	const char *path = walk->chosen < 0 ? NULL : fdt_getprop(walk->blob, walk->chosen, "stdout-path", &bytes);
	const char *options;
	int found = -1;

	if (path == NULL || bytes < 2 || path[bytes - 1] != '\0')
		return;
	options = memchr(path, ':', (size_t)bytes);
	bytes = options != NULL ? (int)(options - path) : (int)strlen(path);
	for (int i = 0; i < walk->uart_count && found < 0; i++) {
		if (path_is(walk->blob, walk->uart[i].offset, path, bytes))
			found = i;
	}
	if (found < 0) {
		int offset = fdt_path_offset_namelen(walk->blob, path, bytes);

		for (int i = 0; i < walk->uart_count && found < 0; i++) {
			if (walk->uart[i].offset == offset)
				found = i;
		}
	}
	if (found < 0)
		return;
	walk->board->console_kind = KAAL_CONSOLE_PL011;
	walk->board->console = walk->uart[found].registers;
}

/* Where the data ends: after it there is only padding, which need not be readable. */
static uint32_t data_end(const void *blob)
{
	uint32_t strings_end = fdt_off_dt_strings(blob) + fdt_size_dt_strings(blob);
	uint32_t structure_end = fdt_off_dt_struct(blob) + fdt_size_dt_struct(blob);

	return strings_end > structure_end ? strings_end : structure_end;
}

/* Not by libfdt, which lets this map go on into the padding. */
static bool take_memreserve(struct walk *walk)
{
	uint64_t end = data_end(walk->blob);
	uint64_t at = fdt_off_mem_rsvmap(walk->blob);

	for (; at + RESERVE_ENTRY_BYTES <= end; at += RESERVE_ENTRY_BYTES) {
		const uint8_t *entry = (const uint8_t *)walk->blob + at;
		struct kaal_physical range = {dtb_cells(entry, 2), dtb_cells(entry + 8, 2)};

		if (range.bytes == 0)
			return true;
		if (range.base + range.bytes < range.base)
			return kaal_format_fail(walk->error, "memory reserve map", at, range.base, "ranges below 2^64");
		if (!add_reserved(walk, at, range))
			return false;
	}
	return kaal_format_fail(walk->error, "memory reserve map", at, end, "entries ending with two zeroes");
}

/* /chosen's initrd addresses: one or two cells each. */
static bool read_initrd_end(const void *blob, int chosen, const char *name, uint64_t *value)
{
	int bytes = 0;
	const uint8_t *at = chosen < 0 ? NULL : fdt_getprop(blob, chosen, name, &bytes);

	if (at == NULL || (bytes != DTB_CELL_BYTES && bytes != 2 * DTB_CELL_BYTES))
		return false;
	*value = dtb_cells(at, (uint32_t)bytes / DTB_CELL_BYTES);
	return true;
}

static bool take_chosen(struct walk *walk, struct kaal_dtb_chosen *chosen)
{
	uint64_t start, end;

	chosen->archive = (struct kaal_physical){0, 0};
	if (!read_initrd_end(walk->blob, walk->chosen, "linux,initrd-start", &start) ||
	    !read_initrd_end(walk->blob, walk->chosen, "linux,initrd-end", &end))
		return true;
	if (end < start)
		return kaal_format_fail(walk->error, "linux,initrd-end", (uint64_t)walk->chosen, end, "no less than linux,initrd-start");
	chosen->archive = (struct kaal_physical){start, end - start};
	return true;
}

bool kaal_dtb_size(const void *blob, uint32_t *bytes, struct kaal_format_error *error)
{
	int status = fdt_check_header(blob);

	/* Older versions do not tell the structure's size. */
	if (status == 0 && fdt_version(blob) < 17)
		status = -FDT_ERR_BADVERSION;
	if (status != 0)
		return kaal_format_fail(error, "device tree header", 0, fdt_magic(blob), "magic 0xd00dfeed and version 17");
	/* libfdt reads tags as aligned words (Devicetree Specification 0.4, 5.6). */
	if (fdt_off_dt_struct(blob) % DTB_CELL_BYTES != 0)
		return kaal_format_fail(error, "device tree off_dt_struct", 8, fdt_off_dt_struct(blob), "a multiple of 4");
	/* fdt_check_header() has seen to it that both blocks lie inside totalsize. */
	*bytes = data_end(blob);
	return true;
}

static bool visit_early(struct walk *walk, const struct dtb_node *node)
{
	take_early(walk, node);
	return true;
}

void kaal_dtb_read_early(const void *blob, struct kaal_board *board)
{
	struct walk walk;
	struct kaal_format_error ignored;

	start_walk(&walk, blob, board, &ignored);
	(void)walk_nodes(&walk, visit_early);
	take_console(&walk);
}

bool kaal_dtb_read_board(const void *blob, struct kaal_board *board, struct kaal_dtb_chosen *chosen,
			 struct kaal_format_error *error)
{
	struct walk walk;

	start_walk(&walk, blob, board, error);
	if (!walk_nodes(&walk, take_node) || !take_memreserve(&walk) || !take_chosen(&walk, chosen))
		return false;
	take_console(&walk);
	if (board->bank_count == 0)
		return kaal_format_fail(error, "memory banks", 0, 0, "at least one node with device_type \"memory\"");
	if (board->gic_version == 0)
		return kaal_format_fail(error, "interrupt controller", 0, 0, "a GICv2 (arm,cortex-a15-gic, arm,gic-400) or GICv3 (arm,gic-v3)");
	if (board->cpu_count == 0)
		return kaal_format_fail(error, "cpus", 0, 0, "at least one node with device_type \"cpu\" in /cpus");
	return take_timer(&walk);
}

bool kaal_dtb_seed(const void *blob, const void **seed, uint32_t *bytes)
{
	int chosen = fdt_path_offset(blob, "/chosen"), length = 0;

	*seed = chosen < 0 ? NULL : fdt_getprop(blob, chosen, "rng-seed", &length);
	*bytes = (uint32_t)length;
	return *seed != NULL && length > 0;
}
