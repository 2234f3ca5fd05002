/*
 * What the portable kernel relies on of the machine: the contracts of
 * arch/arch.h, of the firmware's console and of the few functions of freestanding/ that it calls. They are
 * trusted: what is behind them is assembly, or writes registers of devices.
 *
 * Effects that no variable of the kernel shows (console, TLBs, caches, timer) are left out: such a function
 * assigns nothing. What the interrupt controller is told of a line stands in arrays of the proof's own.
 */
#ifndef PROOF_ARCH_H
#define PROOF_ARCH_H

/* What is written to a thread's frame is nothing that kernel_ok is about: each of these says so, once for all callers. */
/*@ requires index < 6 && \valid_read(frame);
    terminates \true; exits \false; assigns \nothing; ensures \result == frame->argument[index]; */
uint64_t arch_frame_argument(const struct arch_frame *frame, unsigned index);
/*@ requires index < 8 && \valid_read(frame);
    terminates \true; exits \false; assigns \nothing; ensures \result == frame->word[index]; */
uint64_t arch_frame_word(const struct arch_frame *frame, unsigned index);
/*@ requires index < 8 && \valid(frame);
    terminates \true; exits \false; assigns frame->word[index]; ensures frame->word[index] == value;
    ensures \old(kernel_ok) ==> kernel_ok; */
void arch_frame_set_word(struct arch_frame *frame, unsigned index, uint64_t value);
/*@ requires \valid(to) && \valid_read(from);
    terminates \true; exits \false; assigns to->word[0 .. 7];
    ensures \forall integer i; 0 <= i < 8 ==> to->word[i] == \old(from->word[i]);
    ensures \old(kernel_ok) ==> kernel_ok; */
void arch_frame_copy_words(struct arch_frame *to, const struct arch_frame *from);
/*@ requires \valid(frame);
    terminates \true; exits \false; assigns frame->argument[0]; ensures frame->argument[0] == status;
    ensures \old(kernel_ok) ==> kernel_ok; */
void arch_frame_set_status(struct arch_frame *frame, uint64_t status);
/*@ requires 1 <= index <= 3 && \valid(frame);
    terminates \true; exits \false; assigns frame->argument[index]; ensures frame->argument[index] == value;
    ensures \old(kernel_ok) ==> kernel_ok; */
void arch_frame_set_result(struct arch_frame *frame, unsigned index, uint64_t value);
/*@ requires \valid(frame); terminates \true; exits \false; assigns *frame; ensures \old(kernel_ok) ==> kernel_ok; */
void arch_frame_start(struct arch_frame *frame, uint64_t pc, uint64_t sp, uint64_t argument);
/*@ requires \valid(frame); terminates \true; exits \false; assigns frame->pc; ensures \old(kernel_ok) ==> kernel_ok; */
void arch_frame_restart(struct arch_frame *frame);
/*@ requires \valid_read(frame); terminates \true; exits \false; assigns \nothing; ensures \result == frame->pc; */
uint64_t arch_frame_pc(const struct arch_frame *frame);
/*@ requires \valid_read(frame); terminates \true; exits \false; assigns \nothing; ensures \result == frame->sp; */
uint64_t arch_frame_sp(const struct arch_frame *frame);
/*@ requires \valid(frame); terminates \true; exits \false; assigns frame->pc; ensures frame->pc == pc; ensures \old(kernel_ok) ==> kernel_ok; */
void arch_frame_set_pc(struct arch_frame *frame, uint64_t pc);
/*@ requires \valid_read(frame); terminates \true; exits \false; assigns \nothing; */
void arch_print_frame(const struct arch_frame *frame);
/*@ terminates \true; exits \false; assigns \nothing; ensures \valid_read(\result); */
const char *arch_fault_text(uint64_t syndrome);

