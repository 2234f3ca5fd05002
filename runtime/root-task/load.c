#include "load.h"

#include <kaal/syscall.h>

#include "authority.h"
#include "contents.h"
#include "output.h"
#include "threads.h"
#include "window.h"

#define OWN KAAL_SLOT_CNODE
#define READ KAAL_RIGHT_READ
#define WRITE KAAL_RIGHT_WRITE
#define STACK_BYTES_DEFAULT 65536u
#define CSPACE_BITS_MIN 7u
#define CSPACE_BITS_MAX 14u
#define OBJECT_SLOTS 8u

static uint64_t round_up(uint64_t bytes)
{
	return (bytes + PAGE_MASK) & ~PAGE_MASK;
}

/* At the end of what is planned. */
static struct load_region *plan_add(struct load_plan *plan, uint64_t bytes, uint32_t rights)
{
	struct load_region *region = &plan->region[plan->regions++];
	uint32_t pages = (uint32_t)(round_up(bytes) / KAAL_PAGE_BYTES);

	*region = (struct load_region){plan->end, plan->pages, pages, rights};
	plan->pages += pages;
	plan->end += (uint64_t)pages * KAAL_PAGE_BYTES;
	return region;
}

/* The kernel's rights are the ELF's flags in another order. */
static uint32_t rights_of(uint32_t access)
{
	return READ | ((access & KAAL_ELF_WRITE) != 0 ? WRITE : 0) | ((access & KAAL_ELF_EXECUTE) != 0 ? KAAL_RIGHT_EXECUTE : 0);
}

void load_plan(const struct component *component, uint64_t extra_bytes, uint64_t scratch_bytes, struct load_plan *plan)
{
	const struct kaal_manifest_component *description = &component->description;
	uint64_t stack = description->stack_bytes != 0 ? description->stack_bytes
			 : component->elf.stack_bytes != 0 ? component->elf.stack_bytes : STACK_BYTES_DEFAULT;
	struct kaal_elf_segment segment;

	*plan = (struct load_plan){.threads = description->threads_max};
	for (uint32_t i = 0; kaal_elf_segment(&component->elf, i, &segment); i++) {
		plan->end = segment.address & ~PAGE_MASK;
		(void)plan_add(plan, segment.memory_bytes + (segment.address & PAGE_MASK), rights_of(segment.access));
	}
	plan->end += KAAL_PAGE_BYTES;
	plan->stack = plan_add(plan, stack, READ | WRITE);
	plan->end += KAAL_PAGE_BYTES;
	plan->shared = plan_add(plan, KAAL_PAGE_BYTES, READ | WRITE);
	plan->buffers = plan_add(plan, description->threads_max <= CONTENTS_SHARED_BUFFERS ? 0 : description->threads_max * KAAL_MESSAGE_BUFFER_BYTES,
				 READ | WRITE);
	plan->files = plan_add(plan, contents_files_bytes(component), READ);
	plan->extra = plan_add(plan, extra_bytes, READ);
	plan->scratch = plan_add(plan, scratch_bytes, READ | WRITE);
}

/* No more page tables than these, whatever lies where. */
static uint64_t tables_max(const struct load_plan *plan)
{
	return plan->pages / 512 + 2 * plan->regions + 2;
}

uint64_t load_slots(const struct load_plan *plan)
{
	return plan->pages + tables_max(plan) + OBJECT_SLOTS + THREADS_SLOTS * plan->threads;
}

uint32_t load_cspace_bits(const struct component *component)
{
	/* A slot for each page that it may come to have, and some for all else; the thread of one that has only one is in a slot of those. */
	uint64_t threads = component->description.threads_max > 1 ? component->description.threads_max : 0;
	uint32_t bits = log2_up(64 + THREADS_SLOTS * threads + component->description.memory_max_bytes / KAAL_PAGE_BYTES);

	return bits < CSPACE_BITS_MIN ? CSPACE_BITS_MIN : bits > CSPACE_BITS_MAX ? CSPACE_BITS_MAX : bits;
}

/* All that a component is made of; two tables are what a small program has. */
static uint64_t object_bytes(const struct component *component, const struct load_plan *plan)
{
	return ((uint64_t)plan->pages + 1) * KAAL_PAGE_BYTES + THREADS_BYTES * plan->threads + (UINT64_C(32) << load_cspace_bits(component)) +
	       KAAL_PAGE_BYTES * (2 + plan->pages / 512);
}

/* Blocks of an eighth to a sixteenth of what it needs, so that little is left over. */
static uint32_t domain_bits(const struct component *component, const struct load_plan *plan)
{
	uint32_t bits = log2_up(object_bytes(component, plan));

	return bits < KAAL_BLOCK_BITS_MIN + 5 ? KAAL_BLOCK_BITS_MIN + 1 : bits - 4;
}

