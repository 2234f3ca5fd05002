/*
 * What a look at all capabilities has found: objects by type, and how many capabilities each has. Kept in a word of
 * the object that nothing else uses, and taken out of it again; a CNode's in two unused links of its header.
 */
#ifndef CHECK_MARKS_H
#define CHECK_MARKS_H

#include <arch/arch.h>

#include <object/vspace.h>

/* Ends a list of objects. */
#define MARK_END UINT32_MAX

/* States an invariant by its name; `object` is told in the panic's lines. */
void mark_holds(bool condition, const char *name, uint32_t object);

/* Types with a list: those of objects with a header. */
bool mark_is_listed_type(enum kaal_object_type type);

/* The object is there, whether a capability to it has been found or not. */
void mark_add(enum kaal_object_type type, object_t object);
bool mark_has(enum kaal_object_type type, object_t object);

/* A capability has been found. Address spaces and interrupt lines are counted, too. */
void mark_count(struct cap cap);
uint32_t mark_found(enum kaal_object_type type, object_t object);
uint32_t mark_found_space(vspace_t vspace);
uint32_t mark_found_line(uint32_t line);

/* The list of a type, newest first; of address spaces, those with a capability, by number; 0 ends it. */
object_t mark_first(enum kaal_object_type type);
object_t mark_next(enum kaal_object_type type, object_t object);
vspace_t mark_first_space(void);
vspace_t mark_next_space(vspace_t vspace);

void mark_start(void);
/* Objects are as they were. */
void mark_end(void);

#endif
