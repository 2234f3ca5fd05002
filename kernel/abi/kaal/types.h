/*
 * Types, object types, rights and limits that kernel and user agree on.
 * Freestanding: needs <stdint.h> only.
 */
#ifndef KAAL_TYPES_H
#define KAAL_TYPES_H

#include <stdint.h>

/* ABI version. Same major: older programs run; same major and minor: identical. */
#define KAAL_ABI_MAJOR 0u
#define KAAL_ABI_MINOR 1u
#define KAAL_ABI_VERSION ((KAAL_ABI_MAJOR << 16) | KAAL_ABI_MINOR)

/* ELF note that every component carries: owner "KaaL", type 1, one u32: KAAL_ABI_VERSION. */
#define KAAL_NOTE_OWNER "KaaL"
#define KAAL_NOTE_TYPE_ABI 1u

/* The index of a capability in its holder's CSpace, guard and all levels resolved by the kernel. */
typedef uint64_t kaal_cap_t;

/* An absolute time or a span in ticks of the generic timer's virtual counter (CNTVCT_EL0). */
typedef uint64_t kaal_ticks_t;

/* Object types, as cap_identify() tells them. Numbers are stable. */
enum kaal_object_type {
	KAAL_OBJECT_NULL = 0,
	KAAL_OBJECT_UNTYPED = 1,
	KAAL_OBJECT_CNODE = 2,
	KAAL_OBJECT_THREAD = 3,
	KAAL_OBJECT_SCHED_CONTEXT = 4,
	KAAL_OBJECT_ENDPOINT = 5,
	KAAL_OBJECT_REPLY = 6,
	KAAL_OBJECT_NOTIFICATION = 7,
	KAAL_OBJECT_VSPACE = 8,
	KAAL_OBJECT_PAGE_TABLE = 9,
	KAAL_OBJECT_FRAME = 10,
	KAAL_OBJECT_IRQ_CONTROL = 11,
	KAAL_OBJECT_IRQ_HANDLER = 12,
	KAAL_OBJECT_SCHED_CONTROL = 13,
	KAAL_OBJECT_SYSTEM_CONTROL = 14,
	KAAL_OBJECT_DEBUG = 15,
	KAAL_OBJECT_VCPU = 16,  /* reserved */
	KAAL_OBJECT_IOMMU = 17, /* reserved */
};

/* Rights of a capability: copies may have fewer, never more. */
#define KAAL_RIGHT_READ    (1u << 0) /* receive, wait, map readable */
#define KAAL_RIGHT_WRITE   (1u << 1) /* send, signal, map writable, control */
#define KAAL_RIGHT_GRANT   (1u << 2) /* send capabilities along */
#define KAAL_RIGHT_EXECUTE (1u << 3) /* map executable; of untyped memory: make address spaces */
#define KAAL_RIGHTS_ALL    0xfu

/* Added to the type of untyped_retype. */
#define KAAL_RETYPE_UNCACHED  0x10000u /* frames that are mapped as uncached memory, for devices that do not see the caches */
#define KAAL_RETYPE_NO_SPACES 0x20000u /* untyped memory without EXECUTE: no address spaces can be made of it */

/* Message registers: x9..x15 and x18 carry message words 0..7. */
#define KAAL_MESSAGE_REGISTERS 8u

/* A page, the unit of mapping. */
#define KAAL_PAGE_BITS 12u
#define KAAL_PAGE_BYTES 4096u

/* User addresses lie in [KAAL_USER_VA_MIN, KAAL_USER_VA_END): three levels, 39 bits. */
#define KAAL_USER_VA_MIN 0x1000u
#define KAAL_USER_VA_END 0x8000000000u

#endif
