/* What each CPU has of its own. One CPU runs at present. */
#ifndef CORE_CPU_H
#define CORE_CPU_H

#include <object/thread.h>
#include <object/vspace.h>

#define READY_WORDS (PRIORITIES / 64u)
/* The counter gets there in no lifetime of the machine. */
#define NEVER UINT64_MAX

struct cpu {
	thread_t current;              /* runs at EL0, or last did; THREAD_NONE before the first and after its end */
	thread_t loaded;               /* whose address space and extra registers the CPU has; THREAD_NONE: nobody's */
	int32_t ready_top;             /* the most urgent priority with a thread in its ready queue; -1: there is none */
	uint32_t fp_allowed;           /* the architecture's: whether the running thread may use the FP unit */
	thread_t next;                 /* takes the CPU from the running one, if nothing else changes; THREAD_NONE: see ready queues */
	bool next_preempts;            /* next is more urgent than the running thread, which has not stopped since */
	bool changed;                  /* since the running thread was chosen, something has that may choose another */
	sched_context_t sched_context; /* whose budget is used; SCHED_CONTEXT_NONE while idle */
	uint64_t started;              /* counter when it began to be used or was last charged */
	uint64_t budget_end;           /* counter when its budget ends; NEVER if never */
	uint64_t armed;                /* what the timer is set to; NEVER: off */
	uint64_t ready[READY_WORDS];   /* bit p % 64 of word p / 64: the queue of priority p is not empty */
	uint64_t ready_summary;        /* bit w: word w is not 0 */
	thread_t ready_first[PRIORITIES];
	thread_t ready_last[PRIORITIES];
	uint64_t space_word[VSPACES_MAX]; /* by number: what arch_space_use() takes; 0: the space has no ASID on this CPU */
};

extern struct cpu cpu;

#endif
