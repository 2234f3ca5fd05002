/*
 * Starts another component that the description leaves to be started on demand, with its own arguments and with others; looks
 * at capabilities, and reads the log.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/message.h>
#include <kaal/startup.h>
#include <kaal/supervisor.h>
#include <kaal/syscall.h>

#define LAST 4096u

static uint32_t tool;
static unsigned failures;

static void check(bool good, const char *what)
{
	if (good)
		return;
	failures++;
	printf("not ok: %s\n", what);
}

static void check_info(void)
{
	struct kaal_component_info info;

	check(kaal_supervisor_look(tool, &info) == KAAL_OK, "look");
	check(info.state == KAAL_COMPONENT_ENDED && info.end == KAAL_END_NONE && info.starts == 0, "it has not been started");
	check(info.memory_max_bytes == 0x80000, "its memory-max");
	printf("tool has not been started\n");
}

/* Runs it; the exit code it ends with, or 1000. */
static uint64_t run(const char *const *arguments, uint32_t count)
{
	enum kaal_component_end end;
	uint64_t start, code;

	if (kaal_supervisor_start_with(tool, arguments, count, &start) != KAAL_OK ||
	    kaal_supervisor_await(tool, start, &end, &code) != KAAL_OK || end != KAAL_END_EXIT)
		return 1000;
	return code;
}

static void check_arguments(void)
{
	char longest[KAAL_SUPERVISOR_TEXT_BYTES + 1];
	const char *one[] = {longest}, *many[KAAL_SUPERVISOR_ARGUMENTS_MAX + 1], *few[] = {"two words", "", "5"};
	uint64_t start;

	memset(longest, 'x', sizeof longest);
	longest[KAAL_SUPERVISOR_TEXT_BYTES] = '\0';
	for (unsigned i = 0; i <= KAAL_SUPERVISOR_ARGUMENTS_MAX; i++)
		many[i] = "";
	check(kaal_supervisor_start_with(tool, one, 1, &start) == KAAL_OUT_OF_RANGE, "a text that is too long");
	check(kaal_supervisor_start_with(tool, many, KAAL_SUPERVISOR_ARGUMENTS_MAX + 1, &start) == KAAL_OUT_OF_RANGE, "too many texts");
	check(run(NULL, 0) == 3, "run as described");
	check(run(few, 3) == 5, "run with arguments");
}

/* A request that libkaal does not make: texts that are not as many as it says. */
static void check_hostile(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {tool, 9, 0x4142434445464748, 0x41}, answer;

	check(kaal_sys_endpoint_call(KAAL_SLOT_SUPERVISOR, kaal_message(4, 0, KAAL_SUPERVISOR_START), words, &answer) == KAAL_OK &&
	      kaal_message_label(answer) == KAAL_OUT_OF_RANGE, "a text is missing");
	words[1] = UINT64_MAX;
	check(kaal_sys_endpoint_call(KAAL_SLOT_SUPERVISOR, kaal_message(4, 0, KAAL_SUPERVISOR_START), words, &answer) == KAAL_OK &&
	      kaal_message_label(answer) == KAAL_OUT_OF_RANGE, "more texts than there may be");
}

static void check_slots(void)
{
	struct kaal_supervisor_slot slots[KAAL_SUPERVISOR_SLOTS_MAX], *cnode = &slots[0];
	uint64_t next = 0, all = 0;
	uint32_t count, self = kaal_startup()->component;

	check(kaal_supervisor_slots(self, &next, slots, &count) == KAAL_OK && count >= 6, "own slots");
	check(cnode->slot == KAAL_SLOT_CNODE && cnode->type == KAAL_OBJECT_CNODE && cnode->rights == (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE) &&
	      cnode->size_bits == kaal_startup()->cnode_size_bits + 5, "its CNode comes first");
	for (all = count; next != 0; all += count)
		check(kaal_supervisor_slots(self, &next, slots, &count) == KAAL_OK, "the others");
	check(all == 7, "what a component starts with");
	next = UINT64_C(1) << kaal_startup()->cnode_size_bits;
	check(kaal_supervisor_slots(self, &next, slots, &count) == KAAL_OUT_OF_RANGE, "slots that are none");
	next = 0;
	check(kaal_supervisor_slots(tool, &next, slots, &count) == KAAL_WOULD_BLOCK, "slots of who does not run");
}

static void check_log(void)
{
	static char text[LAST + 1];
	char piece[KAAL_SUPERVISOR_TEXT_BYTES];
	uint64_t position = 0;
	uint32_t used = 0, bytes;

	while (kaal_supervisor_log(&position, piece, &bytes) == KAAL_OK && bytes != 0 && used + bytes <= LAST) {
		memcpy(text + used, piece, bytes);
		used += bytes;
		position += bytes;
	}
	check(strncmp(text, "starter: tool has not", 21) == 0, "the log begins with the first line");
	check(strstr(text, "\ntool: argument 1: two words\ntool: argument 2: \n") != NULL, "and has what was printed");
	position = UINT64_MAX;
	check(kaal_supervisor_log(&position, piece, &bytes) == KAAL_OK && bytes == 0 && position == used, "nothing comes behind its end");
}

/* More than is kept: the oldest goes. */
static void check_oldest(void)
{
	char piece[KAAL_SUPERVISOR_TEXT_BYTES];
	uint64_t position = UINT64_MAX, end;
	uint32_t bytes;

	for (unsigned i = 0; i < 60; i++)
		printf("%70u\n", i);
	check(kaal_supervisor_log(&position, piece, &bytes) == KAAL_OK, "the end");
	end = position;
	position = 0;
	check(kaal_supervisor_log(&position, piece, &bytes) == KAAL_OK && end - position == KAAL_SUPERVISOR_LOG_BYTES &&
	      bytes == KAAL_SUPERVISOR_TEXT_BYTES, "what is kept is so much");
}

int main(void)
{
	check(kaal_supervisor_find("tool", &tool) == KAAL_OK, "find");
	check_info();
	check_hostile();
	check_arguments();
	check_slots();
	check_log();
	check_oldest();
	printf("%u failures\n", failures);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
