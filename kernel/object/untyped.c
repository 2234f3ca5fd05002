#include "untyped.h"

#include <arch/arch.h>

#include "cnode.h"
#include "endpoint.h"
#include "frame.h"
#include "notification.h"
#include "page_table.h"
#include "reply.h"
#include "slot.h"
#include "thread.h"
#include "vspace.h"

#define AUX_DEVICE 0x100u
/* data: used + CLEAN_UNIT * clean, both in 32-byte units from the base. */
#define CLEAN_UNIT (UINT64_C(1) << 32)
#define PAGE_UNITS (UINT64_C(1) << (KAAL_PAGE_BITS - OBJECT_UNIT_BITS))

struct cap untyped_cap(uint64_t base, uint32_t size_bits, bool device)
{
	return (struct cap){
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_UNTYPED, KAAL_RIGHTS_ALL, size_bits + (device ? AUX_DEVICE : 0)),
	};
}

uint32_t untyped_size_bits(struct cap cap)
{
	return cap_aux(cap) % AUX_DEVICE;
}

bool untyped_is_device(struct cap cap)
{
	return cap_aux(cap) >= AUX_DEVICE;
}

uint64_t untyped_base(struct cap cap)
{
	return (uint64_t)cap.object << OBJECT_UNIT_BITS;
}

uint32_t untyped_block_bits(uint64_t base, uint64_t end)
{
	uint32_t bits = UNTYPED_BITS_MIN;

	//@ assert in_units(base);
	/*@
		loop invariant UNTYPED_BITS_MIN <= bits <= UNTYPED_BITS_MAX;
		loop invariant base % (1 << bits) == 0 && base + (1 << bits) <= end;
		loop assigns bits;
		loop variant UNTYPED_BITS_MAX - bits;
	*/
	while (bits < UNTYPED_BITS_MAX && (base >> bits & 1) == 0 && end - base >= UINT64_C(2) << bits)
		bits++;
	return bits;
}

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == block_used(cap.data);
*/
static uint64_t used_of(struct cap cap)
{
	return cap.data % CLEAN_UNIT;
}

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == block_clean(cap.data);
*/
static uint64_t clean_of(struct cap cap)
{
	return cap.data / CLEAN_UNIT;
}

/* UT-3 */
/*@
	requires slots_ok && word_kind(slot_view[slot].cap.word) == KAAL_OBJECT_UNTYPED;
	requires used <= clean <= block_units(slot_view[slot].cap.word) && clean % 128 == 0;
	exits \false;
	assigns slot_view[slot].cap.data;
	ensures slots_ok && block_used(slot_view[slot].cap.data) == used && block_clean(slot_view[slot].cap.data) == clean;
*/
static void set_cursors(slot_t slot, uint64_t used, uint64_t clean)
{
	//@ assert cap_ok(slot_view[slot].cap);
	kernel_assert(used < CLEAN_UNIT && clean < CLEAN_UNIT);
	slot_view[slot].cap.data = used + clean * CLEAN_UNIT;
	//@ assert block_used(slot_view[slot].cap.data) == used;
	//@ assert block_clean(slot_view[slot].cap.data) == clean;
	//@ assert slot_view[slot].cap.word == \at(slot_view[slot].cap.word, Pre);
	//@ assert cursors_ok(slot_view[slot].cap);
	//@ assert block_ok(slot_view[slot].cap);
	//@ assert untyped_ok(slot_view[slot].cap);
}

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> flags == 0 || (flags == KAAL_RETYPE_NO_SPACES && type == KAAL_OBJECT_UNTYPED) ||
		(flags == KAAL_RETYPE_UNCACHED && type == KAAL_OBJECT_FRAME && size_bits == 12 && word_aux(untyped.word) < 0x100);
*/
/* What a flag is for. */
static bool flags_fit(struct cap untyped, enum kaal_object_type type, uint32_t size_bits, uint32_t flags)
{
	return flags == 0 || (flags == KAAL_RETYPE_NO_SPACES && type == KAAL_OBJECT_UNTYPED) ||
	       (flags == KAAL_RETYPE_UNCACHED && type == KAAL_OBJECT_FRAME && size_bits == KAAL_PAGE_BITS && !untyped_is_device(untyped));
}

