#include "calls.h"

#include <stddef.h>
#include <string.h>

#include <kaal/registers.h>

#define TICKS_MAX (UINT64_C(1) << 48)
#define BUDGET_MIN 512u

static uint64_t find_stopped(struct m_thread **thread)
{
	uint64_t status = call_find_thread(thread);

	return status == KAAL_OK && (*thread)->state != M_STOPPED ? KAAL_NOT_STOPPED : status;
}

uint64_t call_thread_configure(void)
{
	struct m_thread *thread;
	struct m_slot *cspace, *space;
	uint64_t status = find_stopped(&thread);

	if (status == KAAL_OK)
		status = call_find(1, KAAL_OBJECT_CNODE, 0, &cspace);
	if (status == KAAL_OK)
		status = call_find(2, KAAL_OBJECT_VSPACE, 0, &space);
	if (status != KAAL_OK || !call_replace(&thread->slot[M_CSPACE]) || !call_replace(&thread->slot[M_VSPACE]))
		return status;
	model_put(&thread->slot[M_CSPACE], cspace, cspace->cap);
	model_put(&thread->slot[M_VSPACE], space, space->cap);
	return status;
}

static uint64_t check_own(enum m_own_slot which, const struct m_thread *thread, const struct m_slot *from)
{
	const struct m_object *object = from->cap.object;

	if (which == M_NOTIFICATION)
		return object->bound == NULL || object->bound == thread ? KAAL_OK : KAAL_BOUND;
	if (which != M_BUFFER)
		return KAAL_OK;
	if (object->memory != M_CACHED)
		return KAAL_WRONG_TYPE;
	return call_arg(2) % KAAL_MESSAGE_BUFFER_BYTES == 0 && call_arg(2) >> object->size_bits == 0 ? KAAL_OK : KAAL_OUT_OF_RANGE;
}

/* One of a thread's own slots is filled anew, or, with 0, emptied. */
uint64_t call_thread_set_own(enum m_own_slot which, unsigned type, unsigned rights)
{
	struct m_thread *thread;
	struct m_slot *from = NULL;
	uint64_t status = call_find_thread(&thread);

	if (status == KAAL_OK && call_arg(1) != 0)
		status = call_find(1, type, rights, &from);
	if (status == KAAL_OK && from != NULL)
		status = check_own(which, thread, from);
	if (status != KAAL_OK || !call_replace(&thread->slot[which]) || from == NULL)
		return status;
	model_put(&thread->slot[which], from, from->cap);
	if (which == M_BUFFER)
		thread->buffer = from->cap.object->address + call_arg(2);
	if (which == M_NOTIFICATION) {
		from->cap.object->bound = thread;
		model_signal(from->cap.object, 0);
	}
	return status;
}

uint64_t call_thread_set_registers(void)
{
	struct m_thread *thread;
	uint64_t status = find_stopped(&thread);

	if (status != KAAL_OK)
		return status;
	memset(thread->argument, 0, sizeof thread->argument);
	memset(thread->word, 0, sizeof thread->word);
	thread->pc = call_arg(1);
	thread->sp = call_arg(2);
	thread->argument[0] = call_arg(3);
	thread->tls = call_arg(4);
	return status;
}

/* Both ways; of x0..x30 only the arguments. */
uint64_t call_thread_exchange_registers(bool write)
{
	struct m_slot *slot;
	struct m_thread *thread;
	struct kaal_registers *r;
	uint64_t status = call_find(0, KAAL_OBJECT_THREAD, write ? KAAL_RIGHT_WRITE : KAAL_RIGHT_READ, &slot);

	if (status != KAAL_OK)
		return status;
	thread = slot->cap.object->thread;
	if (thread->state != M_STOPPED || call_self->buffer == 0)
		return thread->state != M_STOPPED ? KAAL_NOT_STOPPED : KAAL_NO_BUFFER;
	r = (struct kaal_registers *)(void *)(model.memory + call_self->buffer);
	if (write) {
		memcpy(thread->argument, r->x, sizeof thread->argument);
		thread->sp = r->sp;
		thread->pc = r->pc;
		thread->tls = r->tls;
	} else {
		memset(r, 0, sizeof *r);
		memcpy(r->x, thread->argument, sizeof thread->argument);
		r->sp = thread->sp;
		r->pc = thread->pc;
		r->tls = thread->tls;
	}
	return status;
}

uint64_t call_thread_set_priority(void)
{
	struct m_thread *thread;
	uint64_t status = call_find_thread(&thread);

	if (status == KAAL_OK && (call_arg(1) > call_arg(2) || call_arg(2) > call_self->ceiling))
		status = KAAL_OUT_OF_RANGE;
	if (status != KAAL_OK)
		return status;
	model_set_priority(thread, (unsigned)call_arg(1));
	thread->ceiling = (unsigned)call_arg(2);
	return status;
}

uint64_t call_thread_resume_or_suspend(bool resume)
{
	struct m_thread *thread;
	uint64_t status = call_find_thread(&thread);

	if (status == KAAL_OK && resume && thread->state == M_STOPPED)
		model_ready(thread, false);
	if (status == KAAL_OK && !resume)
		model_stop(thread);
	return status;
}

uint64_t call_sched_configure(void)
{
	struct m_slot *slot;
	uint64_t status = call_find(0, KAAL_OBJECT_SCHED_CONTROL, KAAL_RIGHT_WRITE, &slot);

	if (status == KAAL_OK)
		status = call_find(1, KAAL_OBJECT_SCHED_CONTEXT, KAAL_RIGHT_WRITE, &slot);
	if (status == KAAL_OK && call_arg(2) != UINT64_MAX && (call_arg(2) < BUDGET_MIN || call_arg(2) > call_arg(3) || call_arg(3) > TICKS_MAX))
		status = KAAL_OUT_OF_RANGE;
	if (status == KAAL_OK)
		model_configure(slot->cap.object);
	return status;
}

uint64_t call_sched_bind(void)
{
	struct m_slot *context, *thread;
	uint64_t status = call_find(0, KAAL_OBJECT_SCHED_CONTEXT, KAAL_RIGHT_WRITE, &context);

	if (status == KAAL_OK)
		status = call_find(1, KAAL_OBJECT_THREAD, KAAL_RIGHT_WRITE, &thread);
	if (status == KAAL_OK && (context->cap.object->home != NULL || thread->cap.object->thread->own != NULL))
		status = KAAL_BOUND;
	if (status == KAAL_OK)
		model_bind(context->cap.object, thread->cap.object->thread);
	return status;
}

uint64_t call_sched_unbind(void)
{
	struct m_slot *slot;
	uint64_t status = call_find(0, KAAL_OBJECT_SCHED_CONTEXT, KAAL_RIGHT_WRITE, &slot);

	if (status == KAAL_OK && slot->cap.object->home == NULL)
		status = KAAL_NOT_BOUND;
	if (status == KAAL_OK)
		model_unbind(slot->cap.object);
	return status;
}
