/* Contracts of core/boot.h: what boot_check() has found to be so. */
#ifndef PROOF_BOOT_H
#define PROOF_BOOT_H

#include <freestanding/cache.h>
#include <freestanding/translation.h>

/*@
	predicate in_physical_memory{L}(struct kaal_physical r) =
		0 < r.bytes && r.base < KAAL_PHYSICAL_END && r.base + r.bytes <= KAAL_PHYSICAL_END;
	predicate bank_ok{L}(struct kaal_board *board, integer i) =
		in_physical_memory(board->bank[i]) && board->bank[i].base % KAAL_PAGE_BYTES == 0 &&
		board->bank[i].bytes % KAAL_PAGE_BYTES == 0;
	predicate banks_ok{L}(struct kaal_board *board) =
		1 <= board->bank_count <= KAAL_BANKS_MAX &&
		(\forall integer i; 0 <= i < board->bank_count ==> bank_ok(board, i)) &&
		(\forall integer i; 0 < i < board->bank_count ==>
			board->bank[i - 1].base + board->bank[i - 1].bytes <= board->bank[i].base);
	predicate board_ok{L}(struct kaal_board *board) =
		banks_ok(board) && board->reserved_count <= KAAL_RESERVED_MAX &&
		(board->gic_version == 2 || board->gic_version == 3) &&
		board->gic_redistributor_count <= KAAL_GIC_REDISTRIBUTORS_MAX &&
		16 <= board->timer_irq < 32 && 1 <= board->cpu_count <= KAAL_CPUS_MAX;
	// Whole pages, or none, that there can be.
	predicate ram_ok(struct kaal_physical r) =
		r.base % KAAL_PAGE_BYTES == 0 && r.bytes % KAAL_PAGE_BYTES == 0 &&
		(r.bytes == 0 || r.base + r.bytes <= KAAL_PHYSICAL_END);
	// With the rest of its last page.
	predicate ends(struct kaal_physical r) = r.base + r.bytes <= 0x10000000000000000 - KAAL_PAGE_BYTES;
	predicate segment_ok{L}(struct kaal_boot_params *params, integer i) =
		params->root_segment[i].virtual_base >= KAAL_USER_VA_MIN &&
		0 < params->root_segment[i].memory.bytes <= KAAL_USER_VA_END &&
		params->root_segment[i].virtual_base + params->root_segment[i].memory.bytes <= KAAL_USER_VA_END &&
		params->root_segment[i].virtual_base % KAAL_PAGE_BYTES == 0 && ram_ok(params->root_segment[i].memory);
	predicate places_ok{L}(struct kaal_boot_params *params) =
		board_ok(&params->board) &&
		(\forall integer i; 0 <= i < params->board.reserved_count ==> ends(params->board.reserved[i])) &&
		ram_ok(params->kernel) && ram_ok(params->loader[0]) && ram_ok(params->loader[1]) &&
		params->archive.base + params->archive.bytes <= KAAL_PHYSICAL_END &&
		params->device_tree.base + params->device_tree.bytes <= KAAL_PHYSICAL_END;
	predicate segments_ok{L}(struct kaal_boot_params *params) =
		1 <= params->root_segment_count <= KAAL_SEGMENTS_MAX &&
		(\forall integer i; 0 <= i < params->root_segment_count ==> segment_ok(params, i)) &&
		params->root_stack_bytes % KAAL_PAGE_BYTES == 0 && params->root_stack_bytes != 0;
	predicate params_ok{L}(struct kaal_boot_params *params) = places_ok(params) && segments_ok(params);
	// Free memory: whole pages below the end of what handles can name (RG-1, RG-2).
	predicate ranges_ok{L}(struct ranges *these) =
		these->count <= RANGES_MAX &&
		(\forall integer i; 0 <= i < these->count ==>
			these->range[i].base < these->range[i].end <= KAAL_PHYSICAL_END &&
			these->range[i].base % KAAL_PAGE_BYTES == 0 && these->range[i].end % KAAL_PAGE_BYTES == 0) &&
		(\forall integer i; 0 < i < these->count ==> these->range[i - 1].end < these->range[i].base);
	// Room in bootinfo and in the root task's CNode for all blocks that bootinfo can list.
	predicate info_ok{L}(struct kaal_bootinfo *info, integer cnode) =
		info->untyped_count <= KAAL_BOOTINFO_UNTYPED_MAX && info->untyped_left_out <= 0x8000000 &&
		info->first_free_slot == KAAL_SLOT_FIRST_UNTYPED + info->untyped_count && cnode + 0x200 <= SLOT_VIEW_END;
*/

