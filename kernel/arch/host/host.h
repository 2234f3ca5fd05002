/*
 * The machine under unit test: what the kernel did to it, and what it shall
 * report. Zeroed by host_reset() before each test.
 */
#ifndef HOST_H
#define HOST_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOST_CONSOLE_BYTES 4096u
#define HOST_IRQS_MAX 16u
#define HOST_LINES 96u

struct host_machine {
	char console[HOST_CONSOLE_BYTES];
	size_t console_bytes;
	uint64_t now;            /* arch_now(); a wait for an interrupt moves it to the timer's deadline */
	bool timer_armed;
	uint64_t timer_deadline;
	uint32_t pending[HOST_IRQS_MAX]; /* interrupts to be claimed, first first */
	unsigned pending_count;
	unsigned completed;
	unsigned calls_until_pending; /* arch_irq_pending() says true once, at this many calls from now; 0: never */
	unsigned zeroed_pages;
	uint32_t masked;         /* the interrupt last masked */
	bool unmasked[HOST_LINES]; /* lines 0.. of the interrupt controller */
	bool edge[HOST_LINES];
	unsigned configured;
	unsigned waits;
	unsigned power_offs, resets; /* the firmware of this machine does neither */
	bool has_counters;       /* the CPU has a cycle counter */
	unsigned counters_allowed; /* calls of arch_counters_allow() */
	uint64_t space;          /* in use */
	unsigned switches;
	unsigned fast_switches, fast_leaves; /* how the fast path ended */
	unsigned flushed_asids, flushed_pages, table_writes;
	uint32_t flushed_asid;
	uint64_t flushed_page, synced_page;
	unsigned cleaned_pages, code_drops; /* for instruction fetch */
	uint64_t cleaned_page;
	unsigned cache_flushes;       /* pages written back and dropped */
	uint64_t cache_flushed;       /* the last of them */
	unsigned zeroed_when_flushed; /* pages that had been zeroed when it was */
	uint32_t forgotten;
	jmp_buf panic;           /* where arch_panic() goes */
	const char *panic_text;  /* the assertion's, or the format of board_end()'s line */
	uint32_t end_function;   /* that board_end() would have called; 0: none */
};

extern struct host_machine host;

/* The timer's interrupt. */
#define HOST_TIMER_IRQ 27u

void host_reset(void);

#endif
