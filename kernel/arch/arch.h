/*
 * What the portable kernel (object/, core/) knows of the machine: this list of
 * names, and nothing else. arch/aarch64 has them on the machine, arch/host
 * under unit test.
 *
 * <arch_frame.h>  struct arch_frame: a thread's registers
 * <arch_views.h>  slot_view[], thread_view[], …: objects by handle;
 *                 ARCH_DIRECT_MAP: added to a physical address, where RAM can be accessed
 */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#include <arch_frame.h>
#include <arch_views.h>

struct kaal_boot_params;
struct kaal_registers;
struct ranges;
struct translation;

/* --- registers of a thread ------------------------------------------------------ */

/* System call argument 0..5, message word 0..7. */
uint64_t arch_frame_argument(const struct arch_frame *frame, unsigned index);
uint64_t arch_frame_word(const struct arch_frame *frame, unsigned index);
void arch_frame_set_word(struct arch_frame *frame, unsigned index, uint64_t value);
/* All message words of one become the other's. */
void arch_frame_copy_words(struct arch_frame *to, const struct arch_frame *from);

/* Status and result 1..3 of a system call. */
void arch_frame_set_status(struct arch_frame *frame, uint64_t status);
void arch_frame_set_result(struct arch_frame *frame, unsigned index, uint64_t value);

/* A fresh thread's registers: all zero but these. */
void arch_frame_start(struct arch_frame *frame, uint64_t pc, uint64_t sp, uint64_t argument);

/* The thread makes its system call again, with the arguments as they are, when it runs next. */
void arch_frame_restart(struct arch_frame *frame);

/* Where the thread stands, and its stack; its registers in lines on the console. */
uint64_t arch_frame_pc(const struct arch_frame *frame);
uint64_t arch_frame_sp(const struct arch_frame *frame);
void arch_frame_set_pc(struct arch_frame *frame, uint64_t pc);
__attribute__((cold)) void arch_print_frame(const struct arch_frame *frame);

/* What a fault's syndrome says, in words: "data abort". */
const char *arch_fault_text(uint64_t syndrome);

/*
 * The CPU is `to`'s from now on: address space, TLS and FP registers; what it
 * holds of `from` is saved. Either may be THREAD_NONE (UINT32_MAX).
 */
void arch_thread_switch(uint32_t from, uint32_t to);

/* The thread's FP registers, if the CPU holds them, are nobody's. */
void arch_thread_forget(uint32_t thread);

/* The registers of a stopped thread that are not in its frame, for a new start: TLS (TPIDR_EL0), and zero in all FP registers. */
void arch_thread_start(uint32_t thread, uint64_t tls);

/* All registers of a stopped thread but FP and SIMD. Of pstate, EL0 has the condition flags only. */
void arch_thread_read_registers(uint32_t thread, struct kaal_registers *registers);
void arch_thread_write_registers(uint32_t thread, const struct kaal_registers *registers);

/* The position of the most significant bit that is set; value is not 0. */
uint32_t arch_highest_bit(uint64_t value);

/* --- time ------------------------------------------------------------------------- */

uint64_t arch_now(void);                     /* counter ticks */
uint64_t arch_counter_hz(void);              /* ticks a second */
void arch_timer_arm(uint64_t deadline);      /* interrupt when the counter reaches it */
void arch_timer_disarm(void);

/* --- interrupts ------------------------------------------------------------------- */

#define ARCH_IRQ_NONE UINT32_MAX

uint32_t arch_irq_claim(void);               /* the most urgent pending one, or ARCH_IRQ_NONE */
void arch_irq_complete(uint32_t irq);
/* Lines 0..this - 1 exist; all are masked at first. */
uint32_t arch_irq_lines(void);
void arch_irq_mask(uint32_t irq);
void arch_irq_unmask(uint32_t irq);
bool arch_irq_is_masked(uint32_t irq);
/* Masks a line, sets its trigger, where it can be set, makes it this CPU's, and forgets what is pending. */
void arch_irq_configure(uint32_t irq, bool edge);
bool arch_irq_pending(void);                 /* whether one waits to be claimed */
uint32_t arch_timer_irq(void);
void arch_wait_for_interrupt(void);          /* returns when one is pending, also if masked */

/* --- machine ---------------------------------------------------------------------- */

void arch_console_put(char character);
/* Return only when the firmware cannot. */
void arch_power_off(void);
void arch_reset(void);

/* Starts the CPU's cycle counter and lets EL0 read it; false: there is none. */
bool arch_counters_allow(void);

/* Zeroes a page of RAM, named by its physical address. */
void arch_zero_page(uint64_t physical);

/* --- address spaces --------------------------------------------------------------- */

/* What arch_space_use() takes for the tables at physical address `root` under `asid`. */
uint64_t arch_space_word(uint64_t root, uint32_t asid);
uint32_t arch_space_asid(uint64_t space);
void arch_space_use(uint64_t space);
/* An address space without any mapping. */
uint64_t arch_space_none(void);

/* What the TLBs hold under an ASID, or of one page under it, is dropped; finished on return. */
void arch_tlb_flush_asid(uint32_t asid);
void arch_tlb_flush_page(uint64_t virtual_address, uint32_t asid);
/* Translation entries that were written are seen by later walks. */
void arch_tables_written(void);
/* What was written to the page is what instruction fetch sees. */
void arch_sync_code_page(uint64_t physical);
/* The same for many pages: each is cleaned, then what all instruction caches hold is dropped. */
void arch_clean_code_page(uint64_t physical);
void arch_drop_code(void);
/* What the caches hold of the page is in memory, and they hold nothing of it. */
void arch_flush_page(uint64_t physical);

/* --- boot ------------------------------------------------------------------------- */

/*
 * Builds the kernel's final tables out of pages from `free` and uses them; the
 * firmware's identity mapping stays in the lower half.
 */
void arch_boot_map(const struct kaal_boot_params *params, struct ranges *free);
/* Interrupt controller and timer; the kernel's features (KAAL_FEATURE_*). */
uint64_t arch_boot_devices(const struct kaal_boot_params *params);
/* The identity mapping is left; nothing of it stays in any TLB. */
void arch_boot_leave_identity(void);
/* Physical ranges of devices that the kernel keeps for itself are taken out of `device`. */
void arch_boot_keep_devices(const struct kaal_boot_params *params, struct ranges *device);

/* --- failing ---------------------------------------------------------------------- */

/* Ends in KAAL-FATAL with registers and backtrace. */
_Noreturn void arch_panic(const char *file, int line, const char *text);

/* States what cannot happen; checked in every build. */
#define kernel_assert(condition) ((condition) ? (void)0 : arch_panic(__FILE__, __LINE__, #condition))

#endif
