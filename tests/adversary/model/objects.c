#include "model.h"

#include <stdlib.h>
#include <string.h>

#define SLOT_BYTES 32u

struct model model;
static uint8_t *pool;
static uint64_t pool_used;
#define POOL_BYTES (UINT64_C(64) << 20)

void *model_take(uint64_t bytes)
{
	void *taken = pool + pool_used;

	pool_used += (bytes + 15) / 16 * 16;
	if (pool_used > POOL_BYTES)
		abort();
	return taken;
}

void model_start(void)
{
	if (pool == NULL)
		pool = calloc(1, POOL_BYTES);
	memset(pool, 0, pool_used);
	pool_used = 0;
	memset(&model, 0, sizeof model);
	for (unsigned line = 0; line < MODEL_LINES; line++) {
		model.line[line].type = KAAL_OBJECT_IRQ_HANDLER;
		model.line[line].line = line;
	}
}

struct m_object *model_object(unsigned type, uint64_t address, unsigned size_bits)
{
	struct m_object *object = model_take(sizeof *object);

	object->type = type;
	object->address = address;
	object->size_bits = size_bits;
	if (model.objects == MODEL_OBJECTS_MAX)
		abort();
	model.object[model.objects++] = object;
	if (type == KAAL_OBJECT_CNODE) {
		object->slots = model_take((UINT64_C(1) << size_bits) * sizeof *object->slots);
		for (uint64_t i = 0; i >> size_bits == 0; i++)
			object->slots[i].number = address / SLOT_BYTES + i;
	}
	if (type != KAAL_OBJECT_THREAD)
		return object;
	object->thread = model_take(sizeof *object->thread);
	object->thread->object = object;
	object->thread->state = M_STOPPED;
	object->thread->until = MODEL_FOREVER;
	for (unsigned i = 0; i < M_OWN_SLOTS; i++)
		object->thread->slot[i].thread = object->thread;
	model.thread[model.threads++] = object->thread;
	return object;
}

/* --- CSpaces ------------------------------------------------------------------------------------ */

struct m_slot *model_slot(struct m_object *cnode, uint64_t index)
{
	return &cnode->slots[index];
}

/* `count` bits of an index below the bits that have been used up. */
static uint64_t bits(uint64_t index, unsigned left, unsigned count)
{
	return count == 0 ? 0 : count == 64 ? index : index >> (left - count) & ((UINT64_C(1) << count) - 1);
}

struct m_slot *model_look_up(const struct m_thread *thread, uint64_t index, unsigned *rights)
{
	struct m_cap root = thread->slot[M_CSPACE].cap;
	unsigned left = 64;

	while (root.type == KAAL_OBJECT_CNODE && root.guard_bits + root.object->size_bits <= left && bits(index, left, root.guard_bits) == root.data) {
		uint64_t at;

		left -= root.guard_bits;
		at = bits(index, left, root.object->size_bits);
		left -= root.object->size_bits;
		*rights = root.rights;
		if (left == 0)
			return &root.object->slots[at];
		/* Slot 0 never holds a capability. */
		root = root.object->slots[at].cap;
	}
	return NULL;
}

bool model_is_empty(const struct m_slot *slot)
{
	return slot->cap.type == KAAL_OBJECT_NULL;
}

bool model_can_be_copied(struct m_cap cap)
{
	return cap.type != KAAL_OBJECT_UNTYPED && cap.type != KAAL_OBJECT_PAGE_TABLE;
}

/* --- the tree ------------------------------------------------------------------------------------ */

static void leave_parent(struct m_slot *slot)
{
	struct m_slot **at = slot->parent != NULL ? &slot->parent->child : NULL;

	while (at != NULL && *at != slot)
		at = &(*at)->next;
	if (at != NULL)
		*at = slot->next;
	slot->parent = slot->next = NULL;
}

static void join_parent(struct m_slot *slot, struct m_slot *parent)
{
	slot->parent = parent;
	if (parent == NULL)
		return;
	slot->next = parent->child;
	parent->child = slot;
}

void model_reparent(struct m_slot *slot, struct m_slot *parent)
{
	leave_parent(slot);
	join_parent(slot, parent);
}

void model_put(struct m_slot *slot, struct m_slot *parent, struct m_cap cap)
{
	slot->cap = cap;
	join_parent(slot, parent);
	if (cap.object != NULL)
		cap.object->caps++;
}

/* With all that was derived from it. */
void model_move(struct m_slot *to, struct m_slot *from)
{
	struct m_slot *parent = from->parent;

	/* One by one, so that the last is the newest there. */
	while (from->child != NULL)
		model_reparent(from->child, to);
	to->cap = from->cap;
	leave_parent(from);
	from->cap = (struct m_cap){0};
	join_parent(to, parent);
}

