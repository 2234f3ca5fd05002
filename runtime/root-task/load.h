/* A component comes to be: its domain, its address space, its CSpace, its first thread. */
#ifndef ROOT_TASK_LOAD_H
#define ROOT_TASK_LOAD_H

#include "root.h"

#define LOAD_REGIONS_MAX (KAAL_SEGMENTS_MAX + 6u)

/* What lies where. A page that is not mapped lies below the stack, and one above it; arguments lie on top of it. */
struct load_plan {
	struct load_region region[LOAD_REGIONS_MAX]; /* the executable's segments first */
	uint32_t regions;
	uint32_t pages; /* of all regions */
	uint32_t threads;
	struct load_region *stack, *shared, *buffers, *files, *extra, *scratch; /* those without pages have 0 of them */
	uint64_t end;   /* of all of it */
};

/*
 * Plans. extra_bytes: what it is given to read beside its files; scratch_bytes: to read and write. 0 for none.
 */
void load_plan(const struct component *component, uint64_t extra_bytes, uint64_t scratch_bytes, struct load_plan *plan);

/* Bytes of memory that it is made of, at most, with what is left over of blocks. */
uint64_t load_bytes(const struct component *component, const struct load_plan *plan);

/* Slots of the root task's CSpace that it takes while it lives; log2 of the slots of its own. */
uint64_t load_slots(const struct load_plan *plan);
uint32_t load_cspace_bits(const struct component *component);

/*
 * Makes the component, ready to be resumed; component->domain is what it is made of.
 *   startup  what its start page says beyond what everybody's does; changed
 *   extra    what it is given to read
 *   prepare  called when its objects are there, before anything is written; may be NULL
 * NO_MEMORY: memory, its memory-max, or slots. OUT_OF_RANGE: arguments and environment are longer than 3 KiB with a word for each, or files
 * than 2 MiB. Or what the kernel says. Nothing is left of it then.
 */
kaal_status_t load_component(struct component *component, const struct load_plan *plan, struct kaal_startup *startup, const void *extra,
			     void (*prepare)(void));

/*
 * Makes `count` objects of one type (KAAL_DOMAIN_TYPE) out of the component's domain, in slots that follow each other; *first is the
 * first one's. Errors as kaal_domain_make().
 */
kaal_status_t load_make(struct component *component, uint64_t type, uint32_t count, kaal_cap_t *first);

#endif
