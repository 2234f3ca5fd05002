#include <arch/arch.h>
#include <freestanding/board.h>
#include <freestanding/cache.h>
#include <kaal/note.h>

#include "sysreg.h"

KAAL_ABI_NOTE;

/* CNTV_CTL_EL0, Arm ARM D19.12.17. */
#define TIMER_ENABLE 1u

uint64_t arch_now(void)
{
	isb(); /* not earlier than what came before: Arm ARM D11.2.1 */
	return sysreg_read("cntvct_el0");
}

uint64_t arch_counter_hz(void)
{
	return board_ticks_hz();
}

void arch_timer_arm(uint64_t deadline)
{
	sysreg_write("cntv_cval_el0", deadline);
	sysreg_write("cntv_ctl_el0", TIMER_ENABLE);
	isb();
}

void arch_timer_disarm(void)
{
	sysreg_write("cntv_ctl_el0", 0);
	isb();
}

void arch_wait_for_interrupt(void)
{
	dsb();
	__asm__ volatile("wfi" : : : "memory");
}

/* ISR_EL1.I: an interrupt is pending, masked or not (Arm ARM D19.2.65). */
#define ISR_IRQ (UINT64_C(1) << 7)

bool arch_irq_pending(void)
{
	return (sysreg_read("isr_el1") & ISR_IRQ) != 0;
}

void arch_zero_page(uint64_t physical)
{
	cache_zero_pages(ARCH_DIRECT_MAP + physical, KAAL_PAGE_BYTES);
}

void arch_console_put(char character)
{
	board_put(character);
}

void arch_power_off(void)
{
	board_psci(PSCI_SYSTEM_OFF);
}

void arch_reset(void)
{
	board_psci(PSCI_SYSTEM_RESET);
}

/* TTBR0_EL1: ASID in bits 63..48, Arm ARM D19.2.155. */
#define TTBR_ASID_SHIFT 48u

uint64_t arch_space_word(uint64_t root, uint32_t asid)
{
	return root | (uint64_t)asid << TTBR_ASID_SHIFT;
}

uint32_t arch_space_asid(uint64_t space)
{
	return (uint32_t)(space >> TTBR_ASID_SHIFT);
}

void arch_space_use(uint64_t space)
{
	sysreg_write("ttbr0_el1", space);
	isb();
}

void arch_boot_leave_identity(void)
{
	arch_space_use(arch_space_none());
	__asm__ volatile("tlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
}

/* TLBI operands: ASID in bits 63..48, page number in bits 43..0 (Arm ARM D19.6). */
#define TLBI_ASID(asid) ((uint64_t)(asid) << 48)
#define TLBI_PAGE(address) ((address) >> KAAL_PAGE_BITS & UINT64_C(0xfffffffffff))

void arch_tlb_flush_asid(uint32_t asid)
{
	__asm__ volatile("dsb ishst\n\ttlbi aside1is, %0\n\tdsb ish\n\tisb" : : "r"(TLBI_ASID(asid)) : "memory");
}

void arch_tlb_flush_page(uint64_t virtual_address, uint32_t asid)
{
	__asm__ volatile("dsb ishst\n\ttlbi vae1is, %0\n\tdsb ish\n\tisb"
			 :
			 : "r"(TLBI_ASID(asid) | TLBI_PAGE(virtual_address))
			 : "memory");
}

void arch_tables_written(void)
{
	__asm__ volatile("dsb ishst\n\tisb" : : : "memory");
}

void arch_sync_code_page(uint64_t physical)
{
	cache_sync_code(ARCH_DIRECT_MAP + physical, KAAL_PAGE_BYTES);
}

void arch_clean_code_page(uint64_t physical)
{
	cache_clean_code(ARCH_DIRECT_MAP + physical, KAAL_PAGE_BYTES);
}

void arch_drop_code(void)
{
	cache_drop_code();
}

void arch_flush_page(uint64_t physical)
{
	cache_flush(ARCH_DIRECT_MAP + physical, KAAL_PAGE_BYTES);
}

uint32_t arch_highest_bit(uint64_t value)
{
	return 63u - (uint32_t)__builtin_clzll(value);
}
