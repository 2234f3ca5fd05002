/* Log rings that components fill as they like, and the time that printing them takes. */
#include "root_fixture.h"

#include <kaal/log.h>

#include "../../../runtime/root-task/console.h"
#include "../../../runtime/root-task/output.h"

#define TEXT_BYTES ((uint32_t)(LOG_BYTES - sizeof(struct kaal_log)))
#define KEPT (TEXT_BYTES - KAAL_LOG_PIECE(TEXT_BYTES))
#define FLAG(i) (FLAG_LOG << (i))
/* OUT-2 of four components. */
#define MOST TICKS(25)
#define EACH 32u

static _Alignas(KAAL_PAGE_BYTES) char pages[COMPONENTS][KAAL_PAGE_BYTES];

kaal_status_t kaal_physical_take_slots(struct kaal_physical_memory *physical, uint32_t count, kaal_cap_t *index)
{
	(void)physical;
	cr_assert_eq(count, 1);
	*index = 40;
	return KAAL_OK;
}

static struct kaal_log *ring(unsigned i)
{
	return (struct kaal_log *)(void *)(pages[i] + LOG_OFFSET);
}

/* As a writer does it, all at once. */
static void put(unsigned i, const char *text)
{
	for (; *text != '\0'; text++)
		ring(i)->text[ring(i)->written++ % TEXT_BYTES] = *text;
}

static void start(void)
{
	fixture_start();
	memset(pages, 0, sizeof pages);
	root_system.logs = (uint64_t)(uintptr_t)pages;
	for (unsigned i = 0; i < COMPONENTS; i++) {
		output_prepare(&components[i]);
		output_start(&components[i]);
		components[i].state = KAAL_COMPONENT_RUNNING;
	}
	memset(calls, 0, sizeof calls);
}

/* The device takes so long for a line, and has for so long that this is known. */
static void slow(kaal_ticks_t ticks)
{
	line_ticks = ticks;
	for (unsigned i = 0; i < 24; i++) {
		put(3, "x\n");
		output_heard(FLAG(3));
		now += TICKS(10000);
		(void)output_release();
	}
	console[0] = '\0';
	memset(calls, 0, sizeof calls);
}

/* Nothing counts on what other tests have left held. */
static void finish(void)
{
	for (unsigned i = 0; i < COMPONENTS; i++)
		output_end(&components[i]);
	cr_assert_eq(output_release(), UINT64_MAX);
}

Test(output, whole_lines, .fini = finish)
{
	start();
	put(1, "one\ntwo\nthr");
	output_heard(FLAG(1));
	cr_assert_str_eq(console, "b: one\nb: two\n");
	cr_assert_eq(ring(1)->read, 8);
	put(1, "ee\n");
	output_heard(FLAG(0) | FLAG(2));
	cr_assert_str_eq(console, "b: one\nb: two\n", "others' flags are not its");
	output_heard(FLAG(1));
	cr_assert_str_eq(console, "b: one\nb: two\nb: three\n");
}

Test(output, the_end_has_no_line_end, .fini = finish)
{
	start();
	put(2, "\nlast words");
	output_end(&components[2]);
	cr_assert_str_eq(console, "c: \nc: last words\n");
	output_start(&components[2]);
	memset(ring(2), 0, sizeof *ring(2));
	put(2, "again\n");
	output_heard(FLAG(2));
	says("c: again\n");
}

Test(output, who_does_not_run_is_not_heard, .fini = finish)
{
	start();
	put(0, "text\n");
	components[0].state = KAAL_COMPONENT_ENDING;
	output_heard(FLAG(0));
	cr_assert_str_empty(console);
}

Test(output, control_characters, .fini = finish)
{
	start();
	put(0, "\x1b[2J\rroot-task: no\x7f\x80\ttab\n");
	ring(0)->text[ring(0)->written++] = '\0';
	put(0, "\n");
	output_heard(FLAG(0));
	cr_assert_null(strpbrk(console, "\x1b\r"));
	says("a: ?[2J?root-task: no");
	says("\ttab\na: ?\n");
}

