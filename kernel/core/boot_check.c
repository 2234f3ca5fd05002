#include "boot.h"

#include <stddef.h>

#define PAGE_MASK ((uint64_t)KAAL_PAGE_BYTES - 1)

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> range.base % KAAL_PAGE_BYTES == 0 && range.bytes % KAAL_PAGE_BYTES == 0;
*/
static bool whole_pages(struct kaal_physical range)
{
	return ((range.base | range.bytes) & PAGE_MASK) == 0;
}

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> in_physical_memory(range);
*/
static bool in_physical(struct kaal_physical range)
{
	return range.bytes != 0 && range.base < KAAL_PHYSICAL_END && range.bytes <= KAAL_PHYSICAL_END - range.base;
}

/*@
	requires \valid_read(board) && banks_ok(board);
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> \exists integer i; 0 <= i < board->bank_count &&
		board->bank[i].base <= range.base && range.base + range.bytes <= board->bank[i].base + board->bank[i].bytes;
	ensures \result ==> range.base + range.bytes <= KAAL_PHYSICAL_END;
*/
static bool in_ram(const struct kaal_board *board, struct kaal_physical range)
{
	/*@
		loop invariant 0 <= i <= board->bank_count;
		loop invariant \forall integer j; 0 <= j < i ==> !(board->bank[j].base <= range.base &&
			range.base + range.bytes <= board->bank[j].base + board->bank[j].bytes);
		loop assigns i;
		loop variant board->bank_count - i;
	*/
	for (uint32_t i = 0; i < board->bank_count; i++) {
		if (range.base >= board->bank[i].base && range.bytes <= board->bank[i].bytes &&
		    range.base - board->bank[i].base <= board->bank[i].bytes - range.bytes)
			return true;
	}
	return false;
}

/*@
	requires \valid_read(board);
	terminates \true; exits \false; assigns \nothing;
	ensures \result == \null ==> board_ok(board) && \forall integer i; 0 <= i < board->reserved_count ==> ends(board->reserved[i]);
*/
static const char *check_board(const struct kaal_board *board)
{
	uint64_t end = 0;

	if (board->bank_count == 0 || board->bank_count > KAAL_BANKS_MAX)
		return "1 to 16 banks of RAM";
	if (board->reserved_count > KAAL_RESERVED_MAX)
		return "at most 32 reserved ranges";
	/*@
		loop invariant 0 <= i <= board->reserved_count;
		loop invariant \forall integer j; 0 <= j < i ==> ends(board->reserved[j]);
		loop assigns i;
		loop variant board->reserved_count - i;
	*/
	for (uint32_t i = 0; i < board->reserved_count; i++) {
		if (board->reserved[i].base > ~PAGE_MASK || board->reserved[i].bytes > ~PAGE_MASK - board->reserved[i].base)
			return "reserved ranges that end below 2^64, with their last page";
	}
	/*@
		loop invariant 0 <= i <= board->bank_count && end <= KAAL_PHYSICAL_END;
		loop invariant \forall integer j; 0 <= j < i ==> bank_ok(board, j);
		loop invariant i > 0 ==> end == board->bank[i - 1].base + board->bank[i - 1].bytes;
		loop invariant \forall integer j; 0 < j < i ==>
			board->bank[j - 1].base + board->bank[j - 1].bytes <= board->bank[j].base;
		loop assigns i, end;
		loop variant board->bank_count - i;
	*/
	for (uint32_t i = 0; i < board->bank_count; i++) {
		if (!whole_pages(board->bank[i]) || !in_physical(board->bank[i]) || board->bank[i].base < end)
			return "banks of whole pages, sorted, disjoint, below 128 GiB";
		end = board->bank[i].base + board->bank[i].bytes;
	}
	if (board->gic_version != 2 && board->gic_version != 3)
		return "interrupt controller version 2 or 3";
	if (board->gic_redistributor_count > KAAL_GIC_REDISTRIBUTORS_MAX ||
	    (board->gic_version == 3) != (board->gic_redistributor_count != 0))
		return "1 to 4 redistributor regions with version 3, none with version 2";
	if (board->timer_irq < 16 || board->timer_irq >= 32)
		return "a timer interrupt that is a PPI, 16 to 31";
	if (board->cpu_count == 0 || board->cpu_count > KAAL_CPUS_MAX)
		return "1 to 16 CPUs";
	return NULL;
}

