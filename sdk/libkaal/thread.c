#include <kaal/thread.h>

#include <string.h>

#include <kaal/syscall.h>

#include "lock.h"

#define STACK_BYTES_MIN 1024u

/* Of `state` of a thread, in the low bits; who joins it, plus 1, lies above. */
enum { FREE, TAKEN, RUNNING, ENDED };
#define JOINER_SHIFT 8u

static struct {
	_Atomic(uint32_t) state;
	_Atomic(uint32_t) priority;
} table[KAAL_THREADS_MAX];

_Thread_local uint32_t libkaal_self;

/* Defined by the linker script, kaal.ld: the first thread's block, and what every block begins with. */
extern const char __kaal_tls_image[], __kaal_tls_image_end[];
extern const char __kaal_tls_tcb[], __kaal_tls_block[], __kaal_tls_end[], __kaal_tls_align[];

/* What a thread finds at the top of its stack. */
struct beginning {
	void (*main)(void *argument);
	void *argument;
	uint64_t index;
	uint64_t reserved;
};

static size_t tls_bytes(void)
{
	return (size_t)(__kaal_tls_end - __kaal_tls_tcb);
}

static uint32_t threads_max(void)
{
	return kaal_startup() == NULL ? 1 : kaal_startup()->threads_max;
}

uint32_t kaal_thread_self(void)
{
	return libkaal_self;
}

struct kaal_message_buffer *kaal_message_buffer(void)
{
	const struct kaal_startup *startup = kaal_startup();

	return startup == NULL ? NULL : (struct kaal_message_buffer *)(uintptr_t)startup->buffers.address + libkaal_self;
}

size_t kaal_thread_stack_overhead(void)
{
	return tls_bytes() + (uintptr_t)__kaal_tls_align + sizeof(struct beginning) + 16;
}

/* --- priority ------------------------------------------------------------------------------ */

uint32_t kaal_thread_priority(uint32_t thread)
{
	uint32_t set = thread < KAAL_THREADS_MAX ? atomic_load_explicit(&table[thread].priority, memory_order_relaxed) : 0;

	return set != 0 ? set - 1 : kaal_startup() == NULL ? UINT8_MAX : kaal_startup()->priority;
}

kaal_thread_t kaal_thread_cap(uint32_t thread)
{
	return kaal_thread_at(thread == 0 ? KAAL_SLOT_THREAD : kaal_thread_slot(thread, KAAL_THREAD_SLOT_THREAD));
}

static kaal_status_t set_priority(uint32_t thread, uint32_t priority)
{
	kaal_status_t status;

	if (priority > kaal_startup()->priority_ceiling)
		return KAAL_OUT_OF_RANGE;
	status = kaal_sys_thread_set_priority(kaal_thread_cap(thread).slot, priority, kaal_startup()->priority_ceiling);
	if (status == KAAL_OK)
		atomic_store_explicit(&table[thread].priority, priority + 1, memory_order_relaxed);
	return status;
}

static bool exists(uint32_t thread)
{
	return thread == 0 || (thread < threads_max() && atomic_load_explicit(&table[thread].state, memory_order_relaxed) != FREE);
}

kaal_status_t kaal_thread_change_priority(uint32_t thread, uint32_t priority)
{
	return kaal_startup() != NULL && exists(thread) ? set_priority(thread, priority) : KAAL_OUT_OF_RANGE;
}

/* --- life ---------------------------------------------------------------------------------- */

/*
 * The last instructions of a thread: it tells that it has ended, wakes who joins it, and stops. From the first store on the
 * stack may be another's, so these are in registers only.
 */
_Noreturn void kaal_thread_exit(void)
{
	register uint64_t own __asm__("x19") = kaal_thread_cap(libkaal_self).slot;
	register uint64_t joiner __asm__("x20");
	uint64_t failed;

	__asm__ volatile("1:	ldaxr	%w[joiner], [%[state]]\n"
			 "	stlxr	%w[failed], %w[ended], [%[state]]\n"
			 "	cbnz	%w[failed], 1b\n"
			 "	lsr	%w[joiner], %w[joiner], %[shift]\n"
			 "	cbz	%w[joiner], 2f\n"
			 "	madd	x0, %[joiner], %[slots], %[first]\n"
			 "	svc	%[signal]\n"
			 "2:	mov	x0, %[own]\n"
			 "	svc	%[suspend]\n"
			 "	b	2b\n"
			 : [joiner] "=&r"(joiner), [failed] "=&r"(failed)
			 : [own] "r"(own), [state] "r"(&table[libkaal_self].state), [ended] "r"(ENDED), [shift] "i"(JOINER_SHIFT),
			   [slots] "r"((uint64_t)KAAL_THREAD_SLOTS),
			   [first] "r"(kaal_thread_slot(0, KAAL_THREAD_SLOT_NOTIFICATION) - KAAL_THREAD_SLOTS),
			   [signal] "i"(KAAL_SYS_NOTIFICATION_SIGNAL), [suspend] "i"(KAAL_SYS_THREAD_SUSPEND)
			 : "x0", "memory", "cc");
	__builtin_unreachable();
}

