/* What the kernel handed over, for who boots without a system. */
#include "root.h"

#include <inttypes.h>
#include <kaal/boot.h>
#include <kaal/console.h>
#include <kaal/status_text.h>
#include <kaal/syscall.h>
#include <kaal/time.h>
#include <kaal/version.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIB = 1024, MIB = KIB * KIB };

/* No stream: what reads and writes them would stay loaded for as long as a system runs. */
static void __attribute__((format(printf, 1, 2))) print(const char *format, ...)
{
	char text[160];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	kaal_ignore(kaal_console_write(text, strlen(text), NULL));
}

static const char *object_name(uint64_t type)
{
	static const char *const names[] = {
		[KAAL_OBJECT_NULL] = "(empty)",
		[KAAL_OBJECT_UNTYPED] = "Untyped",
		[KAAL_OBJECT_CNODE] = "CNode",
		[KAAL_OBJECT_THREAD] = "Thread",
		[KAAL_OBJECT_SCHED_CONTEXT] = "SchedContext",
		[KAAL_OBJECT_ENDPOINT] = "Endpoint",
		[KAAL_OBJECT_REPLY] = "Reply",
		[KAAL_OBJECT_NOTIFICATION] = "Notification",
		[KAAL_OBJECT_VSPACE] = "VSpace",
		[KAAL_OBJECT_PAGE_TABLE] = "PageTable",
		[KAAL_OBJECT_FRAME] = "Frame",
		[KAAL_OBJECT_IRQ_CONTROL] = "IrqControl",
		[KAAL_OBJECT_IRQ_HANDLER] = "IrqHandler",
		[KAAL_OBJECT_SCHED_CONTROL] = "SchedControl",
		[KAAL_OBJECT_SYSTEM_CONTROL] = "SystemControl",
		[KAAL_OBJECT_DEBUG] = "Debug",
	};

	return type < sizeof names / sizeof names[0] && names[type] ? names[type] : "(unknown)";
}

/* How much memory is free, and how many ranges of devices there are. */
static void print_untyped(const struct kaal_bootinfo *info)
{
	uint64_t free_bytes = 0;
	unsigned memory = 0;

	for (uint32_t i = 0; i < info->untyped_count; i++) {
		if (!info->untyped[i].device) {
			free_bytes += UINT64_C(1) << info->untyped[i].size_bits;
			memory++;
		}
	}
	print("untyped  %" PRIu32 " blocks: %u of memory, %" PRIu64 " KiB, and %u of devices\n", info->untyped_count, memory,
	       free_bytes / KIB, info->untyped_count - memory);
}

static void print_machine(const struct kaal_bootinfo *info)
{
	print("memory   %" PRIu64 " MiB, of which loader and kernel keep %" PRIu64 " KiB\n", info->ram_bytes / MIB,
	       info->kernel_bytes / KIB);
	print_untyped(info);
	print("CPUs     %" PRIu32 ", 1 running\n", info->cpu_count);
	print("counter  %" PRIu64 " Hz\n", info->counter_hz);
}

/* When each stage of boot was reached, counted from the first instruction. */
static void print_stages(const struct kaal_bootinfo *info)
{
	static const char *const names[KAAL_BOOT_STAGES] = {
		[KAAL_STAGE_IMAGE_ENTRY] = "image entered",
		[KAAL_STAGE_TREE_PARSED] = "device tree parsed",
		[KAAL_STAGE_MMU_ON] = "MMU on",
		[KAAL_STAGE_ROOT_LOADED] = "root task loaded",
		[KAAL_STAGE_KERNEL_ENTRY] = "kernel entered",
		[KAAL_STAGE_KERNEL_MAPPED] = "kernel mapped",
		[KAAL_STAGE_DEVICES_READY] = "devices ready",
		[KAAL_STAGE_USER_ENTRY] = "user mode entered",
	};
	kaal_ticks_t start = info->stage_ticks[KAAL_STAGE_IMAGE_ENTRY];

	print("\nboot stage           microseconds\n");
	for (int i = 0; i < KAAL_BOOT_STAGES; i++)
		print("%-20s %12" PRIu64 "\n", names[i],
		       kaal_ticks_to_ns(info->stage_ticks[i] - start, info->counter_hz) / 1000);
}

static void print_capability(const struct kaal_bootinfo *info, kaal_cap_t slot)
{
	uint64_t type, rights, size_bits;
	kaal_status_t status = kaal_sys_cap_identify(slot, &type, &rights, &size_bits);

	if (status != KAAL_OK) {
		print("%4" PRIu64 "  %s\n", slot, kaal_status_text(status));
		return;
	}
	if (type == KAAL_OBJECT_NULL)
		return;
	print("%4" PRIu64 "  %-14s %c%c%c%c", slot, object_name(type), rights & KAAL_RIGHT_READ ? 'r' : '-',
	       rights & KAAL_RIGHT_WRITE ? 'w' : '-', rights & KAAL_RIGHT_GRANT ? 'g' : '-',
	       rights & KAAL_RIGHT_EXECUTE ? 'x' : '-');
	if (size_bits)
		print("   2^%" PRIu64 " bytes", size_bits);
	if (type == KAAL_OBJECT_UNTYPED && slot - KAAL_SLOT_FIRST_UNTYPED < info->untyped_count) {
		const struct kaal_untyped *untyped = &info->untyped[slot - KAAL_SLOT_FIRST_UNTYPED];

		print(" at 0x%" PRIx64 "%s", untyped->base, untyped->device ? ", device" : "");
	}
	print("\n");
}

static void print_capabilities(const struct kaal_bootinfo *info)
{
	print("\nslot  capability     rights size\n");
	for (kaal_cap_t slot = KAAL_SLOT_NULL + 1; slot < info->first_free_slot; slot++)
		print_capability(info, slot);
}

int machine_report(void)
{
	const struct kaal_bootinfo *info = root_system.info;

	print("KaaL %s, ABI %u.%u\n\n", KAAL_VERSION, KAAL_ABI_MAJOR, KAAL_ABI_MINOR);
	print_machine(info);
	print_stages(info);
	print_capabilities(info);
	return EXIT_SUCCESS;
}