Test(output, a_line_longer_than_the_console_takes, .fini = finish)
{
	char line[601];

	start();
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	put(0, line);
	output_heard(FLAG(0));
	put(0, "\n");
	output_heard(FLAG(0));
	cr_assert_eq(strlen(console), 600 + 3 * strlen("a: \n"));
}

Test(output, positions_wrap, .fini = finish)
{
	start();
	ring(3)->written = UINT32_MAX - 2;
	components[3].log_read = UINT32_MAX - 2;
	put(3, "over the end\n");
	output_heard(FLAG(3));
	cr_assert_str_eq(console, "d: over the end\n");
	cr_assert_eq(ring(3)->read, 10);
}

Test(output, written_over, .fini = finish)
{
	start();
	for (unsigned i = 0; i < TEXT_BYTES; i++)
		put(1, "old\n");
	put(1, "the newest line\n");
	output_heard(FLAG(1));
	says("root-task: b: ");
	says("bytes of output dropped\nb: old\n");
	says("b: the newest line\n");
	cr_assert_leq(strlen(console), 2 * TEXT_BYTES);
	cr_assert_eq(ring(1)->read, ring(1)->written);
}

/* What a component may claim to have written: never more than the ring is read, and the count is believed from then on. */
Test(output, hostile_counts, .fini = finish)
{
	static const uint32_t counts[] = {KEPT, KEPT + 1, TEXT_BYTES, TEXT_BYTES + 1, 0x7fffffff, 0x80000000, UINT32_MAX};

	for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		start();
		memset(ring(0)->text, i % 2 == 0 ? 'z' : '\n', TEXT_BYTES);
		ring(0)->written = counts[i];
		output_heard(FLAG(0));
		cr_assert_lt(strlen(console), 4 * TEXT_BYTES);
		output_end(&components[0]);
		cr_assert_eq(components[0].log_read, counts[i]);
		cr_assert_eq(strstr(console, "dropped") != NULL, counts[i] > KEPT, "%u bytes", (unsigned)counts[i]);
		console[0] = '\0';
		put(0, "and on\n");
		output_heard(FLAG(0));
		cr_assert_str_eq(console, "a: and on\n");
	}
}

Test(output, without_credit_nobody_wakes_the_root_task, .fini = finish)
{
	kaal_ticks_t begin, release;

	start();
	slow(MOST + 1);
	put(1, "one\ntwo\n");
	begin = now;
	output_heard(FLAG(1));
	cr_assert_str_eq(console, "b: one\n", "the first line has used all of its time");
	cr_assert_eq(calls[KAAL_SYS_CAP_REVOKE], 1);
	cr_assert_eq(last_argument[1], components[1].log_flag);
	/* A flag that was set before. */
	output_heard(FLAG(1));
	cr_assert_str_eq(console, "b: one\n");
	put(0, "unconcerned\n");
	output_heard(FLAG(0));
	says("a: unconcerned\n");
	finish();
	start();
	slow(MOST + 1);
	put(1, "one\ntwo\n");
	begin = now;
	output_heard(FLAG(1));
	release = output_release();
	cr_assert_geq(release - begin, EACH * (MOST / 32), "an eighth of the time, divided by four");
	cr_assert_leq(release - begin, EACH * (MOST / 32 + TICKS(1)));
	now = release - 1;
	cr_assert_eq(output_release(), release);
	says_not("two");
	now = release;
	line_ticks = 10;
	cr_assert_eq(output_release(), UINT64_MAX);
	says("b: two\n");
	cr_assert_eq(calls[KAAL_SYS_CAP_COPY], 1, "it has its flag again");
}

Test(output, knocking_costs, .fini = finish)
{
	unsigned knocks = 0;

	start();
	while (!components[2].log_held && knocks < 1000000) {
		output_heard(FLAG(2));
		knocks++;
	}
	/* 25 ms, 2 us each. */
	cr_assert(knocks > 12000 && knocks < 13000, "%u knocks", knocks);
	cr_assert_str_empty(console);
}

