#include "twin.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/arch.h>
#include <check/check.h>
#include <core/cpu.h>
#include <core/fastpath.h>
#include <core/fault.h>
#include <core/interrupt.h>
#include <core/sched.h>
#include <core/sched_budget.h>
#include <core/syscall.h>
#include <core/timer.h>
#include <host.h>
#include <kaal/syscall_numbers.h>
#include <object/cnode.h>
#include <object/destroy.h>
#include <object/endpoint.h>
#include <object/irq.h>
#include <object/notification.h>
#include <object/reply.h>
#include <object/sched_context.h>
#include <object/untyped.h>
#include <object/vspace.h>

#include "gifts.h"
#include "model/model.h"

/* Where boot's objects lie in the arena, and its memory: slot handles, or bytes. */
#define DRIVER 8u
#define CNODE 0x1000u
#define CNODE_RADIX 9u
#define CONTEXT 24576u
#define LINES_TABLE 0x14000u
#define DEVICE UINT64_C(0x800000)
#define ALL KAAL_RIGHTS_ALL

/* The driver's slots: boot's, then what the world is made of. */
enum {
	OWN = 1, MEMORY, MORE_MEMORY, DEVICE_MEMORY, OWN_CONTEXT, SCHED_CONTROL, IRQ_CONTROL, DEBUG,
	NODE, SMALL = NODE + 2, ENDPOINT, REPLY = ENDPOINT + 2, NOTIFICATION = REPLY + 3, THREAD = NOTIFICATION + 2,
	THREAD_CONTEXT = THREAD + ATTACK_THREADS, SPACE = THREAD_CONTEXT + ATTACK_THREADS, PAGE = SPACE + ATTACK_SPACES, UNCACHED = PAGE + 4,
	DEVICE_FRAME, HANDLER, BUFFERS = HANDLER + ATTACK_HANDLERS,
};

static struct gift gift[2][GIFTS_MAX];
static unsigned gifts[2];
static bool fast_path;
static bool in_the_beginning; /* the world is being made: compared when it is there */
static uint8_t shadow[HOST_ARENA_BYTES]; /* the model's memory: what message buffers hold */
static uint32_t last_number = UINT32_MAX;

/* --- comparing ------------------------------------------------------------------------------------- */

static void differ(const char *what, uint64_t where, uint64_t kernel, uint64_t modelled)
{
	fprintf(stderr, "twin: after call %u: %s (%#llx): the kernel has %#llx, the model %#llx\n", last_number, what, (unsigned long long)where,
		(unsigned long long)kernel, (unsigned long long)modelled);
	abort();
}

static void same(const char *what, uint64_t where, uint64_t kernel, uint64_t modelled)
{
	if (kernel != modelled)
		differ(what, where, kernel, modelled);
}

static uint32_t thread_handle(const struct m_thread *thread)
{
	return thread == NULL ? THREAD_NONE : (thread_t)(thread->object->address >> THREAD_BITS);
}

static uint32_t unit_of(const struct m_object *object)
{
	return object == NULL ? UINT32_MAX : (uint32_t)(object->address >> OBJECT_UNIT_BITS);
}

static slot_t slot_handle(const struct m_slot *slot)
{
	if (slot == NULL)
		return 0;
	if (slot->thread != NULL)
		return thread_slot(thread_handle(slot->thread), (enum thread_slot)(slot - slot->thread->slot));
	if (slot >= model.binding && slot < model.binding + MODEL_LINES)
		return irq_slot((irq_t)(slot - model.binding));
	return (slot_t)slot->number;
}

/* The capability's data word and aux, as far as the model has them. */
static void compare_data(slot_t at, struct cap cap, const struct m_cap *m)
{
	switch (m->type) {
	case KAAL_OBJECT_ENDPOINT:
	case KAAL_OBJECT_NOTIFICATION:
		same("badge", at, cap.data, m->data);
		break;
	case KAAL_OBJECT_CNODE:
		same("guard", at, cap.data, m->data);
		same("guard bits", at, cap_aux(cap) / 32, m->guard_bits);
		same("radix", at, cnode_radix(cap), m->object->size_bits);
		break;
	case KAAL_OBJECT_UNTYPED:
		same("used", at, cap.data % (UINT64_C(1) << 32) << OBJECT_UNIT_BITS, m->object->used);
		same("size", at, untyped_size_bits(cap), m->object->size_bits);
		break;
	case KAAL_OBJECT_FRAME:
		same("size", at, cap_size_bits(cap), m->object->size_bits);
		break;
	default:
		break;
	}
}

