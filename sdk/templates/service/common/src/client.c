/* A client: has its arguments added up, and says the sum. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <kaal/service.h>
#include <kaal/status_text.h>

#include "client-requires.h"
#include "protocol.h"

#define FOREVER UINT64_MAX

int main(int count, char **arguments)
{
	struct kaal_service sums;
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_status_t status = kaal_service_open(&sums, "sums", FOREVER);

	for (int i = 1; i < count && status == KAAL_OK; i++) {
		words[0] = strtoull(arguments[i], NULL, 10);
		status = kaal_service_request(&sums, SUMS_ADD, 1, words, FOREVER);
	}
	if (status != KAAL_OK) {
		printf("sums: %s\n", kaal_status_text(status));
		return EXIT_FAILURE;
	}
	printf("the sum is %" PRIu64 "\n", words[0]);
	return EXIT_SUCCESS;
}
