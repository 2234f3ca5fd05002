#include "pair.h"

#define PRIORITY_MAIN 1u
#define PRIORITY 100u
#define CEILING 255u
#define STACK_WORDS 256u

static _Alignas(16) uint64_t stack[PAIR][STACK_WORDS];
volatile struct counted reading[PAIR][ROUNDS];

kaal_cap_t thread(unsigned i)
{
	return at(THREAD) + i;
}

void note(unsigned i, unsigned round, struct counted counted)
{
	reading[i][round].before = counted.before;
	reading[i][round].after = counted.after;
	reading[i][round].status = counted.status;
}

void note_rounds(uint64_t i, bare_call *call, uint64_t a, uint64_t b, uint64_t c)
{
	for (unsigned round = 0; round < ROUNDS; round++)
		note((unsigned)i, round, call(a, b, c, 0, 0, 0));
}

void start_pairs(void)
{
	must("priority", kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, PRIORITY_MAIN, CEILING));
}

void prepare_pair(void (*first)(uint64_t), void (*second)(uint64_t), unsigned more_urgent)
{
	void (*const entry[PAIR])(uint64_t) = {first, second};

	prepare_block();
	retype(at(BLOCK), KAAL_OBJECT_THREAD, CSPACE, at(THREAD), PAIR);
	retype(at(BLOCK), KAAL_OBJECT_SCHED_CONTEXT, CSPACE, at(CONTEXT), PAIR);
	for (unsigned i = 0; i < PAIR; i++) {
		set_up_thread(thread(i), at(CONTEXT) + i, entry[i], i, &stack[i][STACK_WORDS], PRIORITY + i * more_urgent);
		for (unsigned round = 0; round < ROUNDS; round++)
			note(i, round, (struct counted){0, 0, KAAL_INVALID_SYSCALL});
	}
}

void run_pair(const char *name)
{
	must(name, kaal_sys_thread_resume(thread(FIRST)));
	for (unsigned i = 0; i < PAIR; i++) {
		for (unsigned round = 0; round < ROUNDS; round++)
			must(name, reading[i][round].status);
	}
}

void stop(uint64_t i)
{
	for (;;)
		kaal_ignore(kaal_sys_thread_suspend(thread((unsigned)i)));
}

uint64_t switched(unsigned from, unsigned round, unsigned back)
{
	return instructions(reading[from][round].before, reading[1 - from][back].after);
}

void print_switch(const char *name, unsigned from, unsigned round, unsigned back)
{
	uint64_t value = switched(from, round, back);

	if (switched(from, round + 1, back + 1) != value)
		fail("two rounds differ", KAAL_OUT_OF_RANGE);
	print_row("", name, value);
}