/* The machine halts for a second while a line is printed: that is not the component's time, and it is heard as before. */
Test(output, a_halt_of_the_machine, .fini = finish)
{
	start();
	put(1, "one\ntwo\n");
	line_ticks = TICKS(1000);
	output_heard(FLAG(1));
	cr_assert_str_eq(console, "b: one\nb: two\n");
	cr_assert_not(components[1].log_held);
	line_ticks = 0;
	put(1, "three\n");
	output_heard(FLAG(1));
	says("b: three\n");
}

/* A device that is slower than thought is believed after a few lines, from the first component to have printed them on. */
Test(output, a_slow_device, .fini = finish)
{
	unsigned lines = 0;

	start();
	for (line_ticks = MOST; !components[1].log_held && lines < 100; lines++) {
		put(1, "line\n");
		output_heard(FLAG(1));
	}
	cr_assert(lines >= 2 && lines <= 8, "%u lines", lines);
	put(2, "line\n");
	output_heard(FLAG(2));
	cr_assert(components[2].log_held);
}

/* Short lines that a FIFO takes at once do not make long ones cheap. */
Test(output, a_fifo, .fini = finish)
{
	char line[CONSOLE_LINE_BYTES];
	kaal_ticks_t begin;

	start();
	memset(line, 'x', sizeof line - 2);
	memcpy(line + sizeof line - 2, "\n", 2);
	for (unsigned i = 0; i < 64; i++) {
		put(1, "\n");
		output_heard(FLAG(1));
	}
	put(1, line);
	begin = now;
	line_ticks = TICKS(24); /* at 115200 baud, about */
	output_heard(FLAG(1));
	put(1, line);
	output_heard(FLAG(1));
	cr_assert(components[1].log_held);
	cr_assert_geq(output_release() - begin, EACH * TICKS(20));
}

/* In any second, an eighth of it and what had been saved before, for one or for all. */
Test(output, share_of_the_time, .fini = finish)
{
	for (unsigned printing = 1; printing <= COMPONENTS; printing += COMPONENTS - 1) {
		kaal_ticks_t end, taken = 0;

		start();
		end = now + TICKS(1000);
		line_ticks = TICKS(1) / 100;
		while (now < end) {
			kaal_ticks_t before = now;

			console[0] = '\0';
			for (unsigned i = 0; i < printing; i++) {
				put(i, "flood\nflood\nflood\n");
				if (!components[i].log_held)
					output_heard(FLAG(i));
			}
			(void)output_release();
			taken += now - before;
			now += TICKS(1) / 100;
		}
		cr_assert_leq(taken, printing * (MOST + TICKS(1000) / EACH + TICKS(2)), "%u print", printing);
		cr_assert_geq(taken, printing * (MOST + TICKS(800) / EACH), "%u print", printing);
	}
}

Test(output, a_held_component_ends, .fini = finish)
{
	start();
	slow(2 * MOST);
	put(1, "one\ntwo\nthree\n");
	output_heard(FLAG(1));
	says_not("two");
	output_end(&components[1]);
	says("b: two\nb: three\n");
	cr_assert_eq(output_release(), UINT64_MAX);
	/* Its next start has the debts of the last one, and a flag. */
	output_start(&components[1]);
	memset(ring(1), 0, sizeof *ring(1));
	put(1, "four\n");
	output_heard(FLAG(1));
	says_not("four");
	cr_assert_neq(output_release(), UINT64_MAX);
}

Test(output, a_slot_that_is_used_for_something_else, .fini = finish)
{
	start();
	slow(2 * MOST);
	put(1, "one\ntwo\n");
	output_heard(FLAG(1));
	call_status[KAAL_SYS_CAP_COPY] = KAAL_SLOT_OCCUPIED;
	line_ticks = 0;
	now = output_release();
	cr_assert_neq(output_release(), UINT64_MAX, "it is read from time to time");
	says("b: two\n");
}
