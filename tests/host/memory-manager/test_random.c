/*
 * Memory is taken, mapped, shared, protected, unmapped, given back at random, with calls that fail and interrupts in between,
 * and compared to a list of what each page of two spaces should be. In the end of each round all is given back,
 * and everything is as it was. The seed is printed; KAAL_SEED chooses another, KAAL_STEPS how long.
 */
#include "mm_fixture.h"

#include "../../qemu/random.h"
#include "../campaign.h"

#include <arch_views.h>
#include <string.h>

#define STEPS 30000u
#define ROUND 1500u
#define HELD 10u
#define FRAMES_MAX 48u
#define PAGES 4096u /* of each space's window that are used */

static uint64_t seed;

/* What a page of a space should be. */
struct page {
	enum { NOTHING = 0, PLAIN, COPY, MEMORY } kind;
	uint64_t physical;
	uint32_t rights;
	bool *mapped; /* the frame's flag: its capability is in use */
};
static struct page page[SPACES][PAGES];

static kaal_block_t block[HELD];
static struct kaal_frames frames[HELD];
static bool frame_mapped[HELD][FRAMES_MAX];
static struct kaal_domain domain[HELD];

static unsigned done[32], refused[32];

TestSuite(memory, .init = mm_start);

static uint32_t below(uint32_t limit)
{
	return (uint32_t)(next_random(&seed) >> 32) % limit;
}

static bool one_in(uint32_t chances)
{
	return below(chances) == 0;
}

static uint32_t any_rights(void)
{
	static const uint32_t rights[] = {R, RW, RW, RX, RW | RX, KAAL_RIGHT_WRITE};

	return rights[below(one_in(8) ? 6 : 4)];
}

static unsigned page_of(uint64_t address)
{
	return (unsigned)((address - WINDOW) / PAGE);
}

/* --- memory ------------------------------------------------------------------------ */

static unsigned char owner[(HOST_ARENA_BYTES + (1u << DEVICE_BITS)) / 4096];

static void own_pages(uint64_t base, uint64_t bytes)
{
	uint64_t first = base >= DEVICE ? (HOST_ARENA_BYTES + base - DEVICE) / PAGE : base / PAGE;

	for (uint64_t i = first; i < first + bytes / PAGE; i++)
		cr_assert_eq(owner[i]++, 0, "page %lx has two owners", i);
}

static uint64_t own_chain(kaal_block_t chain)
{
	uint64_t bytes = 0;

	for (; chain != 0; chain = kaal_physical_next(&mm.physical, chain)) {
		own_pages(kaal_physical_base(&mm.physical, chain), UINT64_C(1) << kaal_physical_bits(&mm.physical, chain));
		bytes += UINT64_C(1) << kaal_physical_bits(&mm.physical, chain);
	}
	return bytes;
}

/* Nothing belongs to two, and what is charged is what somebody has. */
static void check_owners(void)
{
	uint64_t bytes = 0;

	memset(owner, 0, sizeof owner);
	for (unsigned i = 0; i < HELD; i++)
		bytes += own_chain(block[i]) + own_chain(frames[i].blocks) + own_chain(domain[i].blocks);
	for (unsigned s = 0; s < SPACES; s++) {
		for (uint32_t i = 0; i < mm.space[s].mappings; i++)
			bytes += own_chain(mm.mapping[s][i].blocks);
		for (uint32_t i = 0; i < mm.space[s].tables; i++)
			bytes += own_chain(mm.table[s][i].block);
	}
	cr_assert_eq(bytes, mm.account.used_bytes, "%lx bytes have an owner, %lx are charged", bytes, mm.account.used_bytes);
}

static void check_pages(unsigned space, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to && i < PAGES; i++) {
		uint64_t physical = 0, address = WINDOW + i * PAGE;
		uint32_t rights = 0;
		bool mapped = mm_mapped(space, address, &physical, &rights);

		cr_assert_eq(mapped, page[space][i].kind != NOTHING, "space %u, %lx: mapped %d, kind %d", space, address, mapped, page[space][i].kind);
		if (mapped)
			cr_assert(physical == page[space][i].physical && rights == page[space][i].rights, "space %u, %lx is %lx, rights %x", space,
				  address, physical, rights);
	}
}

/* Memory ends, and what maps it. */
static void forget_physical(uint64_t base, uint64_t bytes)
{
	for (unsigned i = 0; i < SPACES * PAGES; i++) {
		struct page *p = &page[0][0] + i;

		if (p->kind != NOTHING && p->physical - base < bytes)
			*p = (struct page){0};
	}
}

