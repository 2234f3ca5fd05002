/*
 * An adversary: six threads of several priorities make system calls at random, right ones, almost right ones and ones of
 * numbers at the edge (choose.h), with every kind of capability but SystemControl, while time slices and deadlines end, a
 * device interrupts, three more threads call with whatever is in their registers, and memory is touched that may not be
 * there. Calls end only as the ABI's table says. Threads that wait for too long are woken, those that are lost begin anew;
 * capabilities that are gone are given again, and after some thousand calls all that they had is revoked, and the next round begins.
 *
 * The file `syscalls` in the system archive says how many calls there shall be, and the seed (`./kaal soak syscalls`).
 */
#include <inttypes.h>
#include <stdio.h>

#include <kaal/boot.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "../qemu/parameters.h"
#include "../qemu/random.h"
#include "../qemu/tap.h"
#include "../qemu/untyped.h"
#include "world.h"
#include <calls.h>

#define COUNT_USUAL 100000u
#define SEED_USUAL 1u
#define ALL_ENDINGS 50000u /* calls after which each has ended well and not */
#define ROUND_CALLS 5000u
#define PERIOD 2500u       /* ticks between two looks at the threads */
#define PATIENCE 200u      /* looks without any call: it hangs */
#define LOST 3u            /* looks without a call of one thread's: it begins anew */
#define PRIORITY_MAIN 240u
#define PRIORITY_FAULTS 220u
#define STACK_WORDS 512u

static uint64_t random_state;
static uint64_t ended[ATTACK_CALLS_MAX][ATTACK_STATUSES];
static uint64_t begun, touched, preempted, interrupts, wrong, revived, woken, rounds, hung;
static volatile uint64_t faults, timeouts;
static _Alignas(16) uint64_t faults_stack[STACK_WORDS];

/* --- faults --------------------------------------------------------------------------- */

/* What becomes of a thread: one that was to see whether memory is there goes on behind that, one whose budget ended goes on. */
static uint64_t answer_to(uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	uint64_t pc = words[KAAL_FAULT_WORD_PC];

	if (words[KAAL_FAULT_WORD_KIND] == KAAL_FAULT_TIMEOUT) {
		timeouts++;
		return kaal_message(0, 0, KAAL_FAULT_RESUME);
	}
	faults++;
	if (pc != (uint64_t)(uintptr_t)attack_load && pc != (uint64_t)(uintptr_t)attack_store)
		return kaal_message(0, 0, KAAL_FAULT_STOP);
	words[0] = (uint64_t)(uintptr_t)attack_accessed;
	return kaal_message(1, 0, KAAL_FAULT_RESUME);
}

static void serve_faults(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], message, badge;
	kaal_status_t status = kaal_sys_endpoint_recv(world_faults(), world_faults_reply(), words, &message, &badge);

	for (;;) {
		uint64_t answer = status == KAAL_OK ? answer_to(words) : kaal_message(0, 0, KAAL_FAULT_STOP);

		status = kaal_sys_endpoint_reply_recv(world_faults(), answer, world_faults_reply(), words, &message, &badge);
	}
}

static void start_server(kaal_cap_t first)
{
	uint64_t made;

	check(kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_THREAD, OWN, first, 1, &made) == KAAL_OK &&
		      kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_SCHED_CONTEXT, OWN, first + 1, 1, &made) == KAAL_OK &&
		      kaal_sys_thread_configure(first, KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE) == KAAL_OK &&
		      kaal_sys_thread_set_registers(first, (uint64_t)(uintptr_t)serve_faults, (uint64_t)(uintptr_t)(faults_stack + STACK_WORDS), 0, 0) == KAAL_OK &&
		      kaal_sys_thread_set_priority(first, PRIORITY_FAULTS, PRIORITY_FAULTS) == KAAL_OK &&
		      kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, first + 1, UINT64_MAX, UINT64_MAX) == KAAL_OK &&
		      kaal_sys_sched_bind(first + 1, first) == KAAL_OK && kaal_sys_thread_resume(first) == KAAL_OK,
	      "somebody takes faults");
}

/* --- a round -------------------------------------------------------------------------- */

static uint64_t calls_of_round(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < ATTACK_CALLERS; i++)
		sum += world_attack()->caller[i].begun;
	return sum;
}

