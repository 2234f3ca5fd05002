#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/arch.h>
#include <arch_fast.h>
#include <freestanding/board.h>
#include <freestanding/cache.h>
#include <freestanding/ranges.h>
#include <kaal/bootparams.h>
#include <kaal/registers.h>
#include <object/thread.h>
#include <object/vspace.h>

_Alignas(4096) unsigned char host_arena[HOST_ARENA_BYTES];
struct host_machine host;

void host_reset(void)
{
	memset(&host, 0, sizeof host);
	memset(host_arena, 0, sizeof host_arena);
	host.masked = ARCH_IRQ_NONE;
}

uint64_t arch_frame_argument(const struct arch_frame *frame, unsigned index)
{
	return frame->argument[index];
}

uint64_t arch_frame_word(const struct arch_frame *frame, unsigned index)
{
	return frame->word[index];
}

void arch_frame_set_word(struct arch_frame *frame, unsigned index, uint64_t value)
{
	frame->word[index] = value;
}

void arch_frame_copy_words(struct arch_frame *to, const struct arch_frame *from)
{
	memcpy(to->word, from->word, sizeof to->word);
}

uint64_t arch_frame_sp(const struct arch_frame *frame)
{
	return frame->sp;
}

void arch_frame_set_pc(struct arch_frame *frame, uint64_t pc)
{
	frame->pc = pc;
}

const char *arch_fault_text(uint64_t syndrome)
{
	(void)syndrome;
	return "fault";
}

/* As on the machine, where both are in the same registers, status and results take the place of arguments. */
/* Which call ended with which status, for tests/host/kernel/errors.py: each once, a line "number status". */
static void note_status(uint32_t number, uint64_t status)
{
	static bool seen[256][128];
	const char *path = getenv("KAAL_STATUS_LOG");
	FILE *log;

	if (path == NULL || number >= 256 || status >= 128 || seen[number][status])
		return;
	seen[number][status] = true;
	log = fopen(path, "a");
	if (log == NULL)
		return;
	(void)fprintf(log, "%u %u\n", number, (unsigned)status);
	(void)fclose(log);
}

void arch_frame_set_status(struct arch_frame *frame, uint64_t status)
{
	if (frame->call != 0)
		note_status(frame->call - 1, status);
	frame->status = status;
	frame->argument[0] = status;
}

void arch_frame_set_result(struct arch_frame *frame, unsigned index, uint64_t value)
{
	frame->result[index] = value;
	frame->argument[index] = value;
}

void arch_frame_start(struct arch_frame *frame, uint64_t pc, uint64_t sp, uint64_t argument)
{
	memset(frame, 0, sizeof *frame);
	frame->pc = pc;
	frame->sp = sp;
	frame->argument[0] = argument;
}

void arch_frame_restart(struct arch_frame *frame)
{
	frame->restarts++;
}

uint64_t arch_frame_pc(const struct arch_frame *frame)
{
	return frame->pc;
}

void arch_print_frame(const struct arch_frame *frame)
{
	(void)frame;
}

void arch_thread_switch(uint32_t from, uint32_t to)
{
	(void)from;
	host.switches++;
	if (to != THREAD_NONE) {
		thread_view[to].extra.loads++;
		host.space = vspace_word(thread_view[to].vspace);
	}
}

void arch_thread_forget(uint32_t thread)
{
	host.forgotten = thread;
}

/* The unit test's threads have fewer: those in struct arch_frame. */
void arch_thread_read_registers(uint32_t thread, struct kaal_registers *registers)
{
	const struct thread *t = &thread_view[thread];

	memset(registers, 0, sizeof *registers);
	memcpy(registers->x, t->frame.argument, sizeof t->frame.argument);
	registers->sp = t->frame.sp;
	registers->pc = t->frame.pc;
	registers->tls = t->extra.tls;
}

void arch_thread_write_registers(uint32_t thread, const struct kaal_registers *registers)
{
	struct thread *t = &thread_view[thread];

	memcpy(t->frame.argument, registers->x, sizeof t->frame.argument);
	t->frame.sp = registers->sp;
	t->frame.pc = registers->pc;
	t->extra.tls = registers->tls;
}

void arch_thread_start(uint32_t thread, uint64_t tls)
{
	thread_view[thread].extra.tls = tls;
}

uint32_t arch_highest_bit(uint64_t value)
{
	return 63u - (uint32_t)__builtin_clzll(value);
}

uint64_t arch_space_none(void)
{
	return 0;
}

void arch_tlb_flush_asid(uint32_t asid)
{
	host.flushed_asids++;
	host.flushed_asid = asid;
}

void arch_tlb_flush_page(uint64_t virtual_address, uint32_t asid)
{
	(void)asid;
	host.flushed_pages++;
	host.flushed_page = virtual_address;
}

void arch_tables_written(void)
{
	host.table_writes++;
}

void arch_sync_code_page(uint64_t physical)
{
	host.synced_page = physical;
}

void arch_clean_code_page(uint64_t physical)
{
	host.cleaned_pages++;
	host.cleaned_page = physical;
}

void arch_drop_code(void)
{
	host.code_drops++;
}

