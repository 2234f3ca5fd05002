#include "choose.h"

#include <kaal/message.h>

#define PAGES 8u        /* of each region that frames are mapped in */
#define REGIONS 3u
#define REGION_BYTES UINT64_C(0x200000)
#define DEADLINE_MORE 4000u /* ticks */
#define BUDGET_MIN 512u
#define BUDGET_MORE 4000u

uint32_t choose_below(struct chooser *chooser, uint32_t limit)
{
	return (uint32_t)(chooser->next(chooser) % limit);
}

bool choose_one_in(struct chooser *chooser, uint32_t chances)
{
	return choose_below(chooser, chances) == 0;
}

uint64_t choose_spare(struct chooser *chooser)
{
	return chooser->around->spare + choose_below(chooser, chooser->around->spares);
}

static uint64_t at_home(struct chooser *chooser, enum kaal_object_type type)
{
	const struct home *home = &chooser->around->home[type];

	if (home->count == 0)
		return choose_spare(chooser);
	return home->first + (choose_one_in(chooser, 2) ? 0 : choose_below(chooser, home->count));
}

uint64_t choose_any_cap(struct chooser *chooser)
{
	return choose_one_in(chooser, 2) ? at_home(chooser, (enum kaal_object_type)(1 + choose_below(chooser, KAAL_OBJECT_DEBUG))) : choose_spare(chooser);
}

uint64_t choose_cap(struct chooser *chooser, enum kaal_object_type type)
{
	const struct home *home = &chooser->around->home[type];

	if (type == KAAL_OBJECT_NULL)
		return choose_any_cap(chooser);
	/* Those for which there are several are alike, and so are threads. */
	if (type == KAAL_OBJECT_THREAD || type == KAAL_OBJECT_SCHED_CONTEXT || type == KAAL_OBJECT_FRAME)
		return choose_one_in(chooser, 8) ? choose_spare(chooser) : home->first + choose_below(chooser, home->count);
	return choose_one_in(chooser, 16) ? choose_spare(chooser) : at_home(chooser, type);
}

uint64_t choose_address(struct chooser *chooser)
{
	uint64_t region = chooser->around->address + choose_below(chooser, REGIONS) * REGION_BYTES;

	return choose_one_in(chooser, 8) ? region : region + choose_below(chooser, PAGES) * KAAL_PAGE_BYTES;
}

/* What retype makes: small things more often. */
static uint64_t choose_what(struct chooser *chooser)
{
	static const uint64_t whats[] = {
		KAAL_OBJECT_ENDPOINT, KAAL_OBJECT_REPLY, KAAL_OBJECT_NOTIFICATION, KAAL_OBJECT_THREAD, KAAL_OBJECT_SCHED_CONTEXT,
		KAAL_OBJECT_CNODE + 256 * 1, KAAL_OBJECT_CNODE + 256 * 4, KAAL_OBJECT_CNODE + 256 * 8, KAAL_OBJECT_VSPACE, KAAL_OBJECT_PAGE_TABLE,
		KAAL_OBJECT_FRAME + 256 * 12, KAAL_OBJECT_FRAME + 256 * 12, KAAL_OBJECT_FRAME + 256 * 12 + KAAL_RETYPE_UNCACHED,
		KAAL_OBJECT_UNTYPED + 256 * 12, KAAL_OBJECT_UNTYPED + 256 * 13, KAAL_OBJECT_UNTYPED + 256 * 14 + KAAL_RETYPE_NO_SPACES,
		KAAL_OBJECT_FRAME + 256 * 21,
	};

	return whats[choose_below(chooser, sizeof whats / sizeof *whats)];
}

static uint64_t choose_badge(struct chooser *chooser)
{
	/* A CNode's guard: as many bits as its radix leaves of an index, and as many less. */
	if (choose_one_in(chooser, 3))
		return choose_one_in(chooser, 2) ? 56 : choose_below(chooser, 57);
	return choose_one_in(chooser, 4) ? chooser->next(chooser) : UINT64_C(1) << choose_below(chooser, 64);
}

static uint64_t choose_message(struct chooser *chooser)
{
	uint32_t words = choose_one_in(chooser, 4) ? choose_below(chooser, KAAL_MESSAGE_WORDS_MAX + 1) : choose_below(chooser, KAAL_MESSAGE_REGISTERS + 1);
	uint32_t caps = choose_one_in(chooser, 3) ? choose_below(chooser, KAAL_MESSAGE_CAPS_MAX + 1) : 0;

	return kaal_message(words, caps, choose_one_in(chooser, 2) ? 0 : choose_below(chooser, 3));
}

