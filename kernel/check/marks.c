#include "marks.h"

#include <freestanding/board.h>

#include <object/endpoint.h>
#include <object/irq.h>
#include <object/notification.h>
#include <object/reply.h>
#include <object/sched_context.h>
#include <object/thread.h>

/* A mark: capabilities found + LINK_UNIT * the next in the list, MARK_END for none; 0: not in a list. */
#define LINK_UNIT (UINT64_C(1) << 32)

static object_t first[KAAL_OBJECT_NOTIFICATION + 1];
static uint32_t space_found[VSPACES_MAX];
static vspace_t space_next[VSPACES_MAX];
static vspace_t first_space;
static uint32_t line_found[IRQ_LINES_MAX];

void mark_holds(bool condition, const char *name, uint32_t object)
{
	if (condition)
		return;
	board_print("kernel: check: %s does not hold, object or slot 0x%x\n", name, object);
	arch_panic(__FILE__, __LINE__, name);
}

bool mark_is_listed_type(enum kaal_object_type type)
{
	return type >= KAAL_OBJECT_CNODE && type <= KAAL_OBJECT_NOTIFICATION;
}

static uint64_t *word_of(enum kaal_object_type type, object_t object)
{
	switch (type) {
	case KAAL_OBJECT_THREAD:
		return &thread_view[object >> (THREAD_BITS - OBJECT_UNIT_BITS)].checked;
	case KAAL_OBJECT_SCHED_CONTEXT:
		return &sched_context_view[object >> (SCHED_CONTEXT_BITS - OBJECT_UNIT_BITS)].checked;
	case KAAL_OBJECT_ENDPOINT:
		return &endpoint_view[object].checked;
	case KAAL_OBJECT_REPLY:
		return &reply_view[object].checked;
	default:
		return &notification_view[object].checked;
	}
}

static uint64_t get(enum kaal_object_type type, object_t object)
{
	if (type == KAAL_OBJECT_CNODE)
		return slot_view[object].parent + slot_view[object].previous * LINK_UNIT;
	return *word_of(type, object);
}

static void set(enum kaal_object_type type, object_t object, uint64_t mark)
{
	if (type == KAAL_OBJECT_CNODE) {
		slot_view[object].parent = (slot_t)(mark % LINK_UNIT);
		slot_view[object].previous = (slot_t)(mark / LINK_UNIT);
	} else {
		*word_of(type, object) = mark;
	}
}

void mark_add(enum kaal_object_type type, object_t object)
{
	if (mark_has(type, object))
		return;
	set(type, object, first[type] * LINK_UNIT);
	first[type] = object;
}

bool mark_has(enum kaal_object_type type, object_t object)
{
	return get(type, object) / LINK_UNIT != 0;
}

static void count_space(vspace_t vspace)
{
	if (space_found[vspace]++ == 0) {
		space_next[vspace] = first_space;
		first_space = vspace;
	}
}

void mark_count(struct cap cap)
{
	enum kaal_object_type type = cap_type(cap);

	if (mark_is_listed_type(type)) {
		mark_add(type, cap.object);
		set(type, cap.object, get(type, cap.object) + 1);
	} else if (type == KAAL_OBJECT_VSPACE) {
		count_space(vspace_of(cap));
	} else if (type == KAAL_OBJECT_IRQ_HANDLER) {
		line_found[irq_of(cap)]++;
	}
}

uint32_t mark_found(enum kaal_object_type type, object_t object)
{
	return (uint32_t)(get(type, object) % LINK_UNIT);
}

uint32_t mark_found_space(vspace_t vspace)
{
	return space_found[vspace];
}

uint32_t mark_found_line(uint32_t line)
{
	return line_found[line];
}

object_t mark_first(enum kaal_object_type type)
{
	return first[type];
}

object_t mark_next(enum kaal_object_type type, object_t object)
{
	return (object_t)(get(type, object) / LINK_UNIT);
}

vspace_t mark_first_space(void)
{
	return first_space;
}

vspace_t mark_next_space(vspace_t vspace)
{
	return space_next[vspace];
}

void mark_start(void)
{
	for (uint32_t type = KAAL_OBJECT_CNODE; type <= KAAL_OBJECT_NOTIFICATION; type++)
		first[type] = MARK_END;
	for (vspace_t vspace = first_space; vspace != 0; vspace = space_next[vspace])
		space_found[vspace] = 0;
	first_space = 0;
	for (uint32_t line = 0; line < IRQ_LINES_MAX; line++)
		line_found[line] = 0;
}

void mark_end(void)
{
	for (uint32_t t = KAAL_OBJECT_CNODE; t <= KAAL_OBJECT_NOTIFICATION; t++) {
		enum kaal_object_type type = (enum kaal_object_type)t;

		for (object_t object = first[type]; object != MARK_END;) {
			object_t next = mark_next(type, object);

			set(type, object, 0);
			object = next;
		}
	}
}
