/* Crash reports of threads whose registers and stacks say anything. */
#include "root_fixture.h"

#include <kaal/message.h>
#include <kaal/registers.h>

#include <formats/elf_symbol.h>

#include "../../../runtime/root-task/crash.h"
#include "../../../runtime/root-task/window.h"

#define STACK UINT64_C(0x500000)
#define PAGES 2u
#define FRAMES 77u /* the first one's capability */

static uint8_t stack[PAGES * KAAL_PAGE_BYTES];
static struct kaal_message_buffer buffer;
static struct kaal_registers registers;
static uint64_t words[KAAL_MESSAGE_REGISTERS];
static unsigned reads;

bool kaal_elf_symbol(const struct kaal_elf *elf, uint64_t address, const char **name, uint64_t *offset)
{
	(void)elf;
	*name = "a_function";
	*offset = address & 0xf;
	return address >= 0x400000 && address < 0x401000;
}

kaal_status_t window_read(kaal_cap_t frame, uint64_t offset, void *data, uint64_t bytes)
{
	reads++;
	cr_assert(frame >= FRAMES && frame < FRAMES + PAGES, "a frame of the stack");
	cr_assert_leq(offset + bytes, KAAL_PAGE_BYTES);
	memcpy(data, stack + (frame - FRAMES) * KAAL_PAGE_BYTES + offset, bytes);
	return KAAL_OK;
}

static void put_record(uint64_t address, uint64_t next, uint64_t back)
{
	uint64_t record[2] = {next, back};

	memcpy(stack + (address - STACK), record, sizeof record);
}

static unsigned backtrace(uint64_t frame)
{
	unsigned lines = 0;

	registers.x[29] = frame;
	memcpy(buffer.words, &registers, sizeof registers);
	console[0] = '\0';
	reads = 0;
	crash_report(&components[0], 0, words);
	for (const char *at = console; (at = strstr(at, "called from")) != NULL; at++)
		lines++;
	return lines;
}

static void start(void)
{
	fixture_start();
	memset(stack, 0, sizeof stack);
	memset(words, 0, sizeof words);
	words[KAAL_FAULT_WORD_PC] = 0x400018;
	registers = (struct kaal_registers){.pc = 0x400018};
	registers.x[30] = 0x400024;
	authority.buffer = &buffer;
	components[0].frames = FRAMES - 5;
	components[0].stack = (struct load_region){STACK, 5, PAGES, 0};
}

TestSuite(crash, .init = start);

Test(crash, who_called)
{
	put_record(STACK + 0x100, STACK + 0x200, 0x400031);
	put_record(STACK + 0x200, STACK + KAAL_PAGE_BYTES + 0x10, 0x999);
	put_record(STACK + KAAL_PAGE_BYTES + 0x10, 0, 0x400042);
	cr_assert_eq(backtrace(STACK + 0x100), 4);
	says("a: crashed at 0x400018 a_function+0x8: ");
	says("called from 0x400024 a_function+0x4\n");
	says("called from 0x400031 a_function+0x1\n");
	says("called from 0x999\n");
	says("called from 0x400042 a_function+0x2\n");
}

Test(crash, frames_that_are_none)
{
	static const uint64_t frames[] = {
		0, 1, STACK - 16, STACK + 8, STACK + sizeof stack, UINT64_MAX, UINT64_MAX - 15, UINT64_C(0xffff000000000000), 0x400000,
	};

	for (unsigned i = 0; i < sizeof frames / sizeof frames[0]; i++) {
		cr_assert_eq(backtrace(frames[i]), 1, "frame %u", i);
		cr_assert_eq(reads, 0);
	}
	put_record(STACK + sizeof stack - 16, UINT64_MAX, 0x400010);
	cr_assert_eq(backtrace(STACK + sizeof stack - 16), 2, "the last that can be");
}

Test(crash, frames_that_go_round)
{
	put_record(STACK + 0x100, STACK + 0x100, 0x400010);
	cr_assert_eq(backtrace(STACK + 0x100), 2, "a record that is its own caller's");
	put_record(STACK + 0x200, STACK + 0x100, 0x400014);
	cr_assert_eq(backtrace(STACK + 0x200), 2, "callers lie above");
}

Test(crash, more_frames_than_are_told)
{
	for (uint64_t at = STACK; at < STACK + sizeof stack; at += 16)
		put_record(at, at + 16, 0x400010);
	cr_assert_eq(backtrace(STACK), 17);
	cr_assert_eq(reads, 16);
}

Test(crash, no_return_address)
{
	put_record(STACK + 0x100, STACK + 0x200, 0);
	cr_assert_eq(backtrace(STACK + 0x100), 1);
}

Test(crash, registers_that_cannot_be_read)
{
	call_status[KAAL_SYS_THREAD_READ_REGISTERS] = KAAL_NO_MEMORY;
	cr_assert_eq(backtrace(STACK), 0);
	says("its registers cannot be read");
	call_status[KAAL_SYS_THREAD_READ_REGISTERS] = KAAL_OK;
	call_status[KAAL_SYS_THREAD_SUSPEND] = KAAL_INVALID_CAP;
	cr_assert_eq(backtrace(STACK), 0);
}

Test(crash, causes)
{
	static const struct {
		uint64_t kind, syndrome;
		const char *text;
	} cases[] = {
		{KAAL_FAULT_MEMORY, 0x92000045, "write of address 0x123: nothing is mapped there"},
		{KAAL_FAULT_MEMORY, 0x9200000f, "read of address 0x123: the mapping does not allow it"},
		{KAAL_FAULT_MEMORY, 0x92000000, "outside the user's addresses"},
		{KAAL_FAULT_MEMORY, 0x92000021, "misaligned"},
		{KAAL_FAULT_MEMORY, 0x92000010, "the memory system refused it"},
		{KAAL_FAULT_INSTRUCTION, 0x82000006, "instruction fetch: nothing is mapped there"},
		{KAAL_FAULT_EXCEPTION, 0xf2000001, "breakpoint instruction"},
		{KAAL_FAULT_EXCEPTION, 0x02000000, "undefined instruction"},
		{KAAL_FAULT_EXCEPTION, 0xfe000000, "exception"},
		{UINT64_MAX, UINT64_MAX, "exception"},
	};

	words[KAAL_FAULT_WORD_ADDRESS] = 0x123;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		words[KAAL_FAULT_WORD_KIND] = cases[i].kind;
		words[KAAL_FAULT_WORD_SYNDROME] = cases[i].syndrome;
		(void)backtrace(0);
		says(cases[i].text);
	}
}
