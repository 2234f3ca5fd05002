#include "pl031.h"

#include "registers.h"

bool pl031_start(struct pl031 *rtc, uintptr_t base)
{
	*rtc = (struct pl031){.base = base};
	if ((pl031_read(base, PL031_PERIPH_ID0) & 0xff) != PL031_ID0 || (pl031_read(base, PL031_PERIPH_ID1) & 0xff) != PL031_ID1)
		return false;
	pl031_disarm(rtc);
	if ((pl031_read(base, PL031_CR) & PL031_CR_START) == 0)
		pl031_write(base, PL031_CR, PL031_CR_START);
	return true;
}

uint32_t pl031_now(const struct pl031 *rtc)
{
	return pl031_read(rtc->base, PL031_DR);
}

void pl031_set(const struct pl031 *rtc, uint32_t seconds)
{
	pl031_write(rtc->base, PL031_LR, seconds);
}

/* In this order: a match with what MR held before must not be taken for this one. */
void pl031_arm(struct pl031 *rtc, uint32_t seconds)
{
	if (rtc->armed && rtc->match == seconds)
		return;
	pl031_disarm(rtc);
	pl031_write(rtc->base, PL031_MR, seconds);
	pl031_write(rtc->base, PL031_IMSC, PL031_INT_MATCH);
	rtc->match = seconds;
	rtc->armed = true;
}

/* MR always holds some time: what it matches is cleared when it is written, and masked until then. */
void pl031_disarm(struct pl031 *rtc)
{
	pl031_write(rtc->base, PL031_IMSC, 0);
	pl031_write(rtc->base, PL031_ICR, PL031_INT_MATCH);
	rtc->armed = false;
}

uint32_t pl031_reached(const struct pl031 *rtc)
{
	bool matched = rtc->armed && (pl031_read(rtc->base, PL031_RIS) & PL031_INT_MATCH) != 0;
	uint32_t now = pl031_now(rtc);

	return matched && now < rtc->match ? rtc->match : now;
}
