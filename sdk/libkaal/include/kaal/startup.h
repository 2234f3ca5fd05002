/*
 * The start page: what the root task tells a component when it starts. It is the
 * component's own memory; x0 holds its address at the first instruction, SP is the top of the
 * stack, 16-byte aligned, with an unmapped page below the stack; all other
 * registers are zero.
 *
 * The root task itself gets struct kaal_bootinfo there: the magic numbers differ.
 */
#ifndef KAAL_STARTUP_H
#define KAAL_STARTUP_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/bootinfo.h>
#include <kaal/message.h>
#include <kaal/object_types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KAAL_STARTUP_MAGIC 0x434f52504c41414bu /* "KAALPROC", little-endian */

/*
 * Where a component's first capabilities lie in its CSpace, beside KAAL_SLOT_CNODE (READ, WRITE), KAAL_SLOT_THREAD, KAAL_SLOT_VSPACE and
 * KAAL_SLOT_SCHED_CONTEXT (READ), which are those of enum kaal_root_slot. KAAL_SLOT_SYSTEM_CONTROL is there with the privilege
 * `power`, KAAL_SLOT_DEBUG with `debug`; all other slots below KAAL_SLOT_COMPONENT_FIRST_FREE are empty. From there on lie the
 * capabilities of its threads if it may have several.
 */
enum kaal_component_slot {
	KAAL_SLOT_SUPERVISOR = 9, /* endpoint of the root task; WRITE, GRANT */
	KAAL_SLOT_BROKER = 10,    /* endpoint of the capability broker; WRITE, GRANT; empty in the broker */
	KAAL_SLOT_LOG = 11,       /* notification that there is something in the log ring; WRITE */
	KAAL_SLOT_COMPONENT_FIRST_FREE = 16,
};

/*
 * With a threads-max above 1 each thread, the first included, has three slots from KAAL_SLOT_COMPONENT_FIRST_FREE on. All threads
 * but the first are stopped; they have the component's CSpace and address space, its priority and ceiling, a message buffer of
 * their own, a scheduling context of their own with the component's budget and period, and the supervisor for their faults.
 */
enum kaal_thread_slot {
	KAAL_THREAD_SLOT_THREAD,       /* READ, WRITE */
	KAAL_THREAD_SLOT_CONTEXT,      /* its scheduling context; READ */
	KAAL_THREAD_SLOT_NOTIFICATION, /* READ, WRITE; bound to nothing. libkaal lets the thread wait on it */
	KAAL_THREAD_SLOTS,
};

/* Threads that a component can have at most, the first included. */
#define KAAL_THREADS_MAX 64u

/* The slot of what thread `index` has; 0 is the first. */
static inline kaal_cap_t kaal_thread_slot(uint32_t index, enum kaal_thread_slot what)
{
	return KAAL_SLOT_COMPONENT_FIRST_FREE + (kaal_cap_t)KAAL_THREAD_SLOTS * index + (kaal_cap_t)what;
}

/* Characters of a component's name, and one for the NUL. */
#define KAAL_COMPONENT_NAME_BYTES 32u

struct kaal_startup {
	uint64_t magic;                        /* KAAL_STARTUP_MAGIC */
	uint32_t abi_version;                  /* KAAL_ABI_VERSION of the kernel */
	uint32_t size_bytes;                   /* of this structure */
	uint64_t features;                     /* KAAL_FEATURE_* */
	uint64_t counter_hz;                   /* ticks a second of CNTVCT_EL0 */
	char name[KAAL_COMPONENT_NAME_BYTES];  /* in the system description */
	uint32_t component;                    /* its index there */
	uint32_t start;                        /* 0 for the first start, one more for each restart */
	kaal_ticks_t start_ticks;              /* counter when the root task began to start it */
	kaal_ticks_t end_ticks;                /* counter when the root task heard of its last end; 0: there was none */
	uint32_t argument_count;               /* the first is the name */
	uint32_t priority;                     /* that its threads begin with, 0..priority_ceiling */
	uint64_t arguments;                    /* address of char *[argument_count + 1], the last one NULL; writable, as its texts are */
	uint64_t environment;                  /* the same of texts NAME=VALUE */
	struct kaal_range buffers;             /* message buffers, KAAL_MESSAGE_BUFFER_BYTES each, of the threads in their order */
	struct kaal_range log;                 /* struct kaal_log and its text; readable and writable */
	struct kaal_range files;               /* a system archive with the files that the description names; bytes is 0 without any */
	struct kaal_range free_addresses;      /* nothing lies there: the component's own to map */
	uint64_t memory_max_bytes;             /* of all that it causes */
	uint32_t threads_max;                  /* first thread included */
	uint32_t priority_ceiling;             /* 0..255 */
	uint32_t cnode_size_bits;              /* log2 of its CNode's slots */
	uint32_t first_free_slot;              /* slots from here to the CNode's end are empty */
	/* The broker only, else 0. */
	struct kaal_range policy; /* struct kaal_broker_policy (runtime/capability-broker/policy.h) */
	/* For random numbers: nobody else has it, and no other start. libc's getentropy() uses it up. */
	uint64_t seed_bytes;      /* 32; 0: the firmware gave nothing to make one of */
	uint8_t seed[32];
};

/*
 * Returns the start page, valid as long as the program runs, or NULL in the root task.
 *
 * Rights: none. Blocks: never. Ownership: stays the root task's; do not free. Any context.
 */
const struct kaal_startup *kaal_startup(void);

/*
 * Finds a file that the description gives the component (`files`), by its name in the archive.
 *
 * data, bytes: where it lies, read-only, for as long as the program runs, at any alignment, and how long it is
 *
 * Returns false if the component has no such file. Rights: none. Blocks: never; takes time by the files before it. Any context.
 */
bool kaal_file_find(const char *name, const void **data, uint64_t *bytes);

/* What every component has of itself. */
static inline kaal_cnode_t kaal_own_cnode(void)
{
	return kaal_cnode_at(KAAL_SLOT_CNODE);
}

static inline kaal_vspace_t kaal_own_vspace(void)
{
	return kaal_vspace_at(KAAL_SLOT_VSPACE);
}

/* Its first thread's; <kaal/thread.h> has the others'. */
static inline kaal_sched_context_t kaal_own_sched_context(void)
{
	return kaal_sched_context_at(KAAL_SLOT_SCHED_CONTEXT);
}

/* With the privilege `power`; else the slot is empty. */
static inline kaal_system_control_t kaal_own_system_control(void)
{
	return kaal_system_control_at(KAAL_SLOT_SYSTEM_CONTROL);
}

/* With the privilege `debug`. */
static inline kaal_debug_t kaal_own_debug(void)
{
	return kaal_debug_at(KAAL_SLOT_DEBUG);
}

#ifdef __cplusplus
}
#endif

#endif
