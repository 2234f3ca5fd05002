/*
 * The root task: the first program. With a system description in the archive it becomes the supervisor of what that
 * describes; without one it reports what the kernel handed over, and ends.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/boot.h>
#include <kaal/syscall.h>

#include "authority.h"
#include "broker.h"
#include "console.h"
#include "entropy.h"
#include "history.h"
#include "lives.h"
#include "load.h"
#include "output.h"
#include "requests.h"
#include "threads.h"

#define BROKER_SLOTS UINT64_C(128)
#define BROKER_SLOTS_DEVICE UINT64_C(18) /* blocks of registers, pages, handlers: few have more */
#define BROKER_SLOTS_EACH UINT64_C(64)

struct system root_system;

static struct kaal_manifest manifest;

static struct kaal_manifest_error description_error;

static _Noreturn void refuse_description(void)
{
	char text[KAAL_MANIFEST_ERROR_TEXT_BYTES];

	kaal_manifest_error_text(&description_error, text);
	root_refuse(KAAL_MANIFEST_NAME ": %s", text);
}

/* Copied to where its alignment is right, read and checked. */
static void read_description(const struct kaal_archive_entry *file)
{
	void *blob = authority_storage(file->bytes);

	memcpy(blob, file->data, file->bytes);
	if (!kaal_manifest_read(&manifest, blob, file->bytes, &description_error))
		refuse_description();
	root_system.manifest = &manifest;
	root_system.manifest_bytes = file->bytes;
}

/* The components of the description, each checked against the files that it names. */
static void read_components(void)
{
	struct kaal_manifest_scratch *scratch = authority_scratch(sizeof *scratch);

	for (uint32_t i = 0; i < manifest.component_count; i++) {
		struct component *component = &root_system.components[i];

		if (!kaal_manifest_check_component(&manifest, &root_system.archive, i, NULL, NULL, scratch, &component->elf, &description_error))
			refuse_description();
		kaal_manifest_component(&manifest, i, &component->description);
		component->account.limit_bytes = component->description.memory_max_bytes;
	}
	memset(scratch, 0, sizeof *scratch);
}

/* The broker's, which the check of the description has not read. */
static void read_broker(struct component *component)
{
	struct kaal_format_error error;
	struct kaal_archive_entry file;
	char text[KAAL_FORMAT_ERROR_TEXT_BYTES];

	if (!kaal_archive_find(&root_system.archive, BROKER_NAME, &file))
		root_refuse("archive: found no file %s", BROKER_NAME);
	if (kaal_elf_read(&component->elf, file.data, file.bytes, KAAL_SEGMENTS_MAX, &error))
		return;
	kaal_format_error_text(&error, text);
	root_refuse("%s: %s", BROKER_NAME, text);
}

/*
 * Nobody describes the broker: it serves everybody, so it runs whenever there is something to do. Its memory is what says how
 * many slots it has: those of its own tables and of each component's share, too, however little memory the components may have.
 */
static void describe_broker(struct component *component)
{
	component->description = (struct kaal_manifest_component){
		.name = BROKER_NAME,
		.image = BROKER_NAME,
		.priority = BROKER_PRIORITY,
		.priority_ceiling = BROKER_PRIORITY,
		.threads_max = 1,
		.memory_max_bytes = broker_own_bytes() + (BROKER_SLOTS + BROKER_SLOTS_DEVICE * manifest.device_count) * KAAL_PAGE_BYTES,
	};
	/* For each page one, and one for the halves that it comes from. */
	for (uint32_t i = 0; i < manifest.component_count; i++)
		component->description.memory_max_bytes += BROKER_SLOTS_EACH * KAAL_PAGE_BYTES +
							   2 * root_system.components[i].description.memory_max_bytes;
}

/* Everybody, as description and images say. */
static void make_components(void)
{
	struct kaal_archive_entry file;
	bool with_broker = kaal_archive_find(&root_system.archive, BROKER_NAME, &file);

	root_system.count = manifest.component_count + with_broker;
	root_system.components = authority_storage(root_system.count * sizeof(struct component));
	for (uint32_t i = 0; i < root_system.count; i++) {
		root_system.components[i].index = i;
		root_system.components[i].state = KAAL_COMPONENT_ENDED;
	}
	read_components();
	if (!with_broker)
		return;
	root_system.broker = &root_system.components[manifest.component_count];
	root_system.broker->account.limit_bytes = UINT64_MAX;
	describe_broker(root_system.broker);
	read_broker(root_system.broker);
}

