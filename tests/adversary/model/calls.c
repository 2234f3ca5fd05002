#include "calls.h"

#include <stddef.h>
#include <string.h>

#include <kaal/syscall_numbers.h>

#define RWG (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT)
#define RETYPE_OBJECTS_MAX (UINT64_C(1) << 20)
#define FRAMES_MAX 512u

struct m_thread *call_self;
static bool ended; /* the caller has, before its call had: it has no results */

uint64_t call_arg(unsigned i)
{
	return call_self->argument[i];
}

/* The slot that argument `i` names holds what the call needs: a status. */
uint64_t call_find(unsigned i, unsigned type, unsigned rights, struct m_slot **slot)
{
	unsigned through;

	*slot = model_look_up(call_self, call_arg(i), &through);
	if (*slot == NULL)
		return KAAL_INVALID_CAP;
	if ((*slot)->cap.type != type)
		return KAAL_WRONG_TYPE;
	return ((*slot)->cap.rights & rights) == rights ? KAAL_OK : KAAL_NO_RIGHT;
}

uint64_t call_find_thread(struct m_thread **thread)
{
	struct m_slot *slot;
	uint64_t status = call_find(0, KAAL_OBJECT_THREAD, KAAL_RIGHT_WRITE, &slot);

	*thread = status == KAAL_OK ? slot->cap.object->thread : NULL;
	return status;
}

static bool is_in(const struct m_slot *cnode, uint64_t index)
{
	return index != 0 && index >> cnode->cap.object->size_bits == 0;
}

/* Slot argument `i` + 1 of the CNode that argument `i` names. */
uint64_t call_find_in_cnode(unsigned i, unsigned rights, struct m_slot **slot)
{
	struct m_slot *cnode;
	uint64_t status = call_find(i, KAAL_OBJECT_CNODE, rights, &cnode);

	if (status != KAAL_OK)
		return status;
	if (!is_in(cnode, call_arg(i + 1)))
		return KAAL_INVALID_CAP;
	*slot = model_slot(cnode->cap.object, call_arg(i + 1));
	return KAAL_OK;
}

static bool holds_nothing(const struct m_slot *slot)
{
	return model_is_empty(slot) || slot->cap.type == M_RESERVED;
}

/* The slot is emptied first: false, and no results, where the caller ends with what was in it. */
bool call_replace(struct m_slot *slot)
{
	ended = !model_delete(slot);
	return !ended;
}

/* --- capabilities -------------------------------------------------------------------------------------- */

static uint64_t find_two(unsigned from_rights, struct m_slot **to, struct m_slot **from)
{
	uint64_t status = call_find_in_cnode(0, KAAL_RIGHT_WRITE, to);

	if (status == KAAL_OK)
		status = call_find_in_cnode(2, from_rights, from);
	if (status == KAAL_OK && holds_nothing(*from))
		status = KAAL_SLOT_EMPTY;
	if (status == KAAL_OK && !model_is_empty(*to))
		status = KAAL_SLOT_OCCUPIED;
	return status;
}

static uint64_t with_data(struct m_cap *cap, uint64_t data)
{
	switch (cap->type) {
	case KAAL_OBJECT_ENDPOINT:
	case KAAL_OBJECT_NOTIFICATION:
		if (cap->data != 0)
			return KAAL_BADGED;
		cap->data = data;
		return data != 0 ? KAAL_OK : KAAL_OUT_OF_RANGE;
	case KAAL_OBJECT_CNODE:
		cap->guard_bits = (unsigned)(data % 64);
		cap->data = data / 64;
		return cap->guard_bits + cap->object->size_bits <= 64 && cap->data >> cap->guard_bits == 0 ? KAAL_OK : KAAL_OUT_OF_RANGE;
	default:
		return KAAL_WRONG_TYPE;
	}
}

static uint64_t copy(bool mint)
{
	struct m_slot *to, *from;
	struct m_cap cap;
	uint64_t status = find_two(KAAL_RIGHT_READ, &to, &from);

	if (status == KAAL_OK && !model_can_be_copied(from->cap))
		status = KAAL_NOT_COPYABLE;
	if (status != KAAL_OK)
		return status;
	cap = from->cap;
	cap.rights &= (unsigned)call_arg(4);
	if (mint)
		status = with_data(&cap, call_arg(5));
	if (status == KAAL_OK)
		model_put(to, from, cap);
	return status;
}

static uint64_t move(void)
{
	struct m_slot *to, *from;
	uint64_t status = find_two(KAAL_RIGHT_WRITE, &to, &from);

	if (status == KAAL_OK)
		model_move(to, from);
	return status;
}

