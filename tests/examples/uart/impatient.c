/*
 * In place of the client of examples/drivers/uart: gives a read up, and reads again; tells what came until the line ended, and stops
 * the driver.
 */
#include <stdlib.h>
#include <string.h>

#include <kaal/message.h>
#include <kaal/serial.h>
#include <kaal/supervisor.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

static struct kaal_serial uart;

static kaal_status_t say(const char *text)
{
	return kaal_serial_write(&uart, text, strlen(text));
}

/* A read that its caller does not wait for any longer, after 50 ms. */
static kaal_status_t give_up(void)
{
	char none[KAAL_SERIAL_BYTES_MAX];
	size_t count;

	return kaal_serial_read(&uart, none, sizeof none, &count, kaal_ticks_now() + kaal_ticks_hz() / 20);
}

int main(void)
{
	char line[256] = "";
	size_t used = 0, count;
	uint32_t driver;
	kaal_status_t status = kaal_serial_open(&uart, "serial", UINT64_MAX);

	if (status == KAAL_OK)
		status = say(give_up() == KAAL_TIMEOUT ? "gave up\r\n" : "did not give up\r\n");
	/* What is typed comes while the driver still has the first read. */
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_ticks_hz() / 2));
	while (status == KAAL_OK && used < sizeof line && memchr(line, '\r', used) == NULL) {
		status = kaal_serial_read(&uart, line + used, sizeof line - used, &count, UINT64_MAX);
		used += count;
	}
	if (status == KAAL_OK)
		status = say("then came: ");
	if (status == KAAL_OK)
		status = kaal_serial_write(&uart, line, used);
	if (status != KAAL_OK || kaal_supervisor_find("uart", &driver) != KAAL_OK)
		return EXIT_FAILURE;
	return kaal_supervisor_stop(driver) == KAAL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
