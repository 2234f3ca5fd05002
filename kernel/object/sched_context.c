#include "sched_context.h"

#include <arch/arch.h>

void sched_context_start(sched_context_t sc)
{
	sched_context_view[sc].home = UINT32_MAX;
	sched_context_view[sc].holder = UINT32_MAX;
}

void sched_context_configure(sched_context_t sc, uint64_t budget, uint64_t period, uint64_t now)
{
	struct sched_context *s = &sched_context_view[sc];

	s->budget = budget;
	s->period = period;
	s->refill[0].time = now;
	s->refill[0].amount = budget;
	s->refill_count = 1;
}

/*@
	requires \valid_read(s);
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> s->budget == SCHED_UNLIMITED;
*/
static bool is_unlimited(const struct sched_context *s)
{
	return s->budget == SCHED_UNLIMITED;
}

bool sched_context_ready(sched_context_t sc, uint64_t now)
{
	const struct sched_context *s = &sched_context_view[sc];

	return is_unlimited(s) || (s->budget != 0 && s->refill[0].time <= now);
}

uint64_t sched_context_next(sched_context_t sc)
{
	const struct sched_context *s = &sched_context_view[sc];

	if (is_unlimited(s))
		return 0;
	return s->budget == 0 ? UINT64_MAX : s->refill[0].time;
}

uint64_t sched_context_end(sched_context_t sc, uint64_t now)
{
	const struct sched_context *s = &sched_context_view[sc];
	uint64_t amount = s->refill[0].amount;

	return is_unlimited(s) || amount > UINT64_MAX - now ? UINT64_MAX : now + amount;
}

/*@
	requires \valid(s) && 1 <= s->refill_count <= SCHED_REFILLS_MAX;
	terminates \true; exits \false;
	assigns s->refill_count, s->refill[0 .. SCHED_REFILLS_MAX - 1];
	ensures s->refill_count == \old(s->refill_count) - 1;
	ensures \forall integer k; 0 <= k < s->refill_count ==>
		s->refill[k].amount == \old(s->refill[k + 1].amount) && s->refill[k].time == \old(s->refill[k + 1].time);
	ensures amounts(s) == \old(amounts(s) - s->refill[0].amount);
*/
static void drop_first(struct sched_context *s)
{
	/*@
		loop invariant 1 <= i <= s->refill_count;
		loop invariant \forall integer k; 0 <= k < i - 1 ==> s->refill[k].amount == \at(s->refill[k + 1].amount, Pre) &&
			s->refill[k].time == \at(s->refill[k + 1].time, Pre);
		loop invariant \forall integer k; i <= k < SCHED_REFILLS_MAX ==>
			s->refill[k].amount == \at(s->refill[k].amount, Pre) && s->refill[k].time == \at(s->refill[k].time, Pre);
		loop assigns i, s->refill[0 .. SCHED_REFILLS_MAX - 1];
		loop variant s->refill_count - i;
	*/
	for (uint32_t i = 1; i < s->refill_count; i++) {
		s->refill[i - 1].time = s->refill[i].time;
		s->refill[i - 1].amount = s->refill[i].amount;
	}
	s->refill_count--;
}

/*@
	requires \valid(s) && s->refill_count <= SCHED_REFILLS_MAX && amounts(s) + amount <= UINT64_MAX;
	terminates \true; exits \false;
	assigns s->refill_count, s->refill[0 .. SCHED_REFILLS_MAX - 1];
	ensures 1 <= s->refill_count <= SCHED_REFILLS_MAX;
	ensures s->refill_count == \old(s->refill_count) ==>
		s->refill[s->refill_count - 1].amount == \old(s->refill[s->refill_count - 1].amount) + amount;
	ensures s->refill_count != \old(s->refill_count) ==> s->refill_count == \old(s->refill_count) + 1 &&
		s->refill[s->refill_count - 1].amount == amount;
	ensures s->refill[s->refill_count - 1].time >= time;
	ensures s->refill_count != \old(s->refill_count) ==> s->refill[s->refill_count - 1].time == time;
	ensures s->refill_count == \old(s->refill_count) ==>
		s->refill[s->refill_count - 1].time == \max(time, \old(s->refill[s->refill_count - 1].time));
	ensures amounts(s) == \old(amounts(s)) + amount;
*/
/* At the end; where there is no room, or it follows the last without a gap, with the last: later, never earlier. */
static void add_last(struct sched_context *s, uint64_t time, uint64_t amount)
{
	if (s->refill_count != 0) {
		struct refill *last = &s->refill[s->refill_count - 1];

		if (s->refill_count == SCHED_REFILLS_MAX || last->time >= time) {
			last->amount += amount;
			last->time = last->time > time ? last->time : time;
			return;
		}
	}
	s->refill[s->refill_count].time = time;
	s->refill[s->refill_count].amount = amount;
	s->refill_count++;
}

/*@
	requires \valid(s) && s->refill_count <= 2 && amounts(s) + amount <= UINT64_MAX;
	terminates \true; exits \false;
	assigns s->refill_count, s->refill[0 .. SCHED_REFILLS_MAX - 1];
	ensures s->refill_count == (\old(s->refill_count) == 0 ? 1 : 2);
	ensures s->refill[s->refill_count - 1].time == now;
	ensures s->refill[s->refill_count - 1].amount == amount + (\old(s->refill_count) == 2 ? \old(s->refill[1].amount) : 0);
	ensures amounts(s) == \old(amounts(s)) + amount;
*/
/* A slice that is used up, in whatever pieces, is followed by the next at once: there is nothing to wait for. */
static void add_slice(struct sched_context *s, uint64_t now, uint64_t amount)
{
	if (s->refill_count == 2)
		amount += s->refill[--s->refill_count].amount;
	s->refill[s->refill_count].time = now;
	s->refill[s->refill_count].amount = amount;
	s->refill_count++;
}

