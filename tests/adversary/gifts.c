#include "gifts.h"

#define ALL KAAL_RIGHTS_ALL
#define RW (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)
#define BADGE UINT64_C(0x100)
#define GUARD UINT64_C(3) /* its value, of eight bits */

static struct gift *plan(struct gift *at, uint64_t slot, uint64_t from, uint64_t rights, uint64_t data)
{
	*at = (struct gift){slot, from, rights, data};
	return at + 1;
}

static struct gift *plan_all(struct gift *at, uint64_t first, uint64_t from, uint64_t count, uint64_t rights)
{
	for (uint64_t i = 0; i < count; i++)
		at = plan(at, first + i, from + i, rights, 0);
	return at;
}

static struct gift *plan_messages(struct gift *at, const struct gift_sources *from)
{
	at = plan_all(at, ATTACK_ENDPOINT, from->endpoint, 2, ALL);
	at = plan(at, ATTACK_ENDPOINT + 2, from->endpoint, ALL, BADGE);
	at = plan(at, ATTACK_ENDPOINT + 3, from->endpoint, KAAL_RIGHT_WRITE, 0);
	at = plan(at, ATTACK_ENDPOINT + 4, from->endpoint, KAAL_RIGHT_READ, 0);
	at = plan(at, ATTACK_ENDPOINT + 5, from->endpoint + 1, RW, 0);
	at = plan_all(at, ATTACK_REPLY, from->reply, 3, ALL);
	at = plan(at, ATTACK_REPLY + 3, from->reply, 0, 0);
	at = plan_all(at, ATTACK_NOTIFICATION, from->notification, 2, ALL);
	at = plan(at, ATTACK_NOTIFICATION + 2, from->notification, ALL, BADGE);
	return plan(at, ATTACK_NOTIFICATION + 3, from->notification + 1, KAAL_RIGHT_READ, 0);
}

unsigned gifts_plan(struct gift gift[GIFTS_MAX], const struct gift_sources *from, unsigned which)
{
	struct gift *at = gift;
	uint64_t own = from->cnode + which, other = from->cnode + 1 - which;

	at = plan(at, ATTACK_CNODE, own, ALL, 0);
	at = plan(at, ATTACK_CNODE + 1, other, ALL, 0);
	at = plan(at, ATTACK_CNODE + 2, own, KAAL_RIGHT_READ, 0);
	at = plan(at, ATTACK_CNODE + 3, from->small, ALL, 0);
	at = plan(at, ATTACK_CNODE + 4, other, ALL, GUARD * 64 + 8);
	at = plan_messages(at, from);
	at = plan_all(at, ATTACK_THREAD, from->thread, ATTACK_CALLERS, from->caller_rights);
	at = plan_all(at, ATTACK_THREAD + ATTACK_CALLERS, from->thread + ATTACK_CALLERS, ATTACK_VICTIMS, ALL);
	at = plan_all(at, ATTACK_CONTEXT, from->context, ATTACK_THREADS, ALL);
	at = plan_all(at, ATTACK_SPACE, from->space, ATTACK_SPACES, ALL);
	at = plan_all(at, ATTACK_FRAME, from->page, 4, ALL);
	if (from->large != 0)
		at = plan(at, ATTACK_LARGE, from->large, ALL, 0);
	at = plan(at, ATTACK_UNCACHED, from->uncached, ALL, 0);
	at = plan(at, ATTACK_DEVICE, from->device, ALL, 0);
	at = plan(at, ATTACK_IRQ_CONTROL, from->irq_control, ALL, 0);
	at = plan_all(at, ATTACK_HANDLER, from->handler, ATTACK_HANDLERS, ALL);
	at = plan(at, ATTACK_SCHED_CONTROL, from->sched_control, ALL, 0);
	return (unsigned)(plan(at, ATTACK_DEBUG, from->debug, ALL, 0) - gift);
}
