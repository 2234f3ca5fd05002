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

/*@
	requires is_thread_or_none(thread);
	exits \false; assigns \nothing;
	ensures is_thread(thread) && \result == thread;
*/
/* One that there is, as WQ-2 says. */
static inline thread_t linked(thread_t thread)
{
	kernel_assert(thread != THREAD_NONE);
	return thread;
}

/* What follows writes one link, and says of all else that it is in order still. */
/*@
	requires is_wait_queue(queue) && is_thread_or_none(first);
	terminates \true; exits \false;
	assigns queue->first;
	ensures queue->first == first;
	LINKS_ONLY;
*/
static inline void set_first(struct wait_queue *queue, thread_t first)
{
	queue->first = first;
}

/*@
	requires is_thread(thread) && is_thread_or_none(next);
	terminates \true;
	exits \false;
	SETS_LINK(next, next);
*/
static inline void set_next(thread_t thread, thread_t next)
{
	links(thread)->next = next;
}

/*@
	requires is_thread(thread) && is_thread_or_none(previous);
	terminates \true;
	exits \false;
	SETS_LINK(previous, previous);
*/
static inline void set_previous(thread_t thread, thread_t previous)
{
	links(thread)->previous = previous;
}

/*@
	requires is_thread(thread) && is_thread_or_none(lower);
	terminates \true;
	exits \false;
	SETS_LINK(level_next, lower);
*/
static inline void set_lower(thread_t thread, thread_t lower)
{
	links(thread)->level_next = lower;
}

/*@
	requires is_thread(thread) && is_thread_or_none(higher);
	terminates \true;
	exits \false;
	SETS_LINK(level_previous, higher);
*/
static inline void set_higher(thread_t thread, thread_t higher)
{
	links(thread)->level_previous = higher;
}

/*@
	requires is_thread(thread) && is_thread_or_none(last);
	terminates \true;
	exits \false;
	SETS_LINK(level_last, last);
*/
static inline void set_last(thread_t thread, thread_t last)
{
	links(thread)->level_last = last;
}

void wait_links_start(thread_t thread)
{
	set_next(thread, THREAD_NONE);
	set_previous(thread, THREAD_NONE);
	set_lower(thread, THREAD_NONE);
	set_higher(thread, THREAD_NONE);
	set_last(thread, thread);
}

/*@
	requires is_wait_queue(queue) && is_thread(thread) && is_thread_or_none(previous) && is_thread_or_none(next);
	terminates \true; exits \false;
	assigns WAIT_STATE(queue);
	ensures queue->first == (previous == THREAD_NONE ? thread : \old(queue->first));
	LINKS_ONLY;
*/
/* Puts `thread` between two neighbours, either of which may be THREAD_NONE. */
static void link_between(struct wait_queue *queue, thread_t previous, thread_t thread, thread_t next)
{
	set_previous(thread, previous);
	set_next(thread, next);
	if (previous == THREAD_NONE)
		set_first(queue, thread);
	else
		set_next(previous, thread);
	//@ assert same_waits{Pre, Here};
	if (next != THREAD_NONE)
		set_previous(next, thread);
}

/*@
	requires is_thread(thread) && is_thread_or_none(higher) && is_thread_or_none(lower);
	terminates \true; exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1];
	LINKS_ONLY;
*/
/* Puts a first of its priority between two others. */
static void link_levels(thread_t higher, thread_t thread, thread_t lower)
{
	set_higher(thread, higher);
	set_lower(thread, lower);
	if (higher != THREAD_NONE)
		set_lower(higher, thread);
	if (lower != THREAD_NONE)
		set_higher(lower, thread);
}

/*@
	requires is_thread(level) && is_thread(thread);
	terminates \true; exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1];
	LINKS_ONLY;
*/
/* Only the first of a priority names the last of it. */
static inline void name_last(thread_t level, thread_t thread)
{
	set_last(thread, THREAD_NONE);
	set_last(level, thread);
}

/*@
	requires is_wait_queue(queue) && is_thread_or_none(queue->first) && is_thread(level) && is_thread(thread) && threads_wait_ok;
	exits \false;
	assigns WAIT_STATE(queue);
	ensures is_thread_or_none(queue->first);
	LINKS_ONLY;
*/
/* Becomes the last of its priority, whose first `level` is. */
static inline void add_last(struct wait_queue *queue, thread_t level, thread_t thread)
{
	thread_t last = linked(links(level)->level_last);

	name_last(level, thread);
	link_between(queue, last, thread, thread_view[last].wait.next);
}

