/*
 * The bootinfo page: what the kernel tells the root task. Mapped read-only in
 * the root task's address space; x0 holds its address at the first instruction.
 *
 * At that instruction SP is the top of the root task's stack, 16-byte aligned;
 * the page below the stack is not mapped. All other registers are zero.
 */
#ifndef KAAL_BOOTINFO_H
#define KAAL_BOOTINFO_H

#include <kaal/types.h>

#define KAAL_BOOTINFO_MAGIC 0x4f464e494c41414bu /* "KAALINFO", little-endian */

/* Where the root task's first capabilities lie in its CSpace. */
enum kaal_root_slot {
	KAAL_SLOT_NULL = 0,           /* header of the CNode; the null capability */
	KAAL_SLOT_CNODE = 1,          /* the CNode itself */
	KAAL_SLOT_THREAD = 2,         /* the root task's thread */
	KAAL_SLOT_VSPACE = 3,         /* its address space */
	KAAL_SLOT_SYSTEM_CONTROL = 4, /* power off, reset */
	KAAL_SLOT_DEBUG = 5,          /* boot console, debugging */
	KAAL_SLOT_SCHED_CONTEXT = 6,  /* the context that the root task runs on, unlimited */
	KAAL_SLOT_SCHED_CONTROL = 7,  /* budgets and periods on CPU 0 */
	KAAL_SLOT_IRQ_CONTROL = 8,    /* handlers for interrupt lines */
	KAAL_SLOT_FIRST_UNTYPED = 16, /* kaal_bootinfo.untyped_count of them */
};

/* One untyped memory block: capability KAAL_SLOT_FIRST_UNTYPED + i. */
struct kaal_untyped {
	uint64_t base;     /* physical address, aligned to its size; information, not authority */
	uint8_t size_bits; /* log2 of its bytes */
	uint8_t device;    /* 1: device memory, never zeroed and never seen by the kernel */
	uint8_t reserved[6];
};

/* Stages of boot; stage_ticks[] holds the counter when each was reached. */
enum kaal_boot_stage {
	KAAL_STAGE_IMAGE_ENTRY = 0,   /* first instructions of the image */
	KAAL_STAGE_TREE_PARSED = 1,   /* device tree read and checked */
	KAAL_STAGE_MMU_ON = 2,        /* loader's page tables in use */
	KAAL_STAGE_ROOT_LOADED = 3,   /* archive and root task's ELF read, segments copied */
	KAAL_STAGE_KERNEL_ENTRY = 4,  /* first instructions of the kernel */
	KAAL_STAGE_KERNEL_MAPPED = 5, /* kernel's final page tables in use */
	KAAL_STAGE_DEVICES_READY = 6, /* interrupt controller and timer set up */
	KAAL_STAGE_USER_ENTRY = 7,    /* root task's objects made, about to leave for EL0 */
	KAAL_BOOT_STAGES = 8,
};

/* A range of the root task's address space, read-only. bytes is 0 where there is none. */
struct kaal_range {
	uint64_t address;
	uint64_t bytes;
};

#define KAAL_BOOTINFO_UNTYPED_MAX 239u

/* CPU and kernel features, kaal_bootinfo.features. */
#define KAAL_FEATURE_PAN (1u << 0)          /* EL1 cannot touch EL0's memory by accident */
#define KAAL_FEATURE_KERNEL_DEBUG (1u << 8) /* kernel built with kernel_debug=true */

struct kaal_bootinfo {
	uint64_t magic;                              /* KAAL_BOOTINFO_MAGIC */
	uint32_t abi_version;                        /* KAAL_ABI_VERSION of the kernel */
	uint32_t size_bytes;                         /* of this structure */
	uint64_t features;                           /* KAAL_FEATURE_* */
	uint64_t counter_hz;                         /* ticks a second of CNTVCT_EL0 */
	uint64_t stage_ticks[KAAL_BOOT_STAGES];      /* see enum kaal_boot_stage */
	struct kaal_range archive;                   /* the system archive, byte for byte */
	struct kaal_range device_tree;               /* the firmware's device tree blob, without padding at its end */
	uint64_t ram_bytes;                          /* RAM that the device tree describes */
	uint64_t kernel_bytes;                       /* RAM that loader and kernel keep */
	uint32_t cpu_count;                          /* CPUs that the device tree describes; one runs */
	uint32_t cnode_size_bits;                    /* log2 of the root CNode's slots */
	uint32_t first_free_slot;                    /* slots from here to the CNode's end are empty */
	uint32_t untyped_count;                      /* entries of untyped[] */
	uint32_t untyped_left_out;                   /* blocks for which the table had no room */
	uint32_t reserved;
	struct kaal_untyped untyped[KAAL_BOOTINFO_UNTYPED_MAX];
};

#endif
