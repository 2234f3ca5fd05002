/*
 * Channels: messages of any size between a client and a service, through memory that both map (docs/channels.md). A queue
 * (<kaal/queue.h>) each way; signals only where the other side waits. Neither side trusts the other: whatever it writes, this side reads and
 * writes nothing but the queues, waits no longer than it wants to, and loses nothing but what was to go through this channel.
 *
 * For all functions: a channel is one thread's at a time; so are the signals that it uses, and <kaal/broker.h>. What is sent is copied or lies
 * in the queue; what was sent and not taken when an end closes, the other end still gets.
 *
 * deadline: counter ticks, absolute; UINT64_MAX: none; 0: does not wait, and returns WOULD_BLOCK where it would. The channel's flag
 * comes then when it is worth another try: after WOULD_BLOCK of a receive, with the next message; of a send, when there is room for it.
 *
 *   TIMEOUT       the deadline has passed; nothing has been sent or taken
 *   WOULD_BLOCK   as above
 *   CANCELLED     the other side is not there any more, or has broken the queue: kaal_channel_state() tells. It stays so: the channel is to
 *                 be closed or, by a client, reset
 *                 A provider gets what was sent before for KAAL_BROKER_CLOSE_MS / 2, and must not look at a message in place for longer:
 *                 the memory goes after twice that. One that does not run for so long finds that out, by asking first
 *   OUT_OF_RANGE  the message is longer than the queue, or than the caller's memory; nothing has been sent or taken
 *   NOT_BOUND     the channel is closed
 */
#ifndef KAAL_CHANNEL_H
#define KAAL_CHANNEL_H

#include <kaal/queue.h>
#include <kaal/service.h>
#include <kaal/signals.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KAAL_CHANNEL_MAGIC UINT64_C(0x6e6e68634c41414b) /* "KAALchnn", little-endian */
#define KAAL_CHANNEL_VERSION 1u

/*
 * The call by which a client tells its service of a channel: this label, the words below. The answer's label is a status, which
 * the client's kaal_channel_open() returns. Labels from 0xffff0000 on are libkaal's.
 */
#define KAAL_CHANNEL_CONNECT 0xffff0001u

enum kaal_channel_word {
	KAAL_CHANNEL_WORD_NUMBER = 0, /* for kaal_channel_accept() */
	KAAL_CHANNEL_WORD_PURPOSE = 1,
	KAAL_CHANNEL_WORDS = 2,
};

/* The first page of a channel's memory. The queue to the provider follows in pages of its own, then the one to the client. */
struct kaal_channel_head {
	uint64_t magic;
	uint32_t version;
	uint32_t reserved;
	uint64_t bytes[2]; /* of the queues, whole pages: to the provider, to the client */
	uint64_t unused[4];
	struct kaal_queue_counts counts[2];
};

/* How a client wants a channel. */
struct kaal_channel_setup {
	uint64_t to_provider_bytes; /* of the queue there, up to a whole page; 0: nothing is sent that way */
	uint64_t to_client_bytes;   /* of the queue back, likewise; not both 0 */
	uint64_t purpose;           /* what it is for: a word between client and service */
};

/* Memory that such a channel takes of the use's channel-max. */
static inline uint64_t kaal_channel_bytes(const struct kaal_channel_setup *setup)
{
	return KAAL_PAGE_BYTES + ((setup->to_provider_bytes + KAAL_PAGE_BYTES - 1) & ~(uint64_t)(KAAL_PAGE_BYTES - 1)) +
	       ((setup->to_client_bytes + KAAL_PAGE_BYTES - 1) & ~(uint64_t)(KAAL_PAGE_BYTES - 1));
}

enum kaal_channel_state {
	KAAL_CHANNEL_CLOSED = 0, /* not opened, or closed here */
	KAAL_CHANNEL_OPEN = 1,
	KAAL_CHANNEL_GONE = 2,   /* the other side has closed it, or has ended */
	KAAL_CHANNEL_BROKEN = 3, /* the other side has written into the queue what cannot be */
};

/* One end; the fields are the library's. */
struct kaal_channel {
	struct kaal_producer out;
	struct kaal_consumer in;
	struct kaal_broker_held held;
	struct kaal_signals *signals;
	struct kaal_service *service;    /* of a client */
	struct kaal_channel_setup setup; /* of a client */
	uint64_t address;
	uint64_t badge;     /* of the client */
	kaal_ticks_t there; /* of a provider: when the client was there for certain */
	kaal_ticks_t trust; /* ticks that memory is touched without asking again */
	uint64_t taken;     /* bytes of the oldest message that kaal_channel_read() has taken */
	kaal_notification_t peer;    /* the other side's notification */
	uint32_t flag;
	uint32_t epoch;
	enum kaal_channel_state state;
};

/*
 * Client: opens a channel to a service. `service` and `signals` are lent until it is closed; a flag of the signals is the channel's.
 * If the provider ends meanwhile and the use says `reconnect`, it is opened to the next one.
 *
 * Returns what kaal_broker_open(), kaal_service_call() and kaal_signals_take() say; the status that the service answered with;
 * OUT_OF_RANGE: sizes; NO_MEMORY: no addresses. The channel is closed then. Blocks: until the service has answered, `deadline` at the latest.
 */
KAAL_MUST_CHECK kaal_status_t kaal_channel_open(struct kaal_channel *channel, struct kaal_service *service, struct kaal_signals *signals,
				const struct kaal_channel_setup *setup, kaal_ticks_t deadline);

