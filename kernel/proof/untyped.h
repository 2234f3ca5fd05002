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
	ensures \result == cap.object * 32;
*/
uint64_t untyped_base(struct cap cap);
/*@
	requires base < 0x2000000000 && size_bits < 0x100;
	terminates \true; exits \false; assigns \nothing;
	ensures \result.object == base / 32 && \result.data == 0;
	ensures word_type(\result.word) == KAAL_OBJECT_UNTYPED && word_kind(\result.word) == KAAL_OBJECT_UNTYPED;
	ensures word_rights(\result.word) == KAAL_RIGHTS_ALL;
	ensures word_aux(\result.word) % 0x100 == size_bits;
	ensures word_aux(\result.word) >= 0x100 <==> device;
*/
struct cap untyped_cap(uint64_t base, uint32_t size_bits, bool device);
/* The block is aligned to its size and ends no later than `end`. */
/*@
	requires base % 4096 == 0 && end % 4096 == 0 && base < end <= 0x2000000000;
	terminates \true; exits \false; assigns \nothing;
	ensures UNTYPED_BITS_MIN <= \result <= UNTYPED_BITS_MAX;
	ensures base % (1 << \result) == 0 && base + (1 << \result) <= end;
*/
uint32_t untyped_block_bits(uint64_t base, uint64_t end);
/*@
	// What retype makes, by type and size, of a block of this kind of memory.
	predicate retype_ok(struct cap c, integer type, integer bits, integer flags) =
		(type == KAAL_OBJECT_UNTYPED ==> UNTYPED_BITS_MIN <= bits <= UNTYPED_BITS_MAX) &&
		(type == KAAL_OBJECT_CNODE ==> CNODE_RADIX_MIN <= bits <= CNODE_RADIX_MAX) &&
		(type == KAAL_OBJECT_FRAME ==> bits == 12 || bits == 21 || bits == 30) &&
		(type != KAAL_OBJECT_UNTYPED && type != KAAL_OBJECT_CNODE && type != KAAL_OBJECT_FRAME ==> bits == 0) &&
		(type == KAAL_OBJECT_UNTYPED || type == KAAL_OBJECT_CNODE || type == KAAL_OBJECT_FRAME ||
		 type == KAAL_OBJECT_THREAD || type == KAAL_OBJECT_SCHED_CONTEXT || type == KAAL_OBJECT_NOTIFICATION ||
		 type == KAAL_OBJECT_ENDPOINT || type == KAAL_OBJECT_REPLY || type == KAAL_OBJECT_VSPACE ||
		 type == KAAL_OBJECT_PAGE_TABLE) &&
		(type != KAAL_OBJECT_UNTYPED && type != KAAL_OBJECT_FRAME ==> word_aux(c.word) < 0x100) &&
		(flags == 0 || (flags == KAAL_RETYPE_NO_SPACES && type == KAAL_OBJECT_UNTYPED) ||
		 (flags == KAAL_RETYPE_UNCACHED && type == KAAL_OBJECT_FRAME && bits == 12 && word_aux(c.word) < 0x100));
*/
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> retype_ok(untyped, type, size_bits, flags);
*/
bool untyped_can_make(struct cap untyped, enum kaal_object_type type, uint32_t size_bits, uint32_t flags);
/*@
	logic integer object_bits(integer type, integer bits) =
		type == KAAL_OBJECT_CNODE ? bits + SLOT_BITS :
		type == KAAL_OBJECT_THREAD ? (integer)THREAD_BITS :
		type == KAAL_OBJECT_SCHED_CONTEXT ? (integer)SCHED_CONTEXT_BITS :
		type == KAAL_OBJECT_NOTIFICATION ? (integer)NOTIFICATION_BITS :
		type == KAAL_OBJECT_ENDPOINT ? (integer)ENDPOINT_BITS :
		type == KAAL_OBJECT_REPLY ? (integer)REPLY_BITS :
		type == KAAL_OBJECT_VSPACE ? (integer)VSPACE_BITS :
		type == KAAL_OBJECT_PAGE_TABLE ? (integer)PAGE_TABLE_BITS : bits;
	// So many units from `at` on lie in the block, aligned to their number.
	predicate fits_at(struct cap c, integer at, integer units) =
		0 <= at && at % units == 0 && at + units <= block_units(c.word);
*/
/* All that a new object's first contents are. */
#define OBJECT_STATE                                                                                                 \
	thread_view[0 .. THREAD_VIEW_END - 1], endpoint_view[0 .. ENDPOINT_VIEW_END - 1],                            \
	notification_view[0 .. NOTIFICATION_VIEW_END - 1], reply_view[0 .. REPLY_VIEW_END - 1],                      \
	sched_context_view[0 .. SCHED_CONTEXT_VIEW_END - 1], slot_view[0 .. SLOT_VIEW_END - 1], vspaces