/*@
	requires is_wait_queue(queue) && is_thread_or_none(queue->first) && is_thread(thread) && threads_wait_ok;
	requires is_thread_or_none(higher) && is_thread_or_none(lower);
	exits \false;
	assigns WAIT_STATE(queue);
	ensures is_thread_or_none(queue->first);
	LINKS_ONLY;
*/
/* The only one of its priority, between the levels around it. */
static inline void add_level(struct wait_queue *queue, thread_t higher, thread_t thread, thread_t lower)
{
	set_last(thread, thread);
	//@ assert threads_wait_ok;
	link_between(queue, higher == THREAD_NONE ? THREAD_NONE : thread_view[higher].wait.level_last, thread, lower);
	//@ assert same_waits{Pre, Here};
	link_levels(higher, thread, lower);
}

void wait_queue_add(struct wait_queue *queue, thread_t thread)
{
	uint32_t priority = thread_view[thread].priority;
	thread_t higher = THREAD_NONE;
	thread_t level = queue->first;

	/*@
		loop invariant is_thread_or_none(higher) && is_thread_or_none(level);
		loop assigns higher, level;
	*/
	while (level != THREAD_NONE && thread_view[level].priority > priority) {
		higher = level;
		level = links(level)->level_next;
	}
	if (level != THREAD_NONE && thread_view[level].priority == priority)
		add_last(queue, level, thread);
	else
		add_level(queue, higher, thread, level);
}

/*@
	requires is_thread(thread) && threads_wait_ok;
	exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1];
	LINKS_ONLY;
*/
/* The next of the same priority becomes the first of it; without one the priority is gone. */
static void remove_level(thread_t thread)
{
	const struct wait_links *l = links(thread);
	thread_t heir = l->next;

	if (l->level_last == thread || heir == THREAD_NONE) {
		if (l->level_previous != THREAD_NONE)
			set_lower(l->level_previous, l->level_next);
		if (l->level_next != THREAD_NONE)
			set_higher(l->level_next, l->level_previous);
		return;
	}
	set_last(heir, l->level_last);
	link_levels(l->level_previous, heir, l->level_next);
}

/*@
	requires is_wait_queue(queue) && is_thread_or_none(queue->first) && is_thread(thread) && threads_wait_ok;
	exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1];
	LINKS_ONLY;
*/
/* The first of its priority whose last `thread` is: no further away than the levels are. */
static void shorten_level(struct wait_queue *queue, thread_t thread)
{
	thread_t level = queue->first;

	/*@
		loop invariant is_thread_or_none(level);
		loop assigns level;
	*/
	while (level != THREAD_NONE && thread_view[level].priority != thread_view[thread].priority)
		level = links(level)->level_next;
	if (level != THREAD_NONE && links(level)->level_last == thread)
		set_last(level, links(thread)->previous);
}

/*@
	requires is_wait_queue(queue) && is_thread_or_none(queue->first) && is_thread(thread) && threads_wait_ok;
	exits \false;
	assigns WAIT_STATE(queue);
	ensures is_thread_or_none(queue->first);
	LINKS_ONLY;
*/
/* Its neighbours, or the queue, name each other in its place. */
static inline void close_gap(struct wait_queue *queue, thread_t thread)
{
	const struct wait_links *l = links(thread);

	if (l->previous == THREAD_NONE)
		set_first(queue, l->next);
	else
		set_next(l->previous, l->next);
	//@ assert threads_wait_ok && is_thread_or_none(queue->first);
	//@ assert same_waits{Pre, Here};
	if (l->next != THREAD_NONE)
		set_previous(l->next, l->previous);
}

/*@
	requires is_wait_queue(queue) && is_thread_or_none(queue->first) && is_thread(thread) && threads_wait_ok;
	exits \false;
	assigns WAIT_STATE(queue);
	ensures is_thread_or_none(queue->first);
	LINKS_ONLY;
*/
/* Others wait, too. */
static inline void remove_one(struct wait_queue *queue, thread_t thread)
{
	if (links(thread)->level_last != THREAD_NONE)
		remove_level(thread);
	else
		shorten_level(queue, thread);
	//@ assert threads_wait_ok && is_thread_or_none(queue->first);
	//@ assert same_waits{Pre, Here};
	close_gap(queue, thread);
	//@ assert same_waits{Pre, Here};
	//@ assert is_thread_or_none(queue->first) && \separated(&queue->first, &thread_view[thread].wait);
	wait_links_start(thread);
}

void wait_queue_remove(struct wait_queue *queue, thread_t thread)
{
	/* The only one: most queues have one at most. */
	if (queue->first == thread && links(thread)->next == THREAD_NONE)
		set_first(queue, THREAD_NONE);
	else
		remove_one(queue, thread);
	//@ assert same_waits{Pre, Here};
}
