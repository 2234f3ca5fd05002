/* System calls on interrupt lines. */
#include "syscall.h"

#include <arch/arch.h>
#include <kaal/status.h>

#include <object/destroy.h>
#include <object/irq.h>
#include <object/slot.h>
#include <object/notification.h>

#define TRIGGER_EDGE 1u

/* The line whose handler the first argument names. */
/*@
	requires kernel_ok && is_thread(caller) && OUTSIDE(line);
	exits \false;
	assigns *line;
	ensures \result == KAAL_OK ==> *line < irq_table.lines;
*/
static uint64_t find_line(thread_t caller, irq_t *line)
{
	struct cap cap;
	uint64_t status = thread_find_cap(&thread_view[caller], syscall_argument(caller, 0), KAAL_OBJECT_IRQ_HANDLER,
					  KAAL_RIGHT_WRITE, &cap);

	if (status == KAAL_OK)
		*line = irq_of(cap);
	return status;
}

/* The checks of irq_handler_make but its capabilities'. */
/*@
	requires kernel_ok;
	exits \false;
	assigns \nothing;
	ensures \result == KAAL_OK ==> line < irq_table.lines;
*/
static uint64_t check_make(uint64_t line, uint64_t trigger, slot_t to)
{
	if (!irq_line_ok(line) || trigger > TRIGGER_EDGE)
		return KAAL_OUT_OF_RANGE;
	if (!irq_is_free((irq_t)line))
		return KAAL_IN_USE;
	return cap_is_null(slot_view[to].cap) ? KAAL_OK : KAAL_SLOT_OCCUPIED;
}

void syscall_irq_handler_make(thread_t caller)
{
	uint64_t line = syscall_argument(caller, 1), trigger = syscall_argument(caller, 2);
	slot_t control = 0, to = 0;
	uint64_t status = thread_find_typed_slot(&thread_view[caller], syscall_argument(caller, 0), KAAL_OBJECT_IRQ_CONTROL,
						 KAAL_RIGHT_WRITE, &control);

	if (status == KAAL_OK)
		status = syscall_find_in_cnode(caller, syscall_argument(caller, 3), syscall_argument(caller, 4), KAAL_RIGHT_WRITE, &to);
	if (status == KAAL_OK)
		status = check_make(line, trigger, to);
	if (status == KAAL_OK)
		slot_put_derived(to, control, irq_handler_start((irq_t)line, trigger == TRIGGER_EDGE));
	syscall_finish(caller, status);
}

void syscall_irq_handler_bind(thread_t caller)
{
	irq_t line = 0;
	slot_t ntfn = 0;
	uint64_t status = find_line(caller, &line);

	if (status == KAAL_OK)
		status = thread_find_typed_slot(&thread_view[caller], syscall_argument(caller, 1), KAAL_OBJECT_NOTIFICATION,
						KAAL_RIGHT_WRITE, &ntfn);
	if (status == KAAL_OK) {
		arch_irq_mask(line);
		/* The former binding first; what that ends is told before anything is put in. */
		if (!syscall_run_steps(caller, destroy_slot_step, irq_slot(line)))
			return;
		irq_bind(line, ntfn);
	}
	syscall_finish(caller, status);
}

void syscall_irq_handler_unbind(thread_t caller)
{
	irq_t line = 0;
	uint64_t status = find_line(caller, &line);

	if (status == KAAL_OK && cap_is_null(slot_view[irq_slot(line)].cap))
		status = KAAL_NOT_BOUND;
	if (status == KAAL_OK) {
		arch_irq_mask(line);
		if (!syscall_run_steps(caller, destroy_slot_step, irq_slot(line)))
			return;
	}
	syscall_finish(caller, status);
}

void syscall_irq_ack(thread_t caller)
{
	irq_t line = 0;
	uint64_t status = find_line(caller, &line);

	if (status == KAAL_OK)
		arch_irq_unmask(line);
	syscall_finish(caller, status);
}

void syscall_irq_ack_wait(thread_t caller)
{
	irq_t line = 0;
	struct cap ntfn;
	uint64_t flags = 0;
	uint64_t status = find_line(caller, &line);

	if (status == KAAL_OK)
		status = thread_find_cap(&thread_view[caller], syscall_argument(caller, 1), KAAL_OBJECT_NOTIFICATION, KAAL_RIGHT_READ,
					 &ntfn);
	if (status == KAAL_OK) {
		arch_irq_unmask(line);
		flags = notification_take(notification_of(ntfn));
		if (flags == 0) {
			notification_wait(notification_of(ntfn), caller);
			return;
		}
	}
	//@ assert notifications_ok;
	arch_frame_set_result(&thread_view[caller].frame, 1, flags);
	syscall_finish(caller, status);
}
