#include "vspace.h"

#include <arch/arch.h>

uint64_t vspace_word(struct cap cap)
{
	return arch_space_word((uint64_t)cap.object << OBJECT_UNIT_BITS, (uint32_t)cap.data);
}
