/*
 * What the root task hands to the capability broker at its start, in read-only
 * memory that the broker's start page names; and the two pages by which they speak of
 * the dead afterwards.
 *
 *   EP-1: a component's epoch is how often it has ended. The root task adds one after the component's domain is gone, then signals
 *         the broker's notification; before the component starts again, the broker has written the same number into `purged`
 *   EP-2: a component's capability of the broker has its epoch in the badge: a request that somebody else has sent by it, and that comes after
 *         the end, is nobody's
 */
#ifndef KAAL_CAPABILITY_BROKER_POLICY_H
#define KAAL_CAPABILITY_BROKER_POLICY_H

#include <stdint.h>

#include <kaal/bootinfo.h>
#include <kaal/types.h>

/* A block of memory that is the broker's: RAM for what it makes, or pages of one or several devices. */
struct kaal_broker_untyped {
	uint64_t base;   /* physical address */
	uint32_t slot;   /* of the broker's CSpace */
	uint8_t bits;    /* log2 of its bytes */
	uint8_t device;
	uint8_t reserved[2];
};

/* An interrupt line of a device. */
struct kaal_broker_irq {
	uint32_t line;         /* interrupt id */
	uint32_t trigger;      /* 0 level-sensitive, 1 edge-triggered */
	uint32_t handler_slot; /* of the broker's CSpace: the line's IrqHandler; the same for a line that a device has twice */
	uint32_t reserved;
};

#define KAAL_BROKER_RANGES_MAX 8u
#define KAAL_BROKER_LINES_MAX 8u

/* A device of the description, as the board has it. Entry i is kaal_manifest_device() i. */
struct kaal_broker_device {
	uint32_t range_count, line_count; /* one range at least */
	struct kaal_range registers[KAAL_BROKER_RANGES_MAX]; /* physical address, any alignment, and bytes */
	struct kaal_broker_irq irq[KAAL_BROKER_LINES_MAX];
};

/* What a component's own start took. Entry i is kaal_manifest_component() i. */
struct kaal_broker_component {
	uint64_t bytes; /* of its memory-max that the root task has used for it */
};

/* The badge of a component's capability of the broker, from its so many'th end on until the next. */
static inline uint64_t kaal_broker_caller(uint32_t component, uint32_t epoch)
{
	return (uint64_t)epoch << 32 | (component + 1);
}

struct kaal_broker_policy {
	struct kaal_range manifest;   /* the system description, for kaal_manifest_read() */
	struct kaal_range epochs;     /* uint32_t[components]: the root task writes */
	struct kaal_range purged;     /* uint32_t[components]: the broker writes */
	struct kaal_range untyped;    /* struct kaal_broker_untyped[] */
	struct kaal_range devices;    /* struct kaal_broker_device[] */
	struct kaal_range components; /* struct kaal_broker_component[] */
	uint32_t endpoint_slot;       /* READ: requests, by kaal_broker_caller() */
	uint32_t notification_slot;   /* READ, bound to the broker's thread: epochs have changed */
	uint32_t supervisor_slot;     /* notification, WRITE: purged has changed */
	uint32_t reply_slot;          /* a Reply */
	uint64_t reserved;
};

#endif
