/*
 * A domain: memory that one component's kernel objects are made of. Whatever comes out of it, and every copy of it, ends
 * with the domain, by one revoke for each of its blocks (one, unless it grew).
 *
 *   DM-1: the kernel has used the newest block up to `used`
 *   DM-2: the first slots_used of its slots are the ones that have been used
 *
 * Single objects are not given back. One thread at a time uses a domain.
 */
#ifndef KAAL_MEMORY_MANAGER_OBJECTS_H
#define KAAL_MEMORY_MANAGER_OBJECTS_H

#include <memory-manager/physical.h>

struct kaal_domain {
	struct kaal_physical_memory *physical;
	struct kaal_account *account;
	kaal_block_t blocks; /* newest first */
	uint64_t used;       /* bytes of the newest block */
	kaal_cap_t first;    /* slots of its own */
	uint32_t slots;
	uint32_t slots_used;
	uint8_t bits;        /* of the first block, and at least of those that follow */
};

/* The argument `type` of kaal_domain_make(): KAAL_OBJECT_*, size and KAAL_RETYPE_* as for untyped_retype. */
#define KAAL_DOMAIN_TYPE(object, size_bits) ((uint64_t)(object) + UINT64_C(256) * (size_bits))

/*
 * Bytes of an object in memory, which is its alignment, too; `type` as for untyped_retype. 0: no such type.
 */
uint64_t kaal_object_bytes(uint64_t type);

/*
 * A domain with a block of 2^bits bytes, charged to `account`, and `slots` slots in a row, 0 for none.
 * Errors as kaal_physical_take() and kaal_slots_take(). Nothing is taken then.
 */
kaal_status_t kaal_domain_start(struct kaal_domain *domain, struct kaal_physical_memory *physical, struct kaal_account *account, uint32_t bits,
				uint32_t slots);

/*
 * Makes `count` objects in one call of the kernel, 1..2^20, in slots of the domain; *index is the first one's. They follow
 * each other in memory. Where the block has no room the domain takes another, of at least 2^bits bytes if there is one.
 * OUT_OF_RANGE: `type`, `count`. NO_MEMORY: memory, the account's limit, or the domain's slots do not suffice, or the
 * kernel has no number for a further address space. Or what the kernel says. No object has been made then, and nothing
 * taken; room in the block that was used up stays so until the domain ends, if the kernel stopped half-way.
 */
kaal_status_t kaal_domain_make(struct kaal_domain *domain, uint64_t type, uint32_t count, kaal_cap_t *index);

/* The same in slots slot..slot + count - 1 of a CNode, which needs WRITE; SLOT_OCCUPIED, INVALID_CAP and others, too. */
kaal_status_t kaal_domain_make_in(struct kaal_domain *domain, uint64_t type, uint32_t count, kaal_cap_t cnode, uint64_t slot);

/* Bytes that the domain is charged with. */
uint64_t kaal_domain_bytes(const struct kaal_domain *domain);

/*
 * The end of everything that was made, wherever its capabilities lie; memory, charge and slots are free. If the kernel
 * refuses a revoke (its status is returned), what is left can be ended by another call.
 */
kaal_status_t kaal_domain_end(struct kaal_domain *domain);

#endif
