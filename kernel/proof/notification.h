/* Contracts of object/notification.h. */
#ifndef PROOF_NOTIFICATION_H
#define PROOF_NOTIFICATION_H

/*@
	// Who is bound to it waits for a message, in whose place a signal comes.
	predicate bound_receives{L}(integer n) =
		notification_view[n].bound != THREAD_NONE && thread_view[notification_view[n].bound].state == THREAD_RECEIVING;
*/

/*@
	requires base < 0x2000000000;
	terminates \true; exits \false; assigns \nothing;
	ensures is_first(\result, base, KAAL_OBJECT_NOTIFICATION);
*/
static inline struct cap notification_cap(uint64_t base);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == cap.object;
*/
static inline notification_t notification_of(struct cap cap);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == (cap.data != 0 ? cap.data : 1);
*/
static inline uint64_t notification_badge(struct cap cap);
/*@
	terminates \true; exits \false;
	assigns notification_view[notification].waiting.first, notification_view[notification].bound;
	ensures notification_view[notification].waiting.first == THREAD_NONE;
	ensures notification_view[notification].bound == THREAD_NONE;
	ensures \old(notifications_ok) ==> notifications_ok;
*/
void notification_start(notification_t notification);
/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// Nobody waits for it: what is set stays until somebody asks.
	ensures \old(notification_view[notification].waiting.first) == THREAD_NONE && !\old(bound_receives(notification)) ==>
		notification_view[notification].flags == (\old(notification_view[notification].flags) | flags);
*/
void notification_signal(notification_t notification, uint64_t flags);
/*@
	terminates \true; exits \false;
	assigns notification_view[notification].flags;
	ensures \result == \old(notification_view[notification].flags) && notification_view[notification].flags == 0;
*/
uint64_t notification_take(notification_t notification);
/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// NT-1
	ensures \old(notification_view[notification].flags) == 0;
*/
void notification_wait(notification_t notification, thread_t thread);
/*@
	requires threads_ok && notifications_ok && is_thread(thread);
	exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1], notification_view[0 .. NOTIFICATION_VIEW_END - 1];
	ensures threads_ok && notifications_ok;
	ensures \old(thread_view[thread].state) == THREAD_WAITING;
	ensures thread_view[thread].frame.argument[0] == status && thread_view[thread].frame.argument[1] == 0;
*/
void notification_leave(thread_t thread, uint64_t status);
/*@
	requires is_thread(thread);
	terminates \true; exits \false;
	assigns thread_view[thread].frame.argument[0 .. 3], notification_view[thread_view[thread].notification].flags;
	ensures \result <==> \old(thread_view[thread].notification) != 0 &&
		\old(notification_view[thread_view[thread].notification].flags) != 0;
	ensures \result ==> thread_view[thread].frame.argument[2] == \old(notification_view[thread_view[thread].notification].flags);
	ensures \result ==> notification_view[thread_view[thread].notification].flags == 0;
	ensures \result ==> thread_view[thread].frame.argument[0] == KAAL_OK &&
		thread_view[thread].frame.argument[1] == KAAL_MESSAGE_NOTIFICATION;
	ensures !\result ==> thread_view[thread].frame.argument[0] == \old(thread_view[thread].frame.argument[0]);
	ensures \old(kernel_ok) ==> kernel_ok;
*/
bool notification_take_bound(thread_t thread);
/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures \result <==> \old(notification_view[notification].waiting.first) == THREAD_NONE;
*/
bool notification_cancel_step(notification_t notification);

#endif
