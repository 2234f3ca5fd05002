/* Contracts of object/untyped.h. */
#ifndef PROOF_UNTYPED_H
#define PROOF_UNTYPED_H

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == word_aux(cap.word) % 0x100;
*/
uint32_t untyped_size_bits(struct cap cap);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> word_aux(cap.word) >= 0x100;
*/
bool untyped_is_device(struct cap cap);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result < 0x2000000000;
*/
uint64_t untyped_base(struct cap cap);
/* UT-5 */
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures type != KAAL_OBJECT_VSPACE ==> \result;
*/
bool untyped_may_make(struct cap untyped, enum kaal_object_type type);

#endif
