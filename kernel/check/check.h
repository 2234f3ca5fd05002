/*
 * Looks at all objects that there are and states every invariant of the headers of object/ and core/ that can be
 * seen from their state. In debug kernels, each KERNEL_CHECK_CALLS entries, and in the host's tests of the kernel.
 * A failure is a panic with the invariant's name.
 *
 * Not to be seen from a state, because they are about steps:
 *   FR-2: what an unmap may remove
 *   FR-4: what is in the caches
 *   WQ-3: what a thread's priority was before
 *
 * All objects: those that capabilities lead to which lie in CNodes, threads and interrupt lines that are reached, from
 * what the kernel itself holds, by capabilities or through the derivation tree. A program that deletes one of
 * boot's capabilities can hide others in CNodes that nothing leads to; from then on a count may be larger than what is found.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <object/thread.h>

/* Everything; called between two steps of the kernel, on the way out of it or before. Writes `checked` words of objects, and undoes it. */
void check_everything(void);

/* Once in KERNEL_CHECK_CALLS times: everything. */
void check_now_and_then(void);

/*
 * A reference to the object is held by no capability but by the kernel, or by a test in its place: counted once more.
 * Of threads that have no count at all a test makes them known so. CHECK_KEPT_MAX at most.
 */
#define CHECK_KEPT_MAX 256u
void check_keep(enum kaal_object_type type, object_t object);

/* Nothing is kept. The host's tests begin with it. */
void check_start(void);

/* The same at the end of boot: the root task's thread and context are, and what there is now stays, unless its owner deletes it. */
void check_boot(thread_t root);

#endif
