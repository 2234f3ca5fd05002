#include "world.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kaal/slot.h>
#include <kaal/syscall.h>
#include <kaal/thread.h>
#include <kaal/time.h>

#include "../../../sdk/libkaal/own_space.h"

/* Capabilities are numbers: of a notification, of a channel's frames, of the other end's notification. */
#define NOTIFICATION 1000u
#define FRAMES 2000u
#define PEER 3000u
#define OTHER 5000u

struct world world;
static struct kaal_message_buffer buffer;
static unsigned notifications;
static int memory = -1; /* of the channel */
static uint64_t memory_bytes;
static struct kaal_broker_signal ends[2]; /* client's, provider's */

void world_start(void)
{
	world = (struct world){0};
	notifications = 0;
	memset(ends, 0, sizeof ends);
}

kaal_status_t world_call(void)
{
	return ++world.calls == world.fail_at ? world.fail_with : KAAL_OK;
}

unsigned world_notification(const struct kaal_broker_held *held)
{
	return (unsigned)(held->first - NOTIFICATION);
}

/* --- libkaal's other parts --------------------------------------------------------------- */

kaal_status_t kaal_slot_take(uint32_t count, kaal_cap_t *first)
{
	kaal_status_t status = world_call();

	if (status == KAAL_OK)
		world.slots += (int)count;
	*first = OTHER;
	return status;
}

kaal_status_t kaal_slot_drop(kaal_cap_t first, uint32_t count)
{
	(void)first;
	world.slots -= (int)count;
	return KAAL_OK;
}

extern _Thread_local uint32_t libkaal_self; /* sdk/libkaal/lock.h */
_Thread_local uint32_t libkaal_self;

uint32_t kaal_thread_self(void)
{
	return libkaal_self;
}

kaal_thread_t kaal_thread_cap(uint32_t thread)
{
	return kaal_thread_at(KAAL_SLOT_THREAD + thread);
}

struct kaal_message_buffer *kaal_message_buffer(void)
{
	return &buffer;
}

kaal_ticks_t kaal_ticks_now(void)
{
	return world.now;
}

/* --- the broker ---------------------------------------------------------------------------- */

static kaal_status_t hold(struct kaal_broker_held *held, uint64_t thing, kaal_cap_t first, uint32_t count)
{
	kaal_status_t status = world_call();

	world.rule = KAAL_BROKER_RULE_NONE;
	if (status != KAAL_OK)
		return status;
	world.things++;
	world.slots += (int)count;
	*held = (struct kaal_broker_held){thing, first, count};
	return KAAL_OK;
}

uint64_t kaal_broker_rule(void)
{
	return world.rule;
}

kaal_status_t kaal_broker_memory(uint32_t bits, struct kaal_broker_held *held)
{
	(void)bits;
	return hold(held, OTHER, OTHER, 1);
}

kaal_status_t kaal_broker_object(enum kaal_object_type type, struct kaal_broker_held *held)
{
	kaal_status_t status = hold(held, NOTIFICATION + notifications, NOTIFICATION + notifications, 1);

	(void)type;
	if (status == KAAL_OK) {
		world.flags[notifications] = 0;
		world.gone[notifications++] = false;
	}
	return status;
}

kaal_status_t kaal_broker_serve(const char *name, struct kaal_broker_signal ended, struct kaal_broker_held *held)
{
	(void)name;
	ends[1] = ended;
	return hold(held, OTHER, OTHER, 1);
}

kaal_status_t kaal_broker_ended(uint64_t service, uint64_t badges[KAAL_BROKER_BADGES], uint32_t *count)
{
	kaal_status_t status = world_call();

	(void)service;
	*count = world.badge_count < KAAL_BROKER_BADGES ? world.badge_count : KAAL_BROKER_BADGES;
	memcpy(badges, world.badges, *count * sizeof *badges);
	world.badge_count -= *count;
	memmove(world.badges, world.badges + *count, world.badge_count * sizeof *badges);
	return status;
}

kaal_status_t kaal_broker_give(struct kaal_broker_held *held)
{
	if (world.late && held->first == FRAMES) {
		world.rule = KAAL_BROKER_RULE_THING;
		world.things--;
		return KAAL_OUT_OF_RANGE;
	}
	world.things--;
	world.slots -= (int)held->count;
	*held = (struct kaal_broker_held){0};
	return KAAL_OK;
}

kaal_status_t kaal_broker_open(const char *name, uint64_t bytes, struct kaal_broker_signal signal, struct kaal_broker_held *held)
{
	kaal_status_t status = hold(held, FRAMES, FRAMES, (uint32_t)(bytes / KAAL_PAGE_BYTES));

	(void)name;
	if (status != KAAL_OK)
		return status;
	if (memory >= 0)
		close(memory);
	memory = memfd_create("channel", 0);
	memory_bytes = bytes;
	if (ftruncate(memory, (off_t)bytes) != 0)
		abort();
	ends[0] = signal;
	return KAAL_OK;
}

kaal_status_t kaal_broker_accept(uint64_t badge, uint64_t number, struct kaal_broker_signal signal, struct kaal_broker_held *held)
{
	kaal_status_t status = hold(held, FRAMES + 1, FRAMES, (uint32_t)(memory_bytes / KAAL_PAGE_BYTES));

	(void)badge;
	(void)number;
	if (status == KAAL_OK)
		ends[1] = signal;
	return status;
}

