#include "objects.h"

#include "calls.h"

#define COUNT_MAX (1u << 20)
#define FLAGS (KAAL_RETYPE_UNCACHED | KAAL_RETYPE_NO_SPACES)

/* log2 of bytes; those without a size of the caller's are compared to what the kernel tells by a test. */
static uint32_t object_bits(enum kaal_object_type type, uint32_t size_bits)
{
	switch (type) {
	case KAAL_OBJECT_UNTYPED:
	case KAAL_OBJECT_FRAME:
		return size_bits;
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
		return KAAL_PAGE_BITS;
	default:
		return 0;
	}
}

uint64_t kaal_object_bytes(uint64_t type)
{
	uint64_t plain = type & ~(uint64_t)FLAGS;
	uint32_t bits = plain / 256 > KAAL_BLOCK_BITS_MAX ? 0 : object_bits((enum kaal_object_type)(plain % 256), (uint32_t)(plain / 256));

	return bits == 0 ? 0 : UINT64_C(1) << bits;
}

kaal_status_t kaal_domain_start(struct kaal_domain *domain, struct kaal_physical_memory *physical, struct kaal_account *account, uint32_t bits,
				uint32_t slots)
{
	struct kaal_domain started = {.physical = physical, .account = account, .slots = slots, .bits = (uint8_t)bits};
	kaal_status_t status = kaal_physical_take(physical, account, bits, &started.blocks);

	if (status == KAAL_OK && slots != 0)
		status = kaal_physical_take_slots(physical, slots, &started.first);
	if (status == KAAL_OK)
		*domain = started;
	else
		(void)kaal_physical_give(physical, &started.blocks);
	return status;
}

/* Where `bytes` more begin in a block of which `used` are used. */
static uint64_t aligned(uint64_t used, uint64_t bytes)
{
	return (used + bytes - 1) & ~(bytes - 1);
}

static bool has_room(const struct kaal_domain *domain, uint64_t bytes, uint32_t count)
{
	uint64_t end = UINT64_C(1) << kaal_physical_bits(domain->physical, domain->blocks);
	uint64_t at = aligned(domain->used, bytes);

	return at <= end && (end - at) / bytes >= count;
}

/* A further block, of the usual size or, where there is none, of what is needed. */
static kaal_status_t take_more(struct kaal_domain *domain, uint64_t bytes, kaal_block_t *block)
{
	uint32_t needed = KAAL_BLOCK_BITS_MIN;
	kaal_status_t status = KAAL_NO_MEMORY;

	while (needed < KAAL_BLOCK_BITS_MAX && UINT64_C(1) << needed < bytes)
		needed++;
	if (domain->bits > needed)
		status = kaal_physical_take(domain->physical, domain->account, domain->bits, block);
	return status == KAAL_NO_MEMORY ? kaal_physical_take(domain->physical, domain->account, needed, block) : status;
}

/* Takes objects away again that a call has made before it failed. */
static void take_back(kaal_cap_t cnode, uint64_t slot, uint32_t made)
{
	for (uint32_t i = 0; i < made; i++)
		kaal_ignore(kaal_sys_cap_delete(cnode, slot + i));
}

kaal_status_t kaal_domain_make_in(struct kaal_domain *domain, uint64_t type, uint32_t count, kaal_cap_t cnode, uint64_t slot)
{
	uint64_t bytes = kaal_object_bytes(type);
	kaal_block_t more = 0;
	kaal_status_t status = KAAL_OK;
	uint32_t made;

	if (bytes == 0 || count == 0 || count > COUNT_MAX)
		return KAAL_OUT_OF_RANGE;
	if (!has_room(domain, bytes, count))
		status = take_more(domain, bytes * count, &more);
	if (status != KAAL_OK)
		return status;
	status = mm_retype(kaal_physical_cap(domain->physical, more != 0 ? more : domain->blocks), type, cnode, slot, count, &made);
	if (more != 0 && status != KAAL_OK) {
		(void)kaal_physical_give(domain->physical, &more);
		return status;
	}
	if (more != 0) {
		kaal_physical_chain(domain->physical, &more, domain->blocks);
		domain->blocks = more;
		domain->used = 0;
	}
	if (made != 0)
		domain->used = aligned(domain->used, bytes) + made * bytes;
	if (status != KAAL_OK)
		take_back(cnode, slot, made);
	return status;
}

kaal_status_t kaal_domain_make(struct kaal_domain *domain, uint64_t type, uint32_t count, kaal_cap_t *index)
{
	const struct kaal_slots *slots = domain->physical->slots;
	kaal_cap_t at = domain->first + domain->slots_used;
	kaal_status_t status;

	if (count > domain->slots - domain->slots_used)
		return kaal_object_bytes(type) == 0 ? KAAL_OUT_OF_RANGE : KAAL_NO_MEMORY;
	status = kaal_domain_make_in(domain, type, count, slots->cnode, kaal_slots_slot(slots, at));
	if (status == KAAL_OK) {
		*index = at;
		domain->slots_used += count;
	}
	return status;
}

uint64_t kaal_domain_bytes(const struct kaal_domain *domain)
{
	uint64_t bytes = 0;

	for (kaal_block_t block = domain->blocks; block != 0; block = kaal_physical_next(domain->physical, block))
		bytes += UINT64_C(1) << kaal_physical_bits(domain->physical, block);
	return bytes;
}

kaal_status_t kaal_domain_end(struct kaal_domain *domain)
{
	kaal_status_t status = kaal_physical_give(domain->physical, &domain->blocks);

	if (status == KAAL_OK && domain->slots != 0)
		(void)kaal_slots_give(domain->physical->slots, domain->first, domain->slots);
	if (status == KAAL_OK)
		domain->slots = domain->slots_used = 0;
	return status;
}
