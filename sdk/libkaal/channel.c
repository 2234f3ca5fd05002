/* Channels: how their ends come and go. */
#include <kaal/channel.h>

#include <stddef.h>

#include <kaal/slot.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "own_space.h"

enum { TO_PROVIDER, TO_CLIENT };

_Static_assert(offsetof(struct kaal_channel_head, bytes) == 16 && offsetof(struct kaal_channel_head, counts) == 64 &&
		       sizeof(struct kaal_queue_counts) == 128 && sizeof(struct kaal_channel_head) <= KAAL_PAGE_BYTES,
	       "docs/channels.md");

#define BYTES_MAX (UINT64_C(1) << 32) /* of a channel: the broker's limit */

static uint64_t whole_pages(uint64_t bytes)
{
	return (bytes + KAAL_PAGE_BYTES - 1) / KAAL_PAGE_BYTES * KAAL_PAGE_BYTES;
}

/* --- memory ------------------------------------------------------------------------------ */

/* Queues of such sizes fill the channel's memory, and there is one at least. */
static bool fits(const struct kaal_channel *channel, const uint64_t bytes[2])
{
	uint64_t there = (uint64_t)(channel->held.count - 1) * KAAL_PAGE_BYTES;

	return bytes[0] % KAAL_PAGE_BYTES == 0 && bytes[0] <= there && bytes[1] == there - bytes[0] && there != 0;
}

/* A queue's frames, twice, one behind the other. */
static kaal_status_t map_queue(uint64_t address, kaal_cap_t first, uint64_t bytes)
{
	kaal_status_t status = KAAL_OK;

	if (bytes != 0)
		status = own_space_map(address, first, (uint32_t)(bytes / KAAL_PAGE_BYTES), KAAL_PAGE_BITS);
	return status == KAAL_OK && bytes != 0 ? own_space_mirror(address, bytes, address + bytes) : status;
}

/* Head and queues of these sizes; the head is mapped. */
static kaal_status_t map_queues(struct kaal_channel *channel, const uint64_t bytes[2], unsigned out)
{
	struct kaal_channel_head *head = (struct kaal_channel_head *)(uintptr_t)channel->address;
	uint64_t at[2] = {channel->address + KAAL_PAGE_BYTES, channel->address + KAAL_PAGE_BYTES + 2 * bytes[TO_PROVIDER]};
	kaal_cap_t first[2] = {channel->held.first + 1, channel->held.first + 1 + bytes[TO_PROVIDER] / KAAL_PAGE_BYTES};
	kaal_status_t status = map_queue(at[TO_PROVIDER], first[TO_PROVIDER], bytes[TO_PROVIDER]);

	if (status == KAAL_OK)
		status = map_queue(at[TO_CLIENT], first[TO_CLIENT], bytes[TO_CLIENT]);
	if (status != KAAL_OK)
		return status;
	kaal_producer_start(&channel->out, &head->counts[out], (void *)(uintptr_t)at[out], bytes[out]);
	kaal_consumer_start(&channel->in, &head->counts[1 - out], (const void *)(uintptr_t)at[1 - out], bytes[1 - out]);
	return KAAL_OK;
}

/* Addresses for head and queues, whatever their sizes, and the head mapped. */
static kaal_status_t map_head(struct kaal_channel *channel)
{
	uint64_t queues = (uint64_t)(channel->held.count - 1) * KAAL_PAGE_BYTES;
	kaal_status_t status = own_space_reserve(KAAL_PAGE_BYTES + 2 * queues, KAAL_PAGE_BYTES, &channel->address);

	return status == KAAL_OK ? own_space_map(channel->address, channel->held.first, 1, KAAL_PAGE_BITS) : status;
}

/* --- ends -------------------------------------------------------------------------------- */

/* A provider that was late: the broker has closed this end, and only the slots are left (KAAL_BROKER_CLOSE_MS). */
static kaal_status_t give(struct kaal_broker_held *held)
{
	kaal_status_t status = kaal_broker_give(held);

	if (status != KAAL_OUT_OF_RANGE || kaal_broker_rule() != KAAL_BROKER_RULE_THING)
		return status;
	status = kaal_slot_drop(held->first, held->count);
	if (status == KAAL_OK)
		*held = (struct kaal_broker_held){0};
	return status;
}

