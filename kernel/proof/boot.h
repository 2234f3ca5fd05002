/* Contracts of core/boot.h: what boot_check() has found to be so. */
#ifndef PROOF_BOOT_H
#define PROOF_BOOT_H

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
	predicate segment_ok{L}(struct kaal_boot_params *params, integer i) =
		params->root_segment[i].virtual_base >= KAAL_USER_VA_MIN &&
		0 < params->root_segment[i].memory.bytes <= KAAL_USER_VA_END &&
		params->root_segment[i].virtual_base + params->root_segment[i].memory.bytes <= KAAL_USER_VA_END &&
		params->root_segment[i].memory.base + params->root_segment[i].memory.bytes <= KAAL_PHYSICAL_END;
*/

/*@
	requires \valid_read(params);
	terminates \true; exits \false; assigns \nothing;
	ensures \result == \null ==>
		params->magic == KAAL_BOOTPARAMS_MAGIC && params->size_bytes == sizeof(struct kaal_boot_params) &&
		board_ok(&params->board) && 1 <= params->root_segment_count <= KAAL_SEGMENTS_MAX &&
		(\forall integer i; 0 <= i < params->root_segment_count ==> segment_ok(params, i)) &&
		params->root_stack_bytes % KAAL_PAGE_BYTES == 0 && params->root_stack_bytes != 0;
*/
const char *boot_check(const struct kaal_boot_params *params);

#endif
