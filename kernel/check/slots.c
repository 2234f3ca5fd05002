#include "slots.h"

#include <arch/arch.h>

#include <object/cnode.h>
#include <object/endpoint.h>
#include <object/frame.h>
#include <object/irq.h>
#include <object/notification.h>
#include <object/untyped.h>
#include <object/vspace.h>

#include "marks.h"

/* Of the siblings behind a capability, so many are compared with it: objects that are made one after the other are neighbours. */
#define SIBLINGS 16u
#define ENTRIES_A_PAGE (KAAL_PAGE_BYTES / 8u)
#define UNITS_A_PAGE (KAAL_PAGE_BYTES >> OBJECT_UNIT_BITS)

static uint32_t turn; /* which page of known zeroes is read beside the first and the last */

struct cap slots_cap(slot_t slot)
{
	struct cap cap = slot_view[slot].cap;

	cap.word &= ~CAP_ZOMBIE;
	return cap;
}

void slots_check_links(slot_t slot)
{
	const struct slot *s = &slot_view[slot];

	mark_holds(s->child == 0 || (slot_view[s->child].parent == slot && slot_view[s->child].previous == 0), "DT-1", slot);
	mark_holds(s->previous != 0 || s->parent == 0 || slot_view[s->parent].child == slot, "DT-1", slot);
	mark_holds(s->next == 0 || (slot_view[s->next].previous == slot && slot_view[s->next].parent == s->parent), "DT-2", slot);
	mark_holds(s->previous == 0 || slot_view[s->previous].next == slot, "DT-2", slot);
	mark_holds((s->child == 0 || slot_view[s->child].cap.word != 0) && (s->next == 0 || slot_view[s->next].cap.word != 0) &&
			   (s->parent == 0 || slot_view[s->parent].cap.word != 0),
		   "DT-3", slot);
}

static void check_empty(slot_t slot)
{
	const struct slot *s = &slot_view[slot];

	mark_holds(s->cap.data == 0 && s->cap.object == 0, "CAP-1", slot);
	mark_holds(s->parent == 0 && s->child == 0 && s->next == 0 && s->previous == 0, "DT-3", slot);
}

/* Cursors of an untyped, in units. */
static uint64_t used_of(struct cap cap)
{
	return cap.data % (UINT64_C(1) << 32);
}

static uint64_t clean_of(struct cap cap)
{
	return cap.data >> 32;
}

static uint64_t units_of(struct cap cap)
{
	uint32_t bits = cap_size_bits(cap);

	return UINT64_C(1) << (bits < OBJECT_UNIT_BITS ? 0 : bits - OBJECT_UNIT_BITS);
}

static bool has_memory(struct cap cap)
{
	enum kaal_object_type type = cap_type(cap);

	return type >= KAAL_OBJECT_UNTYPED && type <= KAAL_OBJECT_FRAME;
}

static bool is_inside(struct cap inner, struct cap outer, uint64_t units)
{
	return inner.object >= outer.object && inner.object + units_of(inner) <= outer.object + units;
}

static void check_derived(slot_t slot, struct cap cap, struct cap parent)
{
	enum kaal_object_type type = cap_type(cap), from = cap_type(parent);

	if (from == KAAL_OBJECT_UNTYPED) {
		mark_holds(has_memory(cap), "CAP-3", slot);
		mark_holds(is_inside(cap, parent, used_of(parent)), "UT-4", slot);
		mark_holds(type != KAAL_OBJECT_UNTYPED || (cap_rights(cap) & ~cap_rights(parent)) == 0, "UT-5", slot);
		return;
	}
	/* The right to make handlers makes them whole, whatever it lacks itself. */
	if (from == KAAL_OBJECT_IRQ_CONTROL && type == KAAL_OBJECT_IRQ_HANDLER)
		return;
	mark_holds((cap_rights(cap) & ~cap_rights(parent)) == 0, "CAP-2", slot);
	mark_holds(type == from && cap.object == parent.object && cap_size_bits(cap) == cap_size_bits(parent), "CAP-3", slot);
}

/* The capability above, beyond places that a moved one is about to take: one for each who moves it. */
static void check_parent(slot_t slot, struct cap cap)
{
	slot_t parent = slot_view[slot].parent;

	while (parent != 0 && cap_type(slots_cap(parent)) == KAAL_OBJECT_NULL)
		parent = slot_view[parent].parent;
	if (parent != 0)
		check_derived(slot, cap, slots_cap(parent));
}

