/* The timer service, a component. It keeps nothing over its end. */
#include <stdio.h>
#include <stdlib.h>

#include <kaal/slot.h>
#include <kaal/status_text.h>

#include "clock.h"
#include "timer-requires.h"
#include "timers.h"

int main(void)
{
	static struct timers timers;
	static struct kaal_server server;
	const struct kaal_server_setup setup = {.service = "timer", .methods = timer_methods, .method_count = TIMER_METHODS,
						.deferred_max = TIMER_CLIENTS_MAX, .ended = timers_ended, .context = &timers};
	kaal_status_t status = kaal_slot_take(TIMER_CLIENTS_MAX, &timers.signals);

	if (status == KAAL_OK)
		status = kaal_server_start(&server, &setup);
	if (status == KAAL_OK) {
		printf("generic timer, %llu ticks a second\n", (unsigned long long)clock_hz());
		status = kaal_server_run(&server);
	}
	printf("ended: %s\n", kaal_status_text(status));
	return EXIT_FAILURE;
}