bool untyped_may_make(struct cap untyped, enum kaal_object_type type)
{
	return type != KAAL_OBJECT_VSPACE || (cap_rights(untyped) & KAAL_RIGHT_EXECUTE) != 0;
}

bool untyped_can_make(struct cap untyped, enum kaal_object_type type, uint32_t size_bits, uint32_t flags)
{
	if (!flags_fit(untyped, type, size_bits, flags))
		return false;
	switch (type) {
	case KAAL_OBJECT_UNTYPED:
		return size_bits >= UNTYPED_BITS_MIN && size_bits <= UNTYPED_BITS_MAX;
	case KAAL_OBJECT_CNODE:
		return !untyped_is_device(untyped) && size_bits >= CNODE_RADIX_MIN && size_bits <= CNODE_RADIX_MAX;
	case KAAL_OBJECT_FRAME:
		return frame_size_ok(size_bits);
	case KAAL_OBJECT_THREAD:
	case KAAL_OBJECT_SCHED_CONTEXT:
	case KAAL_OBJECT_NOTIFICATION:
	case KAAL_OBJECT_ENDPOINT:
	case KAAL_OBJECT_REPLY:
	case KAAL_OBJECT_VSPACE:
	case KAAL_OBJECT_PAGE_TABLE:
		return !untyped_is_device(untyped) && size_bits == 0;
	default:
		return false;
	}
}

/*@
	requires OBJECT_UNIT_BITS <= object_bits(type, size_bits) <= 36 && size_bits <= 36;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == (1 << (object_bits(type, size_bits) - OBJECT_UNIT_BITS));
*/
/* The object's size in units. */
static uint64_t object_units(enum kaal_object_type type, uint32_t size_bits)
{
	uint32_t bits = size_bits;

	switch (type) {
	case KAAL_OBJECT_CNODE:
		bits = size_bits + SLOT_BITS;
		break;
	case KAAL_OBJECT_THREAD:
		bits = THREAD_BITS;
		break;
	case KAAL_OBJECT_SCHED_CONTEXT:
		bits = SCHED_CONTEXT_BITS;
		break;
	case KAAL_OBJECT_NOTIFICATION:
		bits = NOTIFICATION_BITS;
		break;
	case KAAL_OBJECT_ENDPOINT:
		bits = ENDPOINT_BITS;
		break;
	case KAAL_OBJECT_REPLY:
		bits = REPLY_BITS;
		break;
	case KAAL_OBJECT_VSPACE:
		bits = VSPACE_BITS;
		break;
	case KAAL_OBJECT_PAGE_TABLE:
		bits = PAGE_TABLE_BITS;
		break;
	default:
		break;
	}
	//@ assert bits == object_bits(type, size_bits);
	return UINT64_C(1) << (bits - OBJECT_UNIT_BITS);
}

/*@
	requires clean % 128 == 0 && at % 128 == 0 && units % 128 == 0 && units <= 0x80000000;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == (clean <= at ? 0 : \min(clean - at, units)) && \result % 128 == 0;
*/
/* So many of the units from `at` on are known to be zero. */
static inline uint64_t clean_from(uint64_t clean, uint64_t at, uint64_t units)
{
	uint64_t rest = clean > at ? clean - at : 0;

	//@ assert rest % 128 == 0;
	return rest < units ? rest : units;
}

