#include "load.h"

#include <string.h>

#include <kaal/log.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include <formats/archive_write.h>

#include "authority.h"
#include "console.h"
#include "window.h"

#define OWN KAAL_SLOT_CNODE
#define READ KAAL_RIGHT_READ
#define WRITE KAAL_RIGHT_WRITE
#define STACK_BYTES_DEFAULT 65536u
#define BLOCK_BYTES UINT64_C(0x200000)
#define SHARED_BUFFERS (LOG_OFFSET / KAAL_MESSAGE_BUFFER_BYTES) /* in the page with the log ring */
#define CSPACE_BITS_MIN 7u
#define CSPACE_BITS_MAX 14u
#define OBJECT_SLOTS 8u
#define FILES_MAX 64u
#define TEXTS_BYTES_MAX 3072u

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

/* The archive of a component's files; where one is missing the description would not have passed. */
static uint32_t find_files(const struct component *component, struct kaal_archive_file file[FILES_MAX])
{
	const struct kaal_manifest_texts *names = &component->description.files;
	uint32_t count = 0;

	for (uint32_t i = 0; i < names->count && count < FILES_MAX; i++) {
		struct kaal_archive_entry entry;

		if (kaal_archive_find(&root_system.archive, kaal_manifest_text(names, i), &entry))
			file[count++] = (struct kaal_archive_file){entry.name, entry.data, (uint32_t)entry.bytes, false};
	}
	return count;
}

static uint64_t files_bytes(const struct component *component)
{
	struct kaal_archive_file file[FILES_MAX];
	uint32_t count = find_files(component, file);

	return count == 0 ? 0 : kaal_archive_write_bytes(file, count);
}

void load_plan(const struct component *component, uint64_t extra_bytes, uint64_t scratch_bytes, struct load_plan *plan)
{
	const struct kaal_manifest_component *description = &component->description;
	uint64_t stack = description->stack_bytes != 0 ? description->stack_bytes
			 : component->elf.stack_bytes != 0 ? component->elf.stack_bytes : STACK_BYTES_DEFAULT;
	struct kaal_elf_segment segment;

	*plan = (struct load_plan){0};
	for (uint32_t i = 0; kaal_elf_segment(&component->elf, i, &segment); i++) {
		plan->end = segment.address & ~PAGE_MASK;
		(void)plan_add(plan, segment.memory_bytes + (segment.address & PAGE_MASK), rights_of(segment.access));
	}
	plan->end += KAAL_PAGE_BYTES;
	plan->stack = plan_add(plan, stack, READ | WRITE);
	plan->end += KAAL_PAGE_BYTES;
	plan->start = plan_add(plan, sizeof(struct kaal_startup), READ);
	plan->shared = plan_add(plan, KAAL_PAGE_BYTES, READ | WRITE);
	plan->buffers = plan_add(plan, description->threads_max <= SHARED_BUFFERS ? 0 : description->threads_max * KAAL_MESSAGE_BUFFER_BYTES,
				 READ | WRITE);
	plan->files = plan_add(plan, files_bytes(component), READ);
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
	return plan->pages + tables_max(plan) + OBJECT_SLOTS;
}

uint32_t load_cspace_bits(const struct component *component)
{
	/* A slot for each page that it may come to have, and some for all else. */
	uint32_t bits = log2_up(64 + component->description.memory_max_bytes / KAAL_PAGE_BYTES);

	return bits < CSPACE_BITS_MIN ? CSPACE_BITS_MIN : bits > CSPACE_BITS_MAX ? CSPACE_BITS_MAX : bits;
}

/* Blocks of a quarter of what it needs: little is left over. Two tables are what a small program has. */
static uint32_t domain_bits(const struct component *component, const struct load_plan *plan)
{
	uint64_t bytes = ((uint64_t)plan->pages + 4) * KAAL_PAGE_BYTES + (UINT64_C(32) << load_cspace_bits(component));
	uint32_t bits = log2_up(bytes) - 2;

	return bits < KAAL_BLOCK_BITS_MIN ? KAAL_BLOCK_BITS_MIN : bits;
}