/* Who has not called since the last look is woken, then brought back. */
static void look_after(uint64_t seen[ATTACK_CALLERS], uint64_t idle[ATTACK_CALLERS])
{
	for (uint64_t i = 0; i < ATTACK_CALLERS; i++) {
		uint64_t calls_made = world_attack()->caller[i].begun;

		idle[i] = calls_made == seen[i] ? idle[i] + 1 : 0;
		seen[i] = calls_made;
		if (idle[i] == 0)
			continue;
		if (idle[i] < LOST) {
			world_wake(i);
			woken++;
		} else {
			world_revive(i);
			revived++;
			idle[i] = 0;
		}
	}
}

static void go_through_round(uint64_t calls_max)
{
	uint64_t seen[ATTACK_CALLERS] = {0}, idle[ATTACK_CALLERS] = {0}, before = 0, without = 0, done = 0;

	while ((done = calls_of_round()) < calls_max && without < PATIENCE) {
		world_assert(next_random(&random_state) % 2 != 0);
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + PERIOD / 2 + next_random(&random_state) % PERIOD));
		look_after(seen, idle);
		world_give_again(&random_state);
		if (next_random(&random_state) % 16 == 0)
			world_revive_victim(next_random(&random_state) % ATTACK_VICTIMS, next_random(&random_state));
		without = done == before ? without + 1 : 0;
		before = done;
	}
	hung += without >= PATIENCE;
}

/* What the callers have counted. */
static void gather(void)
{
	for (unsigned i = 0; i < ATTACK_CALLERS; i++) {
		const struct attack_caller *caller = &world_attack()->caller[i];

		begun += caller->begun;
		touched += caller->touched;
		preempted += caller->preempted;
		interrupts += caller->interrupts;
		if (caller->wrong != 0)
			printf("\n# round %" PRIu64 ": %s ended with status %" PRIu64 "\n", rounds,
			       caller->wrong_call < CALLS ? calls[caller->wrong_call].name : "no call", caller->wrong_status);
		wrong += caller->wrong;
		for (unsigned call = 0; call <= CALLS; call++) {
			for (unsigned status = 0; status < ATTACK_STATUSES; status++)
				ended[call][status] += caller->ended[call][status];
		}
	}
}

static void round_of(uint64_t calls_max)
{
	world_start(next_random(&random_state));
	go_through_round(calls_max);
	world_end();
	gather();
	rounds++;
}

/* --- results -------------------------------------------------------------------------- */

/* Each call has ended well, and, if it can, not well. */
static void tell_call(unsigned call, bool all)
{
	uint64_t good = 0, bad = 0;

	for (unsigned status = 0; status < CALL_STATUSES; status++) {
		if (ended[call][status] == 0)
			continue;
		printf("# call %s %s %" PRIu64 "\n", call < CALLS ? calls[call].name : "no_call", call_statuses[status].name, ended[call][status]);
		*(call_statuses[status].number == KAAL_OK ? &good : &bad) += ended[call][status];
	}
	if (all && call < CALLS)
		check((good != 0 || calls[call].system) && (bad != 0 || calls[call].errors == 0), "%s ended well %" PRIu64 " times and badly %" PRIu64,
		      calls[call].name, good, bad);
}

static void tell(uint64_t count)
{
	for (unsigned call = 0; call <= CALLS; call++)
		tell_call(call, count >= ALL_ENDINGS);
	check(faults != 0 && timeouts != 0 && interrupts != 0 && preempted != 0,
	      "there were %" PRIu64 " faults and %" PRIu64 " ends of budgets, %" PRIu64 " interrupts, %" PRIu64 " preemptions", faults, timeouts, interrupts, preempted);
	check_equal(wrong, 0);
	check_equal(hung, 0);
	printf("# %" PRIu64 " rounds, %" PRIu64 " threads woken, %" PRIu64 " begun anew, %" PRIu64 " accesses to memory\n", rounds, woken, revived, touched);
	printf("# syscalls: %" PRIu64 " calls, %" PRIu64 " faults, %" PRIu64 " ends of budgets, %" PRIu64 " interrupts, %" PRIu64 " preemptions, %" PRIu64
	       " failures\n", begun, faults, timeouts, interrupts, preempted, wrong + hung);
}

int main(void)
{
	uint64_t count = COUNT_USUAL, seed = SEED_USUAL;

	read_parameters("syscalls", &count, &seed);
	random_state = seed * 2 + 1; /* never 0, where it would stay */
	printf("# seed %" PRIu64 "\n", seed);
	check_equal(kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, PRIORITY_MAIN, PRIORITY_MAIN), KAAL_OK);
	world_prepare();
	start_server(KAAL_SLOT_FIRST_UNTYPED + 400);
	while (begun < count && hung == 0)
		round_of(count - begun < ROUND_CALLS ? count - begun : ROUND_CALLS);
	printf("\n");
	tell(count);
	return tap_finish();
}
