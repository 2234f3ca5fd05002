/*
 * A component of the systems that the figures of starts and restarts come from. Its first argument says what it does:
 *   idle          waits for ever
 *   last NUMBER   started after NUMBER - 1 others: tells when all of them serve, and what a start takes; switches off
 *   crash         crashes at its first start, tells at its second how long it was away; switches off
 *
 * Under QEMU's -icount shift=0 an instruction takes one virtual nanosecond; the counter's tick is 16 instructions, the resolution here.
 */
#include "told.h"

#include <string.h>

#include <kaal/supervisor.h>

#define STACK_BYTES 65536u /* what the linker is told for every program */

#define RAM_BYTES UINT64_C(0x8000000) /* of the machine that the system with one component is booted on */

/* The linker script's; the program begins with its ELF header. */
extern const char __heap_end[];
#define PROGRAM_START UINT64_C(0x400000)

static uint64_t program_bytes(void)
{
	return (((uint64_t)(uintptr_t)__heap_end - PROGRAM_START) + KAAL_PAGE_BYTES - 1) & ~((uint64_t)KAAL_PAGE_BYTES - 1);
}

/* Memory of a component beside its program's own, its stack included: what the kernel and the root task need for it. */
static void print_memory(void)
{
	struct kaal_supervisor_memory memory;
	struct kaal_component_info info;

	if (kaal_supervisor_look(kaal_startup()->component, &info) != KAAL_OK)
		return;
	print_row("ram.component", info.bytes, "bytes");
	/* All that neither it nor anybody has: kernel, root task, archive. */
	if (kaal_supervisor_memory(true, &memory) == KAAL_OK)
		print_row("ram.taken", RAM_BYTES - memory.free_bytes - info.bytes, "bytes");
	/* Without the program's own pages, and its stack's. */
	print_row("ram.component.overhead", info.bytes - program_bytes() - STACK_BYTES, "bytes");
}

static int tell_last(const char *number, uint64_t now)
{
	char name[40];

	(void)snprintf(name, sizeof name, "boot.components.%s", number);
	print_row(name, instructions(now), "instructions");
	if (strcmp(number, "1") == 0) {
		print_row("spawn.main", instructions(now - kaal_startup()->start_ticks), "instructions");
		print_memory();
	}
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t now = kaal_ticks_now();

	if (argc == 3 && strcmp(argv[1], "last") == 0)
		(void)tell_last(argv[2], now);
	else if (argc == 2 && strcmp(argv[1], "crash") == 0 && kaal_startup()->start == 0)
		__builtin_trap();
	else if (argc == 2 && strcmp(argv[1], "crash") == 0)
		print_row("spawn.restart", instructions(now - kaal_startup()->end_ticks), "instructions");
	else
		kaal_ignore(kaal_sys_thread_sleep(UINT64_MAX));
	/* What has been printed is in the log ring: the root task is more urgent, and writes it first. */
	kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
	return EXIT_FAILURE;
}
