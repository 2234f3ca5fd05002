/*
 * Capabilities and the slots that hold them.
 *
 *   CAP-1: a slot whose type is KAAL_OBJECT_NULL has all fields zero, a CNode's slot 0 excepted
 *   CAP-2: rights are only ever copied or masked, never added
 *   CAP-3: `object` names memory of the type that the capability says
 */
#ifndef OBJECT_CAP_H
#define OBJECT_CAP_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/types.h>

/* An object's address in 32-byte units of physical memory. */
typedef uint32_t object_t;
#define OBJECT_UNIT_BITS 5u

/* A slot's handle: its address in units of its own size, which is the object unit. */
typedef uint32_t slot_t;
#define SLOT_BITS 5u

/* A capability by value. */
struct cap {
	uint64_t data;  /* badge; size and cursor of an untyped */
	object_t object;
	uint32_t word;  /* type, rights, aux: see cap_word() */
};

/* A capability in its place, with the derivation tree's links (slot handles, 0: none). */
struct slot {
	struct cap cap;
	slot_t parent;
	slot_t child;
	slot_t next;
	slot_t previous;
};

_Static_assert(sizeof(struct slot) == 1u << SLOT_BITS, "slots are reached by index");

/* In the rights' byte: the slot belongs to a thread, not to a CNode. Never copied. */
#define CAP_IN_THREAD 0x1000u

/* Fields of cap.word, multiples of these: type, rights, 16 bits that mean what the type says. */
#define CAP_TYPE_UNIT   1u
#define CAP_RIGHTS_UNIT 0x100u
#define CAP_AUX_UNIT    0x10000u

static inline uint32_t cap_word(enum kaal_object_type type, uint32_t rights, uint32_t aux)
{
	return (uint32_t)type * CAP_TYPE_UNIT + rights * CAP_RIGHTS_UNIT + aux * CAP_AUX_UNIT;
}

/*
 * Added to the type while a slot is being emptied, and alone (no type) while it
 * waits to take a moved capability: such a slot is found by no look-up.
 */
#define CAP_ZOMBIE 0x80u

static inline bool cap_is_zombie(struct cap cap)
{
	return cap.word / CAP_ZOMBIE % 2 == 1;
}

static inline enum kaal_object_type cap_type(struct cap cap)
{
	return (enum kaal_object_type)(cap.word % CAP_RIGHTS_UNIT);
}

static inline uint32_t cap_rights(struct cap cap)
{
	return cap.word / CAP_RIGHTS_UNIT % 0x10u;
}

static inline uint32_t cap_aux(struct cap cap)
{
	return cap.word / CAP_AUX_UNIT;
}

static inline bool cap_is_null(struct cap cap)
{
	return cap.word % CAP_RIGHTS_UNIT == 0;
}

/* Whether a capability with this word is of the type and has all of the rights: one comparison. */
static inline bool cap_word_is(uint32_t word, enum kaal_object_type type, uint32_t rights)
{
	//@ assert (word & (0xff + 0x100 * rights)) == word % 0x100 + 0x100 * ((word / 0x100 % 0x10) & rights);
	//@ assert 0 <= ((word / 0x100 % 0x10) & rights) <= 0xf;
	return (word & (CAP_RIGHTS_UNIT - 1 + rights * CAP_RIGHTS_UNIT)) == cap_word(type, rights, 0);
}

/* Whether there may be a second capability to the same object (and reference to the same count). */
bool cap_can_be_copied(struct cap cap);

/*
 * The capability with a badge or guard; false, and *status says why, where it
 * takes none or `data` is out of range.
 */
bool cap_with_data(struct cap *cap, uint64_t data, uint64_t *status);

/* What a copy of the capability is, with the rights that it and the mask have (CAP-2). */
struct cap cap_masked(struct cap cap, uint64_t rights_mask);

/* log2 of the bytes that the object takes; 0 for capabilities without memory of their own. */
uint32_t cap_size_bits(struct cap cap);

#endif
