/*
 * The object that every program starts with: its first instructions, and the
 * note that says which ABI it was built for.
 *
 * Entry: x0 = bootinfo page, sp = top of the stack, 16-byte aligned, every
 * other register zero. x29 and x30 stay zero, so a backtrace ends here.
 */
#include <kaal/note.h>

/* Thread-local variables (local-exec) work before any C code runs. */
__asm__(".section .text._start, \"ax\", %progbits\n"
	".global _start\n"
	".type _start, %function\n"
	"_start:\n"
	"	adrp	x1, __kaal_tls_tcb\n"
	"	add	x1, x1, :lo12:__kaal_tls_tcb\n"
	"	msr	tpidr_el0, x1\n"
	"	b	kaal_start\n"
	".size _start, . - _start\n"
	".text\n");

KAAL_ABI_NOTE;
