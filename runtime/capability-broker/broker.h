/*
 * The capability broker without its loop: what it knows, and what it answers.
 *
 *   BR-1: whatever a component holds is a thing in its list, or a mark in its uses; both end with the component (broker_purge())
 *   BR-2: nobody's account, share or thing changes by a request that is refused
 *   BR-3: each capability that a client has is derived from one in the broker's CSpace, which ends before its slot is used again
 *   BR-4: a channel's memory is there as long as one end is open; the provider's is closed for it, close_ticks after the client's
 *   BR-5: a block of objects is there as long as one of its objects is, and no longer
 *
 * All storage is the caller's. Nothing blocks, and nothing that a client says is taken for true. One thread.
 */
#ifndef CAPABILITY_BROKER_BROKER_H
#define CAPABILITY_BROKER_BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kaal/broker.h>
#include <kaal/message.h>
#include <manifest/manifest.h>
#include <memory-manager/frames.h>
#include <memory-manager/physical.h>
#include <memory-manager/slots.h>

#include "policy.h"
#include "storage.h"

enum broker_kind {
	BROKER_FREE,
	BROKER_MEMORY,  /* slot: untyped memory made of `block`, until the client has taken it */
	BROKER_DMA,     /* frames */
	BROKER_DEVICE,  /* item: device */
	BROKER_OBJECT,  /* slot: the object; pool: its block's thing; item: enum kaal_object_type */
	BROKER_SERVICE, /* slot: the endpoint; handed: a copy with READ; pool; item: service */
	BROKER_CHANNEL, /* frames, end[]; item: use */
	BROKER_POOL,    /* block: of small objects; item: how many were made of it, live: how many there are */
};

enum broker_end_state { BROKER_END_NONE, BROKER_END_OPEN, BROKER_END_CLOSED };
enum { BROKER_CLIENT, BROKER_PROVIDER };

/* One end of a channel. */
struct broker_end {
	kaal_cap_t signal; /* slot of what the other end signals this one with: empty when that notification has gone; 0: none */
	uint8_t state;     /* enum broker_end_state; NONE: not accepted yet */
};

/* Something that a component holds. The fields above say which are used. */
struct broker_thing {
	uint64_t generation; /* of this entry: its number is no longer true after it was freed */
	uint32_t kind;
	uint32_t owner;      /* component that is charged */
	uint32_t next, previous; /* of the owner's, or of the free ones; 0: none */
	uint32_t item, pool, live;
	uint32_t share;      /* slots that count against the owner's share */
	uint64_t bytes;      /* charged */
	kaal_block_t block;
	struct kaal_frames frames;
	kaal_cap_t slot, handed;
	struct broker_end end[2];
	kaal_ticks_t deadline; /* of a channel that the client has closed: then the provider's end is closed, too */
};

struct broker_component {
	struct kaal_account account;
	uint64_t dma_max, dma_used;
	uint32_t first;          /* of its things */
	uint32_t things, slots;  /* that count against its share */
	uint32_t pool;           /* thing of the block that objects are made of; 0: none */
	uint32_t epoch;          /* its past is gone up to here */
	uint32_t first_device, device_count, first_service, service_count, first_use, use_count;
	bool trusted;            /* one of its devices is trusted-dma */
};

struct broker_device {
	const char *name;
	uint32_t first_range, range_count;
	uint32_t pages; /* of all its ranges */
	uint32_t thing; /* while it is held */
};

/* A range of registers of a device. */
struct broker_range {
	uint32_t span;
	uint32_t first_page, pages; /* in the span */
	bool held;
	kaal_cap_t slot;            /* of own copies of the pages, while it is held and the span has other ranges, too; else 0 */
};

/* Pages of one range, or of several that share some, of one device or more. */
struct broker_span {
	uint64_t base, pages;
	uint32_t ranges;         /* in it */
	uint32_t held;           /* how many of them are */
	struct kaal_frames frames;
};

struct broker_service {
	const char *name;
	uint32_t component;
	uint32_t version;        /* major * 65536 + minor */
	uint32_t first_use;      /* + 1; 0: none */
	uint32_t thing;          /* while it is served */
	kaal_cap_t signal;       /* of ends of clients; 0: none */
};

