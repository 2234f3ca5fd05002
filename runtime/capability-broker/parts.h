/* What the files of the broker share. */
#ifndef CAPABILITY_BROKER_PARTS_H
#define CAPABILITY_BROKER_PARTS_H

#include <string.h>

#include <kaal/syscall.h>

#include "broker.h"

/* A request that is being answered. */
struct broker_call {
	struct broker *broker;
	uint32_t caller; /* component */
	const uint64_t *words;
	struct broker_answer *answer;
	kaal_status_t status; /* of the kernel, with rule KERNEL */
};

/* A rule, or KERNEL with the status kept; NONE of KAAL_OK. */
enum kaal_broker_rule broker_kernel(struct broker_call *call, kaal_status_t status);

/* The same of a call that takes memory of the caller's account: SHARE or SYSTEM_MEMORY of NO_MEMORY. */
enum kaal_broker_rule broker_taken(struct broker_call *call, kaal_status_t status);

/* Whether the caller's memory-max has room. */
bool broker_can_pay(const struct broker_component *component, uint64_t bytes);

/* Pages of whole ones, 1 to 2^20. */
bool broker_pages(uint64_t bytes, uint32_t *pages);

/* --- things ------------------------------------------------------------------------- */

/* A new thing of a component, which stays what it is only when the request succeeds; 0: its share does not allow `share` more slots. */
uint32_t broker_thing_new(struct broker *broker, uint32_t owner, enum broker_kind kind, uint32_t share);

/* Takes it out of all lists. */
void broker_thing_free(struct broker *broker, uint32_t at);

uint64_t broker_thing_number(const struct broker *broker, uint32_t at);

/* What the caller holds by this number; channels by the end that is the caller's. 0: nothing. */
uint32_t broker_thing_find(const struct broker *broker, uint32_t caller, uint64_t number);

/* The end of a channel that is the component's: BROKER_CLIENT or BROKER_PROVIDER. */
unsigned broker_end_of(const struct broker_thing *channel, uint32_t component);

/* How many capabilities belong to it. */
uint32_t broker_thing_caps(const struct broker *broker, const struct broker_thing *thing);

/* Puts number, count and capabilities from `index` on into the answer. */
void broker_answer_held(struct broker_call *call, uint32_t at, uint32_t index);

/* Puts one capability into the answer that is no thing's. */
void broker_answer_cap(struct broker_call *call, kaal_cap_t cap);

/* Sets an answer's words. */
void broker_answer_words(struct broker_call *call, uint32_t first, uint32_t count, const uint64_t *words);

/* Gives a thing back; a channel: closes the client's end. What the kernel refuses can be tried again. */
kaal_status_t broker_thing_give(struct broker *broker, uint32_t at);

/* --- slots -------------------------------------------------------------------------- */

kaal_status_t broker_slot_take(struct broker *broker, uint32_t count, kaal_cap_t *slot);

/* Empties slots, with all that is derived from their capabilities, and gives them back; *slot 0: none, as afterwards. */
kaal_status_t broker_slot_drop(struct broker *broker, kaal_cap_t *slot, uint32_t count);

/* The same, but keeps the slot. */
kaal_status_t broker_slot_empty(struct broker *broker, kaal_cap_t slot);

/* Copies a capability into a slot of its own, with a badge unless it is 0. */
kaal_status_t broker_slot_mint(struct broker *broker, kaal_cap_t from, uint32_t rights, uint64_t badge, kaal_cap_t *slot);

bool broker_slot_is_empty(const struct broker *broker, kaal_cap_t slot);

/* Mints the notification that a request names, for somebody else to signal, into a slot of its own; 0 for none. */
enum kaal_broker_rule broker_signal(struct broker_call *call, const uint64_t words[2], kaal_cap_t *slot);

/* --- objects ------------------------------------------------------------------------ */

/*
 * Makes an object for a component; *slot and *pool are what is to be kept of it. Rule, and nothing has changed, unless NONE.
 */
enum kaal_broker_rule broker_object_make(struct broker_call *call, uint32_t component, enum kaal_object_type type, kaal_cap_t *slot,
					 uint32_t *pool);
kaal_status_t broker_object_drop(struct broker *broker, kaal_cap_t *slot, uint32_t pool);

/* --- ends --------------------------------------------------------------------------- */

/* The slot of a page of a held device, or, after the last one, of an IrqHandler; 0: it has gone. */
kaal_cap_t broker_device_cap(const struct broker *broker, uint32_t device, uint32_t index);

kaal_status_t broker_device_release(struct broker *broker, uint32_t device);
kaal_status_t broker_service_end(struct broker *broker, uint32_t service);
kaal_status_t broker_channel_close(struct broker *broker, uint32_t at, unsigned side);

/* A component has ended: its providers forget it, its watches end. */
kaal_status_t broker_uses_end(struct broker *broker, uint32_t component);

/* A provider has: its ends of channels are closed. */
kaal_status_t broker_channels_end(struct broker *broker, uint32_t component);

/* Channels of a service that nobody has accepted are not going to be. */
void broker_channels_refuse(struct broker *broker, uint32_t service);

/* --- requests: each returns the rule that refuses, and has changed nothing then -------- */

typedef enum kaal_broker_rule broker_request_t(struct broker_call *call);

#define KAAL_BROKER_REQUEST(name, number, words, asks, answer) broker_request_t broker_request_##name;
#include <kaal/broker_requests.def>
#undef KAAL_BROKER_REQUEST

/* Spans of devices, at the start. */
void broker_devices_start(struct broker *broker);

/* The device, service or use of a name that a component has; its index, or the rule that refuses. */
enum kaal_broker_rule broker_find_device(struct broker_call *call, uint32_t *device);
enum kaal_broker_rule broker_find_service(struct broker_call *call, uint32_t *service);
enum kaal_broker_rule broker_find_use(struct broker_call *call, uint32_t *use);

/* The badge of a use, for its component's start after so many ends. */
uint64_t broker_badge(const struct broker *broker, uint32_t use, uint32_t epoch);

#endif
