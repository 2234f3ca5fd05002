/* Contracts of object/frame.h. */
#ifndef PROOF_FRAME_H
#define PROOF_FRAME_H

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == word_aux(cap.word) % 0x100;
*/
uint32_t frame_size_bits(struct cap cap);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> word_aux(cap.word) / 0x100 == 0;
*/
bool frame_is_cached(struct cap cap);
/*@ terminates \true; exits \false; assigns \nothing; */
bool frame_is_mapped(struct cap cap);

#endif