static uint64_t delete(void)
{
	struct m_slot *slot;
	uint64_t status = call_find_in_cnode(0, KAAL_RIGHT_WRITE, &slot);

	if (status == KAAL_OK)
		(void)call_replace(slot);
	return status;
}

static uint64_t revoke(void)
{
	struct m_slot *slot;
	uint64_t status = call_find_in_cnode(0, KAAL_RIGHT_WRITE, &slot);

	if (status == KAAL_OK && holds_nothing(slot))
		status = KAAL_SLOT_EMPTY;
	if (status != KAAL_OK)
		return status;
	ended = !model_revoke(slot);
	/* Its memory is new. */
	if (!ended && slot->cap.type == KAAL_OBJECT_UNTYPED)
		slot->cap.object->used = 0;
	return status;
}

static unsigned bytes_bits(unsigned type, unsigned size_bits)
{
	switch (type) {
	case KAAL_OBJECT_CNODE:
		return size_bits + 5;
	case KAAL_OBJECT_THREAD:
		return 11;
	case KAAL_OBJECT_SCHED_CONTEXT:
		return 7;
	case KAAL_OBJECT_ENDPOINT:
	case KAAL_OBJECT_REPLY:
	case KAAL_OBJECT_NOTIFICATION:
		return 5;
	case KAAL_OBJECT_VSPACE:
	case KAAL_OBJECT_PAGE_TABLE:
		return 12;
	case KAAL_OBJECT_UNTYPED:
	case KAAL_OBJECT_FRAME:
		return size_bits;
	default:
		return 0;
	}
}

static uint64_t identify(void)
{
	unsigned through;
	const struct m_slot *slot = model_look_up(call_self, call_arg(0), &through);
	bool none = slot == NULL || holds_nothing(slot);

	call_self->argument[1] = none ? 0 : slot->cap.type;
	call_self->argument[2] = none ? 0 : slot->cap.rights;
	call_self->argument[3] = none || slot->cap.object == NULL ? 0 : bytes_bits(slot->cap.type, slot->cap.object->size_bits);
	return slot == NULL ? KAAL_INVALID_CAP : KAAL_OK;
}

/* --- memory ------------------------------------------------------------------------------------------- */

static bool can_be_made(const struct m_object *block, unsigned type, uint64_t size_bits, uint64_t flags)
{
	if (flags != 0 && !(flags == KAAL_RETYPE_NO_SPACES && type == KAAL_OBJECT_UNTYPED) &&
	    !(flags == KAAL_RETYPE_UNCACHED && type == KAAL_OBJECT_FRAME && size_bits == 12 && !block->device))
		return false;
	switch (type) {
	case KAAL_OBJECT_UNTYPED:
		return size_bits >= 12 && size_bits <= 36;
	case KAAL_OBJECT_FRAME:
		return size_bits == 12 || size_bits == 21 || size_bits == 30;
	case KAAL_OBJECT_CNODE:
		return !block->device && size_bits >= 1 && size_bits <= 20;
	default:
		return type >= KAAL_OBJECT_THREAD && type <= KAAL_OBJECT_PAGE_TABLE && !block->device && size_bits == 0;
	}
}

static unsigned first_rights(unsigned type, const struct m_slot *untyped, uint64_t flags)
{
	switch (type) {
	case KAAL_OBJECT_UNTYPED:
		return untyped->cap.rights & (flags == KAAL_RETYPE_NO_SPACES ? RWG : KAAL_RIGHTS_ALL);
	case KAAL_OBJECT_FRAME:
		return untyped->cap.object->device || flags == KAAL_RETYPE_UNCACHED ? RWG : KAAL_RIGHTS_ALL;
	case KAAL_OBJECT_THREAD:
		return KAAL_RIGHTS_ALL;
	default:
		return RWG;
	}
}

/* One object out of the block, if there is room. */
static bool make(struct m_slot *untyped, unsigned type, unsigned size_bits, uint64_t flags, struct m_slot *slot)
{
	struct m_object *block = untyped->cap.object, *object;
	uint64_t bytes = UINT64_C(1) << bytes_bits(type, size_bits), at = (block->used + bytes - 1) / bytes * bytes;

	if (at + bytes > UINT64_C(1) << block->size_bits)
		return false;
	object = model_object(type, block->address + at, size_bits);
	object->device = type == KAAL_OBJECT_UNTYPED && block->device;
	object->memory = block->device ? M_DEVICE : flags == KAAL_RETYPE_UNCACHED ? M_UNCACHED : M_CACHED;
	if (type == KAAL_OBJECT_FRAME && !block->device)
		memset(model.memory + object->address, 0, bytes);
	block->used = at + bytes;
	model_put(slot, untyped, (struct m_cap){
					 .type = type,
					 .rights = first_rights(type, untyped, flags),
					 .object = object,
					 .guard_bits = type == KAAL_OBJECT_CNODE ? 64 - size_bits : 0,
				 });
	return true;
}