uint64_t load_bytes(const struct component *component, const struct load_plan *plan)
{
	uint64_t block = UINT64_C(1) << domain_bits(component, plan);
	uint64_t frames = (uint64_t)plan->pages * KAAL_PAGE_BYTES;
	uint64_t objects = (tables_max(plan) + 2) * KAAL_PAGE_BYTES + (UINT64_C(32) << load_cspace_bits(component));

	/* The frames come in one piece, a power of two where one block is too small; what follows in blocks. */
	return (UINT64_C(1) << log2_up(frames)) + block + (objects + block - 1) / block * block;
}

/* --- contents --------------------------------------------------------------------------- */

static kaal_status_t write_segments(const struct component *component, const struct load_plan *plan)
{
	struct kaal_elf_segment segment;
	kaal_status_t status = KAAL_OK;

	for (uint32_t i = 0; status == KAAL_OK && kaal_elf_segment(&component->elf, i, &segment); i++)
		status = window_write(component->frames + plan->region[i].first, segment.address & PAGE_MASK, segment.data, segment.file_bytes);
	return status;
}

/* The texts of a list, one after the other, and where each is; returns false if there is no room. */
struct texts {
	char bytes[TEXTS_BYTES_MAX];
	uint32_t used;
	uint64_t address; /* of bytes[0], for the component */
};

static bool add_text(struct texts *texts, const char *text, uint64_t *address)
{
	uint32_t length = (uint32_t)strlen(text) + 1;

	if (length > sizeof texts->bytes - texts->used)
		return false;
	memcpy(texts->bytes + texts->used, text, length);
	*address = texts->address + texts->used;
	texts->used += length;
	return true;
}

/* Adds a vector of the addresses of texts at the bottom of `page`, which grows up; *used counts its words. */
static bool add_vector(struct texts *texts, const char *first, const struct kaal_manifest_texts *list, uint64_t *page, uint32_t *used)
{
	uint32_t words = (KAAL_PAGE_BYTES - TEXTS_BYTES_MAX) / sizeof(uint64_t);

	if (first != NULL && !add_text(texts, first, &page[(*used)++]))
		return false;
	for (uint32_t i = 0; i < list->count; i++) {
		if (*used + 2 > words || !add_text(texts, kaal_manifest_text(list, i), &page[(*used)++]))
			return false;
	}
	page[(*used)++] = 0;
	return *used <= words;
}

/* The last page of the stack: vectors, then texts. The stack itself begins below. */
static kaal_status_t write_arguments(const struct component *component, const struct load_plan *plan, struct kaal_startup *startup)
{
	static struct texts texts;
	static uint64_t vectors[(KAAL_PAGE_BYTES - TEXTS_BYTES_MAX) / sizeof(uint64_t)];
	const struct kaal_manifest_component *description = &component->description;
	uint64_t page = plan->stack->address + (plan->stack->pages - 1) * (uint64_t)KAAL_PAGE_BYTES;
	kaal_cap_t frame = component->frames + plan->stack->first + plan->stack->pages - 1;
	uint32_t used = 0;
	kaal_status_t status;

	texts.used = 0;
	texts.address = page + KAAL_PAGE_BYTES - TEXTS_BYTES_MAX;
	startup->argument_count = description->arguments.count + 1;
	startup->arguments = page;
	if (!add_vector(&texts, description->name, &description->arguments, vectors, &used))
		return KAAL_OUT_OF_RANGE;
	startup->environment = page + used * sizeof(uint64_t);
	if (!add_vector(&texts, NULL, &description->environment, vectors, &used))
		return KAAL_OUT_OF_RANGE;
	status = window_write(frame, 0, vectors, used * sizeof(uint64_t));
	return status == KAAL_OK ? window_write(frame, KAAL_PAGE_BYTES - TEXTS_BYTES_MAX, texts.bytes, texts.used) : status;
}

static kaal_status_t write_files(const struct component *component, const struct load_plan *plan)
{
	struct kaal_archive_file file[FILES_MAX];
	uint32_t count = find_files(component, file);
	kaal_status_t status;
	void *memory;

	if (plan->files->pages == 0)
		return KAAL_OK;
	status = window_open(component->frames + plan->files->first, plan->files->pages, &memory);
	if (status != KAAL_OK)
		return status;
	kaal_archive_write(file, count, memory);
	return window_close(component->frames + plan->files->first, plan->files->pages);
}

