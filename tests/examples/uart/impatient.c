/* In place of the client of examples/drivers/uart: gives a read up, and reads again; tells what came until the line ended. */
#include <string.h>

#include <kaal/boot.h>
#include <kaal/message.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "client.h"
#include "uart_client.h"

static kaal_status_t say(const char *text)
{
	return uart_write(CLIENT_UART, text, strlen(text));
}

/* A read that its caller does not wait for any longer, after 50 ms. */
static kaal_status_t give_up(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {UART_BYTES_MAX}, answer;

	return kaal_endpoint_call_until(CLIENT_UART, kaal_message(1, 0, UART_READ), kaal_ticks_now() + kaal_bootinfo()->counter_hz / 20,
					words, &answer);
}

kaal_status_t client_run(void)
{
	char line[256] = "";
	size_t used = 0, count;
	kaal_status_t status = say(give_up() == KAAL_TIMEOUT ? "gave up\r\n" : "did not give up\r\n");

	/* What is typed comes while the driver still has the first read. */
	(void)kaal_thread_sleep(kaal_ticks_now() + kaal_bootinfo()->counter_hz / 2);
	while (status == KAAL_OK && used < sizeof line && memchr(line, '\r', used) == NULL) {
		status = uart_read(CLIENT_UART, line + used, sizeof line - used, &count);
		used += count;
	}
	return status == KAAL_OK && say("then came: ") == KAAL_OK ? uart_write(CLIENT_UART, line, used) : status;
}
