/*
 * The object that every program starts with: its first instructions, and the
 * note that says which ABI it was built for.
 *
 * Entry: x0 = bootinfo page, sp = top of the stack, 16-byte aligned, every
 * other register zero. x29 and x30 stay zero, so a backtrace ends here.
 */
#include <kaal/types.h>

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

#define OWNER_BYTES sizeof(KAAL_NOTE_OWNER)

/* An ELF note: header, owner, contents, each padded to 4 bytes. */
static const struct {
	uint32_t owner_bytes, contents_bytes, type;
	char owner[(OWNER_BYTES + 3u) & ~3u];
	uint32_t abi_version;
} note __attribute__((section(".note.kaal"), aligned(4), used)) = {
	OWNER_BYTES, sizeof(uint32_t), KAAL_NOTE_TYPE_ABI, KAAL_NOTE_OWNER, KAAL_ABI_VERSION,
};
