#include <stddef.h>

#include <arch/arch.h>
#include <core/cpu.h>
#include <freestanding/board.h>
#include <kaal/types.h>
#include <object/thread.h>

_Static_assert(offsetof(struct arch_frame, sp) == FRAME_SP && offsetof(struct arch_frame, pc) == FRAME_PC &&
		       offsetof(struct arch_frame, pstate) == FRAME_PSTATE,
	       "vectors.S saves registers at these offsets");
_Static_assert(offsetof(struct arch_extra, fpcr) == EXTRA_FPCR && offsetof(struct arch_extra, fpsr) == EXTRA_FPCR + 8 &&
		       offsetof(struct arch_extra, fp) == EXTRA_FP,
	       "fp.S saves registers at these offsets");

_Static_assert(THREAD_BITS == THREAD_HANDLE_BITS && offsetof(struct thread, frame) == THREAD_FRAME &&
		       offsetof(struct thread, extra) == THREAD_EXTRA && offsetof(struct arch_extra, fp_used) == EXTRA_FP_USED,
	       "the fast path's assembly finds threads and their registers so");
_Static_assert(offsetof(struct cpu, fp_allowed) == CPU_FP_ALLOWED, "fp.S finds it so");

/* Message words 0..7 travel in x9..x15 and x18: kernel/abi/generate.py. */
#define WORD_REGISTER_FIRST 9u
#define WORD_REGISTER_LAST 18u

uint64_t arch_frame_argument(const struct arch_frame *frame, unsigned index)
{
	return frame->x[index];
}

static unsigned word_register(unsigned index)
{
	return index == KAAL_MESSAGE_REGISTERS - 1 ? WORD_REGISTER_LAST : WORD_REGISTER_FIRST + index;
}

uint64_t arch_frame_word(const struct arch_frame *frame, unsigned index)
{
	return frame->x[word_register(index)];
}

void arch_frame_set_word(struct arch_frame *frame, unsigned index, uint64_t value)
{
	frame->x[word_register(index)] = value;
}

void arch_frame_copy_words(struct arch_frame *to, const struct arch_frame *from)
{
	for (unsigned i = 0; i < KAAL_MESSAGE_REGISTERS - 1; i++)
		to->x[WORD_REGISTER_FIRST + i] = from->x[WORD_REGISTER_FIRST + i];
	to->x[WORD_REGISTER_LAST] = from->x[WORD_REGISTER_LAST];
}

void arch_frame_set_status(struct arch_frame *frame, uint64_t status)
{
	frame->x[0] = status;
}

void arch_frame_set_result(struct arch_frame *frame, unsigned index, uint64_t value)
{
	frame->x[index] = value;
}

void arch_frame_start(struct arch_frame *frame, uint64_t pc, uint64_t sp, uint64_t argument)
{
	for (unsigned i = 0; i < sizeof frame->x / sizeof frame->x[0]; i++)
		frame->x[i] = 0;
	frame->x[0] = argument;
	frame->sp = sp;
	frame->pc = pc;
	frame->pstate = 0; /* EL0t, AArch64, interrupts unmasked */
}

#define INSTRUCTION_BYTES 4u

void arch_frame_restart(struct arch_frame *frame)
{
	frame->pc -= INSTRUCTION_BYTES;
}

uint64_t arch_frame_pc(const struct arch_frame *frame)
{
	return frame->pc;
}

uint64_t arch_frame_sp(const struct arch_frame *frame)
{
	return frame->sp;
}

void arch_frame_set_pc(struct arch_frame *frame, uint64_t pc)
{
	frame->pc = pc;
}

void arch_print_frame(const struct arch_frame *frame)
{
	for (unsigned i = 0; i < sizeof frame->x / sizeof frame->x[0]; i++)
		board_print("%sx%02u %016lx", i % 4 == 0 ? "\n" : "  ", i, frame->x[i]);
	board_print("  sp  %016lx\npc  %016lx  pstate %08lx\n", frame->sp, frame->pc, frame->pstate);
}