/* Fails half-way as any, and has then merged less. */
static kaal_status_t trim(void)
{
	calls.spared = false;
	return kaal_physical_trim(&mm.physical);
}

/* --- operations: each says what should have come of it ------------------------------- */

/* What gives back and is stopped half-way goes on when it is called again. */
static bool again(kaal_status_t status)
{
	cr_assert(status == KAAL_OK || status == KAAL_NO_REPLY);
	calls.fail_at = 0;
	return status != KAAL_OK;
}

static kaal_status_t take_block(void)
{
	kaal_block_t *free_block = &block[below(HELD)];

	calls.spared = *free_block == 0;
	if (*free_block != 0)
		return again(kaal_physical_give(&mm.physical, free_block)) ? kaal_physical_give(&mm.physical, free_block) : KAAL_OK;
	switch (below(3)) {
	case 0:
		return kaal_physical_take(&mm.physical, &mm.account, 12 + below(7), free_block);
	case 1:
		return kaal_physical_take_pages(&mm.physical, &mm.account, 1 + below(60), free_block);
	default:
		return kaal_physical_take_at(&mm.physical, &mm.account, one_in(2) ? DEVICE + below(16) * PAGE : (64 + below(960)) * PAGE, 1 + below(9),
					     free_block);
	}
}

static kaal_status_t take_frames(void)
{
	unsigned i = below(HELD);

	if (frames[i].count == 0)
		return one_in(4) ? kaal_frames_take_at(&mm.physical, &mm.account, DEVICE + below(16) * PAGE, 1 + below(4), &frames[i])
				 : kaal_frames_take(&mm.physical, &mm.account, 12, 1 + below(FRAMES_MAX), one_in(4) ? below(4) : 0, &frames[i]);
	for (uint32_t k = 0; k < frames[i].count; k++) {
		if (frame_mapped[i][k])
			return KAAL_IN_USE;
	}
	for (uint32_t k = 0; k < frames[i].count; k++)
		forget_physical(kaal_frames_base(&mm.physical, &frames[i], k), PAGE);
	calls.spared = false;
	return again(kaal_frames_give(&mm.physical, &frames[i])) ? kaal_frames_give(&mm.physical, &frames[i]) : KAAL_OK;
}

static kaal_status_t use_domain(void)
{
	static const uint64_t types[] = {KAAL_OBJECT_ENDPOINT, KAAL_OBJECT_THREAD, KAAL_OBJECT_PAGE_TABLE, KAAL_DOMAIN_TYPE(KAAL_OBJECT_CNODE, 4)};
	struct kaal_domain *d = &domain[below(HELD)];
	kaal_cap_t cap;

	if (d->slots == 0)
		return kaal_domain_start(d, &mm.physical, &mm.account, 12 + below(4), 1 + below(100));
	calls.spared = !one_in(4);
	if (!calls.spared)
		return again(kaal_domain_end(d)) ? kaal_domain_end(d) : KAAL_OK;
	return kaal_domain_make(d, types[below(4)], 1 + below(20), &cap);
}

static kaal_status_t reserve(unsigned s)
{
	uint64_t address;
	kaal_status_t status;

	if (one_in(2))
		status = kaal_space_reserve_at(&mm.space[s], WINDOW + below(PAGES - 700) * PAGE, (1 + below(64)) * PAGE, below(3) * PAGE,
					       below(3) * PAGE);
	else
		status = kaal_space_reserve(&mm.space[s], (1 + below(one_in(9) ? 600 : 64)) * PAGE, one_in(4) ? LARGE : PAGE,
					    below(3) * PAGE, below(3) * PAGE, &address);
	/* The window is larger than the list of pages. */
	if (status == KAAL_OK && mm.space[s].regions != 0) {
		const struct kaal_region *last = &mm.region[s][mm.space[s].regions - 1];

		if (page_of(last->address + last->bytes) > PAGES)
			says(kaal_space_release(&mm.space[s], last->address), KAAL_OK);
	}
	return status;
}

/* A place in a region, and how many pages follow in it; false: there is no region. */
static bool any_place(unsigned s, uint64_t *address, uint32_t *pages)
{
	const struct kaal_region *region;
	uint32_t skipped;

	if (mm.space[s].regions == 0)
		return false;
	region = &mm.region[s][below(mm.space[s].regions)];
	skipped = one_in(2) ? 0 : below((uint32_t)(region->bytes / PAGE));
	*address = region->address + skipped * PAGE;
	*pages = (uint32_t)(region->bytes / PAGE) - skipped;
	return true;
}

