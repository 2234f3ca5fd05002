#include "find.h"

#include <core/cpu.h>
#include <object/cnode.h>
#include <object/destroy.h>
#include <object/endpoint.h>
#include <object/irq.h>
#include <object/notification.h>
#include <object/thread.h>

#include "check.h"
#include "marks.h"
#include "slots.h"
#include "spaces.h"

static struct {
	enum kaal_object_type type;
	object_t object;
} kept[CHECK_KEPT_MAX];
static uint32_t kept_count;
static uint32_t boot_roots; /* 0: not told */
static uint64_t boot_sum;

void find_keep(enum kaal_object_type type, object_t object)
{
	kernel_assert(kept_count < CHECK_KEPT_MAX);
	kept[kept_count].type = type;
	kept[kept_count++].object = object;
}

void find_keep_nothing(void)
{
	kept_count = 0;
	boot_roots = 0;
}

void find_set_boot(const struct found *found)
{
	boot_roots = found->roots;
	boot_sum = found->roots_sum;
}

bool find_is_complete(const struct found *found)
{
	return boot_roots == 0 || (found->roots == boot_roots && found->roots_sum == boot_sum);
}

/* What holds capabilities is gone through later, wherever the tree has led to it first. */
static void add_container(slot_t slot)
{
	struct cap cap = slots_cap(slot);

	if (cap_type(cap) == KAAL_OBJECT_CNODE || cap_type(cap) == KAAL_OBJECT_THREAD)
		mark_add(cap_type(cap), cap.object);
}

/*
 * A capability without parent and all that is below it, along the links. Each step has been found good both ways
 * (DT-1, DT-2), so none leads to where another has been, and it ends.
 */
static void go_down(struct found *found, slot_t root)
{
	slot_t at = root;

	for (;;) {
		found->tree_slots++;
		slots_check_links(at);
		add_container(at);
		if (slot_view[at].child != 0) {
			at = slot_view[at].child;
			continue;
		}
		while (at != root && slot_view[at].next == 0)
			at = slot_view[at].parent;
		if (at == root)
			return;
		at = slot_view[at].next;
	}
}

static void look_at(struct found *found, slot_t slot, bool in_thread)
{
	slots_check(slot, in_thread);
	if (slot_view[slot].cap.word == 0)
		return;
	found->slots++;
	mark_count(slots_cap(slot));
	spaces_note(slots_cap(slot));
	if (slot_view[slot].parent != 0)
		return;
	found->roots++;
	found->roots_sum += (slots_cap(slot).object + UINT64_C(1)) * (cap_type(slots_cap(slot)) + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);
	go_down(found, slot);
}

static void look_into_cnode(struct found *found, slot_t base)
{
	uint32_t radix = slot_view[base].cap.object;

	mark_holds(radix >= CNODE_RADIX_MIN && radix <= CNODE_RADIX_MAX && base % (UINT32_C(1) << radix) == 0, "CN-1", base);
	mark_holds(slot_view[base].cap.word == 0, "CN-2", base);
	for (slot_t slot = base + 1; slot < base + (UINT32_C(1) << radix); slot++)
		look_at(found, slot, false);
}

static void look_into_thread(struct found *found, object_t object)
{
	thread_t thread = object >> (THREAD_BITS - OBJECT_UNIT_BITS);

	for (uint32_t which = 0; which < THREAD_SLOTS; which++)
		look_at(found, thread_slot(thread, (enum thread_slot)which), true);
}

/* All containers of a list that came into it since `*seen` was its first. False: there are none. */
static bool look_into_new(struct found *found, enum kaal_object_type type, object_t *seen)
{
	object_t newest = mark_first(type);

	for (object_t at = newest; at != *seen; at = mark_next(type, at)) {
		if (type == KAAL_OBJECT_CNODE)
			look_into_cnode(found, at);
		else
			look_into_thread(found, at);
	}
	if (newest == *seen)
		return false;
	*seen = newest;
	return true;
}

/* What has no capability left, and is not taken apart yet (DE-1). */
static void add_worklists(void)
{
	for (slot_t at = destroy_worklists.cnode; at != 0; at = cnode_worklist_next(at)) {
		mark_holds(*cnode_count(at) == 0, "DE-1", at);
		mark_add(KAAL_OBJECT_CNODE, at);
	}
	for (thread_t at = destroy_worklists.thread; at != THREAD_NONE; at = thread_view[at].destroy_next) {
		mark_holds(thread_view[at].count == 0, "DE-1", at);
		mark_add(KAAL_OBJECT_THREAD, at << (THREAD_BITS - OBJECT_UNIT_BITS));
	}
	for (endpoint_t at = destroy_worklists.endpoint; at != 0; at = endpoint_view[at].destroy_next)
		mark_add(KAAL_OBJECT_ENDPOINT, at);
	for (notification_t at = destroy_worklists.notification; at != 0; at = (notification_t)notification_view[at].flags)
		mark_add(KAAL_OBJECT_NOTIFICATION, at);
}

struct found find_all(void)
{
	struct found found = {0, 0, 0, 0};
	object_t cnodes = MARK_END, threads = MARK_END;

	add_worklists();
	for (uint32_t i = 0; i < kept_count; i++)
		mark_count((struct cap){.object = kept[i].object, .word = cap_word(kept[i].type, 0, 0)});
	for (uint32_t line = 0; line < irq_table.lines; line++)
		look_at(&found, irq_slot(line), false);
	while (look_into_new(&found, KAAL_OBJECT_THREAD, &threads) || look_into_new(&found, KAAL_OBJECT_CNODE, &cnodes))
		;
	return found;
}