/* What comes out ends where the block's used part does, which untyped_make_more() goes on from. */
/*@
	requires kernel_ok && \valid(object) && OUTSIDE_STATE(object);
	requires word_type(slot_view[slot].cap.word) == KAAL_OBJECT_UNTYPED;
	requires retype_ok(slot_view[slot].cap, type, size_bits, flags);
	exits \false;
	assigns KERNEL_STATE, *object;
	ensures kernel_ok;
	ensures slot_view[slot].cap.word == \old(slot_view[slot].cap.word);
	ensures slot_view[slot].cap.object == \old(slot_view[slot].cap.object);
	ensures \result == UNTYPED_DONE ==> cap_ok(*object) && word_type(object->word) == type;
	ensures \result == UNTYPED_DONE && (type == KAAL_OBJECT_ENDPOINT || type == KAAL_OBJECT_NOTIFICATION || type == KAAL_OBJECT_REPLY) ==>
		object->object + 1 == slot_view[slot].cap.object + block_used(slot_view[slot].cap.data);
	ensures same_caps_but{Pre, Post}(slot);
*/
enum untyped_step untyped_make_step(slot_t slot, enum kaal_object_type type, uint32_t size_bits, uint32_t flags, struct cap *object);
/*@
	// So many slots have capabilities like this one, of the objects that lie behind its own, unit by unit.
	predicate caps_in_a_row{L}(integer to, integer count, struct cap last) =
		\forall integer s; to <= s < to + count ==>
			slot_view[s].cap.object == last.object + 1 + (s - to) && slot_view[s].cap.word == last.word;
*/
/*@
	requires kernel_ok && cap_ok(last) && to + count <= SLOT_VIEW_END;
	requires word_type(slot_view[slot].cap.word) == KAAL_OBJECT_UNTYPED;
	requires word_type(last.word) == KAAL_OBJECT_ENDPOINT || word_type(last.word) == KAAL_OBJECT_NOTIFICATION ||
		word_type(last.word) == KAAL_OBJECT_REPLY ==>
		last.object + 1 == slot_view[slot].cap.object + block_used(slot_view[slot].cap.data) && word_aux(slot_view[slot].cap.word) < 0x100;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok && \result <= count;
	ensures slot_view[slot].cap.word == \old(slot_view[slot].cap.word);
	ensures slot_view[slot].cap.object == \old(slot_view[slot].cap.object);
	ensures caps_in_a_row(to, \result, last);
	// Only out of what is known to be zero; and the block is used up to the last object's end.
	ensures block_used(slot_view[slot].cap.data) == block_used(\old(slot_view[slot].cap.data)) + \result;
	ensures block_clean(slot_view[slot].cap.data) == block_clean(\old(slot_view[slot].cap.data));
*/
uint64_t untyped_make_more(slot_t slot, struct cap last, slot_t to, uint64_t count);
/*@
	requires kernel_ok && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_UNTYPED;
	exits \false;
	assigns slot_view[slot].cap.data, table_view[0 .. TABLE_VIEW_END - 1];
	ensures kernel_ok;
	ensures \result <==> block_used(slot_view[slot].cap.data) == 0;
	// RAM: the page that the last used unit lies in is zero, and used no more.
	ensures block_used(\old(slot_view[slot].cap.data)) != 0 && word_aux(slot_view[slot].cap.word) < 0x100 ==>
		block_used(slot_view[slot].cap.data) == (block_used(\old(slot_view[slot].cap.data)) - 1) / 128 * 128 &&
		block_clean(slot_view[slot].cap.data) >= block_used(slot_view[slot].cap.data) + 128;
	ensures block_used(\old(slot_view[slot].cap.data)) != 0 && word_aux(slot_view[slot].cap.word) < 0x100 ==>
		\forall integer i; 0 <= i < 512 ==>
			table_view[(slot_view[slot].cap.object + block_used(slot_view[slot].cap.data)) / 128].entry[i] == 0;
	ensures block_used(\old(slot_view[slot].cap.data)) != 0 && word_aux(slot_view[slot].cap.word) >= 0x100 ==>
		block_clean(slot_view[slot].cap.data) == 0;
*/
bool untyped_reset_step(slot_t slot);
/* UT-5 */
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures type != KAAL_OBJECT_VSPACE ==> \result;
*/
bool untyped_may_make(struct cap untyped, enum kaal_object_type type);

#endif