void arch_flush_page(uint64_t physical)
{
	host.cache_flushes++;
	host.cache_flushed = physical;
	host.zeroed_when_flushed = host.zeroed_pages;
}

uint64_t arch_now(void)
{
	return host.now;
}

uint64_t arch_counter_hz(void)
{
	return 62500000;
}

void arch_timer_arm(uint64_t deadline)
{
	host.timer_armed = true;
	host.timer_deadline = deadline;
}

void arch_timer_disarm(void)
{
	host.timer_armed = false;
}

uint32_t arch_irq_claim(void)
{
	uint32_t irq;

	if (host.pending_count == 0)
		return host.timer_armed && host.now >= host.timer_deadline ? HOST_TIMER_IRQ : ARCH_IRQ_NONE;
	irq = host.pending[0];
	memmove(host.pending, host.pending + 1, --host.pending_count * sizeof host.pending[0]);
	return irq;
}

void arch_irq_complete(uint32_t irq)
{
	(void)irq;
	host.completed++;
}

uint32_t arch_irq_lines(void)
{
	return HOST_LINES;
}

void arch_irq_mask(uint32_t irq)
{
	host.masked = irq;
	if (irq < HOST_LINES)
		host.unmasked[irq] = false;
}

bool arch_irq_is_masked(uint32_t irq)
{
	return !host.unmasked[irq];
}

void arch_irq_unmask(uint32_t irq)
{
	host.unmasked[irq] = true;
}

void arch_irq_configure(uint32_t irq, bool edge)
{
	arch_irq_mask(irq);
	host.edge[irq] = edge;
	host.configured++;
}

bool arch_irq_pending(void)
{
	if (host.pending_count != 0)
		return true;
	return host.calls_until_pending != 0 && --host.calls_until_pending == 0;
}

void arch_zero_page(uint64_t physical)
{
	host.zeroed_pages++;
	memset(host_arena + physical, 0, KAAL_PAGE_BYTES);
}

uint32_t arch_timer_irq(void)
{
	return HOST_TIMER_IRQ;
}

void arch_wait_for_interrupt(void)
{
	host.waits++;
	if (host.timer_armed && host.timer_deadline > host.now)
		host.now = host.timer_deadline;
}

void arch_console_put(char character)
{
	if (host.console_bytes < HOST_CONSOLE_BYTES)
		host.console[host.console_bytes++] = character;
}

void arch_power_off(void)
{
	host.power_offs++;
}

void arch_reset(void)
{
	host.resets++;
}

bool arch_counters_allow(void)
{
	host.counters_allowed++;
	return host.has_counters;
}

uint64_t arch_space_word(uint64_t root, uint32_t asid)
{
	return root | (uint64_t)asid << 48;
}

uint32_t arch_space_asid(uint64_t space)
{
	return (uint32_t)(space >> 48);
}

void arch_space_use(uint64_t space)
{
	host.space = space;
}

void arch_panic(const char *file, int line, const char *text)
{
	(void)file;
	(void)line;
	host.panic_text = text;
	longjmp(host.panic, 1);
}

void arch_boot_map(const struct kaal_boot_params *params, struct ranges *free)
{
	uint64_t page;

	(void)params;
	/* As on the machine, tables take some of the free memory. */
	(void)ranges_take(free, KAAL_PAGE_BYTES, KAAL_PAGE_BYTES, &page);
}

uint64_t arch_boot_devices(const struct kaal_boot_params *params)
{
	(void)params;
	return KAAL_FEATURE_PAN;
}

void arch_boot_leave_identity(void)
{
}

void arch_boot_keep_devices(const struct kaal_boot_params *params, struct ranges *device)
{
	(void)ranges_remove(device, params->board.gic_distributor.base,
			    params->board.gic_distributor.base + params->board.gic_distributor.bytes);
}

/* freestanding/board.c and cache.c are AArch64's. */
void board_set_console(uintptr_t pl011)
{
	(void)pl011;
}

void board_set_psci(enum psci_conduit conduit)
{
	(void)conduit;
}

void board_print(const char *format, ...)
{
	(void)format;
}

void board_end(uint32_t psci_function, const char *format, va_list arguments)
{
	(void)arguments;
	host.end_function = psci_function;
	host.panic_text = format;
	longjmp(host.panic, 1);
}

void board_fatal(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	board_end(PSCI_SYSTEM_OFF, format, arguments);
}

void cache_zero_pages(uintptr_t base, uint64_t bytes)
{
	memset((void *)base, 0, bytes);
}

void arch_fast_switch(struct thread *from, struct thread *to, uint64_t space, uint64_t message, uint64_t badge,
		      uint32_t fp_allowed)
{
	(void)fp_allowed;
	arch_frame_copy_words(&to->frame, &from->frame);
	arch_frame_set_status(&to->frame, 0);
	arch_frame_set_result(&to->frame, 1, message);
	arch_frame_set_result(&to->frame, 2, badge);
	host.space = space;
	host.fast_switches++;
}

void arch_fast_leave(struct thread *self, uint32_t number, uint64_t argument0, uint64_t argument1, uint64_t argument2)
{
	(void)argument0;
	(void)argument1;
	(void)argument2;
	(void)self;
	(void)number;
	host.fast_leaves++;
}
