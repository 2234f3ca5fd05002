/*
 * In place of the client of examples/drivers/uart: gives a read up, and reads again; tells what came until the line ended, and stops
 * the driver.
 */
#include <stdlib.h>
#include <string.h>

#include <kaal/message.h>
#include <kaal/supervisor.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "uart_client.h"

static struct kaal_service uart;

static kaal_status_t say(const char *text)
{
	return uart_write(&uart, text, strlen(text));
}

/* A read that its caller does not wait for any longer, after 50 ms. */
static kaal_status_t give_up(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {UART_BYTES_MAX}, answer;

	return kaal_service_call(&uart, kaal_message(1, 0, UART_READ), words, kaal_ticks_now() + kaal_ticks_hz() / 20, &answer);
}

int main(void)
{
	char line[256] = "";
	size_t used = 0, count;
	uint32_t driver;
	kaal_status_t status = kaal_service_open(&uart, "serial", UINT64_MAX);

	if (status == KAAL_OK)
		status = say(give_up() == KAAL_TIMEOUT ? "gave up\r\n" : "did not give up\r\n");
	/* What is typed comes while the driver still has the first read. */
	(void)kaal_thread_sleep(kaal_ticks_now() + kaal_ticks_hz() / 2);
	while (status == KAAL_OK && used < sizeof line && memchr(line, '\r', used) == NULL) {
		status = uart_read(&uart, line + used, sizeof line - used, &count);
		used += count;
	}
	if (status == KAAL_OK)
		status = say("then came: ");
	if (status == KAAL_OK)
		status = uart_write(&uart, line, used);
	if (status != KAAL_OK || kaal_supervisor_find("uart", &driver) != KAAL_OK)
		return EXIT_FAILURE;
	return kaal_supervisor_stop(driver) == KAAL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
