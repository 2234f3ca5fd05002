/* Contracts of freestanding/translation.h: what the kernel uses of it. */
#ifndef PROOF_TRANSLATION_H
#define PROOF_TRANSLATION_H

#include <freestanding/translation.h>

/*@
	logic integer level_bits(integer level) = level == 3 ? 12 : level == 2 ? 21 : 30;
	// The bits of an address that choose an entry of a table of the level.
	logic integer level_index(integer address, integer level) =
		(level == 3 ? address / 0x1000 : level == 2 ? address / 0x200000 : address / 0x40000000) % 512;
	predicate is_table_entry(integer e, integer level) = level != 3 && e % 4 == 3;
	predicate is_leaf_entry(integer e, integer level) = level == 3 ? e % 2 == 1 : e % 4 == 1;
	logic integer entry_address(integer e) = e % 0x1000000000000 / 0x1000 * 0x1000;
*/

/*@
	requires 1 <= level <= 3;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == level_bits(level);
*/
static inline unsigned translation_block_bits(unsigned level);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == (bits == 12 ? 3 : bits == 21 ? 2 : bits == 30 ? 1 : 0);
*/
static inline unsigned translation_level(uint32_t bits);
/*@
	requires 1 <= level <= 3 && virtual_address < KAAL_USER_VA_END;
	terminates \true; exits \false; assigns \nothing;
	ensures \result < 512 && \result == level_index(virtual_address, level);
*/
static inline unsigned translation_index(uint64_t virtual_address, unsigned level);
/*@
	requires physical % 4096 == 0 && physical < 0x2000000000;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == physical + 3 && entry_ok(\result);
*/
static inline uint64_t translation_table(uint64_t physical);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> is_leaf_entry(entry, level);
*/
static inline bool translation_is_leaf(uint64_t entry, unsigned level);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> is_table_entry(entry, level);
*/
static inline bool translation_is_table(uint64_t entry, unsigned level);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == entry_address(entry);
*/
static inline uint64_t translation_address(uint64_t entry);

/* A descriptor's bits, Arm ARM DDI 0487, D8.3.2: who may do what. Of EL0's leaves none is code at EL1. */
/*@
	predicate leaf_bit(integer e, integer n) = e / (1 << n) % 2 == 1;
	predicate leaf_is_for(integer e, integer access) =
		(access / TRANSLATION_USER % 2 == 1 ==>
			leaf_bit(e, 6) && leaf_bit(e, 53) && (!leaf_bit(e, 54) <==> access / TRANSLATION_EXECUTE % 2 == 1)) &&
		(!leaf_bit(e, 7) <==> access / TRANSLATION_WRITE % 2 == 1);
*/
/*@
	requires physical % 4096 == 0 && physical < 0x2000000000 && 1 <= level <= 3;
	requires 0 <= attributes.memory <= 2;
	terminates \true; exits \false; assigns \nothing;
	ensures entry_ok(\result) && entry_address(\result) == physical && is_leaf_entry(\result, level);
	ensures leaf_is_for(\result, attributes.access);
*/
uint64_t translation_leaf(uint64_t physical, struct translation_attributes attributes, unsigned level);

#endif
