#include "counters.h"

#include <arch/arch.h>

#include "sysreg.h"

/* ID_AA64DFR0_EL1.PMUVer: 0 is none, 15 is not Arm's (Arm ARM DDI 0487). */
#define PMU_VERSION(dfr0) ((dfr0) >> 8 & 0xf)
#define PMU_NONE 0u
#define PMU_FOREIGN 0xfu
/* PMCR_EL0.E, .C and .LC: runs, starts at zero, 64 bits wide (Arm ARM DDI 0487). */
#define PMCR_ENABLE (UINT64_C(1) << 0)
#define PMCR_RESET_CYCLES (UINT64_C(1) << 2)
#define PMCR_LONG_CYCLES (UINT64_C(1) << 6)
#define PMCNTENSET_CYCLES (UINT64_C(1) << 31)
/* PMUSERENR_EL0.CR: EL0 reads the cycle counter; it writes nothing, and sees no other register. */
#define PMUSERENR_READ_CYCLES (UINT64_C(1) << 2)

static bool has_counters(void)
{
	uint64_t version = PMU_VERSION(sysreg_read("id_aa64dfr0_el1"));

	return version != PMU_NONE && version != PMU_FOREIGN;
}

void counters_forbid(void)
{
	if (has_counters())
		sysreg_write("pmuserenr_el0", 0);
}

bool arch_counters_allow(void)
{
	if (!has_counters())
		return false;
	sysreg_write("pmccfiltr_el0", 0); /* neither EL0 nor EL1 is left out */
	sysreg_write("pmcntenset_el0", PMCNTENSET_CYCLES);
	sysreg_write("pmcr_el0", PMCR_ENABLE | PMCR_RESET_CYCLES | PMCR_LONG_CYCLES);
	sysreg_write("pmuserenr_el0", PMUSERENR_READ_CYCLES);
	isb();
	return true;
}
