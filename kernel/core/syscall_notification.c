/* System calls on notifications. */
#include "syscall.h"

#include <arch/arch.h>
#include <kaal/status.h>

#include <object/notification.h>

#include "sched.h"

/*@
	requires kernel_ok && is_thread(caller) && rights <= 0xf && OUTSIDE(cap);
	exits \false;
	assigns *cap;
	ensures \result == KAAL_OK ==> cap_ok(*cap);
*/
static uint64_t find(thread_t caller, uint32_t rights, struct cap *cap)
{
	return thread_find_cap(&thread_view[caller], syscall_argument(caller, 0), KAAL_OBJECT_NOTIFICATION, rights, cap);
}

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns thread_view[caller].frame.argument[0 .. 1];
	ensures kernel_ok;
*/
static void finish_with(thread_t caller, uint64_t status, uint64_t flags)
{
	arch_frame_set_result(&thread_view[caller].frame, 1, flags);
	syscall_finish(caller, status);
}

void syscall_notification_signal(thread_t caller)
{
	struct cap cap;
	uint64_t status = find(caller, KAAL_RIGHT_WRITE, &cap);

	if (status == KAAL_OK)
		notification_signal(notification_of(cap), notification_badge(cap));
	syscall_finish(caller, status);
}

void syscall_notification_poll(thread_t caller)
{
	struct cap cap;
	uint64_t status = find(caller, KAAL_RIGHT_READ, &cap);

	finish_with(caller, status, status == KAAL_OK ? notification_take(notification_of(cap)) : 0);
}

/* Whether the call is over: an error, or flags that are set. Otherwise *notification is to be waited for. */
/*@
	requires kernel_ok && is_thread(caller) && OUTSIDE(notification);
	exits \false;
	assigns KERNEL_STATE, *notification;
	ensures kernel_ok;
*/
static bool take_now(thread_t caller, notification_t *notification)
{
	struct cap cap;
	uint64_t status = find(caller, KAAL_RIGHT_READ, &cap);
	uint64_t flags = status == KAAL_OK ? notification_take(notification_of(cap)) : 0;

	if (status == KAAL_OK && flags == 0) {
		*notification = notification_of(cap);
		return false;
	}
	finish_with(caller, status, flags);
	return true;
}

void syscall_notification_wait(thread_t caller)
{
	notification_t notification;

	if (!take_now(caller, &notification))
		notification_wait(notification, caller);
}

void syscall_notification_wait_until(thread_t caller)
{
	uint64_t deadline = syscall_argument(caller, 1);
	notification_t notification;

	if (take_now(caller, &notification))
		return;
	if (deadline <= arch_now()) {
		finish_with(caller, KAAL_TIMEOUT, 0);
		return;
	}
	notification_wait(notification, caller);
	sched_wait_until(caller, deadline);
}
