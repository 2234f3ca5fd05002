#include "timer.h"

#include <arch/arch.h>

thread_t timer_queue_root;

void timer_queue_start(void)
{
	timer_queue_root = THREAD_NONE;
}

thread_t timer_queue_first(void)
{
	return timer_queue_root;
}

/*@
	requires is_thread_or_none(thread);
	terminates \true;
	exits \false;
	assigns \nothing;
	ensures \result == (thread == THREAD_NONE ? 0 : thread_view[thread].timer.rank);
*/
static uint32_t rank(thread_t thread)
{
	return thread == THREAD_NONE ? 0 : thread_view[thread].timer.rank;
}

/*@
	requires is_thread(thread) && is_thread_or_none(parent) && threads_ok;
	terminates \true;
	exits \false;
	SETS_THREAD(timer.parent, parent);
	KEEPS_TIMES;
	KEEPS_ALL_BUT_THREADS;
*/
static inline void put_under(thread_t thread, thread_t parent)
{
	thread_view[thread].timer.parent = parent;
}

/*@
	requires is_thread(thread) && is_thread_or_none(child) && threads_ok;
	terminates \true;
	exits \false;
	SETS_THREAD(timer.left, child);
	KEEPS_TIMES;
	KEEPS_ALL_BUT_THREADS;
*/
static inline void set_left(thread_t thread, thread_t child)
{
	thread_view[thread].timer.left = child;
}

/*@
	requires is_thread(thread) && is_thread_or_none(child) && threads_ok;
	terminates \true;
	exits \false;
	SETS_THREAD(timer.right, child);
	KEEPS_TIMES;
	KEEPS_ALL_BUT_THREADS;
*/
static inline void set_right(thread_t thread, thread_t child)
{
	thread_view[thread].timer.right = child;
}

/*@
	requires is_thread(thread) && threads_ok;
	terminates \true;
	exits \false;
	SETS_THREAD(timer.time, time);
	ensures same_queued_but{Pre, Post}(-1);
	ensures same_states{Pre, Post};
	ensures \forall integer t; is_thread(t) && t != thread ==> thread_view[t].timer.time == \old(thread_view[t].timer.time);
	KEEPS_ALL_BUT_THREADS;
*/
static inline void set_time(thread_t thread, uint64_t time)
{
	thread_view[thread].timer.time = time;
}

/*@
	requires is_thread(thread) && threads_ok;
	terminates \true;
	exits \false;
	SETS_THREAD(timer.rank, length);
	KEEPS_TIMES;
	KEEPS_ALL_BUT_THREADS;
*/
static inline void set_rank(thread_t thread, uint32_t length)
{
	thread_view[thread].timer.rank = length;
}

/*@
	requires is_thread_or_none(thread) && is_thread_or_none(parent) && threads_ok;
	terminates \true;
	exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	KEEPS_ALL_BUT_THREADS;
	ensures thread != THREAD_NONE ==> thread_view[thread].timer.parent == parent;
	KEEPS_TIMES;
*/
static void set_parent(thread_t thread, thread_t parent)
{
	if (thread != THREAD_NONE)
		put_under(thread, parent);
}

/*@
	requires IS_LINKS(t) && threads_ok && is_thread_or_none(child);
	terminates \true;
	exits \false;
	assigns t->left;
	ENSURES_THREADS_OK;
	ensures t->left == child;
	ensures same_queued_but{Pre, Post}(-1);
	ensures same_states{Pre, Post};
*/
static inline void change_left(struct timer_links *t, thread_t child)
{
	t->left = child;
}

/*@
	requires IS_LINKS(t) && threads_ok && is_thread_or_none(child);
	terminates \true;
	exits \false;
	assigns t->right;
	ENSURES_THREADS_OK;
	ensures t->right == child;
	ensures same_queued_but{Pre, Post}(-1);
	ensures same_states{Pre, Post};
*/
static inline void change_right(struct timer_links *t, thread_t child)
{
	t->right = child;
}

/*@
	requires IS_LINKS(t) && threads_ok;
	terminates \true;
	exits \false;
	assigns t->rank;
	ENSURES_THREADS_OK;
	ensures t->rank == length;
	ensures same_queued_but{Pre, Post}(-1);
	ensures same_states{Pre, Post};
*/
static inline void change_rank(struct timer_links *t, uint32_t length)
{
	t->rank = length;
}

/* Puts the child with the larger rank to the left and sets the rank; says whether that changed it. */
/*@
	requires is_thread(thread) && threads_ok;
	exits \false;
	assigns thread_view[thread].timer.left, thread_view[thread].timer.right, thread_view[thread].timer.rank;
	ENSURES_THREADS_OK;
	ensures thread_view[thread].timer.right == THREAD_NONE ==> thread_view[thread].timer.rank == 1;
	ensures \result <==> thread_view[thread].timer.rank != \old(thread_view[thread].timer.rank);
	KEEPS_TIMES;
*/
static bool balance(thread_t thread)
{
	struct timer_links *t = &thread_view[thread].timer;
	uint32_t before = t->rank;

	if (rank(t->left) < rank(t->right)) {
		thread_t left = t->left;

		change_left(t, t->right);
		change_right(t, left);
	}
	change_rank(t, rank(t->right) + 1);
	return t->rank != before;
}

