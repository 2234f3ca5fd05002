/*
 * A second client of the driver of examples/drivers/uart, which kills it: ROUNDS times, each when the driver has received BYTES bytes
 * since its start and then nothing more has happened for 20 ms; tells how long it took until the driver answered again.
 *
 * arguments: BYTES ROUNDS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/message.h>
#include <kaal/serial.h>
#include <kaal/supervisor.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

static struct kaal_serial uart;

/* The driver's counts; false: it does not answer within a second. */
static bool ask(uint64_t stats[KAAL_SERIAL_STATS_COUNT])
{
	return kaal_serial_stats(&uart, stats, kaal_ticks_now() + kaal_ticks_hz()) == KAAL_OK;
}

/* Until so much has come, and everybody waits. */
static void await(uint64_t bytes)
{
	uint64_t stats[KAAL_SERIAL_STATS_COUNT] = {0}, before[KAAL_SERIAL_STATS_COUNT];

	do {
		memcpy(before, stats, sizeof before);
		memset(stats, 0, sizeof stats);
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_ticks_hz() / 50));
	} while (!ask(stats) || stats[KAAL_SERIAL_STAT_RECEIVED] < bytes || stats[KAAL_SERIAL_STAT_SENT] == 0 ||
		 stats[KAAL_SERIAL_STAT_RECEIVED] != before[KAAL_SERIAL_STAT_RECEIVED] || stats[KAAL_SERIAL_STAT_SENT] != before[KAAL_SERIAL_STAT_SENT]);
}

int main(int argc, char **argv)
{
	uint64_t bytes, rounds, stats[KAAL_SERIAL_STATS_COUNT] = {0};
	uint32_t driver;

	if (argc != 3 || kaal_serial_open(&uart, "serial", UINT64_MAX) != KAAL_OK || kaal_supervisor_find("uart", &driver) != KAAL_OK)
		return EXIT_FAILURE;
	bytes = strtoull(argv[1], NULL, 10);
	rounds = strtoull(argv[2], NULL, 10);
	for (uint64_t round = 0; round < rounds; round++) {
		kaal_ticks_t killed;

		await(bytes);
		killed = kaal_ticks_now();
		if (kaal_supervisor_kill(driver) != KAAL_OK)
			return EXIT_FAILURE;
		if (!ask(stats))
			return EXIT_FAILURE;
		printf("served again after %llu us\n",
		       (unsigned long long)(kaal_ticks_to_ns(kaal_ticks_now() - killed, kaal_ticks_hz()) / 1000));
	}
	return EXIT_SUCCESS;
}
