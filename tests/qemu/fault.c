/* Does one forbidden thing; which, the build says (FAULT). tests/qemu/faults.py knows what must follow. */
#include <stdint.h>
#include <stdio.h>

#include <kaal/boot.h>
#include <kaal/syscall.h>

#define DIRECT_MAP UINT64_C(0xffffff8000000000)
#define KERNEL_IMAGE UINT64_C(0xffffffff80000000)

static uint32_t data_code[] = {0xd65f03c0}; /* ret */

/* A volatile access to an address that the compiler knows nothing about. */
static uint64_t peek(uint64_t address)
{
	return *(volatile uint64_t *)(uintptr_t)address;
}

static void poke(uint64_t address)
{
	*(volatile uint64_t *)(uintptr_t)address = 1;
}

static void jump(uint64_t address)
{
	void (*target)(void) = (void (*)(void))(uintptr_t)address;

	target();
}

static uint64_t overflow(uint64_t depth)
{
	volatile uint64_t filler[64] = {depth};

	return depth == UINT64_MAX ? 0 : overflow(depth + 1) + filler[0];
}

static void privileged_read(void)
{
	__asm__ volatile("mrs	x0, sctlr_el1" : : : "x0");
}

static void privileged_write(void)
{
	__asm__ volatile("msr	daifset, #2");
}

static void read_cycle_counter(void)
{
	__asm__ volatile("mrs	x0, pmccntr_el0" : : : "x0");
}

/* What debug_allow_counters allows is one counter, and to read it. */
static void write_cycle_counter(void)
{
	kaal_ignore(kaal_sys_debug_allow_counters(KAAL_SLOT_DEBUG));
	__asm__ volatile("mrs	x0, pmccntr_el0\n\tmsr	pmccntr_el0, x0" : : : "x0");
}

static void read_counters_control(void)
{
	kaal_ignore(kaal_sys_debug_allow_counters(KAAL_SLOT_DEBUG));
	__asm__ volatile("mrs	x0, pmccntr_el0\n\tmrs	x0, pmcr_el0" : : : "x0");
}

static void undefined(void)
{
	__asm__ volatile("udf	#0");
}

static void breakpoint(void)
{
	__asm__ volatile("brk	#1");
}

/* Each build uses one of them. */
static const void *const fault_unused[] = {(const void *)peek, (const void *)poke, (const void *)jump,
			      (const void *)overflow, (const void *)privileged_read,
			      (const void *)privileged_write, (const void *)read_cycle_counter,
			      (const void *)write_cycle_counter, (const void *)read_counters_control, (const void *)undefined,
			      (const void *)breakpoint, data_code};

int main(void)
{
	printf("about to fault%s\n", fault_unused[0] == NULL ? " in an odd program" : "");
	FAULT;
	printf("still alive\n");
	return 0;
}
