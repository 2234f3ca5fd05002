#include "life.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

/* --- values --------------------------------------------------------------------------------- */

uint64_t life_value(const struct life *l, unsigned i)
{
	return UINT64_C(0x5e) << 56 | (l->whose + 1) << 48 | (l->time & 0xffffffff) << 8 | i;
}

/* Flags that are not all clear, so that a lost one shows. */
static uint64_t flags(const struct life *l)
{
	return (uint64_t)(l->whose * 5 + l->time % 5 + 1) << 28;
}

/* Arm ARM D19.2.35: rounding mode, flush to zero, default NaN; D19.2.36: the cumulative flags, QC. */
static uint64_t fp_control(const struct life *l)
{
	return (l->whose + 1) << 22 | (l->time & 1) << 24 | UINT64_C(1) << 25;
}

static uint64_t fp_status(const struct life *l)
{
	return (l->time % 15 + 1) | (l->whose & 1) << 27;
}

bool life_is_word(unsigned x)
{
	return (x >= 9 && x <= 15) || x == 18;
}

static void expect(struct life *l, unsigned i, uint64_t found, uint64_t expected)
{
	if (found == expected || l->failures++ != 0)
		return;
	l->failed_at = l->doing;
	l->failed_register = i;
	l->found = found;
	l->expected = expected;
}

/* --- a way in and out -------------------------------------------------------------------------- */

static void fill(struct life *l)
{
	l->time++;
	for (unsigned i = 0; i < 31; i++)
		l->probe.x[i] = life_value(l, i);
	l->probe.x[NZCV] = flags(l);
	for (unsigned i = 0; i < 64; i++)
		l->probe.q[i] = life_value(l, Q + i);
	l->probe.fpcr = fp_control(l);
	l->probe.fpsr = fp_status(l);
	l->probe.tls = life_value(l, TLS);
	l->probe.tls_read_only = ~UINT64_C(0);
	l->probe.sp = 0;
}

/* What the kernel keeps of x0 to x30 and the flags. */
static bool is_kept(unsigned i, enum entry entry)
{
	if (entry == FULL || (i >= 16 && i < NZCV && !life_is_word(i)))
		return true;
	return entry == LEFT && (i < 3 || life_is_word(i) || i == NZCV);
}

void life_go(struct life *l, const char *doing, void (*way)(struct probe *), enum entry entry, uint64_t x0, uint64_t x1, uint64_t x2, bool sends)
{
	l->doing = doing;
	l->entry = entry;
	fill(l);
	l->probe.x[0] = x0;
	l->probe.x[1] = x1;
	l->probe.x[2] = x2;
	if (l->word_0 != KEEP_PATTERN)
		l->probe.x[9] = l->word_0;
	l->word_0 = KEEP_PATTERN;
	l->given = l->probe;
	for (unsigned i = 0; i < 32; i++) {
		l->kept[i] = is_kept(i, entry) ? l->given.x[i] : l->kept[i];
		l->sent[i] = sends ? l->given.x[i] : l->sent[i];
	}
	way(&l->probe);
	l->looks++;
}

/* All that calls do not change: as it was. */
static void expect_others(struct life *l)
{
	for (unsigned i = 0; i < 64; i++)
		expect(l, Q + i, l->probe.q[i], l->given.q[i]);
	expect(l, FPCR, l->probe.fpcr, l->given.fpcr);
	expect(l, FPSR, l->probe.fpsr, l->given.fpsr);
	expect(l, TLS, l->probe.tls, l->given.tls);
	expect(l, TLS_READ_ONLY, l->probe.tls_read_only, 0);
	expect(l, SP, l->probe.sp, l->probe.sp_before);
}

void life_came(struct life *l, enum leaving leaving, unsigned results, uint64_t x0, uint64_t x1, uint64_t x2, const uint64_t *words)
{
	const uint64_t result[3] = {x0, x1, x2};

	for (unsigned i = 0; i < 32; i++) {
		uint64_t expected = l->kept[i];

		if (i < results)
			expected = result[i];
		else if (words != NULL && life_is_word(i))
			expected = words[i];
		else if (leaving == QUICK && i == NZCV)
			expected = 0;
		expect(l, i, l->probe.x[i], expected);
		if (leaving == SLOW)
			l->kept[i] = expected;
	}
	expect_others(l);
}

void life_came_unchanged(struct life *l)
{
	life_came(l, SLOW, 0, 0, 0, 0, NULL);
}

void life_expect_start(struct life *l, const uint64_t x[32], uint64_t tls, const struct probe *fp)
{
	for (unsigned i = 0; i < 32; i++)
		expect(l, i, l->probe.x[i], x[i]);
	for (unsigned i = 0; i < 64; i++)
		expect(l, Q + i, l->probe.q[i], fp->q[i]);
	expect(l, FPCR, l->probe.fpcr, fp->fpcr);
	expect(l, FPSR, l->probe.fpsr, fp->fpsr);
	expect(l, TLS, l->probe.tls, tls);
	expect(l, TLS_READ_ONLY, l->probe.tls_read_only, 0);
	expect(l, SP, l->probe.sp, (uint64_t)(uintptr_t)&l->probe);
	l->looks++;
}

void life_print_failure(const struct life *l)
{
	static const char *const name[] = {"NZCV", [FPCR - NZCV] = "FPCR", "FPSR", "TPIDR_EL0", "TPIDRRO_EL0", "SP"};
	unsigned i = l->failed_register;

	printf("# %" PRIu64 " failures, the first after %s: ", l->failures, l->failed_at);
	if (i < NZCV)
		printf("x%u", i);
	else if (i >= Q && i < FPCR)
		printf("half %u of q%u", (i - Q) % 2, (i - Q) / 2);
	else
		printf("%s", name[i - NZCV]);
	printf(" is %#" PRIx64 ", expected %#" PRIx64 "\n", l->found, l->expected);
}
