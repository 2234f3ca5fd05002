/*
 * Any request of any component at any time, with numbers that are true, stale or made up; ends of components; calls that the kernel
 * refuses. After each step the invariants hold, and when all have ended everything is back.
 */
#include "broker_fixture.h"

#include "../../qemu/random.h"
#include "../campaign.h"

#define STEPS 20000u
#define ROUND 1000u
#define KEPT 12u
#define OPENED 3u

TestSuite(anything, .init = broker_fixture_start, .timeout = 60);

static uint64_t seed;
static uint64_t number[COMPONENTS][KEPT]; /* of things that a component has got, true or stale */
static uint64_t notification[COMPONENTS]; /* the last one */
static uint64_t held_device[COMPONENTS];  /* likewise */
static struct answer channel[OPENED];       /* that have been opened */
static unsigned granted_count[18], refused_count[18];

static uint32_t below(uint32_t limit)
{
	return (uint32_t)(next_random(&seed) >> 33) % limit;
}

static bool one_in(uint32_t count)
{
	return below(count) == 0;
}

static const char *any_name(void)
{
	static const char *const names[] = {"uart", "clock", "disk", "card", "serial", "spare", "log", "nobody", ""};

	return names[below(sizeof names / sizeof names[0])];
}

static uint64_t any_number(unsigned component)
{
	return one_in(12) ? next_random(&seed) : one_in(8) ? 0 : number[one_in(8) ? below(COMPONENTS) : component][below(KEPT)];
}

/* A request's words: what may be meant, or not. */
static void fill(unsigned component, uint32_t request, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	const char *name = any_name();
	const struct answer *opened = &channel[below(OPENED)];

	for (unsigned i = 0; i < KAAL_MESSAGE_REGISTERS; i++)
		words[i] = any_number(component);
	switch (request) {
	case KAAL_BROKER_MEMORY:
		words[0] = 11 + below(one_in(4) ? 9 : 4);
		break;
	case KAAL_BROKER_DMA:
		words[0] = below(6) * PAGE;
		words[1] = below(3);
		break;
	case KAAL_BROKER_OBJECT:
		words[0] = below(2) == 0 ? KAAL_OBJECT_NOTIFICATION : below(12);
		break;
	case KAAL_BROKER_REGISTERS:
	case KAAL_BROKER_LINE:
		if (!one_in(4))
			words[0] = held_device[component];
		words[1] = below(4);
		break;
	case KAAL_BROKER_MORE:
		words[1] = below(5);
		break;
	case KAAL_BROKER_ACCEPT:
		if (!one_in(8)) {
			words[0] = opened->words[2];
			words[1] = opened->words[0];
		}
		words[2] = one_in(3) ? 0 : notification[component];
		words[3] = below(66);
		break;
	case KAAL_BROKER_PEER:
		if (!one_in(4))
			words[0] = opened->words[0];
		break;
	case KAAL_BROKER_DEVICE:
	case KAAL_BROKER_SERVE:
	case KAAL_BROKER_FIND:
	case KAAL_BROKER_WATCH:
	case KAAL_BROKER_OPEN:
		memset(words, 0, KAAL_COMPONENT_NAME_BYTES);
		if (request == KAAL_BROKER_SERVE && !one_in(4))
			name = component == SERVER ? "log" : "serial";
		if (request == KAAL_BROKER_OPEN && !one_in(4))
			name = component == OTHER ? "log" : "serial";
		memcpy(words, name, strlen(name));
		if (!one_in(4))
			words[request == KAAL_BROKER_OPEN ? 5 : 4] = one_in(3) ? 0 : notification[component];
		words[request == KAAL_BROKER_OPEN ? 6 : 5] = below(66);
		if (request == KAAL_BROKER_OPEN)
			words[4] = below(10) * PAGE;
		break;
	default:
		break;
	}
}

static void step(void)
{
	unsigned component = below(COMPONENTS), request = below(18);
	uint64_t words[KAAL_MESSAGE_REGISTERS];
	struct answer answer;

	if (one_in(200)) {
		end(component);
		if (one_in(2))
			end(below(COMPONENTS));
		purge();
		return;
	}
	if (one_in(50)) {
		ticks += below(2 * CLOSE_TICKS);
		broker_expire(&broker);
	}
	if ((request == KAAL_BROKER_ACCEPT || request == KAAL_BROKER_PEER) && !one_in(4))
		component = one_in(3) ? CLIENT : DRIVER;
	fill(component, request, words);
	calls = (struct calls){.fail_at = one_in(8) ? 1 + below(12) : 0, .status = KAAL_NO_REPLY, .spared = true};
	mm_interrupt_in(one_in(3) ? below(100) : 0);
	answer = ask_with(component, request, words, one_in(3) ? 0 : 1 + below(CLIENT_SLOTS));
	mm_interrupt_in(0);
	calls = (struct calls){0};
	if (answer.status != KAAL_OK) {
		cr_assert(answer.words[0] != 0 && answer.words[0] < 32);
		refused_count[request]++;
		return;
	}
	granted_count[request]++;
	if (request != KAAL_BROKER_ENDED && request != KAAL_BROKER_ACCOUNT && request < KAAL_BROKER_REGISTERS && answer.words[0] > 1)
		number[component][below(KEPT)] = answer.words[0];
	if (request == KAAL_BROKER_OBJECT && words[0] == KAAL_OBJECT_NOTIFICATION)
		notification[component] = answer.words[0];
	if (request == KAAL_BROKER_DEVICE)
		held_device[component] = answer.words[0];
	if (request == KAAL_BROKER_OPEN)
		channel[below(OPENED)] = answer;
}

Test(anything, in_any_order)
{
	struct state before, after;
	unsigned long last = STEPS;

	seed = campaign_start(20261123, &last) * 2 + 1;
	broker_state(&before);
	for (unsigned long at = 1; at <= last; at++) {
		step();
		if (at % 8 == 0)
			broker_check();
		if (at % ROUND != 0)
			continue;
		for (unsigned i = 0; i < COMPONENTS; i++)
			end(i);
		purge();
		broker_state(&after);
		state_equal(&before, &after, "all have ended");
	}
	for (unsigned i = 0; i <= 16; i++)
		fprintf(stderr, "request %u: %u granted, %u refused\n", i, granted_count[i], refused_count[i]);
	for (unsigned i = 1; i <= 16 && last >= STEPS; i++)
		cr_assert(granted_count[i] > 3 && (refused_count[i] > 3 || i == KAAL_BROKER_ACCOUNT), "request %u: %u granted, %u refused", i,
			  granted_count[i], refused_count[i]);
}
