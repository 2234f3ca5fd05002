/*
 * The capability broker: memory, devices, objects, services and channels, as the system description allows, by
 * calls on KAAL_SLOT_BROKER. docs/broker.md tells the protocol; requests and rules stand in
 * broker_requests.def and broker_rules.def.
 *
 * Unless a function says otherwise:
 *   Rights: WRITE on KAAL_SLOT_BROKER; READ and WRITE on KAAL_SLOT_CNODE where capabilities come. Blocks: while the broker serves
 *   others; it waits for nobody. Threads: any; buffer and last rule are the calling
 *   thread's own, a kaal_broker_held one thread's at a time. Ownership: what is handed out is the caller's until kaal_broker_give() or its end; the memory stays the broker's.
 *   Slots are taken from kaal_slot_take(). After a failure nothing has changed, results are undefined, and kaal_broker_rule() tells
 *   which rule refused. Errors: the statuses of the rules named; NO_MEMORY with rule NONE, when there is no slot for what
 *   would come; what endpoint_call says when there is no broker.
 */
#ifndef KAAL_BROKER_H
#define KAAL_BROKER_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/startup.h>
#include <kaal/status.h>
#include <kaal/object_types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kaal_broker_request {
#define KAAL_BROKER_REQUEST(name, number, words, asks, answer) KAAL_BROKER_##name = number,
#include <kaal/broker_requests.def>
#undef KAAL_BROKER_REQUEST
};

enum kaal_broker_rule {
#define KAAL_BROKER_RULE(name, number, status, text) KAAL_BROKER_RULE_##name = number,
#include <kaal/broker_rules.def>
#undef KAAL_BROKER_RULE
};

#define KAAL_BROKER_UNCACHED 1u  /* flag of DMA: past the caches, for devices that do not see them */
#define KAAL_BROKER_RECONNECT 1u /* flag in FIND's answer: the description says `reconnect` */
#define KAAL_BROKER_NAME_WORDS 4u
#define KAAL_BROKER_BADGES 7u /* that one answer to ENDED holds */
#define KAAL_BROKER_CLOSE_MS 1000u /* that a provider has to give a channel back after the client has, or has ended */

/*
 * The badge of a client's endpoint capability names who it is and by which use it has come: another for each start of the client,
 * never 0, the same until the client ends, whichever instance serves.
 */
static inline uint32_t kaal_badge_component(uint64_t badge)
{
	return (uint32_t)(badge >> 16 & 0xffff) - 1; /* its index in the system description */
}

static inline uint32_t kaal_badge_use(uint64_t badge)
{
	return (uint32_t)(badge & 0xffff); /* index of the use among all uses of the description */
}

static inline uint32_t kaal_badge_start(uint64_t badge)
{
	return (uint32_t)(badge >> 32); /* how often the client had ended before, modulo 2^32 */
}

/* Whether a client with this badge has ended when the one with the badge `ended` has: it is that one, or an earlier start of it. */
static inline bool kaal_badge_ends_with(uint64_t badge, uint64_t ended)
{
	return (uint32_t)badge == (uint32_t)ended && kaal_badge_start(badge) <= kaal_badge_start(ended);
}

/* One line, without a full stop, that says what a rule demands; "unknown rule" for a number that is none. Never NULL; a constant. */
const char *kaal_broker_rule_text(uint64_t rule);

/* Which rule refused this thread's last request: enum kaal_broker_rule; NONE if the broker did not. No call. */
uint64_t kaal_broker_rule(void);

/* A notification of kaal_broker_object() that somebody shall signal. thing 0: nobody signals anything. */
struct kaal_broker_signal {
	uint64_t thing;
	uint32_t flag; /* 0..63 */
};

/* What the component holds: `count` capabilities from slot `first` on; those without slots of their own have count 0. */
struct kaal_broker_held {
	uint64_t thing;
	kaal_cap_t first;
	uint32_t count;
};

/*
 * 2^bits bytes of untyped memory, bits 12..36, charged to memory-max; address spaces cannot be made of it.
 * SIZE, MEMORY_MAX, SYSTEM_MEMORY, SHARE.
 */
KAAL_MUST_CHECK kaal_status_t kaal_broker_memory(uint32_t bits, struct kaal_broker_held *memory);

/*
 * Frames of 4 KiB, contiguous from *physical on, for devices; charged to dma-max and memory-max.
 *   bytes  whole pages
 *   flags  KAAL_BROKER_UNCACHED
 * DMA_TRUST, SIZE, FLAGS, DMA_MAX, MEMORY_MAX, SYSTEM_MEMORY, SHARE.
 */
KAAL_MUST_CHECK kaal_status_t kaal_broker_dma(uint64_t bytes, uint32_t flags, struct kaal_broker_held *dma, uint64_t *physical);

/* A device's first range of registers, and its first interrupt line: all that most devices have. */
struct kaal_broker_device_info {
	uint64_t offset;    /* of the registers in the first page */
	uint64_t bytes;     /* of registers */
	uint32_t pages;     /* frames, READ and WRITE, from held.first on */
	uint32_t line;      /* interrupt id; 0: none */
	uint32_t trigger;   /* 0 level-sensitive, 1 edge-triggered */
	kaal_irq_handler_t handler; /* WRITE, masked and bound to nothing; 0 without a line */
	uint32_t range_count, line_count; /* ranges 1..8, lines 0..8, the first included */
};

