/*
 * A PL031: a count of seconds that goes on while the machine is off, and one time at which it interrupts. Knows the
 * device and no system call.
 *
 * PL031-1: the interrupt is on if and only if `armed`; MR holds `match` then.
 */
#ifndef PL031_H
#define PL031_H

#include <stdbool.h>
#include <stdint.h>

struct pl031 {
	uintptr_t base; /* where its registers are mapped */
	uint32_t match; /* when it interrupts, in seconds */
	bool armed;
};

/*
 * Takes the device over, from firmware or from a driver that has ended anywhere: it counts, from where it was, and does not
 * interrupt. False: it is no PL031, and nothing was written to it.
 */
bool pl031_start(struct pl031 *rtc, uintptr_t base);

/* The count. After 2^32 - 1 comes 0. */
uint32_t pl031_now(const struct pl031 *rtc);

/* Sets the count. An interrupt that has come stays. */
void pl031_set(const struct pl031 *rtc, uint32_t seconds);

/* Lets it interrupt when the count becomes `seconds`, once. If it has become that already, it may not. */
void pl031_arm(struct pl031 *rtc, uint32_t seconds);
void pl031_disarm(struct pl031 *rtc);

/*
 * How far the count has come: what it is, or `match` if it interrupts and the count has begun anew since. It interrupts
 * until it is armed for another time, or disarmed.
 */
uint32_t pl031_reached(const struct pl031 *rtc);

#endif