/*
 * Client: the other side has gone: closes the channel and opens it again, as kaal_channel_open() did, to whoever serves now, with the same
 * flag; empty queues, and kaal_channel_epoch() is one more. What was in the queues is lost. Errors as kaal_channel_open(); the
 * channel is closed then, and can be reset again. NOT_BOUND: it was never opened, or closed by kaal_channel_close(), or is a provider's.
 */
KAAL_MUST_CHECK kaal_status_t kaal_channel_reset(struct kaal_channel *channel, kaal_ticks_t deadline);

/*
 * Provider: takes the channel that a call with label KAAL_CHANNEL_CONNECT has told of.
 *   badge   of that call; number  its word KAAL_CHANNEL_WORD_NUMBER
 * Returns what kaal_broker_accept() and kaal_signals_take() say; NOT_SUPPORTED: a layout of
 * another version; OUT_OF_RANGE: also sizes that do not fit the memory; NO_MEMORY: no addresses. The channel is closed then. Does not wait.
 */
KAAL_MUST_CHECK kaal_status_t kaal_channel_accept(struct kaal_channel *channel, struct kaal_signals *signals, uint64_t badge, uint64_t number);

/* Closes this end: the other one is woken. What kaal_broker_give() and kaal_signals_give() say; it can be tried again. Closed: nothing happens. */
KAAL_MUST_CHECK kaal_status_t kaal_channel_close(struct kaal_channel *channel);

static inline enum kaal_channel_state kaal_channel_state(const struct kaal_channel *channel)
{
	return channel->state;
}

/* How often it was opened: what was agreed on with the provider before is due again when it changes. */
static inline uint32_t kaal_channel_epoch(const struct kaal_channel *channel)
{
	return channel->epoch;
}

/* Which client an accepted channel is of. */
static inline uint64_t kaal_channel_badge(const struct kaal_channel *channel)
{
	return channel->badge;
}

/* The flag that comes when there is something to do, in `flags` of kaal_signals_wait(). */
static inline uint64_t kaal_channel_flag(const struct kaal_channel *channel)
{
	return UINT64_C(1) << channel->flag;
}

/* Bytes of the longest message that can be sent, and of the longest that can come. */
static inline uint64_t kaal_channel_send_max(const struct kaal_channel *channel)
{
	return kaal_queue_message_max(channel->out.capacity);
}

static inline uint64_t kaal_channel_receive_max(const struct kaal_channel *channel)
{
	return kaal_queue_message_max(channel->in.capacity);
}

/*
 * Asks the kernel whether the other side is there: for who was woken and leaves messages where they are. CANCELLED: no; NOT_BOUND. Messages
 * can still be taken after that.
 */
KAAL_MUST_CHECK kaal_status_t kaal_channel_check(struct kaal_channel *channel);

/* Sends a message of `bytes`, 0 or more. Whether anybody takes it is not known: CANCELLED comes at the latest when nobody does for want of room. */
KAAL_MUST_CHECK kaal_status_t kaal_channel_send(struct kaal_channel *channel, const void *message, uint64_t bytes, kaal_ticks_t deadline);

/*
 * Takes the oldest message. *bytes is how long it is, also with OUT_OF_RANGE: longer than `bytes_max`; it stays.
 * What the other side had sent before it went comes before CANCELLED.
 */
KAAL_MUST_CHECK kaal_status_t kaal_channel_receive(struct kaal_channel *channel, void *message, uint64_t bytes_max, kaal_ticks_t deadline,
				   uint64_t *bytes);

/*
 * The same without copying. kaal_channel_reserve(): room for a message of at most `bytes`, at *message, aligned to 8, to be filled in and sent with
 * kaal_channel_commit(), which takes how many they have become; OUT_OF_RANGE: more than were reserved.
 */
KAAL_MUST_CHECK kaal_status_t kaal_channel_reserve(struct kaal_channel *channel, uint64_t bytes, kaal_ticks_t deadline, void **message);
KAAL_MUST_CHECK kaal_status_t kaal_channel_commit(struct kaal_channel *channel, uint64_t bytes);

/*
 * kaal_channel_peek(): where the oldest message lies, in one piece, aligned to 8, until kaal_channel_release(), by which its room goes back. The
 * other side can change it until then: what decides something is to be copied first. Without a message, release does nothing.
 */
KAAL_MUST_CHECK kaal_status_t kaal_channel_peek(struct kaal_channel *channel, kaal_ticks_t deadline, const void **message, uint64_t *bytes);
KAAL_MUST_CHECK kaal_status_t kaal_channel_release(struct kaal_channel *channel);

/*
 * Bytes without bounds between them. kaal_channel_write() sends `bytes` in messages that fit, *written of them before an error.
 * kaal_channel_read() takes at least one and at most `bytes_max` bytes (1 or more) of one message that has come; 0 of one without bytes, which
 * can so mark an end.
 */
KAAL_MUST_CHECK kaal_status_t kaal_channel_write(struct kaal_channel *channel, const void *from, uint64_t bytes, kaal_ticks_t deadline, uint64_t *written);
KAAL_MUST_CHECK kaal_status_t kaal_channel_read(struct kaal_channel *channel, void *to, uint64_t bytes_max, kaal_ticks_t deadline, uint64_t *read);

#ifdef __cplusplus
}
#endif

#endif
