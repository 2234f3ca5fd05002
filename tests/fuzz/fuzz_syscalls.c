/*
 * System calls in any order, by whoever runs, with any arguments, and what else happens: time, interrupts, faults. The input is what is
 * chosen, where there is a choice. The kernel on this machine does it, and a model beside it (tests/adversary); they agree after each step.
 */
#include "fuzz.h"

#include <host.h>
#include <kaal/message.h>

#include "../adversary/layout.h"
#include "../adversary/twin.h"
#include "../qemu/random.h"
#include <calls.h>

#define STEPS_MAX 4000u
#define STEPS_MORE 64u /* behind the input's end, times up to 7 */
#define CHECKS 16u     /* steps between two looks at the kernel's invariants */
#define UNIQUE 4096u   /* no two deadlines of so many calls are the same: whose turn is first would depend on the queue's inside */
#define TICKS_MORE 2000u

static const struct surroundings around = {
	.home = ATTACK_HOMES, .spare = ATTACK_SPARE, .spares = 24, .slots = 1u << ATTACK_RADIX, .address = UINT64_C(0x40000000), .code = 0x1000,
	.priority = 100, .line = 33, .lines = 3,
};

/* What is left of the input. */
struct input {
	struct chooser chooser;
	const uint8_t *data;
	size_t bytes;
	uint64_t calls;
};

/*
 * Most choices are small: a byte each, or, from 240 on, that and two, or eight, more. Behind the input's end they are random, and depend on
 * all of it.
 */
static uint64_t next(struct chooser *chooser)
{
	struct input *input = (struct input *)(void *)chooser;
	uint64_t value = 0;
	size_t more;

	if (input->bytes == 0)
		return next_random(&chooser->state);
	value = *input->data++;
	more = value < 240 ? 0 : value < 252 ? 2 : 8;
	for (input->bytes--; more != 0 && input->bytes != 0; more--, input->bytes--)
		value = value << 8 | *input->data++;
	return value;
}

static bool make_call(struct input *input)
{
	struct chooser *chooser = &input->chooser;
	const struct call *call = &calls[choose_below(chooser, CALLS)];
	uint64_t argument[6], caps[3], move, cnode, slot;

	chooser->now = twin_now();
	choose_arguments(chooser, call, argument);
	for (unsigned i = 0; i < call->arguments; i++) {
		if (call->argument[i].choice == CHOOSE_DEADLINE && argument[i] < UINT64_MAX / 2)
			argument[i] = (argument[i] / UNIQUE + 1) * UNIQUE + input->calls % UNIQUE;
	}
	/* Budgets are left out. */
	if (call->number == KAAL_SYS_SCHED_CONFIGURE && argument[2] >= 512 && argument[2] <= argument[3] && argument[3] <= UINT64_C(1) << 48)
		argument[2] = UINT64_MAX;
	if (call->words) {
		for (unsigned i = 0; i < 3; i++)
			caps[i] = choose_any_cap(chooser);
		move = choose_below(chooser, 8);
		cnode = choose_cap(chooser, KAAL_OBJECT_CNODE);
		slot = choose_spare(chooser);
		twin_fill_buffer(caps, move, cnode, slot);
	}
	input->calls++;
	return twin_call(call->number, argument, input->calls << 8, choose_one_in(chooser, 4) ? 1 + choose_below(chooser, 4) : 0);
}

#define drive(name, ...) (void)twin_call(KAAL_SYS_##name, (const uint64_t[6]){__VA_ARGS__}, 0, 0)

/* All others wait: the driver wakes somebody, gives back what is gone, or lets time go by. */
static void make_driver_call(struct input *input)
{
	struct chooser *chooser = &input->chooser;
	uint64_t thread = twin_slot_of_thread(choose_below(chooser, ATTACK_THREADS));
	unsigned which = choose_below(chooser, 2);

	switch (choose_below(chooser, 8)) {
	case 0:
		twin_give(which, choose_below(chooser, twin_gifts()));
		break;
	case 1:
		twin_give(which, choose_below(chooser, 5));
		break;
	case 2:
		drive(SCHED_BIND, thread + ATTACK_THREADS, thread);
		break;
	case 3:
		drive(THREAD_CONFIGURE, thread, twin_slot_of_cnode(which), twin_slot_of_space());
		break;
	case 4:
		twin_pass(choose_below(chooser, TICKS_MORE) * UNIQUE / 16);
		break;
	case 5:
		drive(THREAD_SUSPEND, thread);
		break;
	default:
		drive(THREAD_RESUME, thread);
		break;
	}
}

/* False: it ends here. */
static bool step(struct input *input)
{
	struct chooser *chooser = &input->chooser;
	uint32_t what = choose_below(chooser, 24);

	if (twin_is_driver())
		make_driver_call(input);
	else if (what == 0)
		twin_pass(choose_below(chooser, TICKS_MORE) * UNIQUE / 16);
	else if (what == 1)
		twin_fire(33 + choose_below(chooser, 3));
	else if (what == 2)
		twin_fault(1 + choose_below(chooser, 3), next(chooser));
	else
		return make_call(input);
	return true;
}

/* FNV-1a; never 0. */
static uint64_t hash_of(const uint8_t *data, size_t bytes)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < bytes; i++)
		hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
	return hash | 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct input input = {.chooser = {.around = &around, .next = next}, .data = data, .bytes = bytes};

	if (bytes == 0)
		return 0;
	if (setjmp(host.panic) != 0)
		twin_died();
	input.chooser.state = hash_of(data, bytes);
	twin_start(data[0] % 2 != 0);
	for (unsigned i = 0; i < ATTACK_CALLERS; i++)
		drive(THREAD_RESUME, twin_slot_of_thread(ATTACK_CALLERS - 1 - i));
	for (unsigned steps = 0, more = data[0] / 2 % 8 * STEPS_MORE; steps < STEPS_MAX && (input.bytes != 0 || more-- != 0); steps++) {
		if (!step(&input))
			break;
		if (steps % CHECKS == 0)
			twin_check();
	}
	twin_check();
	return 0;
}
