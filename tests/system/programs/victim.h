/* How a victim ends: its own number, the seed and how often it was started decide; the one that starts it knows, too. */
#ifndef SYSTEM_VICTIM_H
#define SYSTEM_VICTIM_H

#include <kaal/message.h>
#include <kaal/supervisor.h>

#include "../../qemu/random.h"

struct way {
	enum kaal_component_end end;
	uint64_t code;
	uint64_t delay; /* counter ticks, before it is killed */
};

static inline struct way way_of(uint64_t seed, uint32_t component, uint64_t start)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15u + component * UINT64_C(1000003) + start * 2 + 1;
	uint64_t number;

	for (unsigned i = 0; i < 4; i++)
		(void)next_random(&state);
	number = next_random(&state);
	switch (number % 4) {
	case 0:
		return (struct way){KAAL_END_FAULT, KAAL_FAULT_EXCEPTION, 0};
	case 1:
		return (struct way){KAAL_END_EXIT, number >> 8 & 0x7f, 0};
	default:
		return (struct way){KAAL_END_KILLED, 0, number >> 8 & 0xfff};
	}
}

#endif