/*@
	requires word_type(untyped.word) == KAAL_OBJECT_UNTYPED && cap_ok(untyped);
	requires UNTYPED_BITS_MIN <= size_bits <= UNTYPED_BITS_MAX;
	requires fits_at(untyped, at, 1 << (size_bits - OBJECT_UNIT_BITS));
	terminates \true; exits \false; assigns \nothing;
	ensures cap_ok(\result) && \result.object == untyped.object + at && word_type(\result.word) == KAAL_OBJECT_UNTYPED;
	ensures word_aux(\result.word) % 0x100 == size_bits;
	ensures word_aux(\result.word) >= 0x100 <==> word_aux(untyped.word) >= 0x100;
	ensures word_rights(\result.word) == (0xf & word_rights(untyped.word));
	ensures block_used(\result.data) == 0;
	ensures block_clean(untyped.data) <= at ==> block_clean(\result.data) == 0;
	ensures block_clean(untyped.data) > at ==>
		block_clean(\result.data) == \min(block_clean(untyped.data) - at, 1 << (size_bits - OBJECT_UNIT_BITS));
*/
/* The capability of a block inside a block: what the parent knows to be zero the child knows, too. */
static struct cap inner_block(struct cap untyped, uint64_t at, uint32_t size_bits)
{
	//@ assert in_units(at);
	//@ assert room: untyped.object + at < 0x100000000;
	struct cap cap = untyped_cap(untyped_base(untyped) + (at << OBJECT_UNIT_BITS), size_bits, untyped_is_device(untyped));
	//@ assert place: cap.object == untyped.object + at;
	//@ assert size: block_units(cap.word) == (1 << (size_bits - OBJECT_UNIT_BITS));
	uint64_t units = UINT64_C(1) << (size_bits - OBJECT_UNIT_BITS);
	//@ assert page: at % 128 == 0 && units % 128 == 0;
	//@ assert less: (1 << (size_bits - OBJECT_UNIT_BITS)) <= (1 << (word_aux(untyped.word) % 0x100 - OBJECT_UNIT_BITS));
	//@ assert smaller: size_bits <= word_aux(untyped.word) % 0x100;
	//@ assert aligned: untyped.object % (1 << (word_aux(untyped.word) % 0x100 - OBJECT_UNIT_BITS)) == 0;
	//@ assert whole: untyped.object % (1 << (size_bits - OBJECT_UNIT_BITS)) == 0;
	//@ assert sum: (untyped.object + at) % (1 << (size_bits - OBJECT_UNIT_BITS)) == 0;
	//@ assert bounds: block_ok(cap);
	uint64_t clean = clean_from(clean_of(untyped), at, units);

	cap.data = clean * CLEAN_UNIT;
	//@ assert used: block_used(cap.data) == 0;
	//@ assert known: block_clean(cap.data) == clean;
	//@ assert cursors: cursors_ok(cap);
	//@ assert all: cap_ok(cap);
	//@ assert rights: word_rights(cap.word) == 0xf;
	return cap_masked(cap, cap_rights(untyped));
}

/*@
	requires kernel_ok && word_type(untyped.word) == KAAL_OBJECT_UNTYPED && cap_ok(untyped);
	requires retype_ok(untyped, type, size_bits, 0);
	requires fits_at(untyped, at, 1 << (object_bits(type, size_bits) - OBJECT_UNIT_BITS));
	requires \valid(object) && OUTSIDE_STATE(object);
	requires type == KAAL_OBJECT_CNODE ==> word_type(slot_view[untyped.object + at].cap.word) == 0;
	exits \false;
	assigns OBJECT_STATE, *object;
	ensures kernel_ok;
	ensures same_caps_but{Pre, Post}(type == KAAL_OBJECT_CNODE ? untyped.object + at : -1);
	ensures cap_ok(*object) && word_type(object->word) == type;
	ensures type != KAAL_OBJECT_VSPACE ==> object->object == untyped.object + at;
*/
/* Memory from `at` units of the block on is the object's from now on. False, and no change, where the kernel has no number for it. */
static bool start_object(struct cap untyped, uint64_t at, enum kaal_object_type type, uint32_t size_bits, struct cap *object)
{
	uint64_t base = untyped_base(untyped) + (at << OBJECT_UNIT_BITS);
	vspace_t vspace;

	switch (type) {
	case KAAL_OBJECT_CNODE:
		cnode_start((slot_t)(base >> SLOT_BITS), size_bits);
		*object = cnode_cap((slot_t)(base >> SLOT_BITS), size_bits, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT);
		return true;
	case KAAL_OBJECT_THREAD:
		thread_start((thread_t)(base >> THREAD_BITS));
		*object = thread_cap(base);
		return true;
	case KAAL_OBJECT_SCHED_CONTEXT:
		sched_context_start((sched_context_t)(base >> SCHED_CONTEXT_BITS));
		*object = sched_context_cap(base);
		return true;
	case KAAL_OBJECT_NOTIFICATION:
		notification_start((notification_t)(base >> NOTIFICATION_BITS));
		*object = notification_cap(base);
		return true;
	case KAAL_OBJECT_ENDPOINT:
		endpoint_start((endpoint_t)(base >> ENDPOINT_BITS));
		*object = endpoint_cap(base);
		return true;
	case KAAL_OBJECT_REPLY:
		reply_start((reply_t)(base >> REPLY_BITS));
		*object = reply_cap(base);
		return true;
	case KAAL_OBJECT_VSPACE:
		vspace = vspace_start(base);
		*object = vspace_cap(vspace);
		return vspace != 0;
	case KAAL_OBJECT_PAGE_TABLE:
		*object = page_table_cap(base);
		return true;
	case KAAL_OBJECT_FRAME:
		*object = frame_cap(base, size_bits, untyped_is_device(untyped) ? FRAME_DEVICE : FRAME_CACHED);
		return true;
	default:
		*object = inner_block(untyped, at, size_bits);
		return true;
	}
}