static uint64_t check_retype(struct m_slot **untyped, struct m_slot **cnode)
{
	uint64_t flags = call_arg(1) & (KAAL_RETYPE_UNCACHED | KAAL_RETYPE_NO_SPACES), what = call_arg(1) - flags;
	uint64_t status = call_find(0, KAAL_OBJECT_UNTYPED, 0, untyped);

	if (status == KAAL_OK)
		status = call_find(2, KAAL_OBJECT_CNODE, KAAL_RIGHT_WRITE, cnode);
	if (status != KAAL_OK)
		return status;
	if (call_arg(4) == 0 || call_arg(4) > RETYPE_OBJECTS_MAX || what / 256 > 64 || !can_be_made((*untyped)->cap.object, what % 256, what / 256, flags))
		return KAAL_OUT_OF_RANGE;
	if (what % 256 == KAAL_OBJECT_VSPACE && ((*untyped)->cap.rights & KAAL_RIGHT_EXECUTE) == 0)
		return KAAL_NO_RIGHT;
	return is_in(*cnode, call_arg(3)) && is_in(*cnode, call_arg(3) + call_arg(4) - 1) ? KAAL_OK : KAAL_INVALID_CAP;
}

static uint64_t retype(void)
{
	uint64_t flags = call_arg(1) & (KAAL_RETYPE_UNCACHED | KAAL_RETYPE_NO_SPACES), what = call_arg(1) - flags;
	struct m_slot *untyped, *cnode;
	uint64_t made = 0, status = check_retype(&untyped, &cnode);

	for (; status == KAAL_OK && made < call_arg(4); made++) {
		struct m_slot *slot = model_slot(cnode->cap.object, call_arg(3) + made);

		status = made == model.interrupted ? KAAL_INTERRUPTED : model_is_empty(slot) ? KAAL_OK : KAAL_SLOT_OCCUPIED;
		if (status == KAAL_OK && !make(untyped, what % 256, (unsigned)(what / 256), flags, slot))
			status = KAAL_NO_MEMORY;
		if (status != KAAL_OK)
			break;
	}
	call_self->argument[1] = made;
	return status;
}

/* What is mapped is left out. */
static uint64_t map(uint32_t number)
{
	struct m_slot *slot;
	uint64_t status = KAAL_OK, count = 1;

	if (number == KAAL_SYS_PAGE_TABLE_MAP || number == KAAL_SYS_PAGE_TABLE_UNMAP)
		status = call_find(0, KAAL_OBJECT_PAGE_TABLE, KAAL_RIGHT_WRITE, &slot);
	if (status == KAAL_OK && (number == KAAL_SYS_PAGE_TABLE_MAP || number == KAAL_SYS_FRAME_MAP))
		status = call_find(1, KAAL_OBJECT_VSPACE, KAAL_RIGHT_WRITE, &slot);
	if (number == KAAL_SYS_FRAME_MAP)
		count = call_arg(4);
	else if (number == KAAL_SYS_FRAME_UNMAP || number == KAAL_SYS_FRAME_PROTECT)
		count = call_arg(number == KAAL_SYS_FRAME_UNMAP ? 1 : 2);
	if (status == KAAL_OK && (count == 0 || count > FRAMES_MAX))
		status = KAAL_OUT_OF_RANGE;
	if (number >= KAAL_SYS_FRAME_MAP && number <= KAAL_SYS_FRAME_PROTECT)
		call_self->argument[1] = status == KAAL_OK ? model.believed_result : 0;
	return status == KAAL_OK ? model.believed_status : status;
}

/* --- all the others: what they end with ------------------------------------------------------------------------ */

static uint64_t debug(bool write)
{
	struct m_slot *slot;
	uint64_t length = call_arg(1), status = call_find(0, KAAL_OBJECT_DEBUG, KAAL_RIGHT_WRITE, &slot);

	if (write && status == KAAL_OK && (length == 0 || length > 64))
		status = KAAL_OUT_OF_RANGE;
	if (write)
		call_self->argument[1] = status == KAAL_OK ? length : 0;
	return status;
}

static uint64_t signal(void)
{
	struct m_slot *slot;
	uint64_t status = call_find(0, KAAL_OBJECT_NOTIFICATION, KAAL_RIGHT_WRITE, &slot);

	if (status == KAAL_OK)
		model_signal(slot->cap.object, slot->cap.data != 0 ? slot->cap.data : 1);
	return status;
}