/*@
	requires \valid_read(params) && board_ok(&params->board) && index < params->root_segment_count <= KAAL_SEGMENTS_MAX;
	requires \forall integer i; 0 <= i < index ==> segment_ok(params, i);
	terminates \true; exits \false; assigns \nothing;
	ensures \result == \null ==> segment_ok(params, index);
*/
static const char *check_segment(const struct kaal_boot_params *params, uint32_t index)
{
	const struct kaal_boot_segment *segment = &params->root_segment[index];
	uint64_t bytes = segment->memory.bytes;

	if (!whole_pages(segment->memory) || bytes == 0 || !in_ram(&params->board, segment->memory))
		return "root task segments of whole pages in RAM";
	if ((segment->virtual_base & PAGE_MASK) != 0 || segment->virtual_base < KAAL_USER_VA_MIN ||
	    segment->virtual_base >= KAAL_USER_VA_END || bytes > KAAL_USER_VA_END - segment->virtual_base)
		return "root task segments at user addresses";
	if ((segment->rights & ~KAAL_RIGHTS_ALL) != 0 ||
	    (segment->rights & (KAAL_RIGHT_WRITE | KAAL_RIGHT_EXECUTE)) == (KAAL_RIGHT_WRITE | KAAL_RIGHT_EXECUTE))
		return "root task segments that are not writable and executable at once";
	/*@
		loop invariant 0 <= i <= index;
		loop assigns i;
		loop variant index - i;
	*/
	for (uint32_t i = 0; i < index; i++) {
		const struct kaal_boot_segment *other = &params->root_segment[i];

		if (segment->virtual_base < other->virtual_base + other->memory.bytes &&
		    other->virtual_base < segment->virtual_base + bytes)
			return "root task segments that do not overlap";
		if (segment->memory.base < other->memory.base + other->memory.bytes &&
		    other->memory.base < segment->memory.base + bytes)
			return "root task segments in memory of their own";
	}
	return NULL;
}

const char *boot_check(const struct kaal_boot_params *params)
{
	const char *problem;

	if (params->magic != KAAL_BOOTPARAMS_MAGIC || params->abi_version != KAAL_ABI_VERSION ||
	    params->size_bytes != sizeof *params)
		return "parameters of this ABI version";
	problem = check_board(&params->board);
	if (problem != NULL)
		return problem;
	if (!whole_pages(params->kernel) || params->kernel.bytes == 0 || !in_ram(&params->board, params->kernel))
		return "a kernel image of whole pages in RAM";
	if (!in_ram(&params->board, params->archive) || !in_ram(&params->board, params->device_tree))
		return "archive and device tree in RAM";
	/*@
		loop invariant 0 <= i <= 2 && \forall integer j; 0 <= j < i ==> ram_ok(params->loader[j]);
		loop assigns i;
		loop variant 2 - i;
	*/
	for (uint32_t i = 0; i < 2; i++) {
		if (!whole_pages(params->loader[i]) || (params->loader[i].bytes != 0 && !in_ram(&params->board, params->loader[i])))
			return "loader memory of whole pages in RAM";
	}
	if (params->root_segment_count == 0 || params->root_segment_count > KAAL_SEGMENTS_MAX)
		return "1 to 8 root task segments";
	/*@
		loop invariant 0 <= i <= params->root_segment_count;
		loop invariant \forall integer j; 0 <= j < i ==> segment_ok(params, j);
		loop assigns i, problem;
		loop variant params->root_segment_count - i;
	*/
	for (uint32_t i = 0; i < params->root_segment_count; i++) {
		problem = check_segment(params, i);
		if (problem != NULL)
			return problem;
	}
	if ((params->root_stack_bytes & PAGE_MASK) != 0 || params->root_stack_bytes == 0)
		return "a root task stack of whole pages";
	return NULL;
}