/*@
	requires \valid_read(params);
	terminates \true; exits \false; assigns \nothing;
	ensures \result == \null ==> params->magic == KAAL_BOOTPARAMS_MAGIC && params->size_bytes == sizeof(struct kaal_boot_params);
	ensures \result == \null ==> places_ok(params);
	ensures \result == \null ==> segments_ok(params);
*/
const char *boot_check(const struct kaal_boot_params *params);

/*@
	requires \valid_read(ranges) && ranges_ok(ranges) && \valid(info) && info_ok(info, cnode) && slots_ok;
	requires !device ==> \forall integer i; 0 <= i < ranges->count ==> ranges->range[i].end < KAAL_PHYSICAL_END;
	requires \separated(ranges, info) && OUTSIDE_STATE(info) && OUTSIDE_STATE(ranges);
	exits \false;
	assigns slot_view[0 .. SLOT_VIEW_END - 1], *info;
	ensures slots_ok && \old(info->untyped_count) <= info->untyped_count <= KAAL_BOOTINFO_UNTYPED_MAX;
	ensures info->untyped_left_out <= \old(info->untyped_left_out) + KAAL_PHYSICAL_END / KAAL_PAGE_BYTES;
	ensures info->first_free_slot == KAAL_SLOT_FIRST_UNTYPED + info->untyped_count;
*/
void boot_make_untyped(const struct ranges *ranges, bool device, uint32_t cnode, struct kaal_bootinfo *info);

/* --- what boot calls of freestanding/: trusted ------------------------------------ */

/*@
	requires \valid(these) && ranges_ok(these) && base % KAAL_PAGE_BYTES == 0 && end % KAAL_PAGE_BYTES == 0;
	requires base < end ==> end <= KAAL_PHYSICAL_END;
	terminates \true; exits \false; assigns *these;
	ensures ranges_ok(these);
*/
bool ranges_add(struct ranges *these, uint64_t base, uint64_t end);
/*@
	requires \valid(these) && ranges_ok(these) && base % KAAL_PAGE_BYTES == 0 && end % KAAL_PAGE_BYTES == 0;
	terminates \true; exits \false; assigns *these;
	ensures ranges_ok(these);
	// Nothing is above the end, so that nothing is cut in two.
	ensures base < end && end == KAAL_PHYSICAL_END ==> \forall integer i; 0 <= i < these->count ==> these->range[i].end <= base;
*/
bool ranges_remove(struct ranges *these, uint64_t base, uint64_t end);
/*@
	requires \valid(these) && ranges_ok(these) && \valid(base) && \separated(these, base);
	requires bytes != 0 && bytes % KAAL_PAGE_BYTES == 0 && alignment % KAAL_PAGE_BYTES == 0 && alignment != 0;
	terminates \true; exits \false; assigns *these, *base;
	ensures ranges_ok(these);
	ensures \result ==> *base % alignment == 0 && *base % KAAL_PAGE_BYTES == 0 && *base + bytes <= KAAL_PHYSICAL_END;
*/
bool ranges_take(struct ranges *these, uint64_t bytes, uint64_t alignment, uint64_t *base);
/* The pages hold no object yet: no view shows them. */
/*@
	requires base % KAAL_PAGE_BYTES == 0 && bytes % KAAL_PAGE_BYTES == 0 && base + bytes <= 0x10000000000000000;
	terminates \true; exits \false; assigns \nothing;
*/
void cache_zero_pages(uintptr_t base, uint64_t bytes);
/* Pages for tables come from the context's free memory (take_table). */
/*@
	requires \valid(tables) && virtual_base % KAAL_PAGE_BYTES == 0 && physical_base % KAAL_PAGE_BYTES == 0 && bytes % KAAL_PAGE_BYTES == 0;
	exits \false;
	assigns tables->table_count, ((struct boot *)tables->context)->free;
	ensures \old(ranges_ok(&((struct boot *)tables->context)->free)) ==> ranges_ok(&((struct boot *)tables->context)->free);
*/
enum translation_status translation_map(struct translation *tables, uint64_t virtual_base, uint64_t physical_base, uint64_t bytes,
					struct translation_attributes attributes);
/*@ terminates \true; exits \false; assigns \nothing; ensures \false; */
void board_fatal(const char *format, ...);
/*@ terminates \true; exits \false; assigns \nothing; */
void board_print(const char *format, ...);
/*@ requires \valid_read(params) && \valid(device) && ranges_ok(device);
    terminates \true; exits \false; assigns *device; ensures ranges_ok(device); */
void arch_boot_keep_devices(const struct kaal_boot_params *params, struct ranges *device);

#endif