static struct kaal_range range_of(const struct load_region *region)
{
	return (struct kaal_range){region->pages == 0 ? 0 : region->address, region->pages * (uint64_t)KAAL_PAGE_BYTES};
}

static kaal_status_t write_start(const struct component *component, const struct load_plan *plan, struct kaal_startup *startup)
{
	const struct kaal_manifest_component *description = &component->description;

	startup->magic = KAAL_STARTUP_MAGIC;
	startup->abi_version = root_system.info->abi_version;
	startup->size_bytes = sizeof *startup;
	startup->features = root_system.info->features;
	startup->counter_hz = root_system.info->counter_hz;
	memcpy(startup->name, description->name, strlen(description->name));
	startup->component = component->index;
	startup->start = component->starts;
	startup->buffers = range_of(plan->buffers->pages != 0 ? plan->buffers : plan->shared);
	startup->buffers.bytes = (plan->buffers->pages != 0 ? description->threads_max : SHARED_BUFFERS) * UINT64_C(512);
	startup->log = (struct kaal_range){plan->shared->address + LOG_OFFSET, LOG_BYTES};
	startup->files = range_of(plan->files);
	startup->free_addresses.address = (plan->end + BLOCK_BYTES - 1) & ~(BLOCK_BYTES - 1);
	startup->free_addresses.bytes = KAAL_USER_VA_END - startup->free_addresses.address;
	startup->memory_max_bytes = description->memory_max_bytes;
	startup->threads_max = description->threads_max;
	startup->priority_ceiling = description->priority_ceiling;
	startup->cnode_size_bits = load_cspace_bits(component);
	if (startup->first_free_slot == 0)
		startup->first_free_slot = KAAL_SLOT_COMPONENT_FIRST_FREE;
	return window_write(component->frames + plan->start->first, 0, startup, sizeof *startup);
}

static kaal_status_t write_contents(const struct component *component, const struct load_plan *plan, struct kaal_startup *startup,
				    const void *extra, uint64_t extra_bytes)
{
	kaal_status_t status = write_segments(component, plan);

	if (status == KAAL_OK)
		status = write_arguments(component, plan, startup);
	if (status == KAAL_OK)
		status = write_files(component, plan);
	if (status == KAAL_OK)
		status = write_start(component, plan, startup);
	return status == KAAL_OK && extra_bytes != 0 ? window_write(component->frames + plan->extra->first, 0, extra, extra_bytes) : status;
}

/* --- capabilities ------------------------------------------------------------------------ */

static kaal_status_t give(const struct component *component, uint64_t slot, kaal_cap_t cap, uint32_t rights)
{
	return kaal_cap_copy(component->cnode, slot, OWN, cap, rights);
}

static kaal_status_t give_all(const struct component *component, kaal_cap_t vspace)
{
	uint32_t privileges = component->description.privileges;
	kaal_status_t status = give(component, KAAL_SLOT_CNODE, component->cnode, READ | WRITE);

	if (status == KAAL_OK)
		status = give(component, KAAL_SLOT_THREAD, component->thread, READ | WRITE);
	if (status == KAAL_OK)
		status = give(component, KAAL_SLOT_VSPACE, vspace, READ | WRITE);
	if (status == KAAL_OK)
		status = give(component, KAAL_SLOT_SCHED_CONTEXT, component->context, READ);
	if (status == KAAL_OK)
		status = give(component, KAAL_SLOT_SUPERVISOR, component->supervisor, WRITE | KAAL_RIGHT_GRANT);
	if (status == KAAL_OK && component->broker != 0)
		status = give(component, KAAL_SLOT_BROKER, component->broker, WRITE | KAAL_RIGHT_GRANT);
	if (status == KAAL_OK)
		status = give(component, KAAL_SLOT_LOG, authority.log_flag, WRITE);
	if (status == KAAL_OK && (privileges & KAAL_MANIFEST_POWER) != 0)
		status = give(component, KAAL_SLOT_SYSTEM_CONTROL, KAAL_SLOT_SYSTEM_CONTROL, WRITE);
	if (status == KAAL_OK && (privileges & KAAL_MANIFEST_DEBUG) != 0)
		status = give(component, KAAL_SLOT_DEBUG, KAAL_SLOT_DEBUG, WRITE);
	return status;
}