/* A device that the description gives the component, by its name there. NAME, DEVICE_GRANT, DEVICE_HELD, SYSTEM_MEMORY, SHARE. */
KAAL_MUST_CHECK kaal_status_t kaal_broker_device(const char *name, struct kaal_broker_held *device, struct kaal_broker_device_info *info);

struct kaal_broker_registers {
	uint64_t offset;  /* of the registers in the first page */
	uint64_t bytes;
	kaal_frame_t first; /* of the frames, READ and WRITE; another range on the same page has a frame of its own */
	uint32_t pages;
};

struct kaal_broker_line {
	uint32_t line;      /* interrupt id */
	uint32_t trigger;   /* 0 level-sensitive, 1 edge-triggered */
	kaal_irq_handler_t handler; /* as above */
};

/* Range `index` of a device's registers, from 0, in the order of the firmware's tree; so its lines. THING, KIND, INDEX. */
KAAL_MUST_CHECK kaal_status_t kaal_broker_device_registers(const struct kaal_broker_held *device, uint32_t index, struct kaal_broker_registers *registers);
KAAL_MUST_CHECK kaal_status_t kaal_broker_device_line(const struct kaal_broker_held *device, uint32_t index, struct kaal_broker_line *line);

/* An endpoint, a notification or a reply, all rights. TYPE, MEMORY_MAX, SYSTEM_MEMORY, SHARE. */
KAAL_MUST_CHECK kaal_status_t kaal_broker_object(enum kaal_object_type type, struct kaal_broker_held *object);

/*
 * Serves: the component's service of this name is there for its users, who call the endpoint, of which the component gets READ.
 * `ended` is signalled when a client has ended; ask kaal_broker_ended() then. The endpoint ends when the service is given
 * back or the component ends: its callers get CANCELLED, and their capabilities are gone.
 * NAME, SERVICE_GRANT, SERVED, SIGNAL, MEMORY_MAX, SYSTEM_MEMORY, SHARE.
 */
KAAL_MUST_CHECK kaal_status_t kaal_broker_serve(const char *name, struct kaal_broker_signal ended, struct kaal_broker_held *service);

/*
 * Badges of clients of a service that have ended, each told once; *count is 0 when there are no more. Of a client that has ended
 * several times the newest badge stands for all before it. THING, KIND.
 */
KAAL_MUST_CHECK kaal_status_t kaal_broker_ended(uint64_t service, uint64_t badges[KAAL_BROKER_BADGES], uint32_t *count);

struct kaal_broker_found {
	kaal_endpoint_t endpoint; /* WRITE, GRANT; the caller's to delete, slot included */
	uint64_t badge;      /* by which the provider knows the caller */
	uint32_t version_major, version_minor;
	bool reconnect;
};

/* The endpoint of the service that a use names. NAME, USE_GRANT, NOT_SERVED, SYSTEM_MEMORY. */
KAAL_MUST_CHECK kaal_status_t kaal_broker_find(const char *name, struct kaal_broker_found *found);

/*
 * Has a notification signalled whenever the service of a use appears or goes, until it is called again, and tells whether it is
 * there now. A signal of thing 0 ends that. NAME, USE_GRANT, SIGNAL, SYSTEM_MEMORY.
 */
KAAL_MUST_CHECK kaal_status_t kaal_broker_watch(const char *name, struct kaal_broker_signal changed, bool *there);

/*
 * Opens a channel: memory that the provider of a use can map, too, once it accepts. Charged to memory-max and the use's
 * channel-max, until both ends have let go, at most KAAL_BROKER_CLOSE_MS after this one. The provider is told channel->thing in a message of the caller's.
 *   bytes   whole pages
 *   signal  for the provider's signals
 * NAME, USE_GRANT, NOT_SERVED, SIZE, SIGNAL, CHANNEL_MAX, MEMORY_MAX, SYSTEM_MEMORY, SHARE.
 */
KAAL_MUST_CHECK kaal_status_t kaal_broker_open(const char *name, uint64_t bytes, struct kaal_broker_signal signal,
						 struct kaal_broker_held *channel);

/*
 * The provider's end of the channel that the client with this badge has named. When the client ends or closes, the memory stays mapped until
 * kaal_broker_give(), but no longer than KAAL_BROKER_CLOSE_MS: whoever touches it then faults. What lies in it, the client may change at any time. CHANNEL, ACCEPTED, SIGNAL.
 */
KAAL_MUST_CHECK kaal_status_t kaal_broker_accept(uint64_t badge, uint64_t number, struct kaal_broker_signal signal,
						   struct kaal_broker_held *channel);

/* The other end's notification, WRITE, in a slot that is the caller's; gone when that end closes. THING, KIND, PEER. */
KAAL_MUST_CHECK kaal_status_t kaal_broker_peer(uint64_t channel, kaal_notification_t *notification);

/*
 * Gives back what a function above has handed out: every capability to it is gone, the charge ends, its slots are free
 * again and *held is zero. A channel: this end is closed. THING; KERNEL, and then it can be tried again.
 */
KAAL_MUST_CHECK kaal_status_t kaal_broker_give(struct kaal_broker_held *held);

struct kaal_broker_account {
	uint64_t memory_max, memory_used; /* bytes */
	uint64_t dma_max, dma_used;
	uint32_t largest_bits; /* log2 of the largest block that the broker has; 0: none */
};

/* What the component may have and has. */
KAAL_MUST_CHECK kaal_status_t kaal_broker_account(struct kaal_broker_account *account);

#ifdef __cplusplus
}
#endif

#endif
