#include "console.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <kaal/console.h>
#include <kaal/log.h>
#include <kaal/status_text.h>
#include <kaal/syscall.h>

#include "authority.h"
#include "history.h"
#include "window.h"

#define RING_BYTES KAAL_CONSOLE_RING_BYTES
#define READ_WRITE (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)
#define RING_ADDRESS (LOGS_ADDRESS + 511 * UINT64_C(0x1000))

_Static_assert((RING_BYTES & (RING_BYTES - 1)) == 0 && RING_BYTES + sizeof(struct kaal_log) <= KAAL_PAGE_BYTES, "it fits into its page");

static struct {
	const struct component *component; /* NULL: the root task writes */
	struct kaal_domain domain;         /* its ring and notification */
	kaal_cap_t notification;
	kaal_cap_t slots;                  /* three: the frame for the root task; frame and notification for the driver */
	uint32_t written, dropped;
} driver;

static struct kaal_log *driver_ring(void)
{
	return (struct kaal_log *)(uintptr_t)RING_ADDRESS;
}

/* All of it or nothing: lines stay whole. */
static void write_ring(const char *text, uint32_t bytes)
{
	struct kaal_log *log = driver_ring();
	uint32_t used = driver.written - atomic_load_explicit((_Atomic(uint32_t) *)&log->read, memory_order_acquire);

	if (used > RING_BYTES || bytes > RING_BYTES - used) {
		driver.dropped += bytes;
		log->dropped = driver.dropped;
		return;
	}
	kaal_log_put(log, RING_BYTES, driver.written, text, bytes);
	driver.written += bytes;
	kaal_ignore(kaal_sys_notification_signal(driver.notification));
}

static void write_text(const char *text, uint32_t bytes)
{
	history_add(text, bytes);
	if (driver.component == NULL)
		kaal_ignore(kaal_console_write(text, bytes, NULL));
	else
		write_ring(text, bytes);
}

void console_text(const char *name, const char *text, uint32_t bytes)
{
	char line[KAAL_COMPONENT_NAME_BYTES + CONSOLE_LINE_BYTES + 4];
	uint32_t length = (uint32_t)strlen(name), taken = bytes < CONSOLE_LINE_BYTES ? bytes : CONSOLE_LINE_BYTES;

	memcpy(line, name, length);
	memcpy(line + length, ": ", 2);
	memcpy(line + length + 2, text, taken);
	line[length + 2 + taken] = '\n';
	write_text(line, length + taken + 3);
}

void console_line(const char *format, ...)
{
	char text[CONSOLE_LINE_BYTES];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	console_text("root-task", text, (uint32_t)strlen(text));
}

/* The last line, whoever has written the console until now. */
static void tell_last(const char *format, va_list arguments, const char *what)
{
	char text[KAAL_MANIFEST_ERROR_TEXT_BYTES + 64];

	(void)vsnprintf(text, sizeof text, format, arguments);
	if (driver.component != NULL)
		console_take_back(driver.component);
	for (const char *const *part = (const char *const[]){"root-task: ", text, "; ", what, "\n", NULL}; *part != NULL; part++)
		kaal_ignore(kaal_console_write(*part, strlen(*part), NULL));
}

_Noreturn void root_fatal(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell_last(format, arguments, "resetting");
	va_end(arguments);
	kaal_ignore(kaal_sys_system_reset(KAAL_SLOT_SYSTEM_CONTROL));
	for (;;)
		kaal_ignore(kaal_sys_thread_suspend(KAAL_SLOT_THREAD));
}

_Noreturn void root_refuse(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell_last(format, arguments, "switching off");
	va_end(arguments);
	kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
	for (;;)
		kaal_ignore(kaal_sys_thread_suspend(KAAL_SLOT_THREAD));
}

void root_must(const char *what, kaal_status_t status)
{
	if (status != KAAL_OK)
		root_fatal("%s: %s", what, kaal_status_text(status));
}

static kaal_status_t make_ring(void)
{
	kaal_cap_t frame;
	kaal_status_t status = kaal_domain_make(&driver.domain, KAAL_DOMAIN_TYPE(KAAL_OBJECT_FRAME, KAAL_PAGE_BITS), 1, &frame);

	if (status == KAAL_OK)
		status = kaal_domain_make(&driver.domain, KAAL_OBJECT_NOTIFICATION, 1, &driver.notification);
	if (status == KAAL_OK)
		status = kaal_sys_cap_copy(KAAL_SLOT_CNODE, driver.slots + 1, KAAL_SLOT_CNODE, frame, READ_WRITE);
	if (status == KAAL_OK)
		status = kaal_sys_cap_copy(KAAL_SLOT_CNODE, driver.slots + 2, KAAL_SLOT_CNODE, driver.notification, READ_WRITE);
	return status == KAAL_OK ? window_keep(frame, driver.slots, RING_ADDRESS) : status;
}

kaal_status_t console_hand_over(struct component *component, kaal_cap_t *ring, kaal_cap_t *notification)
{
	kaal_status_t status;

	if (driver.component != NULL)
		return KAAL_IN_USE;
	if (driver.slots == 0 && (status = kaal_physical_take_slots(&authority.physical, 3, &driver.slots)) != KAAL_OK)
		return status;
	status = kaal_domain_start(&driver.domain, &authority.physical, &authority.account, KAAL_PAGE_BITS + 1, 2);
	if (status != KAAL_OK)
		return status;
	status = make_ring();
	if (status != KAAL_OK) {
		(void)kaal_domain_end(&driver.domain);
		return status;
	}
	driver.component = component;
	driver.written = driver.dropped = 0;
	*ring = driver.slots + 1;
	*notification = driver.slots + 2;
	return KAAL_OK;
}

void console_take_back(const struct component *component)
{
	struct kaal_log *log = driver_ring();
	uint32_t read, left;

	if (driver.component == NULL || driver.component != component)
		return;
	/* What it has not written is written here, as far as its count can be believed. */
	read = *(volatile uint32_t *)&log->read;
	left = driver.written - read;
	driver.component = NULL;
	if (*(volatile uint32_t *)&log->open != 0)
		kaal_ignore(kaal_console_write("\n", 1, NULL));
	for (uint32_t i = 0; left <= RING_BYTES && i < left; i++) {
		char character = ((const volatile char *)log->text)[(read + i) % RING_BYTES];

		kaal_ignore(kaal_console_write(&character, 1, NULL));
	}
	(void)kaal_domain_end(&driver.domain);
}
