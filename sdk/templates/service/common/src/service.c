/*
 * The service, a component: adds up what each of its clients says. It trusts none of them: whatever is kept of a client is kept by its
 * badge, which nobody can forge, and is dropped when the client ends.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <kaal/server.h>
#include <kaal/status_text.h>

#include "protocol.h"
#include "service-requires.h"

static struct client {
	uint64_t badge; /* 0: nobody's */
	uint64_t sum;
} clients[SUMS_CLIENTS];

/* The client with this badge (0: a free place), or NULL. */
static struct client *find(uint64_t badge)
{
	for (uint32_t i = 0; i < SUMS_CLIENTS; i++) {
		if (clients[i].badge == badge)
			return &clients[i];
	}
	return NULL;
}

static uint64_t add(struct kaal_server *server, struct kaal_request *request)
{
	struct client *client = find(request->badge);

	(void)server;
	if (client == NULL)
		client = find(0);
	if (client == NULL)
		return kaal_answer(KAAL_NO_MEMORY, 0);
	client->badge = request->badge;
	client->sum += request->words[0];
	request->words[0] = client->sum;
	return kaal_answer(KAAL_OK, 1);
}

static uint64_t clear(struct kaal_server *server, struct kaal_request *request)
{
	struct client *client = find(request->badge);

	(void)server;
	if (client != NULL)
		*client = (struct client){0};
	return kaal_answer(KAAL_OK, 0);
}

static void ended(struct kaal_server *server, uint64_t badge)
{
	(void)server;
	for (uint32_t i = 0; i < SUMS_CLIENTS; i++) {
		if (kaal_badge_ends_with(clients[i].badge, badge))
			clients[i] = (struct client){0};
	}
}

int main(void)
{
	static const struct kaal_method methods[] = {
		{.label = SUMS_ADD, .words = 1, .answer = add},
		{.label = SUMS_CLEAR, .answer = clear},
	};
	static const struct kaal_server_setup setup = {.service = "sums", .methods = methods, .method_count = sizeof methods / sizeof methods[0],
						       .ended = ended};
	static struct kaal_server server;
	kaal_status_t status = kaal_server_start(&server, &setup);

	if (status == KAAL_OK)
		status = kaal_server_run(&server);
	printf("it cannot serve: %s\n", kaal_status_text(status));
	return EXIT_FAILURE;
}
