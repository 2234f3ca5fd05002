#include "attack.h"

#include <kaal/status.h>

#include "../qemu/random.h"
#include <calls.h>

#define TOUCHES 24u /* one access to memory for so many calls */
#define STRANGE 64u /* one call of a number that there is none of */

_Static_assert(CALLS < ATTACK_CALLS_MAX && CALL_STATUSES <= ATTACK_STATUSES, "there is room for all calls");

struct attack attack;
_Alignas(16) unsigned char attack_stack[ATTACK_CALLERS][ATTACK_STACK_BYTES];

static uint64_t next(struct chooser *chooser)
{
	return next_random(&chooser->state);
}

static uint64_t now(void)
{
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
}

/* Which capabilities go along, and where those that come shall be. */
static void fill_buffer(struct chooser *chooser, struct kaal_message_buffer *buffer)
{
	for (unsigned i = 0; i < KAAL_MESSAGE_CAPS_MAX; i++)
		buffer->caps[i] = choose_any_cap(chooser);
	buffer->move = choose_below(chooser, 8);
	buffer->receive_cnode = choose_cap(chooser, KAAL_OBJECT_CNODE);
	buffer->receive_slot = choose_spare(chooser);
}

/* A victim's registers: code that needs no memory, or what leads nowhere. The caller's buffer may be another's, too, or gone. */
static void fill_registers(struct chooser *chooser, struct kaal_message_buffer *buffer)
{
	enum { SP = 31, PC = 32, PSTATE = 33 };

	for (unsigned i = 0; i < SP; i++)
		buffer->words[i] = chooser->next(chooser);
	buffer->words[SP] = chooser->next(chooser);
	buffer->words[PC] = choose_one_in(chooser, 2) ? (uint64_t)(uintptr_t)attack_wild : chooser->next(chooser);
	buffer->words[PSTATE] = chooser->next(chooser);
}

static void prepare(struct chooser *chooser, const struct call *call, struct attack_registers *r, struct kaal_message_buffer *buffer)
{
	if (call->number == KAAL_SYS_THREAD_WRITE_REGISTERS)
		fill_registers(chooser, buffer);
	else if (call->words)
		fill_buffer(chooser, buffer);
	/* What is printed is blank, and not much. */
	for (unsigned i = 0; i < KAAL_MESSAGE_REGISTERS; i++)
		r->word[i] = call->number == KAAL_SYS_DEBUG_WRITE ? UINT64_C(0x2020202020202020) : chooser->next(chooser);
}

/* Which of call_statuses[] it is; CALL_STATUSES: none. */
static unsigned index_of(uint64_t status)
{
	unsigned i = 0;

	while (i < CALL_STATUSES && call_statuses[i].number != status)
		i++;
	return i;
}

/* Whether the table says that the call may end so. */
static bool may_end(unsigned which, uint64_t status)
{
	if (which == CALLS)
		return status == KAAL_INVALID_SYSCALL;
	return status == KAAL_OK || (index_of(status) < CALL_STATUSES && (calls[which].errors >> index_of(status) & 1) != 0);
}

static void count(struct attack_caller *self, unsigned which, const struct attack_registers *r)
{
	uint64_t status = r->x[0];

	if (!may_end(which, status)) {
		self->wrong++;
		self->wrong_call = which;
		self->wrong_status = status;
		return;
	}
	self->ended[which][index_of(status)]++;
	if (status == KAAL_OK && which < CALLS &&
	    (calls[which].number == KAAL_SYS_IRQ_ACK || calls[which].number == KAAL_SYS_IRQ_ACK_WAIT))
		self->interrupts += attack.asserted;
}

static bool is_no_call(uint32_t number)
{
	for (unsigned i = 0; i < CALLS; i++) {
		if (calls[i].number == number)
			return false;
	}
	return true;
}

/* A number that is no call's. */
static uint32_t strange_number(struct chooser *chooser)
{
	uint32_t number = choose_below(chooser, ATTACK_NUMBERS + 1);

	while (!is_no_call(number))
		number = choose_below(chooser, ATTACK_NUMBERS + 1);
	return number;
}

static void make_call(struct chooser *chooser, uint64_t who)
{
	struct attack_caller *self = &attack.caller[who];
	uint32_t which = choose_one_in(chooser, STRANGE) ? CALLS : choose_below(chooser, CALLS);
	uint32_t number = which < CALLS ? calls[which].number : strange_number(chooser);
	struct attack_registers r = {{0}, {0}};

	chooser->now = now();
	choose_arguments(chooser, &calls[which < CALLS ? which : 0], r.x);
	if (which < CALLS)
		prepare(chooser, &calls[which], &r, &attack.buffer[who]);
	self->preempted += attack.last != who;
	self->begun++;
	attack_call(&r, number);
	attack.last = who;
	count(self, which, &r);
}

static void touch(struct chooser *chooser, uint64_t who)
{
	uint64_t address = choose_one_in(chooser, 8) ? chooser->next(chooser) >> choose_below(chooser, 64) : choose_address(chooser);

	attack.caller[who].touched++;
	/* Below lies the program, which all share. */
	attack_access(address, address >= attack.around.address ? choose_below(chooser, 2) : 0);
}

void attack_begin(uint64_t who)
{
	struct chooser chooser = {.around = &attack.around, .next = next, .state = attack.caller[who].seed};

	attack.last = who;
	for (;;) {
		make_call(&chooser, who);
		attack.caller[who].seed = chooser.state;
		if (choose_one_in(&chooser, TOUCHES))
			touch(&chooser, who);
	}
}