static kaal_status_t map(unsigned s)
{
	unsigned i = below(HELD);
	uint32_t pages, first, count, rights = any_rights();
	uint64_t address;
	kaal_status_t status;

	if (!any_place(s, &address, &pages) || frames[i].count == 0)
		return KAAL_NOT_MAPPED;
	first = one_in(2) ? 0 : below(frames[i].count);
	count = 1 + below(frames[i].count - first);
	status = kaal_space_map(&mm.space[s], address, frames[i].first + first, count, 12, rights);
	for (uint32_t k = 0; k < count && status == KAAL_OK; k++) {
		page[s][page_of(address) + k] = (struct page){PLAIN, kaal_frames_base(&mm.physical, &frames[i], first + k), rights,
							      &frame_mapped[i][first + k]};
		frame_mapped[i][first + k] = true;
	}
	return status;
}

/* Fresh memory is zero, and gets a mark. */
static void note_memory(unsigned s, uint64_t address, uint64_t bytes, uint32_t rights)
{
	for (unsigned i = page_of(address); i < page_of(address + bytes); i++) {
		uint64_t physical;
		uint32_t found;

		cr_assert_eq(page[s][i].kind, NOTHING);
		cr_assert(mm_mapped(s, WINDOW + i * PAGE, &physical, &found));
		cr_assert_eq(*(uint64_t *)(void *)&host_arena[physical], 0, "page %lx is not zero", physical);
		*(uint64_t *)(void *)&host_arena[physical] = seed | 1;
		page[s][i] = (struct page){MEMORY, physical, rights, NULL};
	}
}

static kaal_status_t add_memory(unsigned s)
{
	uint32_t pages, rights = any_rights();
	uint64_t address, bytes;
	kaal_status_t status;

	if (!any_place(s, &address, &pages))
		return KAAL_NOT_MAPPED;
	bytes = (1 + below(one_in(2) ? pages : pages < 16 ? pages : 16)) * PAGE;
	status = kaal_space_add(&mm.space[s], address, bytes, rights, below(2));
	if (status == KAAL_OK)
		note_memory(s, address, bytes, rights);
	return status;
}

static kaal_status_t grow(unsigned s)
{
	uint64_t address, bytes = (1 + below(20)) * PAGE, end;
	uint32_t pages;
	kaal_status_t status;

	if (!any_place(s, &address, &pages))
		return KAAL_NOT_MAPPED;
	address = kaal_space_find(&mm.space[s], address)->address;
	end = address + kaal_space_find(&mm.space[s], address)->bytes;
	if (page_of(end + bytes) > PAGES)
		return KAAL_NOT_MAPPED;
	if (one_in(2))
		return kaal_space_grow(&mm.space[s], address, bytes);
	status = kaal_space_grow_memory(&mm.space[s], address, bytes, RW, 0);
	if (status == KAAL_OK)
		note_memory(s, end, bytes, RW);
	return status;
}

static kaal_status_t protect(unsigned s)
{
	uint32_t pages, rights = any_rights(), count;
	uint64_t address;
	kaal_status_t status;

	if (!any_place(s, &address, &pages))
		return KAAL_NOT_MAPPED;
	count = 1 + below(pages);
	status = kaal_space_protect(&mm.space[s], address, count * PAGE, rights);
	for (uint32_t k = 0; k < count && status == KAAL_OK; k++) {
		cr_assert_neq(page[s][page_of(address) + k].kind, NOTHING);
		page[s][page_of(address) + k].rights = rights;
	}
	return status;
}

static kaal_status_t share(unsigned s)
{
	unsigned to = below(SPACES);
	uint32_t pages, to_pages, count, rights = any_rights();
	uint64_t address, to_address;
	struct page source[64];
	kaal_status_t status;

	if (!any_place(s, &address, &pages) || !any_place(to, &to_address, &to_pages))
		return KAAL_NOT_MAPPED;
	count = pages < to_pages ? pages : to_pages;
	count = 1 + below(count < 64 ? count : 64);
	memcpy(source, &page[s][page_of(address)], count * sizeof source[0]);
	status = kaal_space_share(&mm.space[s], address, count * PAGE, &mm.space[to], to_address, rights);
	for (uint32_t k = 0; k < count && status == KAAL_OK; k++) {
		cr_assert_neq(source[k].kind, NOTHING);
		page[to][page_of(to_address) + k] = (struct page){COPY, source[k].physical, rights, NULL};
	}
	return status;
}

