#include "check.h"

#include <arch/arch.h>

#include "find.h"
#include "marks.h"
#include "objects.h"
#include "spaces.h"

static uint32_t entries; /* since the last look */

void check_start(void)
{
	find_keep_nothing();
	spaces_set_none();
}

void check_keep(enum kaal_object_type type, object_t object)
{
	find_keep(type, object);
}

/* `boot`: what has been found is what boot has made. */
static void look(bool boot)
{
	struct found found;
	bool exact;

	mark_start();
	found = find_all();
	if (boot) {
		find_set_boot(&found);
		spaces_set_boot();
	} else {
		spaces_check(find_is_complete(&found));
	}
	exact = find_is_complete(&found);
	/* What no root of the tree leads to hangs in a circle. */
	mark_holds(!exact || found.slots == found.tree_slots, "DT-4", found.slots);
	objects_check(exact);
	objects_check_queues();
	objects_check_lines(exact);
	mark_end();
}

void check_everything(void)
{
	look(false);
}

void check_now_and_then(void)
{
	if (++entries < KERNEL_CHECK_CALLS)
		return;
	entries = 0;
	check_everything();
}

void check_boot(thread_t root)
{
	check_start();
	check_keep(KAAL_OBJECT_THREAD, root << (THREAD_BITS - OBJECT_UNIT_BITS));
	check_keep(KAAL_OBJECT_SCHED_CONTEXT, thread_own(&thread_view[root]) << (SCHED_CONTEXT_BITS - OBJECT_UNIT_BITS));
	look(true);
}
