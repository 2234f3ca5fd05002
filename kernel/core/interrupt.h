/* Interrupts: the timer is the kernel's, lines without an owner are masked. */
#ifndef CORE_INTERRUPT_H
#define CORE_INTERRUPT_H

/* Takes all pending interrupts. */
void interrupt_handle(void);

#endif