static void compare_slot(const struct m_slot *m)
{
	slot_t at = slot_handle(m);
	const struct slot *slot = &slot_view[at];
	enum kaal_object_type type = cap_type(slot->cap);

	same("type", at, type, m->cap.type);
	same("parent", at, slot->parent, slot_handle(m->parent));
	same("first child", at, slot->child, slot_handle(m->child));
	if (type == KAAL_OBJECT_NULL || m->cap.type == M_RESERVED)
		return;
	same("rights", at, cap_rights(slot->cap), m->cap.rights);
	if (type == KAAL_OBJECT_IRQ_HANDLER)
		same("line", at, irq_of(slot->cap), m->cap.object->line);
	else
		same("object", at, slot->cap.object, m->cap.object == NULL ? 0 : unit_of(m->cap.object));
	compare_data(at, slot->cap, &m->cap);
}

static void compare_queue(const char *what, uint64_t where, thread_t first, const struct m_queue *queue, bool ready)
{
	thread_t at = first;

	for (const struct m_thread *m = queue->first; m != NULL; m = m->next) {
		same(what, where, at, thread_handle(m));
		at = ready ? thread_view[at].ready_next : thread_view[at].wait.next;
	}
	same(what, where, at, THREAD_NONE);
}

static void compare_registers(const struct m_thread *m, const struct thread *t, uint64_t handle)
{
	for (unsigned i = 0; i < 6; i++)
		same(i == 0 ? "status" : "result or argument", handle << 4 | i, t->frame.argument[i], m->argument[i]);
	for (unsigned i = 0; i < KAAL_MESSAGE_REGISTERS; i++)
		same("word", handle << 4 | i, t->frame.word[i], m->word[i]);
	same("pc", handle, t->frame.pc, m->pc);
	same("sp", handle, t->frame.sp, m->sp);
	same("tls", handle, t->extra.tls, m->tls);
}

static void compare_thread(const struct m_thread *m)
{
	thread_t handle = thread_handle(m);
	const struct thread *t = &thread_view[handle];

	same("state", handle, t->state, m->state);
	same("priority", handle, t->priority, m->priority);
	same("ceiling", handle, t->ceiling, m->ceiling);
	same("ready", handle, t->queued, m->queued);
	same("buffer", handle, (uint64_t)t->buffer << BUFFER_BITS, m->buffer);
	same("own context", handle, thread_own(t), m->own == NULL ? SCHED_CONTEXT_NONE : (sched_context_t)(m->own->address >> SCHED_CONTEXT_BITS));
	same("context", handle, thread_context(t), m->context == NULL ? SCHED_CONTEXT_NONE : (sched_context_t)(m->context->address >> SCHED_CONTEXT_BITS));
	same("loans", handle, context_times_lent(t->context), m->context == NULL ? 0 : m->loans);
	same("reply", handle, t->reply, unit_of(m->reply));
	same("fault", handle, t->fault, m->fault);
	if (m->state >= M_WAITING)
		same("what it waits for", handle, t->waiting_for, unit_of(m->waiting_for));
	compare_registers(m, t, handle);
	for (unsigned i = 0; i < M_OWN_SLOTS; i++)
		compare_slot(&m->slot[i]);
}

