#include "crash.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <kaal/message.h>
#include <kaal/registers.h>
#include <kaal/syscall.h>

#include <formats/elf_symbol.h>

#include "authority.h"
#include "console.h"
#include "window.h"

#define FRAMES_MAX 16u /* of a backtrace */
#define PLACE_BYTES 96u

/* Fields of ESR_EL1: Arm ARM DDI 0487, D17.2.37. */
#define CLASS_SHIFT 26u
#define WRITE_BIT (1u << 6)
#define STATUS_MASK 0x3cu /* of the fault status code, without the level */

static void __attribute__((format(printf, 3, 4))) put(char *text, size_t bytes, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, bytes, format, arguments);
	va_end(arguments);
}

static const char *class_text(uint64_t syndrome)
{
	switch (syndrome >> CLASS_SHIFT & 0x3f) {
	case 0x00:
		return "undefined instruction";
	case 0x0e:
		return "illegal execution state";
	case 0x18:
		return "system register that programs may not use";
	case 0x22:
		return "misaligned program counter";
	case 0x26:
		return "misaligned stack pointer";
	case 0x2c:
		return "floating point exception";
	case 0x30:
	case 0x32:
	case 0x34:
		return "debug exception";
	case 0x3c:
		return "breakpoint instruction";
	default:
		return "exception";
	}
}

static const char *status_text(uint64_t syndrome)
{
	switch (syndrome & STATUS_MASK) {
	case 0x00:
		return "outside the user's addresses";
	case 0x04:
		return "nothing is mapped there";
	case 0x08:
	case 0x0c:
		return "the mapping does not allow it";
	case 0x20:
		return "misaligned";
	default:
		return "the memory system refused it";
	}
}

/* "0x4012ac main+0x2c", or the address alone. */
static const char *place_text(const struct component *component, uint64_t address, char text[PLACE_BYTES])
{
	const char *name;
	uint64_t offset;

	if (kaal_elf_symbol(&component->elf, address, &name, &offset))
		put(text, PLACE_BYTES, "0x%lx %.60s+0x%lx", (unsigned long)address, name, (unsigned long)offset);
	else
		put(text, PLACE_BYTES, "0x%lx", (unsigned long)address);
	return text;
}

static void print_cause(const struct component *component, uint32_t thread, const uint64_t *words)
{
	char name[KAAL_COMPONENT_NAME_BYTES + 16];
	uint64_t syndrome = words[KAAL_FAULT_WORD_SYNDROME];
	char place[PLACE_BYTES];

	(void)place_text(component, words[KAAL_FAULT_WORD_PC], place);
	if (thread == 0)
		put(name, sizeof name, "%s", component->description.name);
	else
		put(name, sizeof name, "%s: thread %u", component->description.name, (unsigned)thread);
	if (words[KAAL_FAULT_WORD_KIND] == KAAL_FAULT_MEMORY)
		console_line("%s: crashed at %s: %s of address 0x%lx: %s", name, place, (syndrome & WRITE_BIT) != 0 ? "write" : "read",
			     (unsigned long)words[KAAL_FAULT_WORD_ADDRESS], status_text(syndrome));
	else if (words[KAAL_FAULT_WORD_KIND] == KAAL_FAULT_INSTRUCTION)
		console_line("%s: crashed at %s: instruction fetch: %s", name, place, status_text(syndrome));
	else
		console_line("%s: crashed at %s: %s", name, place, class_text(syndrome));
}

static void print_registers(const struct kaal_registers *registers, uint64_t syndrome)
{
	for (unsigned i = 0; i < 30; i += 3)
		console_line("  x%-2u %016lx  x%-2u %016lx  x%-2u %016lx", i, (unsigned long)registers->x[i], i + 1,
			     (unsigned long)registers->x[i + 1], i + 2, (unsigned long)registers->x[i + 2]);
	console_line("  x30 %016lx  sp  %016lx  pc  %016lx", (unsigned long)registers->x[30], (unsigned long)registers->sp,
		     (unsigned long)registers->pc);
	console_line("  pstate %08lx  tls %016lx  syndrome %08lx", (unsigned long)registers->pstate, (unsigned long)registers->tls,
		     (unsigned long)syndrome);
}

/* Frame record: the caller's record and the address to return to (AAPCS64, 6.4.6). False: it is not on the first thread's stack. */
static bool read_record(const struct component *component, uint64_t address, uint64_t record[2])
{
	const struct load_region *stack = &component->stack;
	uint64_t offset = address - stack->address;

	/* Below the stack the offset is larger than any. */
	if (offset >= (uint64_t)stack->pages * KAAL_PAGE_BYTES || address % 16 != 0)
		return false;
	return window_read(component->frames + stack->first + offset / KAAL_PAGE_BYTES, offset % KAAL_PAGE_BYTES, record, 16) == KAAL_OK;
}

static void print_backtrace(const struct component *component, const struct kaal_registers *registers)
{
	uint64_t record[2] = {registers->x[29], 0};
	char place[PLACE_BYTES];

	console_line("  called from %s", place_text(component, registers->x[30], place));
	for (unsigned i = 0; i < FRAMES_MAX; i++) {
		uint64_t address = record[0];

		if (!read_record(component, address, record) || record[1] == 0)
			return;
		if (record[1] != registers->x[30])
			console_line("  called from %s", place_text(component, record[1], place));
		/* Towards the start of the stack, or it is no stack. */
		if (record[0] <= address)
			return;
	}
}

void crash_report(const struct component *component, uint32_t thread, const uint64_t *words)
{
	struct kaal_registers registers;

	print_cause(component, thread, words);
	/* A thread that waits for an answer has no registers to be read; it will get none. */
	if (kaal_sys_thread_suspend(component->thread + thread) != KAAL_OK || kaal_sys_thread_read_registers(component->thread + thread) != KAAL_OK) {
		console_line("  its registers cannot be read");
		return;
	}
	memcpy(&registers, authority.buffer->words, sizeof registers);
	print_registers(&registers, words[KAAL_FAULT_WORD_SYNDROME]);
	print_backtrace(component, &registers);
}