enum untyped_step untyped_make_step(slot_t slot, enum kaal_object_type type, uint32_t size_bits, uint32_t flags, struct cap *object)
{
	struct cap untyped = slot_view[slot].cap;
	uint64_t end = UINT64_C(1) << (untyped_size_bits(untyped) - OBJECT_UNIT_BITS);
	uint64_t units = object_units(type, size_bits);
	uint64_t at = (used_of(untyped) + units - 1) & ~(units - 1);
	uint64_t clean = clean_of(untyped);

	if (units > end || at > end - units)
		return UNTYPED_NO_ROOM;
	//@ assert in_units(at);
	//@ assert used_now: block_used(untyped.data) <= at && at % units == 0;
	//@ assert fits: fits_at(untyped, at, units);
	/* Blocks need not be zero, and device memory never is: the kernel does not touch it. */
	if (type != KAAL_OBJECT_UNTYPED && !untyped_is_device(untyped) && clean < at + units) {
		if (clean < at)
			clean = at & ~(PAGE_UNITS - 1);
		arch_zero_page(untyped_base(untyped) + (clean << OBJECT_UNIT_BITS));
		set_cursors(slot, used_of(untyped), clean + PAGE_UNITS);
		return UNTYPED_AGAIN;
	}
	if (!start_object(untyped, at, type, size_bits, object))
		return UNTYPED_NO_ROOM;
	if (flags == KAAL_RETYPE_NO_SPACES)
		*object = cap_masked(*object, KAAL_RIGHTS_ALL - KAAL_RIGHT_EXECUTE);
	if (flags == KAAL_RETYPE_UNCACHED) {
		uint64_t base = untyped_base(untyped) + (at << OBJECT_UNIT_BITS);

		frame_start_uncached(base);
		*object = frame_cap(base, size_bits, FRAME_UNCACHED);
	}
	set_cursors(slot, at + units, clean > at + units ? clean : at + units);
	return UNTYPED_DONE;
}

/*@
	requires kernel_ok;
	requires type == KAAL_OBJECT_ENDPOINT || type == KAAL_OBJECT_NOTIFICATION || type == KAAL_OBJECT_REPLY;
	requires type == KAAL_OBJECT_REPLY ==> object != REPLY_NONE;
	exits \false;
	assigns endpoint_view[object], notification_view[object], reply_view[object];
	ensures kernel_ok;
	ensures type == KAAL_OBJECT_ENDPOINT ==>
		endpoint_view[object].waiting.first == THREAD_NONE && endpoint_view[object].count == 1;
	ensures type == KAAL_OBJECT_NOTIFICATION ==>
		notification_view[object].waiting.first == THREAD_NONE && notification_view[object].bound == THREAD_NONE &&
		notification_view[object].count == 1;
	ensures type == KAAL_OBJECT_REPLY ==>
		reply_view[object].caller == THREAD_NONE && reply_view[object].receiver == THREAD_NONE && reply_view[object].count == 1;
*/
/* A fresh object of one unit, with its first capability. */
static inline __attribute__((always_inline)) void start_counted(enum kaal_object_type type, object_t object)
{
	if (type == KAAL_OBJECT_ENDPOINT) {
		endpoint_start(object);
		endpoint_view[object].count = 1;
	} else if (type == KAAL_OBJECT_NOTIFICATION) {
		notification_start(object);
		notification_view[object].count = 1;
	} else {
		reply_start(object);
		reply_view[object].count = 1;
	}
}

