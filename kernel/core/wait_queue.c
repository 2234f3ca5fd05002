#include "wait_queue.h"

#include <arch/arch.h>

void wait_queue_start(struct wait_queue *queue)
{
	queue->first = THREAD_NONE;
}

/*@
	requires is_thread(thread);
	terminates \true; exits \false; assigns \nothing;
	ensures \result == &thread_view[thread].wait;
*/
static struct wait_links *links(thread_t thread)
{
	return &thread_view[thread].wait;
}

void wait_links_start(thread_t thread)
{
	struct wait_links *l = links(thread);

	l->next = THREAD_NONE;
	l->previous = THREAD_NONE;
	l->level_next = THREAD_NONE;
	l->level_previous = THREAD_NONE;
	l->level_last = thread;
}

/*@
	requires is_wait_queue(queue) && is_thread(thread) && is_thread_or_none(previous) && is_thread_or_none(next);
	terminates \true; exits \false;
	assigns queue->first, thread_view[thread].wait, thread_view[previous].wait.next, thread_view[next].wait.previous;
	ensures queue->first == (previous == THREAD_NONE ? thread : \old(queue->first));
	LINKS_ONLY;
*/
/* Puts `thread` between two neighbours, either of which may be THREAD_NONE. */
static void link_between(struct wait_queue *queue, thread_t previous, thread_t thread, thread_t next)
{
	links(thread)->previous = previous;
	links(thread)->next = next;
	if (previous == THREAD_NONE)
		queue->first = thread;
	else
		links(previous)->next = thread;
	if (next != THREAD_NONE)
		links(next)->previous = thread;
}

/*@
	requires is_thread(thread) && is_thread_or_none(higher) && is_thread_or_none(lower);
	terminates \true; exits \false;
	assigns thread_view[thread].wait, thread_view[higher].wait.level_next, thread_view[lower].wait.level_previous;
	LINKS_ONLY;
*/
/* Puts a first of its priority between two others. */
static void link_levels(thread_t higher, thread_t thread, thread_t lower)
{
	links(thread)->level_previous = higher;
	links(thread)->level_next = lower;
	if (higher != THREAD_NONE)
		links(higher)->level_next = thread;
	if (lower != THREAD_NONE)
		links(lower)->level_previous = thread;
}

void wait_queue_add(struct wait_queue *queue, thread_t thread)
{
	uint32_t priority = thread_view[thread].priority;
	thread_t higher = THREAD_NONE;
	thread_t level = queue->first;

	while (level != THREAD_NONE && thread_view[level].priority > priority) {
		higher = level;
		level = links(level)->level_next;
	}
	if (level != THREAD_NONE && thread_view[level].priority == priority) {
		thread_t last = links(level)->level_last;

		links(thread)->level_last = THREAD_NONE;
		link_between(queue, last, thread, links(last)->next);
		links(level)->level_last = thread;
		return;
	}
	links(thread)->level_last = thread;
	link_between(queue, higher == THREAD_NONE ? THREAD_NONE : links(higher)->level_last, thread, level);
	link_levels(higher, thread, level);
}

/* The next of the same priority becomes the first of it; without one the priority is gone. */
static void remove_level(thread_t thread)
{
	struct wait_links *l = links(thread);
	thread_t heir = l->next;

	if (l->level_last == thread) {
		if (l->level_previous != THREAD_NONE)
			links(l->level_previous)->level_next = l->level_next;
		if (l->level_next != THREAD_NONE)
			links(l->level_next)->level_previous = l->level_previous;
		return;
	}
	links(heir)->level_last = l->level_last;
	link_levels(l->level_previous, heir, l->level_next);
}

/* The first of its priority whose last `thread` is: no further away than the levels are. */
static void shorten_level(struct wait_queue *queue, thread_t thread)
{
	thread_t level = queue->first;

	while (thread_view[level].priority != thread_view[thread].priority)
		level = links(level)->level_next;
	if (links(level)->level_last == thread)
		links(level)->level_last = links(thread)->previous;
}

void wait_queue_remove(struct wait_queue *queue, thread_t thread)
{
	struct wait_links *l = links(thread);

	/* The only one: most queues have one at most. */
	if (queue->first == thread && l->next == THREAD_NONE) {
		queue->first = THREAD_NONE;
		return;
	}
	if (l->level_last != THREAD_NONE)
		remove_level(thread);
	else
		shorten_level(queue, thread);
	if (l->previous == THREAD_NONE)
		queue->first = l->next;
	else
		links(l->previous)->next = l->next;
	if (l->next != THREAD_NONE)
		links(l->next)->previous = l->previous;
	wait_links_start(thread);
}