/* Gives back memory and the other's notification; the flag stays. */
static kaal_status_t disconnect(struct kaal_channel *channel)
{
	kaal_status_t status = KAAL_OK;

	channel->state = KAAL_CHANNEL_CLOSED;
	if (channel->address != 0)
		status = own_space_release(channel->address);
	if (status != KAAL_OK)
		return status;
	channel->address = 0;
	if (channel->peer.slot != 0)
		status = kaal_slot_drop(channel->peer.slot, 1);
	if (status != KAAL_OK)
		return status;
	channel->peer.slot = 0;
	return channel->held.thing != 0 ? give(&channel->held) : KAAL_OK;
}

/* After a failure that is to be told. */
static kaal_status_t fail(struct kaal_channel *channel, kaal_status_t status)
{
	(void)disconnect(channel);
	return status;
}

/* Both sides have it: who is to be signalled. If that side has closed already, what it has sent can still be taken. */
static kaal_status_t connected(struct kaal_channel *channel)
{
	const void *message;
	uint64_t bytes;
	kaal_status_t status = kaal_broker_peer(channel->held.thing, &channel->peer);

	if (status != KAAL_OK)
		channel->peer.slot = 0;
	if (status != KAAL_OK && status != KAAL_NOT_BOUND)
		return status;
	channel->state = status == KAAL_OK ? KAAL_CHANNEL_OPEN : KAAL_CHANNEL_GONE;
	channel->taken = 0;
	/* Who waits for the flag before it has looked for a message hears of the first one; and of an end that nobody will tell any more. */
	if (kaal_consumer_want(&channel->in, &message, &bytes) != KAAL_WOULD_BLOCK || channel->state == KAAL_CHANNEL_GONE)
		kaal_signals_keep(channel->signals, kaal_channel_flag(channel));
	return KAAL_OK;
}

kaal_status_t kaal_channel_close(struct kaal_channel *channel)
{
	kaal_status_t status = disconnect(channel);

	if (status == KAAL_OK && channel->signals != NULL)
		status = kaal_signals_give(channel->signals, channel->flag);
	if (status == KAAL_OK)
		*channel = (struct kaal_channel){0};
	return status;
}

/* --- client ------------------------------------------------------------------------------ */

static kaal_status_t make(struct kaal_channel *channel)
{
	const struct kaal_channel_setup *setup = &channel->setup;
	uint64_t bytes[2] = {whole_pages(setup->to_provider_bytes), whole_pages(setup->to_client_bytes)};
	struct kaal_channel_head *head;
	kaal_status_t status = kaal_broker_open(channel->service->name, kaal_channel_bytes(setup),
						kaal_signals_flag(channel->signals, channel->flag), &channel->held);

	if (status != KAAL_OK)
		return status;
	status = map_head(channel);
	if (status == KAAL_OK)
		status = map_queues(channel, bytes, TO_PROVIDER);
	if (status != KAAL_OK)
		return status;
	head = (struct kaal_channel_head *)(uintptr_t)channel->address;
	head->magic = KAAL_CHANNEL_MAGIC;
	head->version = KAAL_CHANNEL_VERSION;
	head->bytes[0] = bytes[0];
	head->bytes[1] = bytes[1];
	return KAAL_OK;
}

/* Tells the provider; *again: it has ended, and the one that has answered cannot take this channel. */
static kaal_status_t tell(struct kaal_channel *channel, kaal_ticks_t deadline, bool *again)
{
	struct kaal_service *service = channel->service;
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {[KAAL_CHANNEL_WORD_NUMBER] = channel->held.thing,
						  [KAAL_CHANNEL_WORD_PURPOSE] = channel->setup.purpose};
	uint64_t answer;
	uint32_t connections = service->connections;
	kaal_status_t status = kaal_service_call(service, kaal_message(KAAL_CHANNEL_WORDS, 0, KAAL_CHANNEL_CONNECT), words, deadline, &answer);

	if (status == KAAL_OK)
		status = kaal_message_label(answer);
	if (status == KAAL_OK)
		status = connected(channel);
	*again = status != KAAL_OK && status != KAAL_TIMEOUT && service->reconnect && service->connections != connections;
	return status;
}