static uint64_t right_word(struct chooser *chooser, enum choice choice)
{
	const struct surroundings *around = chooser->around;

	switch (choice) {
	case CHOOSE_MESSAGE:
		return choose_message(chooser);
	case CHOOSE_DEADLINE:
		return chooser->now + choose_below(chooser, DEADLINE_MORE);
	case CHOOSE_OFFSET:
		return choose_below(chooser, 8) * UINT64_C(512);
	case CHOOSE_LENGTH:
		return 1 + choose_below(chooser, 2);
	case CHOOSE_TO_SLOT:
		return choose_spare(chooser);
	case CHOOSE_FROM_SLOT:
		return choose_any_cap(chooser);
	case CHOOSE_RIGHTS:
		return choose_one_in(chooser, 3) ? choose_below(chooser, 16) : choose_one_in(chooser, 3) ? KAAL_RIGHT_READ | KAAL_RIGHT_EXECUTE
											: KAAL_RIGHT_READ | KAAL_RIGHT_WRITE;
	case CHOOSE_BADGE:
		return choose_badge(chooser);
	case CHOOSE_WHAT:
		return choose_what(chooser);
	case CHOOSE_OBJECTS:
	case CHOOSE_FRAMES:
		return 1 + (choose_one_in(chooser, 2) ? 0 : choose_below(chooser, 6));
	case CHOOSE_TRUTH:
	case CHOOSE_TRIGGER:
		return choose_below(chooser, 2);
	case CHOOSE_LINE:
		return around->line + choose_below(chooser, around->lines);
	case CHOOSE_PC:
		return around->code;
	case CHOOSE_ADDRESS:
		return choose_address(chooser);
	case CHOOSE_PRIORITY:
		return around->priority - choose_below(chooser, 3);
	case CHOOSE_BUDGET:
		return choose_one_in(chooser, 4) ? UINT64_MAX : BUDGET_MIN + choose_below(chooser, BUDGET_MORE);
	case CHOOSE_PERIOD:
		return BUDGET_MIN + BUDGET_MORE + choose_below(chooser, 2 * BUDGET_MORE);
	default:
		return chooser->next(chooser);
	}
}

/* Numbers at the edge of some range. */
static uint64_t edge(struct chooser *chooser)
{
	static const uint64_t edges[] = {
		0, 1, 2, 7, 8, 9, 15, 16, 63, 64, 65, 255, 256, 511, 512, 513, 1019, 1020, 4095, 4096, UINT64_C(1) << 20, (UINT64_C(1) << 20) + 1,
		INT32_MAX, UINT32_MAX, UINT64_C(1) << 32, UINT64_C(1) << 36, UINT64_C(1) << 37, KAAL_USER_VA_END - KAAL_PAGE_BYTES, KAAL_USER_VA_END,
		UINT64_C(1) << 48, (UINT64_C(1) << 48) + 1, INT64_MAX, UINT64_C(1) << 63, UINT64_C(0xffffff8000000000), UINT64_MAX - 1, UINT64_MAX,
	};

	return edges[choose_below(chooser, sizeof edges / sizeof *edges)];
}

/* One that is not what it should be, by a little or altogether. */
static uint64_t wrong(struct chooser *chooser, const struct call_argument *argument, uint64_t right)
{
	switch (choose_below(chooser, 4)) {
	case 0:
		return edge(chooser);
	case 1:
		return argument->choice == CHOOSE_CAP ? choose_any_cap(chooser) : right ^ UINT64_C(1) << choose_below(chooser, 64);
	case 2:
		return argument->choice == CHOOSE_CAP ? choose_any_cap(chooser) : right + choose_below(chooser, 8) - 4;
	default:
		return chooser->next(chooser) >> choose_below(chooser, 64);
	}
}

void choose_arguments(struct chooser *chooser, const struct call *call, uint64_t argument[6])
{
	uint32_t how = choose_below(chooser, 8);

	for (uint32_t i = 0; i < 6; i++)
		argument[i] = 0;
	for (uint32_t i = 0; i < call->arguments; i++) {
		const struct call_argument *a = &call->argument[i];

		argument[i] = a->choice == CHOOSE_CAP ? choose_cap(chooser, a->object) : right_word(chooser, a->choice);
	}
	if (call->arguments == 0 || how < 5)
		return;
	if (how < 7) {
		uint32_t which = choose_below(chooser, call->arguments);

		argument[which] = wrong(chooser, &call->argument[which], argument[which]);
		return;
	}
	for (uint32_t i = 0; i < call->arguments; i++)
		argument[i] = edge(chooser);
}
