/* What the adversary's threads have from the beginning that can be copied, on the machine and on the host. */
#ifndef GIFTS_H
#define GIFTS_H

#include "layout.h"

/* A capability in one of both CNodes: a copy of the one in slot `from`, or, with a badge or guard, minted. */
struct gift {
	uint64_t slot, from, rights, data;
};
#define GIFTS_MAX 96u

/* The first of the slots of whoever gives them. */
struct gift_sources {
	uint64_t cnode, small, endpoint, reply, notification, thread, context, space, page;
	uint64_t large; /* 0: there is none */
	uint64_t uncached, device, irq_control, handler, sched_control, debug;
	uint64_t caller_rights; /* on the threads that make calls */
};

/* Those of CNode `which`, 0 or 1, its own first; how many. */
unsigned gifts_plan(struct gift gift[GIFTS_MAX], const struct gift_sources *from, unsigned which);

#endif