/* Of threads, these change `extra` alone: it is said of whole ones, which provers find to be a part of the state. */
/*@ requires (is_thread_or_none(from) && is_thread_or_none(to));
    terminates \true; exits \false;
    assigns thread_view[0 .. THREAD_VIEW_END - 1], cpu.fp_allowed, cpu.space_word[0 .. VSPACES_MAX - 1],
            vspaces, vspace_asid_owner[0 .. ARCH_ASIDS - 1];
    ensures \old(spaces_ok) ==> spaces_ok;
    ensures \old(kernel_ok) ==> kernel_ok; */
void arch_thread_switch(uint32_t from, uint32_t to);
/*@ requires is_thread(thread); terminates \true; exits \false; assigns thread_view[thread], cpu.fp_allowed;
    ensures \old(kernel_ok) ==> kernel_ok; */
void arch_thread_forget(uint32_t thread);
/*@ requires is_thread(thread); terminates \true; exits \false; assigns thread_view[thread].extra; */
void arch_thread_start(uint32_t thread, uint64_t tls);
/*@ requires is_thread(thread) && \valid(registers); terminates \true; exits \false; assigns *registers; */
void arch_thread_read_registers(uint32_t thread, struct kaal_registers *registers);
/*@ requires is_thread(thread) && \valid_read(registers);
    terminates \true; exits \false; assigns thread_view[thread].frame, thread_view[thread].extra; */
void arch_thread_write_registers(uint32_t thread, const struct kaal_registers *registers);
/*@ requires value != 0;
    terminates \true; exits \false; assigns \nothing;
    ensures \result < 64 && (1 << \result) <= value && value / 2 < (1 << \result);
    ensures has_bit(value, \result);
    ensures \forall integer n; \result < n < 64 ==> !has_bit(value, n); */
uint32_t arch_highest_bit(uint64_t value);
/*@ requires \exists integer t; is_thread(t) && thread == &thread_view[t];
    terminates \true; exits \false; assigns \nothing;
    ensures is_thread(\result) && thread == &thread_view[\result]; */
uint32_t arch_thread_handle(const struct thread *thread);

/* The counter never goes back, and does not come to an end. */
/*@ terminates \true; exits \false; assigns \nothing; ensures cpu.started <= \result < 0x8000000000000000; */
uint64_t arch_now(void);
/*@ terminates \true; exits \false; assigns \nothing; */
uint64_t arch_counter_hz(void);
/*@ terminates \true; exits \false; assigns \nothing; */
void arch_timer_arm(uint64_t deadline);
/*@ terminates \true; exits \false; assigns \nothing; */
void arch_timer_disarm(void);

/* Only what has been claimed is handled and completed. */
/*@ axiomatic interrupts { predicate is_claimed(integer irq); predicate is_pending(integer cpu); } */
/*@ terminates \true; exits \false; assigns \nothing; ensures \result != ARCH_IRQ_NONE ==> is_claimed(\result); */
uint32_t arch_irq_claim(void);
/*@ requires is_claimed(irq);
    terminates \true; exits \false; assigns \nothing; */
void arch_irq_complete(uint32_t irq);
/* 32 times one more than GICD_TYPER says (ITLinesNumber). */
/*@ terminates \true; exits \false; assigns \nothing; ensures 32 <= \result <= IRQ_LINES_MAX; */
uint32_t arch_irq_lines(void);
/*@ terminates \true; exits \false; assigns line_is_masked[irq]; ensures line_is_masked[irq] == 1; */
void arch_irq_mask(uint32_t irq);
/*@ requires irq < IRQ_LINES_MAX;
    terminates \true; exits \false; assigns line_is_masked[irq]; ensures line_is_masked[irq] == 0; */
void arch_irq_unmask(uint32_t irq);
/*@ requires irq < IRQ_LINES_MAX;
    terminates \true; exits \false; assigns line_is_edge[irq]; ensures line_is_edge[irq] == (edge ? 1 : 0); */