static void compare_object(const struct m_object *m)
{
	uint32_t at = unit_of(m);

	switch (m->type) {
	case KAAL_OBJECT_CNODE:
		same("capabilities", at, *cnode_count(at), m->caps);
		for (uint64_t i = 1; i >> m->size_bits == 0; i++)
			compare_slot(&m->slots[i]);
		break;
	case KAAL_OBJECT_THREAD:
		same("capabilities", at, thread_view[thread_handle(m->thread)].count, m->caps);
		compare_thread(m->thread);
		break;
	case KAAL_OBJECT_SCHED_CONTEXT:
		same("capabilities", at, sched_context_view[at / 4].count, m->caps);
		same("home", at, sched_context_view[at / 4].home, thread_handle(m->home));
		same("holder", at, sched_context_view[at / 4].holder, thread_handle(m->holder));
		break;
	case KAAL_OBJECT_ENDPOINT:
		same("capabilities", at, endpoint_view[at].count, m->caps);
		compare_queue("endpoint's queue", at, endpoint_view[at].waiting.first, &m->waiting, false);
		break;
	case KAAL_OBJECT_NOTIFICATION:
		same("capabilities", at, notification_view[at].count, m->caps);
		same("flags", at, notification_view[at].flags, m->flags);
		same("bound", at, notification_view[at].bound, thread_handle(m->bound));
		compare_queue("notification's queue", at, notification_view[at].waiting.first, &m->waiting, false);
		break;
	case KAAL_OBJECT_REPLY:
		same("capabilities", at, reply_view[at].count, m->caps);
		same("caller", at, reply_caller(at), thread_handle(m->caller));
		same("receiver", at, reply_view[at].receiver, thread_handle(m->receiver));
		break;
	default:
		break;
	}
}

static void compare(void)
{
	if (in_the_beginning)
		return;
	same("who runs", 0, cpu.current, thread_handle(model.current));
	for (unsigned i = 0; i < model.objects; i++) {
		if (model.object[i]->caps != 0)
			compare_object(model.object[i]);
	}
	for (unsigned p = 0; p < PRIORITIES; p++)
		compare_queue("ready queue", p, cpu.ready_first[p], &model.ready[p], true);
	for (unsigned line = 0; line < MODEL_LINES; line++) {
		same("handlers", line, *irq_count(line), model.line[line].caps);
		same("unmasked", line, host.unmasked[line], model.unmasked[line]);
		compare_slot(&model.binding[line]);
	}
}

/* --- steps --------------------------------------------------------------------------------------------- */

/* On the way out of the kernel, and what has come to its time by then. */
static void go_on(void)
{
	(void)sched_next();
	model_choose();
	while (host.timer_armed && host.timer_deadline <= host.now) {
		for (thread_t first = timer_queue_first(); first != THREAD_NONE && thread_view[first].timer.time <= host.now; first = timer_queue_first())
			interrupt_handle();
		model_pass(host.now);
		(void)sched_next();
		model_choose();
	}
	compare();
}

/* Whether the fast path has done all of it. */
static bool call_fast(thread_t thread, uint32_t number)
{
	struct thread *self = &thread_view[thread];
	const uint64_t *a = self->frame.argument;
	unsigned leaves = host.fast_leaves;

	if (!fast_path || (number != KAAL_SYS_ENDPOINT_CALL && number != KAAL_SYS_ENDPOINT_REPLY_RECV))
		return false;
	if (number == KAAL_SYS_ENDPOINT_CALL)
		fastpath_call(a[0], a[1], a[2], self);
	else
		fastpath_reply_recv(a[0], a[1], a[2], self);
	return host.fast_leaves == leaves;
}

/* How often the call was made again because an interrupt was pending. */
static unsigned call_kernel(thread_t thread, uint32_t number)
{
	struct arch_frame *frame = &thread_view[thread].frame;
	unsigned restarts = 0;

	do {
		restarts += frame->restarts;
		frame->restarts = 0;
		if (!call_fast(thread, number))
			syscall_dispatch(thread, number);
	} while (frame->restarts != 0 && cpu.current == thread);
	restarts += frame->restarts;
	host.calls_until_pending = 0;
	/* Who ends itself leaves the rest to others. */
	while (thread_view[thread].count == 0 && !destroy_worklist_step())
		;
	return restarts;
}

bool twin_call(uint32_t number, const uint64_t argument[6], uint64_t seed, unsigned pending)
{
	thread_t thread = cpu.current;
	struct arch_frame *frame = &thread_view[thread].frame;
	unsigned restarts;

	last_number = number;
	memcpy(frame->argument, argument, sizeof frame->argument);
	memcpy(model.current->argument, argument, sizeof frame->argument);
	for (unsigned i = 0; i < KAAL_MESSAGE_REGISTERS; i++)
		frame->word[i] = model.current->word[i] = seed + i;
	host.calls_until_pending = pending;
	model.now = host.now;
	frame->restarts = 0;
	restarts = call_kernel(thread, number);
	/* It has cut off the way by which it was made, and has not been found when it was made again. */
	if (restarts != 0 && (frame->argument[0] == KAAL_INVALID_CAP || frame->argument[0] == KAAL_WRONG_TYPE))
		return false;
	model.believed_status = frame->argument[0];
	model.believed_result = frame->argument[1];
	model.interrupted = number == KAAL_SYS_UNTYPED_RETYPE && frame->argument[0] == KAAL_INTERRUPTED ? frame->argument[1] : UINT64_MAX;
	model_call(number);
	if (model.current == NULL)
		model_drain();
	go_on();
	return true;
}