/*@
	requires kernel_ok && cap_ok(last) && to + count <= SLOT_VIEW_END;
	requires type == KAAL_OBJECT_ENDPOINT || type == KAAL_OBJECT_NOTIFICATION || type == KAAL_OBJECT_REPLY;
	requires word_type(last.word) == type && last.object + count < 0xffffffff;
	requires word_type(slot_view[slot].cap.word) == KAAL_OBJECT_UNTYPED;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok && \result <= count;
	ensures slot_view[slot].cap == \old(slot_view[slot].cap);
	ensures caps_in_a_row(to, \result, last);
*/
/* untyped_make_more() for one type, at most as many as memory is known to be zero for; compiled for each. */
static inline __attribute__((always_inline)) uint64_t make_run(enum kaal_object_type type, slot_t slot, struct cap last, slot_t to,
							       uint64_t count)
{
	uint64_t made = 0;

	/*@
		loop invariant kernel_ok && made <= count && cap_ok(last);
		loop invariant last.object == \at(last.object, Pre) + made && last.word == \at(last.word, Pre);
		loop invariant slot_view[slot].cap == \at(slot_view[slot].cap, Pre);
		loop invariant caps_in_a_row(to, made, \at(last, Pre));
		loop assigns made, last, KERNEL_STATE;
		loop variant count - made;
	*/
	while (made < count && cap_is_null(slot_view[to + made].cap) && !arch_irq_pending()) {
		last.object++;
		start_counted(type, last.object);
		slot_put_first(to + (slot_t)made, slot, last);
		//@ assert caps_in_a_row(to, made, \at(last, Pre));
		//@ assert next: slot_view[to + made].cap.object == \at(last.object, Pre) + 1 + made;
		//@ assert same: slot_view[to + made].cap.word == \at(last.word, Pre);
		//@ assert either: \forall integer s; to <= s < to + made + 1 ==> to <= s < to + made || s == to + made;
		//@ assert before: \forall integer s; to <= s < to + made ==> slot_view[s].cap.object == \at(last.object, Pre) + 1 + (s - to);
		//@ assert objects: \forall integer s; to <= s < to + made + 1 ==> slot_view[s].cap.object == \at(last.object, Pre) + 1 + (s - to);
		//@ assert words: \forall integer s; to <= s < to + made + 1 ==> slot_view[s].cap.word == \at(last.word, Pre);
		//@ assert longer: caps_in_a_row(to, made + 1, \at(last, Pre));
		made++;
	}
	return made;
}

uint64_t untyped_make_more(slot_t slot, struct cap last, slot_t to, uint64_t count)
{
	struct cap untyped = slot_view[slot].cap;
	uint64_t used = used_of(untyped), made = 0;
	uint64_t most = clean_of(untyped) - used < count ? clean_of(untyped) - used : count;

	switch (cap_type(last)) {
	case KAAL_OBJECT_ENDPOINT:
		made = make_run(KAAL_OBJECT_ENDPOINT, slot, last, to, most);
		break;
	case KAAL_OBJECT_NOTIFICATION:
		made = make_run(KAAL_OBJECT_NOTIFICATION, slot, last, to, most);
		break;
	case KAAL_OBJECT_REPLY:
		made = make_run(KAAL_OBJECT_REPLY, slot, last, to, most);
		break;
	default:
		break;
	}
	//@ assert row: caps_in_a_row(to, made, last);
	set_cursors(slot, used + made, clean_of(untyped));
	return made;
}

bool untyped_reset_step(slot_t slot)
{
	struct cap untyped = slot_view[slot].cap;
	uint64_t used = used_of(untyped);
	uint64_t page;

	if (used == 0)
		return true;
	page = (used - 1) & ~(PAGE_UNITS - 1);
	if (untyped_is_device(untyped)) {
		set_cursors(slot, 0, 0);
		return true;
	}
	//@ assert in_units(page);
	//@ assert page % 128 == 0 && page < used <= page + 128;
	//@ assert untyped.object + page < 0x100000000;
	arch_zero_page(untyped_base(untyped) + (page << OBJECT_UNIT_BITS));
	//@ assert tables_ok;
	set_cursors(slot, page, clean_of(untyped) > page + PAGE_UNITS ? clean_of(untyped) : page + PAGE_UNITS);
	return page == 0;
}