static kaal_status_t connect(struct kaal_channel *channel, kaal_ticks_t deadline)
{
	struct kaal_service *service = channel->service;

	for (;;) {
		bool again = false;
		kaal_status_t status = make(channel);

		if (status == KAAL_OK) {
			status = tell(channel, deadline, &again);
			if (status == KAAL_OK) {
				channel->badge = service->badge;
				channel->epoch++;
				return KAAL_OK;
			}
		} else if (status == KAAL_WOULD_BLOCK && service->reconnect) {
			/* Nobody serves now. */
			status = kaal_service_await(service, deadline);
			again = status == KAAL_OK;
		}
		if (!again)
			return fail(channel, status);
		status = disconnect(channel);
		if (status != KAAL_OK)
			return status;
	}
}

kaal_status_t kaal_channel_open(struct kaal_channel *channel, struct kaal_service *service, struct kaal_signals *signals,
				const struct kaal_channel_setup *setup, kaal_ticks_t deadline)
{
	kaal_status_t status;

	*channel = (struct kaal_channel){0};
	if (setup->to_provider_bytes > BYTES_MAX || setup->to_client_bytes > BYTES_MAX ||
	    (setup->to_provider_bytes | setup->to_client_bytes) == 0)
		return KAAL_OUT_OF_RANGE;
	status = kaal_signals_take(signals, &channel->flag);
	if (status != KAAL_OK)
		return status;
	channel->service = service;
	channel->signals = signals;
	channel->setup = *setup;
	status = connect(channel, deadline);
	if (status != KAAL_OK)
		kaal_ignore(kaal_channel_close(channel));
	return status;
}

kaal_status_t kaal_channel_reset(struct kaal_channel *channel, kaal_ticks_t deadline)
{
	kaal_status_t status;

	if (channel->service == NULL)
		return KAAL_NOT_BOUND;
	status = disconnect(channel);
	return status == KAAL_OK ? connect(channel, deadline) : status;
}

/* --- provider ---------------------------------------------------------------------------- */

/* Sizes of the queues, from memory that the client writes: read once, then checked (QUEUE-4). */
static kaal_status_t read_head(const struct kaal_channel *channel, uint64_t bytes[2])
{
	const volatile struct kaal_channel_head *head = (const volatile struct kaal_channel_head *)(uintptr_t)channel->address;

	if (head->magic != KAAL_CHANNEL_MAGIC)
		return KAAL_OUT_OF_RANGE;
	if (head->version != KAAL_CHANNEL_VERSION)
		return KAAL_NOT_SUPPORTED;
	bytes[0] = head->bytes[0];
	bytes[1] = head->bytes[1];
	return fits(channel, bytes) ? KAAL_OK : KAAL_OUT_OF_RANGE;
}

kaal_status_t kaal_channel_accept(struct kaal_channel *channel, struct kaal_signals *signals, uint64_t badge, uint64_t number)
{
	uint64_t bytes[2];
	kaal_status_t status;

	*channel = (struct kaal_channel){0};
	status = kaal_signals_take(signals, &channel->flag);
	if (status != KAAL_OK)
		return status;
	channel->signals = signals;
	channel->badge = badge;
	channel->epoch = 1;
	channel->trust = kaal_ns_to_ticks(KAAL_BROKER_CLOSE_MS * UINT64_C(500000), kaal_ticks_hz());
	channel->there = kaal_ticks_now();
	status = kaal_broker_accept(badge, number, kaal_signals_flag(signals, channel->flag), &channel->held);
	if (status == KAAL_OK)
		status = map_head(channel);
	if (status == KAAL_OK)
		status = read_head(channel, bytes);
	if (status == KAAL_OK)
		status = map_queues(channel, bytes, TO_CLIENT);
	if (status == KAAL_OK)
		status = connected(channel);
	if (status != KAAL_OK)
		kaal_ignore(kaal_channel_close(channel));
	return status;
}