static uint64_t consumed(void)
{
	struct m_slot *slot;
	uint64_t status = call_find(0, KAAL_OBJECT_SCHED_CONTEXT, KAAL_RIGHT_READ, &slot);

	call_self->argument[1] = status == KAAL_OK ? model.believed_result : 0;
	return status;
}

/* Nobody has the capability. */
static uint64_t set_critical(void)
{
	struct m_thread *thread;
	struct m_slot *slot;
	uint64_t status = call_find_thread(&thread);

	return status == KAAL_OK ? call_find(1, KAAL_OBJECT_SYSTEM_CONTROL, KAAL_RIGHT_WRITE, &slot) : status;
}

static uint64_t other_call(uint32_t number)
{
	struct m_slot *slot;

	switch (number) {
	case KAAL_SYS_CAP_COPY: return copy(false);
	case KAAL_SYS_CAP_MINT: return copy(true);
	case KAAL_SYS_CAP_MOVE: return move();
	case KAAL_SYS_CAP_DELETE: return delete();
	case KAAL_SYS_CAP_REVOKE: return revoke();
	case KAAL_SYS_CAP_IDENTIFY: return identify();
	case KAAL_SYS_UNTYPED_RETYPE: return retype();
	case KAAL_SYS_THREAD_CONFIGURE: return call_thread_configure();
	case KAAL_SYS_THREAD_SET_BUFFER: return call_thread_set_own(M_BUFFER, KAAL_OBJECT_FRAME, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);
	case KAAL_SYS_THREAD_BIND_NOTIFICATION: return call_thread_set_own(M_NOTIFICATION, KAAL_OBJECT_NOTIFICATION, KAAL_RIGHT_READ);
	case KAAL_SYS_THREAD_SET_FAULT_HANDLER: return call_thread_set_own(M_FAULTS, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_WRITE);
	case KAAL_SYS_THREAD_SET_TIMEOUT_HANDLER: return call_thread_set_own(M_TIMEOUTS, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_WRITE);
	case KAAL_SYS_THREAD_SET_REGISTERS: return call_thread_set_registers();
	case KAAL_SYS_THREAD_READ_REGISTERS: return call_thread_exchange_registers(false);
	case KAAL_SYS_THREAD_WRITE_REGISTERS: return call_thread_exchange_registers(true);
	case KAAL_SYS_THREAD_RESUME: return call_thread_resume_or_suspend(true);
	case KAAL_SYS_THREAD_SUSPEND: return call_thread_resume_or_suspend(false);
	case KAAL_SYS_THREAD_SET_PRIORITY: return call_thread_set_priority();
	case KAAL_SYS_THREAD_SET_CRITICAL: return set_critical();
	case KAAL_SYS_SCHED_CONFIGURE: return call_sched_configure();
	case KAAL_SYS_SCHED_BIND: return call_sched_bind();
	case KAAL_SYS_SCHED_UNBIND: return call_sched_unbind();
	case KAAL_SYS_SCHED_CONSUMED: return consumed();
	case KAAL_SYS_SCHED_YIELD: model_yield(); return KAAL_OK;
	case KAAL_SYS_NOTIFICATION_SIGNAL: return signal();
	case KAAL_SYS_IRQ_HANDLER_MAKE: return call_line_make();
	case KAAL_SYS_IRQ_HANDLER_BIND: return call_line_bind();
	case KAAL_SYS_IRQ_HANDLER_UNBIND: return call_line_unbind();
	case KAAL_SYS_IRQ_ACK: return call_line_ack();
	case KAAL_SYS_DEBUG_WRITE: return debug(true);
	case KAAL_SYS_DEBUG_ALLOW_COUNTERS: return debug(false);
	case KAAL_SYS_SYSTEM_POWER_OFF:
	case KAAL_SYS_SYSTEM_RESET: return call_find(0, KAAL_OBJECT_SYSTEM_CONTROL, KAAL_RIGHT_WRITE, &slot);
	case KAAL_SYS_PAGE_TABLE_MAP:
	case KAAL_SYS_PAGE_TABLE_UNMAP:
	case KAAL_SYS_FRAME_MAP:
	case KAAL_SYS_FRAME_UNMAP:
	case KAAL_SYS_FRAME_PROTECT: return map(number);
	default: return KAAL_INVALID_SYSCALL;
	}
}

void model_call(uint32_t number)
{
	uint64_t status;

	call_self = model.current;
	ended = false;
	if (call_that_may_wait(number))
		return;
	status = other_call(number);
	if (!ended)
		call_self->argument[0] = status;
}