bool twin_is_driver(void)
{
	return cpu.current == DRIVER;
}

uint64_t twin_slot_of_thread(unsigned i)
{
	return THREAD + i;
}

uint64_t twin_slot_of_cnode(unsigned which)
{
	return NODE + which;
}

uint64_t twin_slot_of_space(void)
{
	return SPACE;
}

unsigned twin_gifts(void)
{
	return gifts[0];
}

uint64_t twin_now(void)
{
	return host.now;
}

void twin_pass(uint64_t ticks)
{
	last_number = UINT32_MAX;
	host.now += ticks;
	model.now = host.now;
	go_on();
}

void twin_fault(unsigned kind, uint64_t address)
{
	last_number = UINT32_MAX;
	fault_raise(cpu.current, (enum kaal_fault)kind, address, kind);
	model_fault(kind, address, kind);
	go_on();
}

void twin_fire(unsigned line)
{
	last_number = UINT32_MAX;
	if (line >= HOST_LINES || !host.unmasked[line])
		return;
	host.pending[0] = line;
	host.pending_count = 1;
	interrupt_handle();
	model_fire(line);
	go_on();
}

void twin_fill_buffer(const uint64_t caps[3], uint64_t move, uint64_t cnode, uint64_t slot)
{
	const struct thread *t = &thread_view[cpu.current];
	struct kaal_message_buffer *of_model = (struct kaal_message_buffer *)(void *)(shadow + model.current->buffer);
	volatile struct kaal_message_buffer *of_kernel = &buffer_view[t->buffer];

	if (t->buffer == 0)
		return;
	for (unsigned i = 0; i < KAAL_MESSAGE_CAPS_MAX; i++)
		of_model->caps[i] = of_kernel->caps[i] = caps[i];
	of_model->move = of_kernel->move = move;
	of_model->receive_cnode = of_kernel->receive_cnode = cnode;
	of_model->receive_slot = of_kernel->receive_slot = slot;
}

void twin_check(void)
{
	check_everything();
}

/* --- boot ------------------------------------------------------------------------------------------------ */

static void boot_cap(unsigned index, struct cap cap, struct m_cap m)
{
	cnode_put_initial(CNODE + index, cap);
	destroy_count_reference(cap);
	model_put(model_slot(model.object[0], index), NULL, m);
}

static void boot_control(unsigned index, enum kaal_object_type type)
{
	boot_cap(index, (struct cap){.word = cap_word(type, ALL, 0)}, (struct m_cap){.type = type, .rights = ALL});
}

static void boot_memory(unsigned index, uint64_t base, uint32_t bits, bool device)
{
	struct m_object *block = model_object(KAAL_OBJECT_UNTYPED, base, bits);

	block->device = device;
	boot_cap(index, untyped_cap(base, bits, device), (struct m_cap){.type = KAAL_OBJECT_UNTYPED, .rights = ALL, .object = block});
}

/* The kernel's driver has a count of its own, and so has the model's. */
static void boot_driver(void)
{
	struct m_object *object = model_object(KAAL_OBJECT_THREAD, (uint64_t)DRIVER << THREAD_BITS, 0);
	struct m_thread *m = object->thread;
	struct m_cap root = {.type = KAAL_OBJECT_CNODE, .rights = ALL, .object = model.object[0], .guard_bits = 64 - CNODE_RADIX};

	thread_start(DRIVER);
	thread_view[DRIVER].count = object->caps = 1;
	thread_view[DRIVER].ceiling = m->ceiling = 255;
	boot_cap(OWN, cnode_cap(CNODE, CNODE_RADIX, ALL), root);
	thread_fill_slot(DRIVER, THREAD_SLOT_CSPACE, CNODE + OWN);
	model_put(&m->slot[M_CSPACE], model_slot(model.object[0], OWN), root);
	check_keep(KAAL_OBJECT_THREAD, DRIVER << (THREAD_BITS - OBJECT_UNIT_BITS));
}

