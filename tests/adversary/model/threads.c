#include "model.h"

#include <stddef.h>

/* --- queues -------------------------------------------------------------------------------------- */

/* Behind all that are as urgent, or before them. */
static void add(struct m_queue *queue, struct m_thread *thread, bool first)
{
	struct m_thread **at = &queue->first;

	while (*at != NULL && ((*at)->priority > thread->priority || (!first && (*at)->priority == thread->priority)))
		at = &(*at)->next;
	thread->next = *at;
	*at = thread;
}

static void take(struct m_queue *queue, struct m_thread *thread)
{
	struct m_thread **at = &queue->first;

	while (*at != thread)
		at = &(*at)->next;
	*at = thread->next;
	thread->next = NULL;
}

/* The queue that a thread waits in, if it waits in one. */
static struct m_queue *waiting_in(const struct m_thread *thread)
{
	return thread->state >= M_WAITING && thread->state <= M_RECEIVING ? &thread->waiting_for->waiting : NULL;
}

/* --- who runs ------------------------------------------------------------------------------------ */

static bool can_be_used(const struct m_object *context)
{
	return context != NULL && context->configured;
}

/* Whether it has the CPU: ready, with something to run on, and in no queue. */
static bool is_running(const struct m_thread *thread)
{
	return thread == model.current && thread->state == M_READY && !thread->queued && can_be_used(thread->context);
}

/* Ready: in its queue, unless it has nothing to run on. */
static void queue(struct m_thread *thread, bool first)
{
	if (!can_be_used(thread->context))
		return;
	thread->queued = true;
	add(&model.ready[thread->priority], thread, first);
}

static void unqueue(struct m_thread *thread)
{
	if (thread->queued)
		take(&model.ready[thread->priority], thread);
	thread->queued = false;
	thread->until = MODEL_FOREVER;
}

/* A context that has come back with an answer may be of no use, where its own is. */
static bool holds_in_vain(const struct m_thread *thread)
{
	return thread->own != NULL && thread->context != NULL && thread->own != thread->context && !can_be_used(thread->context) &&
	       can_be_used(thread->own);
}

void model_ready(struct m_thread *thread, bool first)
{
	thread->until = MODEL_FOREVER;
	thread->state = M_READY;
	if (holds_in_vain(thread))
		model_give_back(thread);
	else
		queue(thread, first);
}

void model_stop(struct m_thread *thread)
{
	unqueue(thread);
	model_end_waiting(thread, KAAL_CANCELLED);
	thread->state = M_STOPPED;
}

void model_block(struct m_thread *thread, enum m_state state, struct m_object *object, uint64_t until)
{
	if (thread->state == M_READY)
		unqueue(thread);
	thread->state = state;
	thread->waiting_for = object;
	if (until != MODEL_FOREVER)
		thread->until = until;
	if (waiting_in(thread) != NULL)
		add(waiting_in(thread), thread, false);
}

void model_yield(void)
{
	queue(model.current, false);
}

void model_set_priority(struct m_thread *thread, unsigned priority)
{
	bool was_queued = thread->queued;

	if (was_queued)
		take(&model.ready[thread->priority], thread);
	if (waiting_in(thread) != NULL)
		take(waiting_in(thread), thread);
	thread->priority = priority;
	if (was_queued)
		add(&model.ready[priority], thread, false);
	if (waiting_in(thread) != NULL)
		add(waiting_in(thread), thread, false);
}

void model_choose(void)
{
	struct m_thread *current = model.current;
	unsigned top = MODEL_PRIORITIES;

	while (top > 0 && model.ready[top - 1].first == NULL)
		top--;
	if (current != NULL && is_running(current)) {
		if (top == 0 || top - 1 <= current->priority)
			return;
		/* Preempted, not done. */
		queue(current, true);
	}
	model.current = top == 0 ? NULL : model.ready[top - 1].first;
	if (model.current != NULL) {
		take(&model.ready[top - 1], model.current);
		model.current->queued = false;
	}
}

static struct m_thread *earliest(void)
{
	struct m_thread *found = NULL;

	for (unsigned i = 0; i < model.threads; i++) {
		if (!model.thread[i]->ended && model.thread[i]->until <= model.now && (found == NULL || model.thread[i]->until < found->until))
			found = model.thread[i];
	}
	return found;
}

void model_pass(uint64_t now)
{
	struct m_thread *thread;

	model.now = now;
	while ((thread = earliest()) != NULL && thread->until != MODEL_FOREVER) {
		thread->until = MODEL_FOREVER;
		model_end_waiting(thread, KAAL_TIMEOUT);
		model_ready(thread, false);
	}
}