/* Takes what was used out of the refills, the first first: less than that if they hold less. */
/*@
	requires \valid(s) && s->refill_count <= SCHED_REFILLS_MAX && amounts(s) <= UINT64_MAX;
	terminates \true; exits \false;
	assigns s->refill_count, s->refill[0 .. SCHED_REFILLS_MAX - 1];
	ensures \result <= used && \result + amounts(s) == \old(amounts(s));
	ensures \result == used || amounts(s) == 0;
	ensures s->refill_count <= \old(s->refill_count);
*/
static inline __attribute__((always_inline)) uint64_t take(struct sched_context *s, uint64_t used)
{
	uint64_t taken = 0;

	/*@
		loop invariant s->refill_count <= \at(s->refill_count, Pre) && taken <= used;
		loop invariant taken + amounts(s) == \at(amounts(s), Pre);
		loop assigns taken, s->refill_count, s->refill[0 .. SCHED_REFILLS_MAX - 1];
		loop variant s->refill_count;
	*/
	while (s->refill_count != 0 && s->refill[0].amount <= used - taken) {
		taken += s->refill[0].amount;
		drop_first(s);
	}
	if (s->refill_count != 0) {
		s->refill[0].amount -= used - taken;
		taken = used;
	}
	return taken;
}

/* Pieces too small to run on wait for the next. */
/*@
	requires \valid(s) && s->refill_count <= SCHED_REFILLS_MAX && amounts(s) <= UINT64_MAX;
	terminates \true; exits \false;
	assigns s->refill_count, s->refill[0 .. SCHED_REFILLS_MAX - 1];
	ensures amounts(s) == \old(amounts(s)) && s->refill_count <= SCHED_REFILLS_MAX;
	ensures s->refill_count <= 1 || s->refill[0].amount >= SCHED_AMOUNT_MIN;
	ensures \old(s->refill_count) != 0 ==>
		s->refill_count != 0 && s->refill[s->refill_count - 1].time == \old(s->refill[s->refill_count - 1].time);
*/
static inline __attribute__((always_inline)) void join_small(struct sched_context *s)
{
	/*@
		loop invariant s->refill_count <= SCHED_REFILLS_MAX && amounts(s) == \at(amounts(s), Pre);
		loop invariant \at(s->refill_count, Pre) != 0 ==>
			s->refill_count != 0 && s->refill[s->refill_count - 1].time == \at(s->refill[s->refill_count - 1].time, Pre);
		loop assigns s->refill_count, s->refill[0 .. SCHED_REFILLS_MAX - 1];
		loop variant s->refill_count;
	*/
	while (s->refill_count > 1 && s->refill[0].amount < SCHED_AMOUNT_MIN) {
		s->refill[1].amount += s->refill[0].amount;
		//@ assert amounts(s) == \at(amounts(s), Pre) + s->refill[0].amount;
		drop_first(s);
	}
}

void sched_context_charge(sched_context_t sc, uint64_t used, uint64_t now)
{
	struct sched_context *s = &sched_context_view[sc];
	uint64_t taken, over;

	if (used == 0)
		return;
	/* Time beyond the budget (an interrupt came late) is charged against what follows. */
	taken = take(s, used);
	//@ assert taken + amounts(s) == s->budget;
	//@ assert others_amounts_ok(sc);
	//@ assert others_slices_ok(sc);
	//@ assert others_counts_ok(sc);
	//@ assert contexts_handles_ok;
	//@ assert contexts_periods_ok;
	if (s->period == s->budget) {
		add_slice(s, now, taken);
		//@ assert others_amounts_ok(sc);
		//@ assert others_slices_ok(sc);
		//@ assert contexts_handles_ok;
		//@ assert contexts_periods_ok;
		//@ assert amounts(s) == s->budget && s->refill_count <= 2;
		//@ assert contexts_amounts_ok;
		//@ assert contexts_slices_ok;
		//@ assert slice: sched_context_view[sc].period == sched_context_view[sc].budget;
		return;
	}
	/* What an interrupt that came late let it use beyond all that it had is missing from what comes next. */
	over = used - taken < taken ? used - taken : taken;
	add_last(s, now - used + s->period, taken - over);
	//@ assert over + amounts(s) == s->budget;
	//@ assert first: s->refill[s->refill_count - 1].time >= now - used + s->period;
	//@ assert others_amounts_ok(sc);
	//@ assert others_slices_ok(sc);
	//@ assert others_counts_ok(sc);
	//@ assert contexts_handles_ok;
	//@ assert contexts_periods_ok;
	if (over != 0)
		add_last(s, now - used + 2 * s->period, over);
	//@ assert amounts(s) == s->budget;
	//@ assert second: s->refill[s->refill_count - 1].time >= now - used + s->period;
	//@ assert others_amounts_ok(sc);
	//@ assert others_slices_ok(sc);
	//@ assert others_counts_ok(sc);
	//@ assert contexts_handles_ok;
	//@ assert contexts_periods_ok;
	join_small(s);
	//@ assert others_amounts_ok(sc);
	//@ assert others_slices_ok(sc);
	//@ assert others_counts_ok(sc);
	//@ assert contexts_handles_ok;
	//@ assert contexts_periods_ok;
	//@ assert amounts(s) == s->budget && s->period != s->budget;
	//@ assert third: s->refill[s->refill_count - 1].time >= now - used + s->period;
	//@ assert enough: s->refill_count > 1 ==> s->refill[0].amount >= SCHED_AMOUNT_MIN;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_slices_ok;
}
