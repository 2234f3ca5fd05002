#include "irq.h"

#include <arch/arch.h>

#include "notification.h"
#include "slot.h"

struct irq_table irq_table;

void irq_start(slot_t table, uint32_t lines)
{
	kernel_assert(lines <= IRQ_LINES_MAX);
	irq_table.first = table;
	irq_table.lines = lines;
	/*@
		loop invariant line <= lines;
		loop invariant \forall integer i; 0 <= i < line ==> irq_table.handlers[i] == 0;
		loop assigns line, irq_table.handlers[0 .. IRQ_LINES_MAX - 1];
		loop variant lines - line;
	*/
	for (uint32_t line = 0; line < lines; line++)
		irq_table.handlers[line] = 0;
}

bool irq_line_ok(uint64_t line)
{
	return line >= IRQ_FIRST && line < irq_table.lines && line != arch_timer_irq();
}

bool irq_is_free(irq_t line)
{
	return irq_table.handlers[line] == 0;
}

struct cap irq_handler_start(irq_t line, bool edge)
{
	arch_irq_configure(line, edge);
	return (struct cap){
		.object = irq_slot(line),
		.word = cap_word(KAAL_OBJECT_IRQ_HANDLER, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT, 0),
	};
}

irq_t irq_of(struct cap cap)
{
	return cap.object - irq_table.first;
}

uint32_t *irq_count(irq_t line)
{
	return &irq_table.handlers[line];
}

slot_t irq_slot(irq_t line)
{
	return irq_table.first + line;
}

void irq_bind(irq_t line, slot_t from)
{
	kernel_assert(cap_is_null(slot_view[irq_slot(line)].cap));
	slot_put_derived(irq_slot(line), from, slot_view[from].cap);
}

void irq_end(irq_t line)
{
	arch_irq_mask(line);
}

void irq_fire(irq_t line)
{
	arch_irq_mask(line);
	if (line < irq_table.lines) {
		struct cap cap = slot_view[irq_slot(line)].cap;

		if (cap_type(cap) == KAAL_OBJECT_NOTIFICATION)
			notification_signal(notification_of(cap), notification_badge(cap));
	}
}