/* Upwards from `thread`, as long as a rank changes. */
/*@
	requires is_thread_or_none(thread) && threads_ok;
	exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	KEEPS_TIMES;
	KEEPS_ALL_BUT_THREADS;
*/
static void balance_up(thread_t thread)
{
	/*@
		loop invariant is_thread_or_none(thread) && threads_ok;
		loop invariant same_times{Pre, Here} && same_queued_but{Pre, Here}(-1) && same_states{Pre, Here};
		loop assigns thread, thread_view[0 .. THREAD_VIEW_END - 1];
	*/
	while (thread != THREAD_NONE && balance(thread))
		thread = thread_view[thread].timer.parent;
}

/* Hangs `child` where `old` hung under `parent`. */
/*@
	requires is_thread_or_none(parent) && is_thread(old) && is_thread_or_none(child) && threads_ok;
	exits \false;
	assigns TIMER_STATE;
	ENSURES_THREADS_OK;
	KEEPS_ALL_BUT_THREADS;
	ensures is_thread_or_none(\old(timer_queue_root)) ==> is_thread_or_none(timer_queue_root);
	ensures timer_queue_root == (parent == THREAD_NONE ? child : \old(timer_queue_root));
	KEEPS_TIMES;
*/
static void replace_child(thread_t parent, thread_t old, thread_t child)
{
	if (parent == THREAD_NONE)
		timer_queue_root = child;
	else if (thread_view[parent].timer.left == old)
		set_left(parent, child);
	else
		set_right(parent, child);
	set_parent(child, parent);
}

/* Makes one heap of two; its top, whose parent is the caller's to set. Walks down the right ways, then balances back up. */
/*@
	requires is_thread_or_none(a) && is_thread_or_none(b) && threads_ok;
	exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	ensures is_thread_or_none(\result);
	ensures a != THREAD_NONE || b != THREAD_NONE ==> \result != THREAD_NONE;
	ensures \result == earlier{Pre}(a, b);
	KEEPS_TIMES;
*/
static thread_t merge(thread_t a, thread_t b)
{
	thread_t top = THREAD_NONE;
	thread_t last = THREAD_NONE;

	/*@
		loop invariant is_thread_or_none(a) && is_thread_or_none(b) && is_thread_or_none(top) && threads_ok;
		loop invariant is_thread_or_none(last) && (last == THREAD_NONE <==> top == THREAD_NONE);
		loop invariant last == THREAD_NONE ==> a == \at(a, Pre) && b == \at(b, Pre);
		loop invariant last != THREAD_NONE ==> top == earlier{Pre}(\at(a, Pre), \at(b, Pre));
		loop invariant same_times{Pre, Here} && same_queued_but{Pre, Here}(-1) && same_states{Pre, Here};
		loop assigns a, b, top, last, thread_view[0 .. THREAD_VIEW_END - 1];
	*/
	while (a != THREAD_NONE && b != THREAD_NONE) {
		thread_t earlier = thread_view[b].timer.time < thread_view[a].timer.time ? b : a;
		thread_t later = earlier == a ? b : a;

		if (last == THREAD_NONE)
			top = earlier;
		else
			set_right(last, earlier);
		put_under(earlier, last);
		last = earlier;
		a = thread_view[earlier].timer.right;
		b = later;
	}
	a = a == THREAD_NONE ? b : a;
	if (last == THREAD_NONE)
		return a;
	set_right(last, a);
	set_parent(a, last);
	/*@
		loop invariant is_thread_or_none(last) && threads_ok;
		loop invariant same_times{Pre, Here} && same_queued_but{Pre, Here}(-1) && same_states{Pre, Here};
		loop assigns last, thread_view[0 .. THREAD_VIEW_END - 1];
	*/
	for (; last != THREAD_NONE; last = thread_view[last].timer.parent)
		(void)balance(last);
	return top;
}

/* The same, and nothing but threads is changed. */
/*@
	requires is_thread_or_none(a) && is_thread_or_none(b) && threads_ok;
	exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	KEEPS_ALL_BUT_THREADS;
	ensures is_thread_or_none(\result);
	ensures a != THREAD_NONE || b != THREAD_NONE ==> \result != THREAD_NONE;
	ensures \result == earlier{Pre}(a, b);
	KEEPS_TIMES;
*/
static inline thread_t merged(thread_t a, thread_t b)
{
	return merge(a, b);
}

void timer_queue_add(thread_t thread, uint64_t time)
{
	struct timer_links *t = &thread_view[thread].timer;

	kernel_assert(t->rank == 0);
	set_time(thread, time);
	set_left(thread, THREAD_NONE);
	set_right(thread, THREAD_NONE);
	put_under(thread, THREAD_NONE);
	set_rank(thread, 1);
	timer_queue_root = merged(timer_queue_root, thread);
	set_parent(timer_queue_root, THREAD_NONE);
}

void timer_queue_remove(thread_t thread)
{
	struct timer_links *t = &thread_view[thread].timer;
	thread_t parent = t->parent;

	if (t->rank == 0)
		return;
	replace_child(parent, thread, merged(t->left, t->right));
	balance_up(parent);
	set_rank(thread, 0);
}
