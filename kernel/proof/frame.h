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
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> cap.data / 0x8000000 % 0x1000 != 0;
*/
bool frame_is_mapped(struct cap cap);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> size_bits == 12 || size_bits == 21 || size_bits == 30;
*/
bool frame_size_ok(uint32_t size_bits);
/*@
	requires base < 0x2000000000 && size_bits < 0x100 && 0 <= memory <= 2;
	terminates \true; exits \false; assigns \nothing;
	ensures \result.object == base / 32 && \result.data == 0;
	ensures \result.word == KAAL_OBJECT_FRAME + 0x100 * (memory == FRAME_CACHED ? 0xf : 0x7) + 0x10000 * (size_bits + 0x100 * memory);
*/
struct cap frame_cap(uint64_t base, uint32_t size_bits, enum frame_memory memory);
/*@ requires base % 4096 == 0; terminates \true; exits \false; assigns \nothing; */
void frame_start_uncached(uint64_t base);
/*@
	requires kernel_ok && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_FRAME;
	exits \false;
	assigns slot_view[slot].cap.data, table_view[0 .. TABLE_VIEW_END - 1];
	ensures kernel_ok;
*/
void frame_end(slot_t slot);
/*@
	requires kernel_ok && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_FRAME && vspace < VSPACES_MAX;
	requires \valid(status) && OUTSIDE_STATE(status);
	exits \false;
	assigns slot_view[slot].cap.data, table_view[0 .. TABLE_VIEW_END - 1], *status;
	ensures kernel_ok;
*/
bool frame_map_step(slot_t slot, vspace_t vspace, uint64_t virtual_address, uint64_t rights, uint32_t thread, uint64_t *status);
/*@
	requires kernel_ok && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_FRAME;
	exits \false;
	assigns slot_view[slot].cap.data;
	ensures kernel_ok;
	ensures slot_view[slot].cap.data / 0x8000000 % 0x1000 == 0 ==> slot_view[slot].cap.data == 0;
	ensures \old(slot_view[slot].cap.data) / 0x8000000 % 0x1000 != 0 ==> slot_view[slot].cap.data == \old(slot_view[slot].cap.data);
*/
void frame_map_give_up(slot_t slot);
/*@
	requires kernel_ok && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_FRAME;
	exits \false;
	assigns slot_view[slot].cap.data, table_view[0 .. TABLE_VIEW_END - 1];
	ensures kernel_ok;
*/
uint64_t frame_unmap(slot_t slot);
/*@
	requires kernel_ok && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_FRAME;
	exits \false;
	assigns table_view[0 .. TABLE_VIEW_END - 1];
	ensures kernel_ok;
*/
uint64_t frame_protect(slot_t slot, uint64_t rights);

#endif
