/* Interrupts: the timer is the kernel's, other lines have handlers (object/irq.h) or stay masked. */
#ifndef CORE_INTERRUPT_H
#define CORE_INTERRUPT_H

/* Takes the pending interrupts; none is fine. */
void interrupt_handle(void);

#endif