/* Objects that were made of the same block are the same or apart; what came from one that is being deleted may stand beside it. */
static void check_apart(slot_t slot, struct cap cap)
{
	slot_t other = slot_view[slot].next;

	if (slot_view[slot].parent == 0 || cap_type(slots_cap(slot_view[slot].parent)) != KAAL_OBJECT_UNTYPED ||
	    cap_is_zombie(slot_view[slot].cap))
		return;
	for (uint32_t i = 0; i < SIBLINGS && other != 0; i++, other = slot_view[other].next) {
		struct cap second = slots_cap(other);

		if (cap_type(second) == KAAL_OBJECT_NULL || cap_is_zombie(slot_view[other].cap))
			continue;
		mark_holds(cap.object + units_of(cap) <= second.object || second.object + units_of(second) <= cap.object ||
				   (cap.object == second.object && cap_type(cap) == cap_type(second) && cap_type(cap) != KAAL_OBJECT_UNTYPED &&
				    units_of(cap) == units_of(second)),
			   "UT-2", slot);
	}
}

/* A page of an object, by its number in it, from an entry on. */
static bool is_zero(struct cap cap, uint64_t page, uint64_t from)
{
	table_t table = (table_t)(untyped_base(cap) / KAAL_PAGE_BYTES + page);
	uint64_t any = 0;

	for (uint64_t i = from; i < ENTRIES_A_PAGE; i++)
		any |= table_view[table].entry[i];
	return any == 0;
}

static void check_untyped(slot_t slot, struct cap cap)
{
	uint64_t used = used_of(cap), clean = clean_of(cap);
	uint64_t from = used / UNITS_A_PAGE, to = clean / UNITS_A_PAGE;

	mark_holds(cap.object % units_of(cap) == 0, "UT-1", slot);
	mark_holds(used <= clean && clean <= units_of(cap) && (clean % UNITS_A_PAGE == 0 || untyped_is_device(cap)), "UT-3", slot);
	if (untyped_is_device(cap) || from >= to)
		return;
	mark_holds(is_zero(cap, from, used % UNITS_A_PAGE * ENTRIES_A_PAGE / UNITS_A_PAGE), "UT-3", slot);
	if (to - from > 1)
		mark_holds(is_zero(cap, to - 1, 0) && is_zero(cap, from + 1 + turn++ % (to - from - 1), 0), "UT-3", slot);
}

static void check_frame(slot_t slot, struct cap cap)
{
	uint64_t bytes = UINT64_C(1) << frame_size_bits(cap);
	struct place place = place_of(cap.data);
	bool whole = place.virtual_address % bytes == 0 && place.virtual_address >= KAAL_USER_VA_MIN && place.virtual_address < KAAL_USER_VA_END;

	mark_holds(cap.data == 0 || (place.vspace != 0 ? whole : place.virtual_address <= bytes), "FR-1", slot);
}

static void check_page_table(slot_t slot, struct cap cap)
{
	if (cap.data == 0)
		mark_holds(is_zero(cap, 0, 0), "PT-2", slot);
}

/* What a capability of this type says. */
static void check_type(slot_t slot, struct cap cap)
{
	switch (cap_type(cap)) {
	case KAAL_OBJECT_UNTYPED:
		check_untyped(slot, cap);
		break;
	case KAAL_OBJECT_CNODE:
		mark_holds(cnode_radix(cap) == slot_view[cap.object].cap.object, "CN-1", slot);
		break;
	case KAAL_OBJECT_VSPACE:
		mark_holds(vspace_of(cap) != 0 && vspace_cap(vspace_of(cap)).object == cap.object, "VS-1", slot);
		break;
	case KAAL_OBJECT_PAGE_TABLE:
		check_page_table(slot, cap);
		break;
	case KAAL_OBJECT_FRAME:
		check_frame(slot, cap);
		break;
	case KAAL_OBJECT_IRQ_HANDLER:
		mark_holds(irq_line_ok(irq_of(cap)), "IQ-3", slot);
		break;
	default:
		mark_holds(cap_type(cap) <= KAAL_OBJECT_DEBUG, "CAP-3", slot);
		break;
	}
}

void slots_check(slot_t slot, bool in_thread)
{
	struct cap cap = slots_cap(slot);

	if (slot_view[slot].cap.word == 0) {
		check_empty(slot);
		return;
	}
	slots_check_links(slot);
	if (cap_type(cap) == KAAL_OBJECT_NULL) {
		mark_holds(cap.word == 0 && cap.object == 0 && cap.data == 0, "CAP-1", slot);
		return;
	}
	mark_holds(((cap.word & CAP_IN_THREAD) != 0) == in_thread, "TH-2", slot);
	mark_holds(!has_memory(cap) || cap.object % units_of(cap) == 0 || cap_type(cap) == KAAL_OBJECT_UNTYPED, "CAP-3", slot);
	check_parent(slot, cap);
	check_apart(slot, cap);
	check_type(slot, cap);
}
