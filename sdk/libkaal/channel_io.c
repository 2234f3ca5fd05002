/* Channels: what goes through them. */
#include <kaal/channel.h>

#include <string.h>

#include <kaal/syscall.h>
#include <kaal/time.h>

/* Whether the other side's notification has gone, which the broker sees to when that side closes or ends. */
static bool is_gone(struct kaal_channel *channel)
{
	uint64_t type, rights, bits;

	if (kaal_sys_cap_identify(channel->peer.slot, &type, &rights, &bits) == KAAL_OK && type == KAAL_OBJECT_NOTIFICATION)
		return false;
	channel->state = KAAL_CHANNEL_GONE;
	return true;
}

/*
 * Whether the memory may be touched. The broker takes a provider's away KAAL_BROKER_CLOSE_MS after the client's end, so a provider that has not
 * asked for half of that, or knows of the end that long, asks before it touches any, or does not. A client's stays until it closes.
 */
static bool has_memory(struct kaal_channel *channel)
{
	kaal_ticks_t now;

	if (channel->service != NULL)
		return true;
	now = kaal_ticks_now();
	if (now - channel->there <= channel->trust)
		return true;
	if (channel->state != KAAL_CHANNEL_OPEN || is_gone(channel))
		return false;
	channel->there = now;
	return true;
}

/* A channel that is gone can still have messages to take; none can be sent. */
static kaal_status_t check(struct kaal_channel *channel, bool taking)
{
	if (channel->state == KAAL_CHANNEL_CLOSED)
		return KAAL_NOT_BOUND;
	if (channel->state == KAAL_CHANNEL_BROKEN || (channel->state == KAAL_CHANNEL_GONE && !taking))
		return KAAL_CANCELLED;
	return has_memory(channel) ? KAAL_OK : KAAL_CANCELLED;
}

kaal_status_t kaal_channel_check(struct kaal_channel *channel)
{
	kaal_status_t status = check(channel, false);

	return status == KAAL_OK && is_gone(channel) ? KAAL_CANCELLED : status;
}

/*
 * What to do when a queue says `status`: KAAL_OK: look again. Whoever finds nothing to do asks the kernel whether the other side is there, after
 * having said what it waits for; if that goes later, the flag comes.
 */
static kaal_status_t wait(struct kaal_channel *channel, kaal_status_t status, kaal_ticks_t deadline, bool *woken)
{
	uint64_t came;

	if (status == KAAL_CANCELLED)
		channel->state = KAAL_CHANNEL_BROKEN;
	if (status != KAAL_WOULD_BLOCK)
		return status;
	if (channel->state == KAAL_CHANNEL_GONE)
		return KAAL_CANCELLED;
	/* It may have sent something before it went: once more. */
	if (is_gone(channel))
		return KAAL_OK;
	if (deadline == 0)
		return KAAL_WOULD_BLOCK;
	/* A flag that comes for nothing, again and again, does not keep us beyond the deadline. */
	if (*woken && deadline != UINT64_MAX && kaal_ticks_now() >= deadline)
		return KAAL_TIMEOUT;
	*woken = true;
	return kaal_signals_wait(channel->signals, kaal_channel_flag(channel), deadline, &came);
}

/* The other side waits for what has just been done. */
static void wake(struct kaal_channel *channel)
{
	if (kaal_sys_notification_signal(channel->peer.slot) != KAAL_OK)
		(void)is_gone(channel);
}

/* --- sending ----------------------------------------------------------------------------- */

kaal_status_t kaal_channel_reserve(struct kaal_channel *channel, uint64_t bytes, kaal_ticks_t deadline, void **message)
{
	bool woken = false;
	kaal_status_t status;

	do {
		status = check(channel, false);
		if (status != KAAL_OK)
			return status;
		status = kaal_producer_want(&channel->out, bytes, message);
		if (status == KAAL_OK)
			return KAAL_OK;
		status = wait(channel, status, deadline, &woken);
	} while (status == KAAL_OK);
	return status;
}

static kaal_status_t commit(struct kaal_channel *channel, uint64_t bytes)
{
	bool waits = false;
	kaal_status_t status = kaal_producer_commit(&channel->out, bytes, &waits);

	if (waits)
		wake(channel);
	return status;
}

kaal_status_t kaal_channel_commit(struct kaal_channel *channel, uint64_t bytes)
{
	kaal_status_t status = check(channel, false);

	return status == KAAL_OK ? commit(channel, bytes) : status;
}

kaal_status_t kaal_channel_send(struct kaal_channel *channel, const void *message, uint64_t bytes, kaal_ticks_t deadline)
{
	void *room;
	kaal_status_t status = kaal_channel_reserve(channel, bytes, deadline, &room);

	if (status != KAAL_OK)
		return status;
	memcpy(room, message, bytes);
	return commit(channel, bytes);
}

kaal_status_t kaal_channel_write(struct kaal_channel *channel, const void *from, uint64_t bytes, kaal_ticks_t deadline, uint64_t *written)
{
	/* So that the other side takes one while the next is put in. */
	uint64_t piece_max = channel->out.capacity / 4;
	kaal_status_t status = piece_max != 0 ? KAAL_OK : KAAL_OUT_OF_RANGE;

	*written = 0;
	while (*written < bytes && status == KAAL_OK) {
		uint64_t piece = bytes - *written < piece_max ? bytes - *written : piece_max;

		status = kaal_channel_send(channel, (const uint8_t *)from + *written, piece, deadline);
		if (status == KAAL_OK)
			*written += piece;
	}
	return status;
}

/* --- taking ------------------------------------------------------------------------------ */

kaal_status_t kaal_channel_peek(struct kaal_channel *channel, kaal_ticks_t deadline, const void **message, uint64_t *bytes)
{
	bool woken = false;
	kaal_status_t status;

	do {
		status = check(channel, true);
		if (status != KAAL_OK)
			return status;
		status = kaal_consumer_want(&channel->in, message, bytes);
		if (status == KAAL_OK)
			return KAAL_OK;
		status = wait(channel, status, deadline, &woken);
	} while (status == KAAL_OK);
	return status;
}

static void release(struct kaal_channel *channel)
{
	channel->taken = 0;
	if (kaal_consumer_release(&channel->in))
		wake(channel);
}

kaal_status_t kaal_channel_release(struct kaal_channel *channel)
{
	kaal_status_t status = check(channel, true);

	if (status == KAAL_OK)
		release(channel);
	return status;
}

kaal_status_t kaal_channel_receive(struct kaal_channel *channel, void *message, uint64_t bytes_max, kaal_ticks_t deadline,
				   uint64_t *bytes)
{
	const void *there;
	kaal_status_t status = kaal_channel_peek(channel, deadline, &there, bytes);

	if (status != KAAL_OK)
		return status;
	if (*bytes > bytes_max)
		return KAAL_OUT_OF_RANGE;
	memcpy(message, there, *bytes);
	release(channel);
	return KAAL_OK;
}

kaal_status_t kaal_channel_read(struct kaal_channel *channel, void *to, uint64_t bytes_max, kaal_ticks_t deadline, uint64_t *read)
{
	const void *there;
	uint64_t bytes;
	kaal_status_t status = kaal_channel_peek(channel, deadline, &there, &bytes);

	*read = 0;
	if (status != KAAL_OK)
		return status;
	*read = bytes - channel->taken < bytes_max ? bytes - channel->taken : bytes_max;
	memcpy(to, (const uint8_t *)there + channel->taken, *read);
	channel->taken += *read;
	if (channel->taken == bytes)
		release(channel);
	return KAAL_OK;
}