/* What all components together take of the root task; each is planned to know. */
static void add_needs(struct authority_needs *needs)
{
	struct load_plan plan;

	needs->storage = manifest.device_count * sizeof(struct kaal_manifest_hardware) + history_bytes() + 64;
	for (uint32_t i = 0; i < manifest.component_count; i++) {
		struct component *component = &root_system.components[i];

		load_plan(component, 0, 0, &plan);
		component->start_bytes = load_bytes(component, &plan);
		needs->slots += load_slots(&plan) + 6;
		/* A split gives a block or brings one nearer. */
		needs->splits += 16;
	}
	if (root_system.broker == NULL)
		return;
	load_plan(root_system.broker, broker_extra_bytes(), KAAL_PAGE_BYTES, &plan);
	needs->slots += load_slots(&plan) + 3 + broker_slots();
	needs->splits += broker_splits();
	needs->storage += broker_extra_bytes() + 64;
}

/* A copy for one component, which gets copies of it: by revoking it, what the component has given away is taken back. */
static kaal_cap_t copy_for_good(kaal_cap_t cap)
{
	kaal_cap_t copy;

	root_must("slots", kaal_physical_take_slots(&authority.physical, 1, &copy));
	root_must("capabilities", kaal_sys_cap_copy(KAAL_SLOT_CNODE, copy, KAAL_SLOT_CNODE, cap, KAAL_RIGHT_WRITE));
	return copy;
}

static void make_capabilities(struct component *component)
{
	root_must("slots", kaal_physical_take_slots(&authority.physical, 2, &component->supervisor));
	component->log = component->supervisor + 1;
	threads_make_supervisor(component);
	output_prepare(component);
	if ((component->description.privileges & KAAL_MANIFEST_POWER) != 0)
		component->power = copy_for_good(KAAL_SLOT_SYSTEM_CONTROL);
	if ((component->description.privileges & KAAL_MANIFEST_DEBUG) != 0)
		component->debug = copy_for_good(KAAL_SLOT_DEBUG);
}

/* The hardware of each device of the description, in the firmware's tree. */
static void find_devices(void)
{
	struct kaal_manifest_board board = {.tree = root_system.tree};

	if (manifest.device_count == 0)
		return;
	root_system.hardware = authority_storage(manifest.device_count * sizeof *root_system.hardware);
	if (!kaal_manifest_check_board(&manifest, &board, root_system.hardware, &description_error))
		refuse_description();
}

static void run_system(void)
{
	history_start();
	for (uint32_t i = 0; i < root_system.count; i++)
		make_capabilities(&root_system.components[i]);
	find_devices();
	entropy_start();
	if (root_system.broker != NULL) {
		broker_prepare();
		broker_run();
	}
	for (uint32_t i = 0; i < manifest.component_count; i++) {
		struct component *component = &root_system.components[i];

		if (!component->description.on_demand)
			(void)lives_start(component);
	}
	requests_serve();
}

int main(void)
{
	const struct kaal_bootinfo *info = kaal_bootinfo();
	struct authority_needs needs = {.slots = 64, .splits = 64};
	struct kaal_archive_entry file;
	struct kaal_format_error error;

	root_system.info = info;
	root_system.logs = LOGS_ADDRESS;
	if (info->magic != KAAL_BOOTINFO_MAGIC || info->abi_version >> 16 != KAAL_ABI_MAJOR)
		root_refuse("found a kernel with ABI %" PRIu32 ".%" PRIu32 ", expected %u.%u", info->abi_version >> 16,
			    info->abi_version & 0xffff, KAAL_ABI_MAJOR, KAAL_ABI_MINOR);
	root_system.tree = (const void *)(uintptr_t)info->device_tree.address;
	/* The elfloader has read it: it is an archive. */
	if (!kaal_archive_read(&root_system.archive, (const void *)(uintptr_t)info->archive.address, info->archive.bytes, &error) ||
	    !kaal_archive_find(&root_system.archive, KAAL_MANIFEST_NAME, &file))
		return machine_report();
	read_description(&file);
	make_components();
	add_needs(&needs);
	/* Halves are capabilities. */
	needs.slots += 2 * needs.splits;
	authority_start(&needs, run_system);
}
