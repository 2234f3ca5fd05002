/*
 * Clients of the example's GPIO driver, by their first argument:
 *   checks   asks for all that there is and is not, and for the power key on line 3, which is pressed whenever it prints `press`; kills the driver
 *            between, and stops it at the end
 *   other    claims what is free and what is not, drives a line, and ends
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/supervisor.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "../../../examples/drivers/gpio/src/gpio_client.h"
#include "broker_memory.h"

#define KEY 0x8u
#define KEY_MS 100u /* QEMU's virt holds it down so long */
#define OTHERS 0x1u
#define MS (kaal_ticks_hz() / 1000)

static struct kaal_service gpio;

/* Waits for the key; what it is then, 0 or KEY. Without a deadline: where nothing happens, time passes as fast as it can. */
static uint32_t wait_for_key(const char *what)
{
	uint32_t happened = 0, levels = 0;

	expect(gpio_wait(&gpio, KEY, UINT64_MAX, &happened, &levels), KAAL_OK, what);
	if (happened != KEY)
		printf("wrong: %s: on %x\n", what, (unsigned)happened);
	return levels;
}

static void check_refusals(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {KEY};
	uint32_t levels;

	expect(gpio_read(&gpio, KEY, &levels), KAAL_NO_RIGHT, "reading what is not claimed");
	expect(gpio_claim(&gpio, 0), KAAL_OUT_OF_RANGE, "claiming nothing");
	expect(gpio_claim(&gpio, 0x108), KAAL_OUT_OF_RANGE, "claiming what there is not");
	expect(gpio_claim(&gpio, KEY), KAAL_OK, "claiming the key");
	expect(gpio_direct(&gpio, KEY, KEY, 0), KAAL_NO_RIGHT, "driving the key");
	expect(gpio_write(&gpio, KEY, KEY), KAAL_OUT_OF_RANGE, "writing an input");
	expect(gpio_wait(&gpio, KEY, UINT64_MAX, NULL, NULL), KAAL_NOT_BOUND, "waiting for nothing");
	expect(kaal_service_request(&gpio, GPIO_WATCH, 1, words, UINT64_MAX), KAAL_OUT_OF_RANGE, "too few words");
	expect(kaal_service_request(&gpio, GPIO_WAIT + 1, 1, words, UINT64_MAX), KAAL_NOT_SUPPORTED, "another request");
}

/* What the other has driven is free, and an input, as soon as it has ended. */
static void check_heritage(void)
{
	kaal_status_t status;
	uint32_t levels = 1;

	while ((status = gpio_claim(&gpio, OTHERS)) == KAAL_IN_USE)
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + MS));
	expect(status, KAAL_OK, "claiming what was the other's");
	expect(gpio_write(&gpio, OTHERS, OTHERS), KAAL_OUT_OF_RANGE, "it is an input");
	expect(gpio_direct(&gpio, OTHERS, OTHERS, OTHERS), KAAL_OK, "driving it");
	expect(gpio_read(&gpio, OTHERS | KEY, &levels), KAAL_OK, "reading it");
	printf("levels %x\n", (unsigned)levels);
}

static void check_key(void)
{
	kaal_ticks_t down;
	uint32_t levels;

	expect(gpio_watch(&gpio, KEY, GPIO_WATCH_EDGES), KAAL_OK, "watching edges");
	expect(gpio_wait(&gpio, KEY, kaal_ticks_now() + MS, NULL, NULL), KAAL_TIMEOUT, "nobody presses it");
	printf("press: edges\n");
	levels = wait_for_key("down");
	down = kaal_ticks_now();
	printf("edge: %s\n", levels != 0 ? "down" : "up");
	levels = wait_for_key("up");
	down = kaal_ticks_now() - down;
	printf("edge: %s, after %s\n", levels != 0 ? "down" : "up",
	       down > (KEY_MS - 5) * MS && down < (KEY_MS + 5) * MS ? "as long as it is held" : "another time");
	expect(gpio_watch(&gpio, KEY, GPIO_WATCH_HIGH), KAAL_OK, "watching a level");
	printf("press: level\n");
	levels = wait_for_key("high") + wait_for_key("still high");
	expect(gpio_watch(&gpio, KEY, GPIO_WATCH_LOW), KAAL_OK, "watching the other");
	printf("level: %x, then %x\n", (unsigned)levels, (unsigned)wait_for_key("low"));
}

/* The next instance knows of no claim. */
static void check_restart(void)
{
	uint32_t driver, levels;

	expect(kaal_supervisor_find("driver", &driver), KAAL_OK, "the driver");
	expect(kaal_supervisor_kill(driver), KAAL_OK, "killing it");
	expect(gpio_read(&gpio, KEY, &levels), KAAL_NO_RIGHT, "reading after its restart");
	expect(gpio_claim(&gpio, KEY | OTHERS), KAAL_OK, "claiming again");
	expect(gpio_read(&gpio, OTHERS, &levels), KAAL_OK, "reading what was driven");
	expect(gpio_watch(&gpio, KEY, GPIO_WATCH_RISING), KAAL_OK, "watching again");
	printf("still driven: %x; press: again\n", (unsigned)levels);
	printf("edge: %s\n", wait_for_key("once more") != 0 ? "down" : "up");
	expect(kaal_supervisor_stop(driver), KAAL_OK, "stopping it");
}

static int other(void)
{
	expect(gpio_claim(&gpio, OTHERS | KEY), KAAL_IN_USE, "claiming the key, too");
	expect(gpio_claim(&gpio, OTHERS), KAAL_OK, "claiming what is free");
	expect(gpio_direct(&gpio, OTHERS, OTHERS, OTHERS), KAAL_OK, "driving it");
	printf("drives\n");
	return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
	expect(kaal_service_open(&gpio, "gpio", UINT64_MAX), KAAL_OK, "the service");
	if (count == 2 && strcmp(arguments[1], "other") == 0)
		return other();
	check_refusals();
	/* Now the other has its turn. */
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + 20 * MS));
	check_heritage();
	check_key();
	check_restart();
	return EXIT_SUCCESS;
}
