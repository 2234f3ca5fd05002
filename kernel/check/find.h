/* Goes through all capabilities: what capabilities and their tree can be said to be, object by object (CAP, DT, UT, FR-1), and which objects there are (marks.h). */
#ifndef CHECK_FIND_H
#define CHECK_FIND_H

#include <arch/arch.h>

#include <object/cap.h>

/* What this look at all slots has found, beside marks. */
struct found {
	uint32_t slots;      /* with a capability, or reserved for one, in containers that were gone through */
	uint32_t tree_slots; /* the same, along the derivation tree */
	uint32_t roots;      /* without parent */
	uint64_t roots_sum;  /* of what they are: the same for the same capabilities */
};

/* What the kernel, or a test, holds without a capability. */
void find_keep(enum kaal_object_type type, object_t object);
void find_keep_nothing(void);

/* Fills the marks, and says what there is. */
struct found find_all(void);

/* Whether a look that found this has found all that there are: boot's capabilities are there, or boot has told of none. */
void find_set_boot(const struct found *found);
bool find_is_complete(const struct found *found);

#endif