static void boot_context(void)
{
	struct m_object *context = model_object(KAAL_OBJECT_SCHED_CONTEXT, (uint64_t)CONTEXT << SCHED_CONTEXT_BITS, 0);
	struct m_thread *driver = model.thread[0];

	sched_context_start(CONTEXT);
	sched_context_configure(CONTEXT, SCHED_UNLIMITED, SCHED_UNLIMITED, 0);
	context->configured = true;
	boot_cap(OWN_CONTEXT, sched_context_cap((uint64_t)CONTEXT << SCHED_CONTEXT_BITS),
		 (struct m_cap){.type = KAAL_OBJECT_SCHED_CONTEXT, .rights = KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT, .object = context});
	sched_bind(CONTEXT, DRIVER);
	model_bind(context, driver);
	sched_ready(DRIVER);
	model_ready(driver, false);
}

/* What stays from one run to the next: all of the kernel's variables that boot does not set. */
static void reset(void)
{
	jmp_buf panic;

	memcpy(&panic, &host.panic, sizeof panic);
	host_reset();
	memcpy(&host.panic, &panic, sizeof panic);
	host.has_counters = true;
	memset(&cpu, 0, sizeof cpu);
	memset(&vspaces, 0, sizeof vspaces);
	memset(vspace_asid_owner, 0, ARCH_ASIDS * sizeof *vspace_asid_owner);
	destroy_worklists = (struct destroy_worklists){.thread = THREAD_NONE};
	check_start();
	sched_start();
	irq_start(LINES_TABLE, HOST_LINES);
	memset(shadow, 0, sizeof shadow);
	model_start();
	model.memory = shadow;
}

static void boot(void)
{
	reset();
	cnode_start(CNODE, CNODE_RADIX);
	(void)model_object(KAAL_OBJECT_CNODE, (uint64_t)CNODE << SLOT_BITS, CNODE_RADIX);
	boot_driver();
	boot_memory(MEMORY, 0x100000, 20, false);
	boot_memory(MORE_MEMORY, 0x200000, 19, false);
	boot_memory(DEVICE_MEMORY, DEVICE, 16, true);
	boot_control(SCHED_CONTROL, KAAL_OBJECT_SCHED_CONTROL);
	boot_control(IRQ_CONTROL, KAAL_OBJECT_IRQ_CONTROL);
	boot_control(DEBUG, KAAL_OBJECT_DEBUG);
	boot_context();
	cpu.space_word[0] = fast_path ? 1 : 0;
	go_on();
}

/* --- the world, by calls of the driver -------------------------------------------------------------------- */

#define drive(name, ...) drive_call(KAAL_SYS_##name, #name, (const uint64_t[6]){__VA_ARGS__})

static void drive_call(uint32_t number, const char *name, const uint64_t argument[6])
{
	(void)twin_call(number, argument, 0, 0);
	if (thread_view[DRIVER].frame.argument[0] != KAAL_OK)
		differ(name, number, thread_view[DRIVER].frame.argument[0], KAAL_OK);
}

static void make_in(uint64_t memory, uint64_t what, uint64_t cnode, uint64_t slot, uint64_t count)
{
	drive(UNTYPED_RETYPE, memory, what, cnode, slot, count);
}

static void plan_gifts(void)
{
	const struct gift_sources from = {
		.cnode = NODE, .small = SMALL, .endpoint = ENDPOINT, .reply = REPLY, .notification = NOTIFICATION, .thread = THREAD,
		.context = THREAD_CONTEXT, .space = SPACE, .page = PAGE, .uncached = UNCACHED, .device = DEVICE_FRAME, .irq_control = IRQ_CONTROL,
		.handler = HANDLER, .sched_control = SCHED_CONTROL, .debug = DEBUG, .caller_rights = ALL,
	};

	for (unsigned which = 0; which < 2; which++)
		gifts[which] = gifts_plan(gift[which], &from, which);
}

void twin_give(unsigned which, unsigned i)
{
	const struct gift *g = &gift[which % 2][i % gifts[which % 2]];

	(void)twin_call(g->data == 0 ? KAAL_SYS_CAP_COPY : KAAL_SYS_CAP_MINT, (const uint64_t[6]){NODE + which % 2, g->slot, OWN, g->from, g->rights, g->data}, 0, 0);
}

