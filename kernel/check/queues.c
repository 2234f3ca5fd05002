/* The queues of the CPU: who is ready, and who waits for a time. */
#include <arch/arch.h>

#include <core/cpu.h>
#include <core/timer.h>

#include "marks.h"
#include "objects.h"

#define THREAD_UNITS (1u << (THREAD_BITS - OBJECT_UNIT_BITS))
#define WORD_BITS 64u

/* Threads that say that they are in a queue. */
struct members {
	uint32_t ready, timed, threads;
};

static struct members count_members(void)
{
	struct members members = {0, 0, 0};

	for (object_t at = mark_first(KAAL_OBJECT_THREAD); at != MARK_END; at = mark_next(KAAL_OBJECT_THREAD, at)) {
		members.ready += thread_view[at / THREAD_UNITS].queued != 0;
		members.timed += thread_view[at / THREAD_UNITS].timer.rank != 0;
		members.threads++;
	}
	return members;
}

static uint32_t check_ready_queue(uint32_t priority, const struct members *members)
{
	thread_t previous = THREAD_NONE;
	uint32_t count = 0;

	for (thread_t at = cpu.ready_first[priority]; at != THREAD_NONE; previous = at, at = thread_view[at].ready_next) {
		const struct thread *t = &thread_view[at];

		mark_holds(count++ < members->threads && mark_has(KAAL_OBJECT_THREAD, at * THREAD_UNITS) && t->queued != 0 && t->priority == priority, "RQ-2", at);
		mark_holds(t->ready_previous == previous, "RQ-2", at);
	}
	mark_holds(previous == THREAD_NONE || cpu.ready_last[priority] == previous, "RQ-2", previous);
	return count;
}

static void check_ready_queues(const struct members *members)
{
	uint32_t count = 0;
	int32_t top = -1;

	for (uint32_t priority = 0; priority < PRIORITIES; priority++) {
		uint32_t here = check_ready_queue(priority, members);

		mark_holds((cpu.ready[priority / WORD_BITS] >> priority % WORD_BITS & 1) == (here != 0), "RQ-1", priority);
		count += here;
		top = here != 0 ? (int32_t)priority : top;
	}
	for (uint32_t word = 0; word < READY_WORDS; word++)
		mark_holds((cpu.ready_summary >> word & 1) == (cpu.ready[word] != 0), "RQ-1", word);
	mark_holds(cpu.ready_top == top && cpu.ready_summary >> READY_WORDS == 0, "RQ-1", 0);
	mark_holds(count == members->ready, "RQ-2", 0);
}

static uint32_t rank(thread_t thread)
{
	return thread == THREAD_NONE ? 0 : thread_view[thread].timer.rank;
}

static void check_node(thread_t thread)
{
	const struct timer_links *t = &thread_view[thread].timer;
	thread_t below[] = {t->left, t->right};

	mark_holds(mark_has(KAAL_OBJECT_THREAD, thread * THREAD_UNITS), "TQ-3", thread);
	mark_holds(rank(t->left) >= rank(t->right) && t->rank == rank(t->right) + 1, "TQ-2", thread);
	for (unsigned i = 0; i < 2; i++) {
		mark_holds(below[i] == THREAD_NONE || thread_view[below[i]].timer.parent == thread, "TQ-3", thread);
		mark_holds(below[i] == THREAD_NONE || thread_view[below[i]].timer.time >= t->time, "TQ-1", thread);
	}
}

/* The next to go to after all below `thread`: up, until there is a right neighbour. */
static thread_t next_branch(thread_t thread)
{
	thread_t parent = thread_view[thread].timer.parent;

	while (parent != THREAD_NONE && (thread_view[parent].timer.right == thread || thread_view[parent].timer.right == THREAD_NONE)) {
		thread = parent;
		parent = thread_view[thread].timer.parent;
	}
	return parent == THREAD_NONE ? THREAD_NONE : thread_view[parent].timer.right;
}

static void check_timer_queue(const struct members *members)
{
	thread_t at = timer_queue_first();
	uint32_t count = 0;

	mark_holds(at == THREAD_NONE || thread_view[at].timer.parent == THREAD_NONE, "TQ-3", at);
	while (at != THREAD_NONE) {
		mark_holds(count++ < members->timed, "TQ-3", at);
		check_node(at);
		/* Leftist: without a left child there is no right one. */
		at = thread_view[at].timer.left != THREAD_NONE ? thread_view[at].timer.left : next_branch(at);
	}
	mark_holds(count == members->timed, "TQ-3", 0);
}

void objects_check_queues(void)
{
	struct members members = count_members();

	check_ready_queues(&members);
	check_timer_queue(&members);
}
