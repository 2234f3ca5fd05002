/*
 * The root task's part: finds the device, makes objects out of untyped memory, and starts threads that have no
 * capabilities but those that they are given. All threads are in one address space: until the root task can start
 * programs, what a thread may do is limited by its CSpace, what it may read and write is not.
 */
#ifndef SETUP_H
#define SETUP_H

#include <stdint.h>

#include <kaal/device.h>
#include <kaal/types.h>

/* A thread to be started. */
struct setup_thread {
	void (*entry)(uint64_t argument); /* must not return */
	uint64_t argument;
	uint64_t priority;       /* below the root task's ceiling, 255 */
	void *stack_end;         /* 16-byte aligned */
	uint64_t slot_bits;      /* log2 of the slots of its CSpace */
	uint64_t context_slot;   /* where it finds its scheduling context, to read; 0: nowhere */
	kaal_cap_t notification; /* bound to it; 0: none */
	/* Made by setup_thread(), in the root task's CSpace. */
	kaal_cap_t thread, cspace, context;
};

/* Each ends the program with a message if it fails: without it there is nothing to go on with. */

/* Makes an object; returns its capability. type: KAAL_OBJECT_* + 256 * size_bits */
kaal_cap_t setup_make(uint64_t type);

/* Makes the frame of device memory at a physical address, a multiple of a page; returns its capability. Once a page. */
kaal_cap_t setup_device_frame(uint64_t physical);

/* Maps a frame readable and writable, with the page tables that are missing. */
void setup_map(kaal_cap_t frame, uint64_t address);

/* Makes the handler of a device's line and binds it to a notification; returns its capability. */
kaal_cap_t setup_handler(const struct kaal_device *device, kaal_cap_t notification);

/* Makes the thread with an empty CSpace and an unlimited scheduling context; it does not run yet. */
void setup_thread(struct setup_thread *thread);

/* Gives a copy of a capability with these rights, or the capability itself. */
void setup_give(const struct setup_thread *thread, uint64_t slot, kaal_cap_t capability, uint64_t rights);
void setup_move(const struct setup_thread *thread, uint64_t slot, kaal_cap_t capability);

/* Lets the thread run. */
void setup_start(const struct setup_thread *thread);

#endif
