#include <kaal/signals.h>

#include <kaal/syscall.h>
#include <kaal/time.h>

kaal_status_t kaal_signals_start(struct kaal_signals *signals)
{
	*signals = (struct kaal_signals){0};
	return kaal_broker_object(KAAL_OBJECT_NOTIFICATION, &signals->notification);
}

kaal_status_t kaal_signals_end(struct kaal_signals *signals)
{
	kaal_status_t status = kaal_broker_give(&signals->notification);

	if (status == KAAL_OK)
		*signals = (struct kaal_signals){0};
	return status;
}

kaal_status_t kaal_signals_take(struct kaal_signals *signals, uint32_t *flag)
{
	if (~signals->taken == 0)
		return KAAL_NO_MEMORY;
	*flag = (uint32_t)__builtin_ctzll(~signals->taken);
	signals->taken |= UINT64_C(1) << *flag;
	/* The last owner's. */
	signals->pending &= ~(UINT64_C(1) << *flag);
	return KAAL_OK;
}

kaal_status_t kaal_signals_give(struct kaal_signals *signals, uint32_t flag)
{
	if (flag > 63 || (signals->taken >> flag & 1) == 0)
		return KAAL_OUT_OF_RANGE;
	signals->taken &= ~(UINT64_C(1) << flag);
	return KAAL_OK;
}

void kaal_signals_keep(struct kaal_signals *signals, uint64_t flags)
{
	signals->pending |= flags & signals->taken;
}

kaal_status_t kaal_signals_wait(struct kaal_signals *signals, uint64_t flags, uint64_t deadline, uint64_t *came)
{
	bool woken = false;

	for (;;) {
		kaal_status_t status;
		uint64_t now;

		*came = signals->pending & flags;
		signals->pending &= ~flags;
		if (*came != 0)
			return KAAL_OK;
		/* The kernel hands out flags that are there also after the deadline, so others' could keep this going. */
		if (woken && deadline != UINT64_MAX && kaal_ticks_now() >= deadline)
			return KAAL_TIMEOUT;
		/* Without a deadline the kernel has less to do. */
		status = deadline == UINT64_MAX ? kaal_sys_notification_wait(signals->notification.first, &now)
						: kaal_sys_notification_wait_until(signals->notification.first, deadline, &now);
		if (status != KAAL_OK)
			return status;
		kaal_signals_keep(signals, now);
		woken = true;
	}
}
