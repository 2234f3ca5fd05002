/*
 * The protocol's requests, over the device: whose each line is, what has happened on it, and who waits for that.
 *
 * GPIO-1: a line is one client's or nobody's; what nobody has is not watched, and nothing has happened on it.
 * GPIO-2: who waits has claimed all lines that it waits for; on none of them anything has happened that was not told.
 */
#ifndef GPIO_H
#define GPIO_H

#include <kaal/server.h>

#include "protocol.h"
#include "registers.h"

#define GPIO_LINES 8u
#define GPIO_METHODS 7u

struct gpio {
	uintptr_t base;             /* where the device's registers are mapped */
	uint32_t may_drive;         /* lines that clients may make outputs */
	uint32_t watched, happened; /* lines */
	uint64_t owner[GPIO_LINES]; /* badge of whom a line belongs to; 0: nobody */
	struct gpio_wait {
		uint64_t badge;
		uint32_t lines;
		struct kaal_deferred call; /* reply 0: none waits here */
	} waits[GPIO_LINES];               /* whoever waits has a line, so there is room for all */
};

/* For kaal_server_setup, whose `context` is the struct gpio, its device started, and whose deferred_max is GPIO_LINES. */
extern const struct kaal_method gpio_methods[GPIO_METHODS];
void gpio_ended(struct kaal_server *server, uint64_t badge);

/* Tells who waits what has happened. To be called after an interrupt. */
void gpio_progress(struct kaal_server *server);

#endif
