/* What the adversary's threads on the machine have in their CSpaces from the beginning: by type, the first with all rights that they have. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "choose.h"

#define ATTACK_RADIX 8u
#define ATTACK_CALLERS 6u /* threads that make calls and count them */
#define ATTACK_VICTIMS 3u /* threads whose registers anybody may change: they run code that needs no memory */
#define ATTACK_SPACES 2u

/* Slots of both CNodes; what can be copied is the same in both. */
enum attack_slot {
	ATTACK_CNODE = 1,          /* both CNodes, this one first; one that may only be read; a small one; one with a guard */
	ATTACK_CNODES = 5,
	ATTACK_UNTYPED = ATTACK_CNODE + ATTACK_CNODES, /* this CNode's own: three of RAM, of which the last makes no spaces; one of a device */
	ATTACK_UNTYPEDS = 4,
	ATTACK_ENDPOINT = ATTACK_UNTYPED + ATTACK_UNTYPEDS, /* two; with a badge; to send only, to receive only, without GRANT */
	ATTACK_ENDPOINTS = 6,
	ATTACK_REPLY = ATTACK_ENDPOINT + ATTACK_ENDPOINTS, /* three; one without rights */
	ATTACK_REPLIES = 4,
	ATTACK_NOTIFICATION = ATTACK_REPLY + ATTACK_REPLIES, /* two; with a badge; to wait for only */
	ATTACK_NOTIFICATIONS = 4,
	ATTACK_THREAD = ATTACK_NOTIFICATION + ATTACK_NOTIFICATIONS, /* callers, without READ: nobody gets to know their registers; victims */
	ATTACK_THREADS = ATTACK_CALLERS + ATTACK_VICTIMS,
	ATTACK_CONTEXT = ATTACK_THREAD + ATTACK_THREADS,
	ATTACK_CONTEXTS = ATTACK_THREADS,
	ATTACK_SPACE = ATTACK_CONTEXT + ATTACK_CONTEXTS, /* both */
	ATTACK_TABLE = ATTACK_SPACE + ATTACK_SPACES,     /* this CNode's own */
	ATTACK_TABLES = 2,
	ATTACK_FRAME = ATTACK_TABLE + ATTACK_TABLES, /* four pages that lie behind each other; a large one; uncached; a device's */
	ATTACK_FRAMES = 7,
	ATTACK_LARGE = ATTACK_FRAME + 4,
	ATTACK_UNCACHED,
	ATTACK_DEVICE,
	ATTACK_IRQ_CONTROL = ATTACK_FRAME + ATTACK_FRAMES,
	ATTACK_HANDLER, /* of two lines */
	ATTACK_HANDLERS = 2,
	ATTACK_SCHED_CONTROL = ATTACK_HANDLER + ATTACK_HANDLERS,
	ATTACK_DEBUG,
	ATTACK_SPARE,
};

#define ATTACK_SPARES 96u

/* All of it for choose.h, but where code, addresses and lines are. */
#define ATTACK_HOMES                                                                                                        \
	{                                                                                                                   \
		[KAAL_OBJECT_CNODE] = {ATTACK_CNODE, ATTACK_CNODES}, [KAAL_OBJECT_UNTYPED] = {ATTACK_UNTYPED, ATTACK_UNTYPEDS}, \
		[KAAL_OBJECT_ENDPOINT] = {ATTACK_ENDPOINT, ATTACK_ENDPOINTS}, [KAAL_OBJECT_REPLY] = {ATTACK_REPLY, ATTACK_REPLIES}, \
		[KAAL_OBJECT_NOTIFICATION] = {ATTACK_NOTIFICATION, ATTACK_NOTIFICATIONS},                                     \
		[KAAL_OBJECT_THREAD] = {ATTACK_THREAD, ATTACK_THREADS}, [KAAL_OBJECT_SCHED_CONTEXT] = {ATTACK_CONTEXT, ATTACK_CONTEXTS}, \
		[KAAL_OBJECT_VSPACE] = {ATTACK_SPACE, ATTACK_SPACES}, [KAAL_OBJECT_PAGE_TABLE] = {ATTACK_TABLE, ATTACK_TABLES}, \
		[KAAL_OBJECT_FRAME] = {ATTACK_FRAME, ATTACK_FRAMES}, [KAAL_OBJECT_IRQ_CONTROL] = {ATTACK_IRQ_CONTROL, 1},       \
		[KAAL_OBJECT_IRQ_HANDLER] = {ATTACK_HANDLER, ATTACK_HANDLERS}, [KAAL_OBJECT_SCHED_CONTROL] = {ATTACK_SCHED_CONTROL, 1}, \
		[KAAL_OBJECT_DEBUG] = {ATTACK_DEBUG, 1},                                                                       \
	}

#endif
