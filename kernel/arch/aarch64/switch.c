/*
 * What changes hands when the CPU goes from one thread to another: address
 * space, TLS register, FP and SIMD registers.
 *
 * A thread that has never used FP does not own the unit: its first instruction
 * traps (exception_sync()) and comes here. Threads that use it have their
 * registers saved and loaded at each switch between two of them, so that nobody
 * sees another's.
 */
#include "switch.h"

#include <arch/arch.h>
#include <core/cpu.h>
#include <kaal/registers.h>
#include <object/thread.h>
#include <object/vspace.h>

#include "sysreg.h"

/* CPACR_EL1.FPEN, Arm ARM D19.2.30: 3 traps nothing, 0 traps EL0 and EL1. */
#define CPACR_FP_UNTRAPPED (UINT64_C(3) << 20)

/* Whose registers the unit holds; they are valid in the unit, stale in the thread. */
thread_t switch_fp_owner = THREAD_NONE;

void switch_fp_save(struct arch_extra *extra);
void switch_fp_load(const struct arch_extra *extra);

static void allow_fp(bool allow)
{
	if (allow == (cpu.fp_allowed != 0))
		return;
	cpu.fp_allowed = allow ? 1 : 0;
	sysreg_write("cpacr_el1", allow ? CPACR_FP_UNTRAPPED : 0);
	isb();
}

/* The unit becomes the thread's. */
static void own_fp(thread_t thread)
{
	allow_fp(true);
	if (switch_fp_owner == thread)
		return;
	if (switch_fp_owner != THREAD_NONE)
		switch_fp_save(&thread_view[switch_fp_owner].extra);
	switch_fp_load(&thread_view[thread].extra);
	switch_fp_owner = thread;
}

bool switch_fp_trapped(thread_t thread)
{
	if (thread_view[thread].extra.fp_used != 0)
		return false;
	thread_view[thread].extra.fp_used = 1;
	own_fp(thread);
	return true;
}

void arch_thread_switch(uint32_t from, uint32_t to)
{
	if (from != THREAD_NONE)
		thread_view[from].extra.tls = sysreg_read("tpidr_el0");
	if (to == THREAD_NONE) {
		arch_space_use(arch_space_none());
		return;
	}
	sysreg_write("tpidr_el0", thread_view[to].extra.tls);
	if (from == THREAD_NONE || thread_view[from].vspace != thread_view[to].vspace)
		arch_space_use(vspace_word(thread_view[to].vspace));
	if (thread_view[to].extra.fp_used != 0)
		own_fp(to);
	else
		allow_fp(false);
}

void arch_thread_forget(uint32_t thread)
{
	if (switch_fp_owner == thread)
		switch_fp_owner = THREAD_NONE;
}

/* N, Z, C and V: Arm ARM C5.2.9. */
#define PSTATE_FLAGS (UINT64_C(0xf) << 28)

void arch_thread_read_registers(uint32_t thread, struct kaal_registers *registers)
{
	const struct thread *t = &thread_view[thread];

	for (unsigned i = 0; i < sizeof t->frame.x / sizeof t->frame.x[0]; i++)
		registers->x[i] = t->frame.x[i];
	registers->sp = t->frame.sp;
	registers->pc = t->frame.pc;
	registers->pstate = t->frame.pstate & PSTATE_FLAGS;
	registers->tls = t->extra.tls;
}

void arch_thread_write_registers(uint32_t thread, const struct kaal_registers *registers)
{
	struct thread *t = &thread_view[thread];

	for (unsigned i = 0; i < sizeof t->frame.x / sizeof t->frame.x[0]; i++)
		t->frame.x[i] = registers->x[i];
	t->frame.sp = registers->sp;
	t->frame.pc = registers->pc;
	t->frame.pstate = registers->pstate & PSTATE_FLAGS;
	t->extra.tls = registers->tls;
}

void arch_thread_start(uint32_t thread, uint64_t tls)
{
	struct arch_extra *extra = &thread_view[thread].extra;

	arch_thread_forget(thread);
	extra->tls = tls;
	extra->fp_used = 0;
	extra->fpcr = 0;
	extra->fpsr = 0;
	for (unsigned i = 0; i < sizeof extra->fp / sizeof extra->fp[0]; i++)
		extra->fp[i] = 0;
}