/* FRAMES is the client's thing, FRAMES + 1 the provider's. */
kaal_status_t kaal_broker_peer(uint64_t channel, kaal_notification_t *notification)
{
	const struct kaal_broker_signal *other = &ends[channel == FRAMES];
	kaal_status_t status = world_call();

	if (status == KAAL_OK && (other->thing == 0 || world.gone[other->thing - NOTIFICATION] || world.not_accepted))
		status = KAAL_NOT_BOUND;
	if (status != KAAL_OK)
		return status;
	world.slots++;
	*notification = kaal_notification_at(PEER + (other->thing - NOTIFICATION) * 64 + other->flag);
	return KAAL_OK;
}

kaal_status_t kaal_service_call(struct kaal_service *service, uint64_t message, uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t deadline,
				uint64_t *answer)
{
	kaal_status_t status = world_call();

	(void)service;
	(void)deadline;
	*answer = 0;
	if (status != KAAL_OK)
		return status;
	status = world.provider == NULL ? KAAL_OK : world.provider(kaal_message_label(message), words);
	*answer = kaal_message(0, 0, (uint32_t)status);
	return KAAL_OK;
}

kaal_status_t kaal_service_await(struct kaal_service *service, uint64_t deadline)
{
	service->connections++;
	return deadline == 0 ? KAAL_TIMEOUT : world_call();
}

/* --- addresses ------------------------------------------------------------------------------ */

static struct {
	uint64_t address, bytes;
} regions[8];

kaal_status_t own_space_reserve(uint64_t bytes, uint64_t alignment, uint64_t *address)
{
	kaal_status_t status = world_call();
	void *at;

	if (status != KAAL_OK)
		return status;
	/* mmap()'s own is what is asked for. */
	if (alignment != KAAL_PAGE_BYTES)
		abort();
	at = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (unsigned i = 0; i < 8; i++) {
		if (regions[i].address != 0)
			continue;
		regions[i].address = *address = (uint64_t)(uintptr_t)at;
		regions[i].bytes = bytes;
		world.regions++;
		return KAAL_OK;
	}
	abort();
}

static kaal_cap_t first_frame; /* of what was mapped last, for its mirror */

static void map(uint64_t address, kaal_cap_t first, uint64_t bytes)
{
	if (mmap((void *)(uintptr_t)address, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory,
		 (off_t)((first - FRAMES) * KAAL_PAGE_BYTES)) == MAP_FAILED)
		abort();
}

kaal_status_t own_space_map(uint64_t address, kaal_cap_t first, uint32_t count, uint32_t size_bits)
{
	kaal_status_t status = world_call();

	if (status == KAAL_OK)
		map(address, first, (uint64_t)count << size_bits);
	first_frame = first;
	return status;
}

kaal_status_t own_space_mirror(uint64_t address, uint64_t bytes, uint64_t to)
{
	kaal_status_t status = world_call();

	(void)address;
	if (status == KAAL_OK)
		map(to, first_frame, bytes);
	return status;
}

kaal_status_t own_space_release(uint64_t address)
{
	for (unsigned i = 0; i < 8; i++) {
		if (regions[i].address != address)
			continue;
		munmap((void *)(uintptr_t)address, regions[i].bytes);
		regions[i].address = 0;
		world.regions--;
		return KAAL_OK;
	}
	return KAAL_OUT_OF_RANGE;
}

/* --- the kernel -------------------------------------------------------------------------------- */

kaal_status_t kaal_sys_notification_signal(kaal_cap_t ntfn)
{
	uint64_t index = (ntfn - PEER) / 64;

	world.signals++;
	if (ntfn < PEER || world.gone[index])
		return KAAL_WRONG_TYPE;
	world.flags[index] |= UINT64_C(1) << (ntfn - PEER) % 64;
	return KAAL_OK;
}

kaal_status_t kaal_sys_notification_wait_until(kaal_cap_t ntfn, uint64_t deadline, uint64_t *flags)
{
	uint64_t *here = &world.flags[ntfn - NOTIFICATION];
	kaal_status_t status = world_call();

	*flags = 0;
	if (status != KAAL_OK)
		return status;
	if (*here == 0 && world.while_waiting != NULL)
		world.while_waiting();
	if (*here == 0)
		return deadline == UINT64_MAX ? KAAL_CANCELLED : KAAL_TIMEOUT;
	*flags = *here;
	*here = 0;
	return KAAL_OK;
}

kaal_status_t kaal_sys_notification_wait(kaal_cap_t ntfn, uint64_t *flags)
{
	return kaal_sys_notification_wait_until(ntfn, UINT64_MAX, flags);
}

kaal_status_t kaal_sys_cap_identify(kaal_cap_t cap, uint64_t *type, uint64_t *rights, uint64_t *size_bits)
{
	if (world.while_asking != NULL)
		world.while_asking();
	*type = cap >= PEER && cap < OTHER && !world.gone[(cap - PEER) / 64] ? KAAL_OBJECT_NOTIFICATION : KAAL_OBJECT_NULL;
	*rights = *size_bits = 0;
	return KAAL_OK;
}

kaal_status_t kaal_sys_untyped_retype(kaal_cap_t untyped, uint64_t type, kaal_cap_t to, uint64_t to_slot, uint64_t count, uint64_t *made)
{
	kaal_status_t status = world_call();

	(void)untyped;
	(void)type;
	(void)to;
	(void)to_slot;
	/* An interrupt comes when one is made; the rest is asked for again. */
	*made = status != KAAL_OK ? 0 : 1;
	return status == KAAL_OK && count > 1 ? KAAL_INTERRUPTED : status;
}

kaal_status_t kaal_sys_thread_bind_notification(kaal_cap_t thread, kaal_cap_t ntfn)
{
	kaal_status_t status = ntfn == 0 ? KAAL_OK : world_call();

	(void)thread;
	if (status == KAAL_OK)
		world.bound = ntfn != 0;
	return status;
}
