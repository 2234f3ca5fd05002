/* System registers by name (Arm ARM DDI 0487, D19). */
#ifndef AARCH64_SYSREG_H
#define AARCH64_SYSREG_H

#include <stdint.h>

#define sysreg_read(name)                                                                                            \
	({                                                                                                           \
		uint64_t sysreg_value;                                                                               \
		__asm__ volatile("mrs %0, " name : "=r"(sysreg_value) : : "memory");                                 \
		sysreg_value;                                                                                        \
	})
#define sysreg_write(name, value) __asm__ volatile("msr " name ", %x0" : : "rZ"((uint64_t)(value)) : "memory")

static inline void isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

static inline void dsb(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

#endif