static kaal_status_t configure_time(const struct component *component)
{
	const struct kaal_manifest_component *description = &component->description;
	uint64_t hz = root_system.info->counter_hz;
	uint64_t budget = kaal_ns_to_ticks(description->budget_us * UINT64_C(1000), hz);
	uint64_t period = kaal_ns_to_ticks(description->period_us * UINT64_C(1000), hz);

	/* The broker, which the description does not name. */
	if (description->budget_us == 0)
		budget = UINT64_MAX;
	else if (budget < 512)
		budget = 512; /* the least that the kernel takes; on counters below 10 MHz */
	return kaal_sched_configure(KAAL_SLOT_SCHED_CONTROL, component->context, budget, period < budget ? budget : period);
}

static kaal_status_t configure(const struct component *component, const struct load_plan *plan, kaal_cap_t vspace)
{
	const struct kaal_manifest_component *description = &component->description;
	uint64_t sp = plan->stack->address + (plan->stack->pages - 1) * (uint64_t)KAAL_PAGE_BYTES;
	const struct load_region *buffers = plan->buffers->pages != 0 ? plan->buffers : plan->shared;
	kaal_status_t status = kaal_thread_configure(component->thread, component->cnode, vspace);

	if (status == KAAL_OK)
		status = kaal_thread_set_registers(component->thread, component->elf.entry, sp, plan->start->address, 0);
	if (status == KAAL_OK)
		status = kaal_thread_set_priority(component->thread, description->priority, description->priority_ceiling);
	if (status == KAAL_OK)
		status = kaal_thread_set_buffer(component->thread, component->frames + buffers->first, 0);
	if (status == KAAL_OK)
		status = kaal_thread_set_fault_handler(component->thread, component->supervisor);
	if (status == KAAL_OK && description->critical)
		status = kaal_thread_set_critical(component->thread, KAAL_SLOT_SYSTEM_CONTROL, 1);
	if (status == KAAL_OK)
		status = configure_time(component);
	return status == KAAL_OK ? kaal_sched_bind(component->context, component->thread) : status;
}

/* --- objects ----------------------------------------------------------------------------- */

static kaal_status_t make_objects(struct component *component, const struct load_plan *plan, kaal_cap_t *vspace)
{
	struct kaal_domain *domain = &component->domain;
	kaal_status_t status = kaal_domain_make(domain, KAAL_DOMAIN_TYPE(KAAL_OBJECT_FRAME, KAAL_PAGE_BITS), plan->pages, &component->frames);

	if (status == KAAL_OK)
		status = kaal_domain_make(domain, KAAL_DOMAIN_TYPE(KAAL_OBJECT_CNODE, load_cspace_bits(component)), 1, &component->cnode);
	if (status == KAAL_OK)
		status = kaal_domain_make(domain, KAAL_OBJECT_VSPACE, 1, vspace);
	if (status == KAAL_OK)
		status = kaal_domain_make(domain, KAAL_OBJECT_THREAD, 1, &component->thread);
	return status == KAAL_OK ? kaal_domain_make(domain, KAAL_OBJECT_SCHED_CONTEXT, 1, &component->context) : status;
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
		status = write_contents(component, plan, startup, extra, plan->extra->pages * (uint64_t)KAAL_PAGE_BYTES);
	if (status == KAAL_OK)
		status = map_all(component, plan, vspace);
	if (status == KAAL_OK)
		status = give_all(component, vspace);
	if (status == KAAL_OK)
		status = configure(component, plan, vspace);
	if (status == KAAL_OK)
		status = window_keep(component->frames + plan->shared->first, component->log, LOGS_ADDRESS + component->index * UINT64_C(0x1000));
	if (status != KAAL_OK) {
		(void)kaal_domain_end(&component->domain);
		return status;
	}
	component->log_read = component->log_dropped = 0;
	component->stack = (struct part){plan->stack->address, plan->stack->first, plan->stack->pages};
	return KAAL_OK;
}
