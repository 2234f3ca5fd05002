/* Contracts of object/vspace.h: places and words are each other's inverse. */
#ifndef PROOF_VSPACE_H
#define PROOF_VSPACE_H

/*@
	requires place.virtual_address < 0x8000000000 && place.vspace < VSPACES_MAX && place.generation < 0x2000000;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == place.virtual_address / 4096 + place.vspace * 0x8000000 + place.generation * 0x8000000000;
*/
uint64_t place_word(struct place place);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result.vspace < VSPACES_MAX && \result.generation < 0x2000000;
	ensures \result.virtual_address % 4096 == 0 && \result.virtual_address < 0x8000000000;
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
	ensures \result < VSPACES_MAX;
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

#endif
