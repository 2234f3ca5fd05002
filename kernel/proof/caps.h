/* What a capability's words say, and what they may say: CAP-3 as far as sizes and ranges go. */
#ifndef PROOF_CAPS_H
#define PROOF_CAPS_H

/*@
	logic integer word_type(integer w) = w % 0x100;
	logic integer word_rights(integer w) = w / 0x100 % 0x10;
	logic integer word_aux(integer w) = w / 0x10000;
	// The type of a slot's capability, also while the slot is being emptied.
	logic integer word_kind(integer w) = w % 0x80;

	predicate cnode_ok(struct cap c) =
		word_kind(c.word) == KAAL_OBJECT_CNODE ==>
			word_aux(c.word) % 32 <= CNODE_RADIX_MAX &&
			c.object + (1 << (word_aux(c.word) % 32)) <= SLOT_VIEW_END;
	predicate reply_cap_ok(struct cap c) =
		word_kind(c.word) == KAAL_OBJECT_REPLY ==> c.object < REPLY_NONE;
	// An untyped block: its units, how many are used, and up to where they are known to be zero.
	logic integer block_units(struct cap c) = 1 << (word_aux(c.word) % 0x100 - OBJECT_UNIT_BITS);
	logic integer block_used(struct cap c) = c.data % 0x100000000;
	logic integer block_clean(struct cap c) = c.data / 0x100000000;
	predicate untyped_ok(struct cap c) =
		word_kind(c.word) == KAAL_OBJECT_UNTYPED ==>
			UNTYPED_BITS_MIN <= word_aux(c.word) % 0x100 <= UNTYPED_BITS_MAX;
	// UT-1, and that there is such memory; the last unit's handle is REPLY_NONE, and it is in no block of RAM.
	predicate block_ok(struct cap c) =
		word_kind(c.word) == KAAL_OBJECT_UNTYPED ==>
			c.object % block_units(c) == 0 && c.object + block_units(c) <= 0x100000000 &&
			(word_aux(c.word) < 0x100 ==> c.object + block_units(c) < 0x100000000);
	// UT-3: pages are 128 units.
	predicate cursors_ok(struct cap c) =
		word_kind(c.word) == KAAL_OBJECT_UNTYPED ==>
			block_used(c) <= block_clean(c) <= block_units(c) && block_clean(c) % 128 == 0;
	predicate frame_ok(struct cap c) =
		word_kind(c.word) == KAAL_OBJECT_FRAME ==>
			(word_aux(c.word) % 0x100 == 12 || word_aux(c.word) % 0x100 == 21 || word_aux(c.word) % 0x100 == 30) &&
			word_aux(c.word) / 0x100 <= 2 && c.object % (1 << (word_aux(c.word) % 0x100 - OBJECT_UNIT_BITS)) == 0;
	// FR-1: where a large frame is mapped, or how far its code has come, is not the last page of all.
	predicate frame_place_ok(struct cap c) =
		word_kind(c.word) == KAAL_OBJECT_FRAME && word_aux(c.word) % 0x100 != 12 ==> c.data % 0x8000000 < 0x7ffffff;
	predicate table_ok(struct cap c) = word_kind(c.word) == KAAL_OBJECT_PAGE_TABLE ==> c.object % 128 == 0;
	predicate handler_ok{L}(struct cap c) =
		word_kind(c.word) == KAAL_OBJECT_IRQ_HANDLER ==>
			irq_table.first <= c.object < irq_table.first + irq_table.lines;
	predicate cap_ok{L}(struct cap c) =
		cnode_ok(c) && reply_cap_ok(c) && untyped_ok(c) && block_ok(c) && cursors_ok(c) && frame_ok(c) &&
		frame_place_ok(c) && table_ok(c) && handler_ok(c);

	// The first capability of an object at this physical address: all rights but EXECUTE, no badge.
	predicate is_first(struct cap c, integer base, integer type) =
		c.object == base / 32 && c.data == 0 && c.word == type + 0x100 * (KAAL_RIGHTS_ALL - KAAL_RIGHT_EXECUTE);

	predicate slots_ok{L} =
		\forall integer s; 0 <= s < SLOT_VIEW_END ==> cap_ok(slot_view[s].cap);
	predicate same_caps{K, L} =
		\forall integer s; 0 <= s < SLOT_VIEW_END ==> \at(slot_view[s].cap, L) == \at(slot_view[s].cap, K);

	predicate same_caps_but{K, L}(integer slot) =
		\forall integer s; 0 <= s < SLOT_VIEW_END && s != slot ==> \at(slot_view[s].cap, L) == \at(slot_view[s].cap, K);

	// The slot is one of the CNode that the capability names, whose rights these are.
	predicate cnode_has(struct cap c, integer slot, integer rights) =
		word_type(c.word) == KAAL_OBJECT_CNODE &&
		c.object <= slot < c.object + (1 << (word_aux(c.word) % 32)) && rights == word_rights(c.word);
*/

#endif
