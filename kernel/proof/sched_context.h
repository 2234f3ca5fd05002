/* Contracts of object/sched_context.h. */
#ifndef PROOF_SCHED_CONTEXT_H
#define PROOF_SCHED_CONTEXT_H

/*@
	// What holds of all contexts but one, whose refills are being changed.
	predicate others_amounts_ok{L}(integer sc) =
		\forall integer c; is_context(c) && c != sc ==> amounts(&sched_context_view[c]) == sched_context_view[c].budget;
	predicate others_slices_ok{L}(integer sc) =
		\forall integer c; is_context(c) && c != sc && sched_context_view[c].budget != SCHED_UNLIMITED &&
			sched_context_view[c].budget == sched_context_view[c].period ==> sched_context_view[c].refill_count <= 2;
	predicate others_counts_ok{L}(integer sc) =
		\forall integer c; is_context(c) && c != sc ==> sched_context_view[c].refill_count <= SCHED_REFILLS_MAX;
*/
#define BUDGET_OF(sc)                                                                                                \
	sched_context_view[sc].budget, sched_context_view[sc].period, sched_context_view[sc].refill_count,           \
	sched_context_view[sc].refill[0 .. SCHED_REFILLS_MAX - 1]

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == sc * 256;
*/
static inline context_word_t context_word(sched_context_t sc);
/*@
	requires word / 256 <= SCHED_CONTEXT_NONE;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == word / 256;
*/
static inline sched_context_t context_of(context_word_t word);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == word % 256;
*/
static inline uint32_t context_times_lent(context_word_t word);
/*@
	requires base < 0x2000000000;
	terminates \true; exits \false; assigns \nothing;
	ensures is_first(\result, base, KAAL_OBJECT_SCHED_CONTEXT);
*/
static inline struct cap sched_context_cap(uint64_t base);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == cap.object / 4 && is_context(\result);
*/
static inline sched_context_t sched_context_of(struct cap cap);
/*@
	requires is_context(sc);
	terminates \true; exits \false;
	assigns sched_context_view[sc].home, sched_context_view[sc].holder;
	ensures sched_context_view[sc].home == THREAD_NONE && sched_context_view[sc].holder == THREAD_NONE;
	ensures \old(contexts_ok) ==> contexts_ok;
*/
void sched_context_start(sched_context_t sc);
/* SC-2, SC-3: one refill, of all the budget. */
/*@
	requires is_context(sc) && (budget == SCHED_UNLIMITED || budget <= period <= PERIOD_MAX);
	terminates \true; exits \false;
	assigns BUDGET_OF(sc);
	ensures sched_context_view[sc].budget == budget && sched_context_view[sc].period == period;
	ensures sched_context_view[sc].refill_count == 1 && amounts(&sched_context_view[sc]) == budget;
	ensures sched_context_view[sc].refill[0].time == now && sched_context_view[sc].refill[0].amount == budget;
	ensures \old(contexts_handles_ok) ==> contexts_handles_ok;
	ensures \old(contexts_counts_ok) ==> contexts_counts_ok;
	ensures \old(contexts_amounts_ok) ==> contexts_amounts_ok;
	ensures \old(contexts_periods_ok) ==> contexts_periods_ok;
	ensures \old(contexts_slices_ok) ==> contexts_slices_ok;
*/
void sched_context_configure(sched_context_t sc, uint64_t budget, uint64_t period, uint64_t now);
/*@
	requires is_context(sc);
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> sched_context_view[sc].budget == SCHED_UNLIMITED ||
		(sched_context_view[sc].budget != 0 && sched_context_view[sc].refill[0].time <= now);
*/
bool sched_context_ready(sched_context_t sc, uint64_t now);
/*@
	requires is_context(sc);
	terminates \true; exits \false; assigns \nothing;
	ensures sched_context_view[sc].budget == SCHED_UNLIMITED ==> \result == 0;
	ensures sched_context_view[sc].budget == 0 ==> \result == UINT64_MAX;
	ensures 0 < sched_context_view[sc].budget < SCHED_UNLIMITED ==> \result == sched_context_view[sc].refill[0].time;
*/
uint64_t sched_context_next(sched_context_t sc);
/*@
	requires is_context(sc);
	terminates \true; exits \false; assigns \nothing;
	ensures sched_context_view[sc].budget == SCHED_UNLIMITED ==> \result == UINT64_MAX;
	ensures sched_context_view[sc].budget != SCHED_UNLIMITED ==>
		\result == \min(UINT64_MAX, now + sched_context_view[sc].refill[0].amount);
*/
uint64_t sched_context_end(sched_context_t sc, uint64_t now);
/*@
	requires is_context(sc) && contexts_ok && sched_context_view[sc].budget != SCHED_UNLIMITED;
	requires used <= now < 0x8000000000000000;
	exits \false;
	assigns sched_context_view[sc].refill_count, sched_context_view[sc].refill[0 .. SCHED_REFILLS_MAX - 1];
	ensures contexts_handles_ok;
	ensures contexts_counts_ok;
	ensures contexts_amounts_ok;
	ensures contexts_periods_ok;
	ensures contexts_slices_ok;
	ensures used != 0 ==> sched_context_view[sc].refill_count != 0;
	// A slice that is used up is followed by the next at once.
	ensures used != 0 && sched_context_view[sc].period == sched_context_view[sc].budget ==>
		sched_context_view[sc].refill[sched_context_view[sc].refill_count - 1].time == now;
	// What was used comes back a period after it began to be used, never sooner; and what is there is enough to run on.
	ensures used != 0 && sched_context_view[sc].period != sched_context_view[sc].budget ==>
		sched_context_view[sc].refill[sched_context_view[sc].refill_count - 1].time >= now - used + sched_context_view[sc].period;
	ensures used != 0 && sched_context_view[sc].period != sched_context_view[sc].budget && sched_context_view[sc].refill_count > 1 ==>
		sched_context_view[sc].refill[0].amount >= SCHED_AMOUNT_MIN;
*/
void sched_context_charge(sched_context_t sc, uint64_t used, uint64_t now);

#endif
