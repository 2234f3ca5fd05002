/* Contracts of core/interrupt.h. */
#ifndef PROOF_INTERRUPT_H
#define PROOF_INTERRUPT_H

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void interrupt_handle(void);

#endif