struct broker_use {
	const char *name;
	uint32_t component, service;
	uint32_t next;           /* of the same service, + 1; 0: none */
	uint64_t channel_max, channel_used;
	kaal_cap_t endpoint;     /* slot of the client's badged capability, 0 until it first asked */
	kaal_cap_t watch;        /* slot of the notification that is told of the service; 0: none */
	uint32_t ended_epoch;    /* of the instance that ended last */
	bool reconnect;
	bool known;              /* to the instance that serves: the client has asked for endpoint or channel */
	bool ended;              /* the provider is to be told */
};

/* What a broker is made of. All of it is lent for as long as the broker runs. */
struct broker_setup {
	const struct kaal_manifest *manifest;
	const struct kaal_broker_device *devices;       /* as many as the manifest has */
	const struct kaal_broker_component *components; /* likewise */
	const volatile uint32_t *epochs;                /* one a component (EP-1) */
	volatile uint32_t *purged;
	kaal_cap_t quiet;               /* a notification, WRITE: lines are bound to it and unbound again, which masks them */
	struct kaal_slots *slots;       /* of the broker's CSpace */
	struct kaal_physical_memory *physical; /* all memory, the devices' included */
	uint32_t nodes, splits;         /* of `physical`; how many blocks components together may split */
	void *storage;                  /* as broker_storage_lay_out() counts, aligned to 16 */
	kaal_ticks_t (*now)(void);
	kaal_ticks_t close_ticks;       /* that a provider has to close its end of a channel that the client has closed */
	uint32_t things;                /* how many there can be, at most 65535 */
};

struct broker {
	struct broker_setup setup;
	uint32_t component_count;
	struct broker_component *component;
	struct broker_device *device;
	struct broker_range *range;
	struct broker_span *span;
	struct broker_service *service;
	struct broker_use *use;
	struct broker_thing *thing;  /* 1.. */
	uint32_t free;               /* first of the free things */
	uint32_t channels;           /* that there are */
	kaal_ticks_t deadline;       /* the earliest of all channels, or earlier; UINT64_MAX: none */
	uint32_t things_share, slots_share, splits_share;
	struct kaal_account devices_account;
};

/* An answer; what lies beyond the counts in `message` is 0. */
struct broker_answer {
	uint64_t message; /* kaal_message() */
	uint64_t words[KAAL_MESSAGE_REGISTERS];
	kaal_cap_t caps[KAAL_MESSAGE_CAPS_MAX];
	uint64_t move; /* as in struct kaal_message_buffer */
};

/* Divides the storage, or only counts it where it is NULL; returns its bytes. *holders: for kaal_physical_count_splits(). */
uint64_t broker_storage_lay_out(struct broker *broker, const struct kaal_manifest *manifest, void *storage, uint32_t things, uint32_t nodes,
				uint64_t **holders);

/*
 * An empty broker. Each component's share is an equal part of the things, of half the free slots that are left when each use and
 * service has its own, and of the splits that the other half is for (physical.h, PM-5). Blocks are counted below a size of which all larger
 * ones together need no more than a quarter of the splits. Nobody has anything of `physical` yet but the broker itself.
 * OUT_OF_RANGE: a component's share would be nothing.
 */
kaal_status_t broker_start(struct broker *broker, const struct broker_setup *setup);

/*
 * Answers a request.
 *   badge    of the capability that it came by: kaal_broker_caller()
 *   message  its message word
 *   words    its first words
 */
void broker_request(struct broker *broker, uint64_t badge, uint64_t message, const uint64_t words[KAAL_MESSAGE_REGISTERS],
		    struct broker_answer *answer);

/*
 * Takes back what components whose epoch has changed have held, and says so in setup.purged. Returns how many that
 * was; the root task is to be told then. What the kernel does not let go stays, and the component unpurged, until the next call.
 */
uint32_t broker_purge(struct broker *broker);

/* Closes the providers' ends that are due; to be called when broker->deadline has come. What the kernel does not let go is tried again later. */
void broker_expire(struct broker *broker);

#endif