/* --- contexts ------------------------------------------------------------------------------------ */

/* From now on the thread runs on this, lent so often. One that is ready comes before its equals. */
static void use(struct m_thread *thread, struct m_object *context, unsigned loans)
{
	bool running = is_running(thread), ready = thread->state == M_READY;

	if (ready && !running)
		unqueue(thread);
	thread->context = context;
	thread->loans = loans;
	if (context != NULL)
		context->holder = thread;
	if (ready && !(running && can_be_used(context)))
		queue(thread, true);
}

/* What it has is another's again; its own, if that is not lent, is what is left. */
static void lose(struct m_thread *thread)
{
	bool own = thread->state != M_AWAITING_REPLY && thread->own != NULL && thread->own->holder == thread;

	use(thread, own ? thread->own : NULL, 0);
}

static struct m_thread *called_by(const struct m_thread *thread)
{
	return thread->waiting_for->receiver;
}

void model_lend(struct m_thread *caller, struct m_thread *receiver)
{
	struct m_object *context = caller->context;

	if (context == NULL || context->holder != caller || caller->loans == MODEL_LOANS_MAX)
		return;
	/* Who has time of its own does not wait for a client without. */
	if (receiver->own != NULL && !can_be_used(context))
		return;
	context->holder = receiver;
	use(receiver, context, caller->loans + 1);
}

void model_take_back(struct m_thread *caller)
{
	struct m_object *context = caller->context;
	struct m_thread *holder = context == NULL ? caller : context->holder, *at = caller;

	if (context != NULL)
		context->holder = caller;
	else if (caller->own != NULL && caller->own->holder == caller)
		use(caller, caller->own, 0);
	else
		use(caller, NULL, 0);
	/* On the way from the caller to who has it, nobody has it any more. */
	while (at != holder) {
		at = called_by(at);
		lose(at);
	}
}

void model_give_back(struct m_thread *receiver)
{
	struct m_thread *caller = receiver->reply == NULL ? NULL : receiver->reply->caller;

	if (caller != NULL)
		model_take_back(caller);
}

void model_bind(struct m_object *context, struct m_thread *thread)
{
	context->home = context->holder = thread;
	thread->own = context;
	/* Who runs on what was lent to it goes on doing so. */
	if (thread->context != NULL)
		return;
	thread->context = context;
	thread->loans = 0;
	if (thread->state == M_READY) {
		unqueue(thread);
		queue(thread, false);
	}
}

void model_unbind(struct m_object *context)
{
	struct m_thread *at = context->home, *holder = context->holder;

	if (at == NULL)
		return;
	at->own = NULL;
	context->home = context->holder = NULL;
	for (;;) {
		struct m_thread *next = at == holder ? NULL : called_by(at);

		if (at->context == context)
			lose(at);
		if (next == NULL)
			return;
		at = next;
	}
}

void model_configure(struct m_object *context)
{
	struct m_thread *holder = context->holder;

	context->configured = true;
	if (holder == NULL || holder->context != context || holder->state != M_READY)
		return;
	unqueue(holder);
	queue(holder, false);
}

/* --- the end of waiting, and of threads ---------------------------------------------------------- */

void model_end_waiting(struct m_thread *thread, uint64_t status)
{
	if (thread->state < M_WAITING)
		return;
	if (waiting_in(thread) != NULL)
		take(waiting_in(thread), thread);
	if (thread->state == M_AWAITING_REPLY) {
		model_take_back(thread);
		thread->waiting_for->caller = NULL;
	}
	if (thread->fault != KAAL_FAULT_NONE) {
		/* There is no call that could end. */
		thread->fault = KAAL_FAULT_NONE;
		return;
	}
	thread->argument[0] = status;
	thread->argument[1] = thread->argument[2] = 0;
}

void model_cancel(struct m_thread *thread)
{
	if (thread->fault != KAAL_FAULT_NONE) {
		model_fault_unhandled(thread);
		return;
	}
	model_end_waiting(thread, KAAL_CANCELLED);
	model_ready(thread, false);
}

void model_end_thread(struct m_thread *thread)
{
	model_stop(thread);
	thread->ended = true;
	if (thread->reply != NULL) {
		if (thread->reply->caller != NULL)
			model_cancel(thread->reply->caller);
		model_set_receiver(NULL, thread);
	}
	if (thread->own != NULL)
		model_unbind(thread->own);
	if (model.current == thread)
		model.current = NULL;
}
