/*
 * Components that keep the root task busy with their output, and others that measure what it costs them. The first argument says which:
 *   print MS  prints lines without end, until that time; then a last one, and crashes
 *   knock MS  says without end, until that time, that its log ring has text, which it has not
 *   work MS   from that time on, computes for 90 ms, and says which part of them others had
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/startup.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#define WORK_MS 90u
/* A fifth for two budgets, a twentieth for the root task's work for them, and what switching between all of them takes. */
#define PERCENT_MAX 25u

static kaal_ticks_t ticks(uint64_t ms)
{
	return kaal_ns_to_ticks(ms * 1000000, kaal_startup()->counter_hz);
}

static void print(kaal_ticks_t end)
{
	for (unsigned long line = 0; kaal_ticks_now() < end; line++)
		printf("line %lu of many that nobody will ever read\n", line);
	printf("the last line\n");
	__builtin_trap();
}

static void knock(kaal_ticks_t end)
{
	while (kaal_ticks_now() < end)
		kaal_ignore(kaal_sys_notification_signal(KAAL_SLOT_LOG));
}

static int work(kaal_ticks_t begin)
{
	uint64_t before, after, own, all;

	kaal_ignore(kaal_sys_thread_sleep(begin));
	if (kaal_sys_sched_consumed(KAAL_SLOT_SCHED_CONTEXT, &before) != KAAL_OK)
		return EXIT_FAILURE;
	while (kaal_ticks_now() < begin + ticks(WORK_MS))
		;
	all = kaal_ticks_now() - begin;
	if (kaal_sys_sched_consumed(KAAL_SLOT_SCHED_CONTEXT, &after) != KAAL_OK)
		return EXIT_FAILURE;
	own = after - before;
	if ((all - own) * 100 < all * PERCENT_MAX)
		printf("others took less than %u %%\n", PERCENT_MAX);
	else
		printf("others took too much: %lu of %lu ticks\n", (unsigned long)(all - own), (unsigned long)all);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	kaal_ticks_t time;

	if (argc != 3)
		return EXIT_FAILURE;
	time = kaal_startup()->start_ticks + ticks(strtoul(argv[2], NULL, 10));
	if (strcmp(argv[1], "work") == 0)
		return work(time);
	if (strcmp(argv[1], "print") == 0)
		print(time);
	knock(time);
	return EXIT_SUCCESS;
}
