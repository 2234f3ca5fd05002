/*
 * A client: has messages of all sizes come back, and kills the server while it does. At its first start it fails then,
 * and is started again; the second time it stops the server, so that nobody is left, and ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/startup.h>
#include <kaal/status_text.h>
#include <kaal/supervisor.h>

#include "client-requires.h"
#include "echo_client.h"

#define SERVER "echo-server" /* its component */
#define MESSAGE_MAX 65536u
#define ROUNDS 100u

static struct echo echo;
static uint8_t message[MESSAGE_MAX], back[MESSAGE_MAX];

static void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("%s: %s\n", what, kaal_status_text(status));
	exit(EXIT_FAILURE);
}

/* Messages from 0 to MESSAGE_MAX bytes, each another; the server is killed before number `kill`. */
static void exchange(uint32_t server, unsigned kill)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t bytes = (uint64_t)i * MESSAGE_MAX / (ROUNDS - 1);

		memset(message, (int)i, bytes);
		if (i == kill)
			must("kill", kaal_supervisor_kill(server));
		must("echo", echo_message(&echo, message, bytes, back));
		if (memcmp(message, back, bytes) != 0) {
			printf("message %u came back as another\n", i);
			exit(EXIT_FAILURE);
		}
		sum += bytes;
	}
	printf("%u messages came back, %llu bytes, of %u server%s\n", ROUNDS, (unsigned long long)sum,
	       (unsigned)echo.service.connections, echo.service.connections == 1 ? "" : "s");
}

static void tell_counts(void)
{
	uint64_t counts[3];

	must("counts", echo_counts(&echo, counts));
	printf("the server counts %llu messages and %llu channel%s\n", (unsigned long long)counts[0], (unsigned long long)counts[2],
	       counts[2] == 1 ? "" : "s");
}

int main(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {1, 2, 3};
	uint32_t server;

	must("echo", echo_open(&echo, "echo", MESSAGE_MAX));
	must("server", kaal_supervisor_find(SERVER, &server));
	must("words", kaal_service_request(&echo.service, ECHO_WORDS, 3, words, UINT64_MAX));
	printf("%llu %llu %llu\n", (unsigned long long)words[0], (unsigned long long)words[1], (unsigned long long)words[2]);
	if (kaal_startup()->start == 0) {
		exchange(server, ROUNDS / 2);
		tell_counts();
		/* With the channel open. */
		return EXIT_FAILURE;
	}
	exchange(server, ROUNDS);
	tell_counts();
	echo_close(&echo);
	must("server", kaal_supervisor_stop(server));
	return EXIT_SUCCESS;
}
