/* Interrupts: the timer is the kernel's, other lines have handlers (object/irq.h) or stay masked. */
#ifndef CORE_INTERRUPT_H
#define CORE_INTERRUPT_H

/* Takes the most urgent pending interrupt; none is fine. Another one is the next exception. */
void interrupt_handle(void);

#endif