/* Pages that have been unmapped. */
static void note_unmapped(unsigned s, uint64_t address, uint64_t pages)
{
	for (unsigned i = page_of(address); i < page_of(address) + pages; i++) {
		struct page was = page[s][i];

		if (was.kind == PLAIN)
			*was.mapped = false;
		page[s][i] = (struct page){0};
		if (was.kind == MEMORY)
			forget_physical(was.physical, PAGE);
	}
}

static kaal_status_t unmap(unsigned s)
{
	uint32_t pages, count;
	uint64_t address;
	bool whole = one_in(3);
	kaal_status_t status;

	if (!any_place(s, &address, &pages))
		return KAAL_NOT_MAPPED;
	if (whole) {
		address = kaal_space_find(&mm.space[s], address)->address;
		pages = (uint32_t)(kaal_space_find(&mm.space[s], address)->bytes / PAGE);
	}
	count = whole ? pages : 1 + below(pages);
	calls.spared = false;
	status = whole ? kaal_space_release(&mm.space[s], address) : kaal_space_unmap(&mm.space[s], address, count * PAGE);
	calls.spared = true;
	/* Stopped half-way, it goes on. */
	if (status == KAAL_NO_REPLY) {
		calls.fail_at = 0;
		status = whole ? kaal_space_release(&mm.space[s], address) : kaal_space_unmap(&mm.space[s], address, count * PAGE);
		cr_assert(status == KAAL_OK || status == KAAL_NOT_MAPPED);
		note_unmapped(s, address, count);
	} else if (status == KAAL_OK) {
		note_unmapped(s, address, count);
	}
	return status;
}

/* --- the test ---------------------------------------------------------------------- */

static kaal_status_t any_operation(unsigned what, unsigned s)
{
	switch (what) {
	case 0: case 1:
		return take_block();
	case 2: case 3: case 4:
		return take_frames();
	case 5:
		return use_domain();
	case 6: case 7:
		return reserve(s);
	case 8: case 9: case 10:
		return map(s);
	case 11: case 12:
		return add_memory(s);
	case 13:
		return grow(s);
	case 14: case 15:
		return protect(s);
	case 16: case 17: case 18:
		return share(s);
	case 19: case 20: case 21:
		return unmap(s);
	default:
		return one_in(20) ? trim() : KAAL_OK;
	}
}

static void step(unsigned at)
{
	unsigned what = below(23), s = below(SPACES);
	kaal_status_t status;

	calls = (struct calls){.fail_at = one_in(6) ? 1 + below(12) : 0, .status = KAAL_NO_REPLY, .partly = one_in(2), .spared = true};
	mm_interrupt_in(one_in(3) ? below(200) : 0);
	status = any_operation(what, s);
	mm_interrupt_in(0);
	/* Only taking a page table or copy out passes over a failure. */
	cr_assert(status != KAAL_NO_REPLY || calls.failed, "operation %u: a status from nowhere", what);
	done[what] += status == KAAL_OK;
	refused[what] += status != KAAL_OK;
	check_owners();
	if (at % 16 == 0 || calls.failed)
		mm_check();
	if (at % 32 == 0) {
		for (unsigned i = 0; i < SPACES; i++)
			check_pages(i, 0, PAGES);
	}
}

static void give_all_back(void)
{
	calls.fail_at = 0;
	for (unsigned s = 0; s < SPACES; s++)
		ok(kaal_space_end(&mm.space[s]));
	for (unsigned i = 0; i < HELD; i++) {
		ok(kaal_physical_give(&mm.physical, &block[i]));
		ok(kaal_frames_give(&mm.physical, &frames[i]));
		ok(kaal_domain_end(&domain[i]));
	}
	memset(page, 0, sizeof page);
	memset(frame_mapped, 0, sizeof frame_mapped);
	mm_check();
}

Test(memory, anything_in_any_order)
{
	struct state before, after;
	unsigned long last = STEPS;

	seed = campaign_start(20261123, &last) * 2 + 1;
	state_take(&before);
	for (unsigned at = 0; at < last; at++) {
		step(at);
		if (at % ROUND != ROUND - 1)
			continue;
		give_all_back();
		state_take(&after);
		state_equal(&before, &after, "all given back");
	}
	give_all_back();
	state_take(&after);
	state_equal(&before, &after, "all given back");
	for (unsigned i = 0; i < 22 && last >= STEPS; i++)
		cr_assert(done[i] > 20 && refused[i] > 5, "operation %u: %u times done, %u refused", i, done[i], refused[i]);
}
