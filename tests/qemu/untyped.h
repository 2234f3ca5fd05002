/* For tests that make objects: memory, names of types, and what a capability is. */
#ifndef UNTYPED_H
#define UNTYPED_H

#include <kaal/boot.h>
#include <kaal/types.h>

#define OWN KAAL_SLOT_CNODE /* the root task's CNode, in its own CSpace */
#define ALL KAAL_RIGHTS_ALL

/* The argument `type` of untyped_retype. */
#define CNODE_OF(radix) (KAAL_OBJECT_CNODE + UINT64_C(256) * (radix))
#define UNTYPED_OF(bits) (KAAL_OBJECT_UNTYPED + UINT64_C(256) * (bits))

/* What cap_identify tells of a capability; UINT64_MAX where it fails. */
uint64_t type_of(kaal_cap_t cap);
uint64_t rights_of(kaal_cap_t cap);
uint64_t bits_of(kaal_cap_t cap);

/* Copies a capability, with all its rights, into slots 1..count of a CNode; returns how many of these calls failed. */
unsigned fill_cnode(kaal_cap_t cnode, uint64_t count, kaal_cap_t original);

#endif
