/* Interrupt lines. */
#include <arch/arch.h>

#include <object/irq.h>

#include "marks.h"
#include "objects.h"
#include "slots.h"

void objects_check_lines(bool exact)
{
	for (uint32_t line = 0; line < irq_table.lines; line++) {
		enum kaal_object_type bound = cap_type(slots_cap(irq_slot(line)));
		uint32_t found = mark_found_line(line);

		mark_holds(bound == KAAL_OBJECT_NOTIFICATION || (bound == KAAL_OBJECT_NULL), "IQ-1", line);
		mark_holds(bound == KAAL_OBJECT_NULL || !irq_is_free(line), "IQ-1", line);
		mark_holds(exact ? found == *irq_count(line) : found <= *irq_count(line), "CN-3", line);
		if (irq_line_ok(line) && irq_is_free(line))
			mark_holds(arch_irq_is_masked(line), "IQ-2", line);
	}
}
