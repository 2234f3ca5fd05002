/* Contracts of object/vspace.h: places and words are each other's inverse. */
#ifndef PROOF_VSPACE_H
#define PROOF_VSPACE_H

/*@
	requires place.virtual_address < 0x8000000000 && place.vspace < VSPACES_MAX;
	terminates \true; exits \false; assigns \nothing;
	ensures \result ==
		place.virtual_address / 4096 + place.vspace * 0x8000000 + place.generation % 0x2000000 * 0x8000000000;
*/
uint64_t place_word(struct place place);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result.vspace < VSPACES_MAX && \result.generation < 0x2000000;
	ensures \result.virtual_address % 4096 == 0 && \result.virtual_address < 0x8000000000;
	ensures \result.virtual_address == word % 0x8000000 * 4096 && \result.vspace == word / 0x8000000 % 0x1000;
	ensures \result.generation == word / 0x8000000000;
	ensures word == \result.virtual_address / 4096 + \result.vspace * 0x8000000 + \result.generation * 0x8000000000;
*/
struct place place_of(uint64_t word);
/*@
	requires place.vspace < VSPACES_MAX;
	terminates \true; exits \false; assigns \nothing;
	ensures \result < VSPACES_MAX && (\result == 0 || \result == place.vspace);
	ensures \result != 0 ==>
		vspaces.space[\result].table != 0 && vspaces.space[\result].generation == place.generation;
*/
vspace_t vspace_of_place(struct place place);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result < VSPACES_MAX && (\result == 0 || \result == cap.data / 0x8000000 % 0x1000);
	ensures \result != 0 ==>
		vspaces.space[\result].table != 0 && vspaces.space[\result].generation == cap.data / 0x8000000000;
*/
vspace_t vspace_of(struct cap cap);
/*@
	requires vspace < VSPACES_MAX;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == vspaces.space[vspace].generation;
*/
uint32_t vspace_generation(vspace_t vspace);
/*@
	requires vspace < VSPACES_MAX;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == &vspaces.space[vspace].count;
*/
uint32_t *vspace_count(vspace_t vspace);
/*@
	requires spaces_ok && physical < 0x2000000000;
	exits \false;
	assigns vspaces;
	ensures \result < VSPACES_MAX && spaces_ok;
*/
vspace_t vspace_start(uint64_t physical);
/*@
	requires spaces_ok && vspace < VSPACES_MAX;
	terminates \true; exits \false; assigns \nothing;
	ensures word_type(\result.word) == KAAL_OBJECT_VSPACE;
*/
struct cap vspace_cap(vspace_t vspace);
/*@
	requires spaces_ok && vspace < VSPACES_MAX;
	terminates \true; exits \false;
	assigns vspaces, vspace_asid_owner[0 .. ARCH_ASIDS - 1], cpu.space_word[0 .. VSPACES_MAX - 1];
	ensures spaces_ok;
*/
void vspace_end(vspace_t vspace);
/*@
	requires kernel_ok && vspace < VSPACES_MAX;
	exits \false;
	assigns cpu.space_word[0 .. VSPACES_MAX - 1], vspaces, vspace_asid_owner[0 .. ARCH_ASIDS - 1];
	ensures kernel_ok;
*/
uint64_t vspace_word(vspace_t vspace);
/*@
	requires spaces_ok && tables_ok && vspace < VSPACES_MAX && virtual_address < KAAL_USER_VA_END && 1 <= level <= 3;
	requires \valid(table) && \valid(index) && \separated(table, index);
	exits \false;
	assigns *table, *index;
	ensures \result ==> *table < TABLE_VIEW_END && *index == level_index(virtual_address, level);
*/
bool vspace_find_entry(vspace_t vspace, uint64_t virtual_address, unsigned level, table_t *table, unsigned *index);
/*@
	requires vspace < VSPACES_MAX;
	terminates \true; exits \false; assigns \nothing;
*/
void vspace_flush_page(vspace_t vspace, uint64_t virtual_address);
/*@
	requires vspace < VSPACES_MAX;
	terminates \true; exits \false; assigns \nothing;
*/
void vspace_flush(vspace_t vspace);

#endif
