#include "registers.h"

/* Device memory: accesses are made as they stand here, in this order (Arm ARM DDI 0487, B2.7.2). */
uint32_t pl061_read(uintptr_t base, enum pl061_register offset)
{
	return *(volatile uint32_t *)(base + (uintptr_t)offset);
}

void pl061_write(uintptr_t base, enum pl061_register offset, uint32_t value)
{
	*(volatile uint32_t *)(base + (uintptr_t)offset) = value;
}