static void make_objects(void)
{
	make_in(MEMORY, KAAL_OBJECT_CNODE + 256 * ATTACK_RADIX, OWN, NODE, 2);
	make_in(MEMORY, KAAL_OBJECT_CNODE + 256 * 4, OWN, SMALL, 1);
	make_in(MEMORY, KAAL_OBJECT_ENDPOINT, OWN, ENDPOINT, 2);
	make_in(MEMORY, KAAL_OBJECT_REPLY, OWN, REPLY, 3);
	make_in(MEMORY, KAAL_OBJECT_NOTIFICATION, OWN, NOTIFICATION, 2);
	make_in(MEMORY, KAAL_OBJECT_THREAD, OWN, THREAD, ATTACK_THREADS);
	make_in(MEMORY, KAAL_OBJECT_SCHED_CONTEXT, OWN, THREAD_CONTEXT, ATTACK_THREADS);
	make_in(MEMORY, KAAL_OBJECT_VSPACE, OWN, SPACE, ATTACK_SPACES);
	make_in(MEMORY, KAAL_OBJECT_FRAME + 256 * 12, OWN, PAGE, 4);
	make_in(MEMORY, KAAL_OBJECT_FRAME + 256 * 12 + KAAL_RETYPE_UNCACHED, OWN, UNCACHED, 1);
	make_in(DEVICE_MEMORY, KAAL_OBJECT_FRAME + 256 * 12, OWN, DEVICE_FRAME, 1);
	make_in(MEMORY, KAAL_OBJECT_FRAME + 256 * 12, OWN, BUFFERS, 2);
	for (uint64_t i = 0; i < ATTACK_HANDLERS; i++)
		drive(IRQ_HANDLER_MAKE, IRQ_CONTROL, 33 + i, 0, OWN, HANDLER + i);
}

/* What cannot be copied, out of the second block. */
static void give_memory(uint64_t cnode)
{
	make_in(MORE_MEMORY, KAAL_OBJECT_UNTYPED + 256 * 15, cnode, ATTACK_UNTYPED, 2);
	make_in(MORE_MEMORY, KAAL_OBJECT_UNTYPED + 256 * 14 + KAAL_RETYPE_NO_SPACES, cnode, ATTACK_UNTYPED + 2, 1);
	make_in(DEVICE_MEMORY, KAAL_OBJECT_UNTYPED + 256 * 13, cnode, ATTACK_UNTYPED + 3, 1);
	make_in(MORE_MEMORY, KAAL_OBJECT_PAGE_TABLE, cnode, ATTACK_TABLE, ATTACK_TABLES);
}

/* Six of them run later; the others stay stopped. */
static void set_up_thread(uint64_t i)
{
	drive(THREAD_CONFIGURE, THREAD + i, NODE + i % 2, SPACE + i % 2);
	drive(THREAD_SET_REGISTERS, THREAD + i, 0x1000, 0x2000, i, 0);
	drive(THREAD_SET_PRIORITY, THREAD + i, 100 - i % 3, 100);
	drive(THREAD_SET_BUFFER, THREAD + i, BUFFERS + i / 8, i % 8 * 512);
	if (i % 3 != 0)
		drive(THREAD_SET_FAULT_HANDLER, THREAD + i, ENDPOINT + i % 2);
	drive(SCHED_CONFIGURE, SCHED_CONTROL, THREAD_CONTEXT + i, UINT64_MAX, 0);
	drive(SCHED_BIND, THREAD_CONTEXT + i, THREAD + i);
}

void twin_died(void)
{
	fprintf(stderr, "twin: the kernel panics in call %u: %s\n", last_number, host.panic_text);
	abort();
}

void twin_start(bool fast)
{
	fast_path = fast;
	in_the_beginning = true;
	boot();
	make_objects();
	plan_gifts();
	for (unsigned which = 0; which < 2; which++) {
		for (unsigned i = 0; i < gifts[which]; i++)
			twin_give(which, i);
		give_memory(NODE + which);
	}
	for (uint64_t i = 0; i < ATTACK_THREADS; i++)
		set_up_thread(i);
	in_the_beginning = false;
	compare();
}
