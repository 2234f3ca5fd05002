/* A client: reads the clock, and waits for the next second. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <kaal/service.h>
#include <kaal/status_text.h>

#include "client-requires.h"
#include "protocol.h"

#define FOREVER UINT64_MAX

static void must(kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("clock: %s\n", kaal_status_text(status));
	exit(EXIT_FAILURE);
}

int main(void)
{
	struct kaal_service clock;
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};

	must(kaal_service_open(&clock, "clock", FOREVER));
	must(kaal_service_request(&clock, CLOCK_READ, 0, words, FOREVER));
	printf("it is %" PRIu64 "\n", words[0]);
	words[0]++;
	must(kaal_service_request(&clock, CLOCK_WAIT, 1, words, FOREVER));
	printf("%" PRIu64 " has come\n", words[0]);
	return EXIT_SUCCESS;
}