/* --- the end of things -------------------------------------------------------------------------- */

static void push(struct m_object **list, struct m_object *object)
{
	object->next_ended = *list;
	*list = object;
}

/* The last capability is gone. */
static void end_object(struct m_object *object)
{
	switch (object->type) {
	case KAAL_OBJECT_CNODE:
		push(&model.ended_cnodes, object);
		break;
	case KAAL_OBJECT_THREAD:
		model_end_thread(object->thread);
		push(&model.ended_threads, object);
		break;
	case KAAL_OBJECT_SCHED_CONTEXT:
		model_unbind(object);
		break;
	case KAAL_OBJECT_ENDPOINT:
		push(&model.ended_endpoints, object);
		break;
	case KAAL_OBJECT_NOTIFICATION:
		push(&model.ended_notifications, object);
		break;
	case KAAL_OBJECT_REPLY:
		model_end_reply(object);
		break;
	case KAAL_OBJECT_IRQ_HANDLER:
		model.unmasked[object->line] = false;
		break;
	default:
		break;
	}
}

/* What a thread derives from a slot of its own. */
static void forget(struct m_thread *thread, struct m_slot *slot, struct m_cap cap)
{
	if (slot == &thread->slot[M_BUFFER])
		thread->buffer = 0;
	if (slot == &thread->slot[M_NOTIFICATION] && cap.object != NULL)
		cap.object->bound = NULL;
}

static void clear(struct m_slot *slot)
{
	struct m_cap cap = slot->cap;

	leave_parent(slot);
	slot->cap = (struct m_cap){0};
	if (slot->thread != NULL)
		forget(slot->thread, slot, cap);
	if (cap.object != NULL && --cap.object->caps == 0)
		end_object(cap.object);
	if (cap.type == KAAL_OBJECT_IRQ_HANDLER && cap.object->caps == 0 && !model_is_empty(&model.binding[cap.object->line]))
		clear(&model.binding[cap.object->line]);
}

/* What was below a capability that goes is one level further up. */
static void empty(struct m_slot *slot)
{
	if (model_is_empty(slot))
		return;
	while (slot->child != NULL)
		model_reparent(slot->child, slot->parent);
	clear(slot);
}

static bool nothing_has_ended(void)
{
	return model.ended_threads == NULL && model.ended_endpoints == NULL && model.ended_notifications == NULL && model.ended_cnodes == NULL;
}

static struct m_object *pop(struct m_object **list)
{
	struct m_object *object = *list;

	*list = object->next_ended;
	return object;
}

static void drain_thread(void)
{
	struct m_thread *thread = pop(&model.ended_threads)->thread;

	for (unsigned i = 0; i < M_OWN_SLOTS; i++)
		empty(&thread->slot[i]);
}

/* Who waits for it is told, one by one, and then it is forgotten. */
static void drain_queue(struct m_object **list)
{
	struct m_thread *first = (*list)->waiting.first;

	if (first == NULL)
		(void)pop(list);
	else
		model_cancel(first);
}

static void drain_cnode(void)
{
	struct m_object *cnode = model.ended_cnodes;

	for (uint64_t i = 1; i >> cnode->size_bits == 0; i++) {
		if (!model_is_empty(&cnode->slots[i])) {
			empty(&cnode->slots[i]);
			return;
		}
	}
	(void)pop(&model.ended_cnodes);
}

/* Threads first, CNodes, which may hold more of each, last. */
static void drain_step(void)
{
	if (model.ended_threads != NULL)
		drain_thread();
	else if (model.ended_endpoints != NULL)
		drain_queue(&model.ended_endpoints);
	else if (model.ended_notifications != NULL)
		drain_queue(&model.ended_notifications);
	else
		drain_cnode();
}

void model_drain(void)
{
	while (!nothing_has_ended())
		drain_step();
}

bool model_delete(struct m_slot *slot)
{
	const struct m_thread *caller = model.current;

	empty(slot);
	if (nothing_has_ended())
		return true;
	/* Until all that has ended is empty, nothing new can come into the slot. */
	slot->cap.type = M_RESERVED;
	while (!nothing_has_ended()) {
		if (caller->ended)
			return false;
		drain_step();
	}
	if (caller->ended)
		return false;
	slot->cap.type = KAAL_OBJECT_NULL;
	return true;
}

bool model_revoke(struct m_slot *slot)
{
	const struct m_thread *caller = model.current;

	while (slot->child != NULL) {
		struct m_slot *child = slot->child;

		if (child->child != NULL)
			model_reparent(child->child, slot);
		else
			clear(child);
		if (caller->ended)
			return false;
	}
	while (!nothing_has_ended()) {
		drain_step();
		if (caller->ended)
			return false;
	}
	return true;
}
