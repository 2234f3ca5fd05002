/*
 * Instructions from the image's entry to the first one at EL0, by stage. This
 * root task's first instruction reads the counter, before C's start-up code.
 *
 * Meant for QEMU's -icount shift=0, where an instruction takes one virtual
 * nanosecond; the counter's tick then is 16 instructions, the resolution here.
 */
#include <inttypes.h>
#include <kaal/boot.h>
#include <kaal/time.h>
#include <stdio.h>

/* The counter at the first instruction; written by bench_start. */
static volatile uint64_t first_instruction __attribute__((used));

/* x0, the bootinfo page, is handed on untouched; _start needs no other register. */
__asm__(".section .text.bench_start, \"ax\", %progbits\n"
	".global bench_start\n"
	".type bench_start, %function\n"
	"bench_start:\n"
	"	mrs	x1, cntvct_el0\n"
	"	adrp	x2, first_instruction\n"
	"	str	x1, [x2, :lo12:first_instruction]\n"
	"	b	_start\n"
	".size bench_start, . - bench_start\n"
	".text\n");

static void print_row(const char *name, uint64_t ticks)
{
	printf("BENCH %s %" PRIu64 " instructions\n", name, kaal_ticks_to_ns(ticks, kaal_bootinfo()->counter_hz));
}

int main(void)
{
	/* A stage's row: from the stage before it until it was reached. */
	static const char *const names[KAAL_BOOT_STAGES] = {
		[KAAL_STAGE_TREE_PARSED] = "boot.stage.tree_parsed",
		[KAAL_STAGE_MMU_ON] = "boot.stage.mmu_on",
		[KAAL_STAGE_ROOT_LOADED] = "boot.stage.root_loaded",
		[KAAL_STAGE_KERNEL_ENTRY] = "boot.stage.kernel_entry",
		[KAAL_STAGE_KERNEL_MAPPED] = "boot.stage.kernel_mapped",
		[KAAL_STAGE_DEVICES_READY] = "boot.stage.devices_ready",
		[KAAL_STAGE_USER_ENTRY] = "boot.stage.user_entry",
	};
	const uint64_t *ticks = kaal_bootinfo()->stage_ticks;

	print_row("boot.loader", ticks[KAAL_STAGE_KERNEL_ENTRY] - ticks[KAAL_STAGE_IMAGE_ENTRY]);
	print_row("boot.kernel", first_instruction - ticks[KAAL_STAGE_KERNEL_ENTRY]);
	print_row("boot.total", first_instruction - ticks[KAAL_STAGE_IMAGE_ENTRY]);
	for (int stage = KAAL_STAGE_TREE_PARSED; stage < KAAL_BOOT_STAGES; stage++)
		print_row(names[stage], ticks[stage] - ticks[stage - 1]);
	print_row("boot.stage.first_instruction", first_instruction - ticks[KAAL_STAGE_USER_ENTRY]);
	return 0;
}