uint64_t load_bytes(const struct component *component, const struct load_plan *plan)
{
	uint64_t block = UINT64_C(1) << domain_bits(component, plan);
	uint64_t cspace = UINT64_C(32) << load_cspace_bits(component);

	/* A block's rest is too small for the CSpace at the worst, and tables may be more than usual. */
	return (object_bytes(component, plan) + cspace + tables_max(plan) * KAAL_PAGE_BYTES + block - 1) / block * block;
}

/* --- capabilities ------------------------------------------------------------------------ */

/* What every component starts with, and what its privileges add; those with cap 0 it does not get. */
static kaal_status_t give_all(const struct component *component, kaal_cap_t vspace)
{
	const struct {
		uint64_t slot;
		kaal_cap_t cap;
		uint32_t rights;
	} gift[] = {
		{KAAL_SLOT_CNODE, component->cnode, READ | WRITE},
		{KAAL_SLOT_THREAD, component->thread, READ | WRITE},
		{KAAL_SLOT_VSPACE, vspace, READ | WRITE},
		{KAAL_SLOT_SCHED_CONTEXT, component->context, READ},
		{KAAL_SLOT_SUPERVISOR, component->supervisor, WRITE | KAAL_RIGHT_GRANT},
		{KAAL_SLOT_BROKER, component->broker, WRITE | KAAL_RIGHT_GRANT},
		{KAAL_SLOT_LOG, component->log_flag, WRITE},
		{KAAL_SLOT_SYSTEM_CONTROL, component->power, WRITE},
		{KAAL_SLOT_DEBUG, component->debug, WRITE},
	};
	kaal_status_t status = KAAL_OK;

	for (uint32_t i = 0; i < sizeof gift / sizeof gift[0] && status == KAAL_OK; i++) {
		if (gift[i].cap != 0)
			status = kaal_sys_cap_copy(component->cnode, gift[i].slot, OWN, gift[i].cap, gift[i].rights);
	}
	return status;
}

/* --- objects ----------------------------------------------------------------------------- */

/* As many at a time as a block holds; the slots follow each other all the same. */
kaal_status_t load_make(struct component *component, uint64_t type, uint32_t count, kaal_cap_t *first)
{
	uint32_t at_once = (uint32_t)((UINT64_C(1) << component->domain.bits) / kaal_object_bytes(type));
	kaal_status_t status = KAAL_OK;

	for (uint32_t made = 0; made < count && status == KAAL_OK; made += at_once) {
		kaal_cap_t objects;

		status = kaal_domain_make(&component->domain, type, count - made < at_once ? count - made : at_once, &objects);
		if (made == 0)
			*first = objects;
	}
	return status;
}

static kaal_status_t make_objects(struct component *component, const struct load_plan *plan, kaal_cap_t *vspace)
{
	struct kaal_domain *domain = &component->domain;
	kaal_status_t status = load_make(component, KAAL_DOMAIN_TYPE(KAAL_OBJECT_FRAME, KAAL_PAGE_BITS), plan->pages, &component->frames);

	if (status == KAAL_OK)
		status = kaal_domain_make(domain, KAAL_DOMAIN_TYPE(KAAL_OBJECT_CNODE, load_cspace_bits(component)), 1, &component->cnode);
	if (status == KAAL_OK)
		status = kaal_domain_make(domain, KAAL_OBJECT_VSPACE, 1, vspace);
	return status == KAAL_OK ? threads_make(component) : status;
}

static kaal_status_t map_all(struct component *component, const struct load_plan *plan, kaal_cap_t vspace)
{
	kaal_status_t status = KAAL_OK;

	for (uint32_t i = 0; i < plan->regions && status == KAAL_OK; i++) {
		const struct load_region *region = &plan->region[i];

		status = window_map(&component->domain, vspace, component->frames + region->first, region->pages, region->address, region->rights);
	}
	return status;
}

kaal_status_t load_component(struct component *component, const struct load_plan *plan, struct kaal_startup *startup, const void *extra,
			     void (*prepare)(void))
{
	kaal_cap_t vspace;
	kaal_status_t status = kaal_domain_start(&component->domain, &authority.physical, &component->account, domain_bits(component, plan),
						 (uint32_t)load_slots(plan));

	if (status != KAAL_OK)
		return status;
	status = make_objects(component, plan, &vspace);
	if (status == KAAL_OK && prepare != NULL)
		prepare();
	if (status == KAAL_OK)
		status = contents_write(component, plan, startup, extra);
	if (status == KAAL_OK)
		status = map_all(component, plan, vspace);
	if (status == KAAL_OK)
		status = give_all(component, vspace);
	if (status == KAAL_OK)
		status = threads_give(component);
	if (status == KAAL_OK)
		status = threads_configure(component, plan, startup->arguments, vspace);
	if (status == KAAL_OK)
		status = window_keep(component->frames + plan->shared->first, component->log, LOGS_ADDRESS + component->index * UINT64_C(0x1000));
	if (status != KAAL_OK) {
		(void)kaal_domain_end(&component->domain);
		return status;
	}
	output_start(component);
	component->stack = *plan->stack;
	return KAAL_OK;
}
