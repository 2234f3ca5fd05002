/* What the model's calls share: who calls, with which arguments. Functions that tell a status have done the call. */
#ifndef MODEL_CALLS_H
#define MODEL_CALLS_H

#include "model.h"

extern struct m_thread *call_self;

uint64_t call_arg(unsigned i);

/* What argument `i` names, where the call needs this type and these rights: a status. */
uint64_t call_find(unsigned i, unsigned type, unsigned rights, struct m_slot **slot);
uint64_t call_find_thread(struct m_thread **thread);
/* Slot argument `i` + 1 of the CNode that argument `i` names. */
uint64_t call_find_in_cnode(unsigned i, unsigned rights, struct m_slot **slot);

/* The slot is emptied first: false, and no results, where the caller ends with what was in it. */
bool call_replace(struct m_slot *slot);

/* --- calls_threads.c --------------------------------------------------------------------------- */
uint64_t call_thread_configure(void);
uint64_t call_thread_set_own(enum m_own_slot which, unsigned type, unsigned rights);
uint64_t call_thread_set_registers(void);
uint64_t call_thread_exchange_registers(bool write);
uint64_t call_thread_set_priority(void);
uint64_t call_thread_resume_or_suspend(bool resume);
uint64_t call_sched_configure(void);
uint64_t call_sched_bind(void);
uint64_t call_sched_unbind(void);

/* --- calls_lines.c ----------------------------------------------------------------------------- */
uint64_t call_find_line(struct m_object **line);
uint64_t call_line_make(void);
uint64_t call_line_bind(void);
uint64_t call_line_unbind(void);
uint64_t call_line_ack(void);

/* --- calls_wait.c: false: not one of these ----------------------------------------------------- */
bool call_that_may_wait(uint32_t number);

#endif