void arch_irq_configure(uint32_t irq, bool edge);
/*@ terminates \true; exits \false; assigns \nothing; ensures \result ==> is_pending(0); */
bool arch_irq_pending(void);
/*@ terminates \true; exits \false; assigns \nothing; */
uint32_t arch_timer_irq(void);
/* Nobody waits for the CPU to delete anything while it waits. */
/*@ predicate nothing_to_delete{L} = destroy_worklists.cnode == 0 && destroy_worklists.thread == THREAD_NONE &&
		destroy_worklists.notification == 0 && destroy_worklists.endpoint == 0; */
/*@ requires nothing_to_delete || is_pending(0);
    terminates \true; exits \false; assigns \nothing; */
void arch_wait_for_interrupt(void);

/*@ terminates \true; exits \false; assigns \nothing; */
void arch_console_put(char character);
/*@ exits \false; assigns \nothing; */
void arch_power_off(void);
/*@ exits \false; assigns \nothing; */
void arch_reset(void);
/*@ terminates \true; exits \false; assigns \nothing; */
bool arch_counters_allow(void);
/* The page holds no object but a page table (UT-3, UT-4, PT-2): of the views, only the tables' is changed. */
/*@ requires physical / 4096 < TABLE_VIEW_END;
    terminates \true; exits \false;
    assigns table_view[physical / 4096].entry[0 .. 511];
    ensures \forall integer i; 0 <= i < 512 ==> table_view[physical / 4096].entry[i] == 0; */
void arch_zero_page(uint64_t physical);

/*@ axiomatic space_words {
	logic integer space_asid(integer word);
	axiom space_asid_bounds: \forall integer word; 0 <= space_asid(word) < ARCH_ASIDS;
	axiom space_asid_of_zero: space_asid(0) == 0;
    } */
/*@ requires asid < ARCH_ASIDS; terminates \true; exits \false; assigns \nothing;
    ensures space_asid(\result) == asid && (asid != 0 ==> \result != 0); */
uint64_t arch_space_word(uint64_t root, uint32_t asid);
/*@ terminates \true; exits \false; assigns \nothing; ensures \result == space_asid(space); */
uint32_t arch_space_asid(uint64_t space);
/*@ terminates \true; exits \false; assigns \nothing; */
void arch_space_use(uint64_t space);
/*@ terminates \true; exits \false; assigns \nothing; */
uint64_t arch_space_none(void);
/*@ terminates \true; exits \false; assigns \nothing; */
void arch_tlb_flush_asid(uint32_t asid);
/*@ terminates \true; exits \false; assigns \nothing; */
void arch_tlb_flush_page(uint64_t virtual_address, uint32_t asid);
/*@ terminates \true; exits \false; assigns \nothing; */
void arch_tables_written(void);
/*@ terminates \true; exits \false; assigns \nothing; */
void arch_sync_code_page(uint64_t physical);
/*@ terminates \true; exits \false; assigns \nothing; */
void arch_clean_code_page(uint64_t physical);
/*@ terminates \true; exits \false; assigns \nothing; */
void arch_drop_code(void);
/*@ requires physical % 4096 == 0; terminates \true; exits \false; assigns \nothing; */
void arch_flush_page(uint64_t physical);

/* An assertion that fails stops the machine: what follows it may rely on it. */
/*@ assigns \nothing; exits \false; ensures \false; */
void arch_panic(const char *file, int line, const char *text);

/*@ exits \false; assigns \nothing; ensures \false; */
_Noreturn void board_end(uint32_t psci_function, const char *format, va_list arguments);

/* The fast path's ends do not return. */
/*@ requires \valid(from) && \valid(to); exits \false; assigns \nothing; */
void arch_fast_switch(struct thread *from, struct thread *to, uint64_t space, uint64_t message, uint64_t badge,
		      uint32_t fp_allowed);
/*@ requires \valid(self); exits \false; assigns \nothing; */
void arch_fast_leave(struct thread *self, uint32_t number, uint64_t argument0, uint64_t argument1, uint64_t argument2);

#endif
