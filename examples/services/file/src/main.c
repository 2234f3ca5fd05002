/*
 * The file service: files in memory. Arguments, each once at most:
 *
 *   quota=BYTES    that a client's files may have, in whole pages of 4 KiB; 1048576 without it
 *   files=COUNT    files and directories that it may make; 256
 *   handles=COUNT  that it may have open; 32
 *
 * A number is decimal, 1 to 2^40. memory-max is to hold all clients' quotas: what it does not hold is refused with MEMORY.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/channel.h>
#include <kaal/status_text.h>
#include <kaal/time.h>

#include "connections.h"
#include "file-service-requires.h"
#include "ram.h"

#define NUMBER_MAX (UINT64_C(1) << 40)

static uint64_t now_ns(void)
{
	return kaal_ticks_to_ns(kaal_ticks_now(), kaal_ticks_hz());
}

/* NAME=NUMBER, if it is this name; false: not this one, or no such number. */
static bool take_number(const char *argument, const char *name, uint64_t *number)
{
	size_t bytes = strlen(name);
	char *end;
	uint64_t value;

	if (strncmp(argument, name, bytes) != 0 || argument[bytes] != '=' || argument[bytes + 1] < '0' || argument[bytes + 1] > '9')
		return false;
	value = strtoull(argument + bytes + 1, &end, 10);
	if (*end != '\0' || value == 0 || value > NUMBER_MAX)
		return false;
	*number = value;
	return true;
}

static bool take_arguments(int count, char **arguments, struct file_limits *limits)
{
	for (int i = 1; i < count; i++) {
		if (!take_number(arguments[i], "quota", &limits->bytes) && !take_number(arguments[i], "files", &limits->files) &&
		    !take_number(arguments[i], "handles", &limits->handles)) {
			printf("\"%s\" is no argument: quota=BYTES, files=COUNT, handles=COUNT, 1 to %" PRIu64 "\n", arguments[i], NUMBER_MAX);
			return false;
		}
	}
	return true;
}

static kaal_status_t serve(struct engine *engine)
{
	static const struct kaal_method methods[] = {
		{.label = KAAL_CHANNEL_CONNECT, .words = KAAL_CHANNEL_WORDS, .answer = connections_connect},
#define KAAL_FILE_REQUEST(name, number, count, message, asks, given) {.label = number, .words = count, .answer = connections_request},
#include <kaal/file_requests.def>
#undef KAAL_FILE_REQUEST
	};
	static struct kaal_server server;
	const struct kaal_server_setup setup = {.service = "files", .methods = methods, .method_count = sizeof methods / sizeof methods[0],
						.ended = connections_ended, .context = engine};
	kaal_status_t status = kaal_server_start(&server, &setup);

	return status == KAAL_OK ? kaal_server_run(&server) : status;
}

int main(int count, char **arguments)
{
	struct file_limits limits = {.bytes = UINT64_C(1) << 20, .files = 256, .handles = 32};
	static struct ram ram;
	struct engine engine = {.backend = &ram.backend};
	kaal_status_t status = KAAL_NO_MEMORY;

	if (!take_arguments(count, arguments, &limits))
		return EXIT_FAILURE;
	if (ram_start(&ram, &limits, now_ns))
		status = serve(&engine);
	printf("it cannot serve: %s\n", kaal_status_text(status));
	return EXIT_FAILURE;
}