static _Noreturn void begin(struct beginning *beginning)
{
	libkaal_self = (uint32_t)beginning->index;
	beginning->main(beginning->argument);
	kaal_thread_exit();
}

/* The thread-local block on top (AAPCS64, variant 1), what it begins with below; returns the stack pointer. */
static uint64_t prepare_stack(const struct kaal_thread_options *options, const struct beginning *beginning, uint64_t *tls)
{
	uintptr_t top = (uintptr_t)options->stack + options->stack_bytes;
	uintptr_t tcb = (top - tls_bytes()) & ~((uintptr_t)__kaal_tls_align - 1);
	uintptr_t stack = (tcb - sizeof *beginning) & ~(uintptr_t)15;

	memset((void *)tcb, 0, tls_bytes());
	memcpy((char *)tcb + (__kaal_tls_block - __kaal_tls_tcb), __kaal_tls_image, (size_t)(__kaal_tls_image_end - __kaal_tls_image));
	memcpy((void *)stack, beginning, sizeof *beginning);
	*tls = tcb;
	return stack;
}

static kaal_status_t start(uint32_t thread, const struct kaal_thread_options *options, const struct beginning *beginning)
{
	uint64_t tls, stack;
	/* One that has ended may still be on its way to stop. */
	kaal_status_t status = kaal_sys_thread_suspend(kaal_thread_cap(thread).slot);

	if (status == KAAL_OK)
		status = set_priority(thread, options->priority);
	if (status != KAAL_OK)
		return status;
	stack = prepare_stack(options, beginning, &tls);
	status = kaal_sys_thread_set_registers(kaal_thread_cap(thread).slot, (uint64_t)(uintptr_t)begin, stack, stack, tls);
	if (status != KAAL_OK)
		return status;
	atomic_store_explicit(&table[thread].state, RUNNING, memory_order_release);
	return kaal_sys_thread_resume(kaal_thread_cap(thread).slot);
}

kaal_status_t kaal_thread_create(void (*main)(void *argument), void *argument, const struct kaal_thread_options *options, uint32_t *thread)
{
	if (options->stack_bytes < kaal_thread_stack_overhead() + STACK_BYTES_MIN)
		return KAAL_OUT_OF_RANGE;
	for (uint32_t i = 1; i < threads_max(); i++) {
		uint32_t state = FREE;
		kaal_status_t status;

		if (!atomic_compare_exchange_strong_explicit(&table[i].state, &state, TAKEN, memory_order_acquire, memory_order_relaxed))
			continue;
		*thread = i;
		status = start(i, options, &(struct beginning){.main = main, .argument = argument, .index = i});
		if (status != KAAL_OK)
			atomic_store_explicit(&table[i].state, FREE, memory_order_release);
		return status;
	}
	return KAAL_NO_MEMORY;
}

/* Has the end of a running thread wake the caller, unless it has ended already. */
static kaal_status_t register_joiner(_Atomic(uint32_t) *state)
{
	uint32_t running = RUNNING;

	if (atomic_compare_exchange_strong_explicit(state, &running, RUNNING | (libkaal_self + 1) << JOINER_SHIFT, memory_order_seq_cst,
						    memory_order_seq_cst))
		return KAAL_OK;
	return running == ENDED ? KAAL_OK : KAAL_IN_USE;
}

kaal_status_t kaal_thread_join(uint32_t thread, uint64_t deadline)
{
	_Atomic(uint32_t) *state;
	uint32_t registered;
	kaal_status_t status;

	if (thread == 0 || thread == libkaal_self || !exists(thread))
		return KAAL_OUT_OF_RANGE;
	state = &table[thread].state;
	status = register_joiner(state);
	if (status != KAAL_OK)
		return status;
	while (atomic_load_explicit(state, memory_order_acquire) != ENDED) {
		registered = RUNNING | (libkaal_self + 1) << JOINER_SHIFT;
		if (!kaal_thread_park(deadline) &&
		    atomic_compare_exchange_strong_explicit(state, &registered, RUNNING, memory_order_acquire, memory_order_acquire))
			return KAAL_TIMEOUT;
	}
	atomic_store_explicit(state, FREE, memory_order_release);
	return KAAL_OK;
}

/* --- waiting ------------------------------------------------------------------------------- */

bool kaal_thread_park(uint64_t deadline)
{
	uint64_t flags;

	if (threads_max() == 1) {
		if (deadline == UINT64_MAX)
			__builtin_trap();
		kaal_ignore(kaal_sys_thread_sleep(deadline));
		return false;
	}
	if (deadline == UINT64_MAX)
		return kaal_sys_notification_wait(kaal_thread_slot(libkaal_self, KAAL_THREAD_SLOT_NOTIFICATION), &flags) == KAAL_OK;
	return kaal_sys_notification_wait_until(kaal_thread_slot(libkaal_self, KAAL_THREAD_SLOT_NOTIFICATION), deadline, &flags) == KAAL_OK;
}

void kaal_thread_unpark(uint32_t thread)
{
	kaal_ignore(kaal_sys_notification_signal(kaal_thread_slot(thread, KAAL_THREAD_SLOT_NOTIFICATION)));
}
