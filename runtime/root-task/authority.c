#include "authority.h"

#include <stdlib.h>
#include <string.h>

#include <kaal/syscall.h>

#include "window.h"

#define OWN KAAL_SLOT_CNODE
#define SLOT_BITS 5u
#define PRIORITY 255u
#define BLOCK_BYTES UINT64_C(0x200000)
/* Page tables, thread, context, endpoint, notification, replies, and what alignment costs. */
#define OBJECTS_BYTES (16u * KAAL_PAGE_BYTES)
#define OBJECT_SLOTS 32u
/* The new thread's stack begins so far below the old one's, which makes a few calls yet. */
#define STACK_GAP 2048u

struct authority authority;

static bool kept[KAAL_BOOTINFO_UNTYPED_MAX]; /* untyped blocks that are the root task's for good */
static kaal_cap_t next_slot;                 /* the first that has not been used */
static kaal_cap_t spare_table;
static struct authority_needs needed;
static void (*continue_with)(void);
static uint32_t storage_block;               /* index of the untyped that what is below is made of */
static uint64_t storage_used;

static const struct kaal_bootinfo *info(void)
{
	return root_system.info;
}

/* The smallest block of RAM that is large enough and not in use. */
static uint32_t keep_block(uint64_t bytes)
{
	uint32_t best = info()->untyped_count;

	for (uint32_t i = 0; i < info()->untyped_count; i++) {
		const struct kaal_untyped *untyped = &info()->untyped[i];

		if (untyped->device || kept[i] || UINT64_C(1) << untyped->size_bits < bytes)
			continue;
		if (best == info()->untyped_count || untyped->size_bits < info()->untyped[best].size_bits)
			best = i;
	}
	if (best == info()->untyped_count)
		root_fatal("found no block of %lu bytes of RAM for itself", (unsigned long)bytes);
	kept[best] = true;
	return best;
}

/* Objects for good, in slots that follow each other. */
static kaal_cap_t make(uint32_t block, uint64_t type, uint32_t size_bits, uint64_t count)
{
	kaal_cap_t first = next_slot;
	kaal_status_t status;
	uint64_t made;

	do {
		status = kaal_untyped_retype(KAAL_SLOT_FIRST_UNTYPED + block, type + UINT64_C(256) * size_bits, OWN, next_slot,
					     first + count - next_slot, &made);
		next_slot += made;
	} while (status == KAAL_INTERRUPTED);
	root_must("objects of its own", status);
	return first;
}

/* Fills in what is missing; a table too many waits for the next time. */
static void map_tables(uint32_t block, uint64_t address)
{
	kaal_status_t status;

	do {
		if (spare_table == 0)
			spare_table = make(block, KAAL_OBJECT_PAGE_TABLE, 0, 1);
		status = kaal_page_table_map(spare_table, KAAL_SLOT_VSPACE, address);
		if (status == KAAL_OK)
			spare_table = 0;
	} while (status == KAAL_OK);
	if (status != KAAL_ADDRESS_IN_USE)
		root_must("page tables of its own", status);
}

/* Returns the first frame. */
static kaal_cap_t map_pages(uint32_t block, uint64_t address, uint64_t pages)
{
	kaal_cap_t frame = make(block, KAAL_OBJECT_FRAME, KAAL_PAGE_BITS, pages);

	for (uint64_t at = address & ~(BLOCK_BYTES - 1); at < address + pages * KAAL_PAGE_BYTES; at += BLOCK_BYTES)
		map_tables(block, at);
	root_must("memory of its own",
		  window_map(NULL, KAAL_SLOT_VSPACE, frame, pages, address, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE));
	return frame;
}

const void *authority_keep(const void *data, uint64_t bytes)
{
	uint64_t pages = (bytes + PAGE_MASK) / KAAL_PAGE_BYTES;

	next_slot = info()->first_free_slot;
	(void)map_pages(keep_block(pages * KAAL_PAGE_BYTES + 4 * KAAL_PAGE_BYTES), DESCRIPTION_ADDRESS, pages);
	memcpy((void *)(uintptr_t)DESCRIPTION_ADDRESS, data, bytes);
	return (const void *)(uintptr_t)DESCRIPTION_ADDRESS;
}

static void start_memory(void)
{
	uint32_t nodes = KAAL_PHYSICAL_NODES(info()->untyped_count, (uint32_t)needed.splits);
	uint32_t count = (uint32_t)needed.slots + OBJECT_SLOTS;

	authority.account.limit_bytes = UINT64_MAX;
	root_must("slots", kaal_slots_start(&authority.slots, OWN, 0, (uint32_t)next_slot, count,
					    authority_storage(KAAL_SLOTS_WORDS(count) * sizeof(uint64_t))));
	root_must("memory", kaal_physical_start(&authority.physical, &authority.slots,
						authority_storage(nodes * sizeof(struct kaal_physical_node)), nodes));
	for (uint32_t i = 0; i < info()->untyped_count; i++) {
		const struct kaal_untyped *untyped = &info()->untyped[i];

		if (!kept[i])
			root_must("untyped memory", kaal_physical_add(&authority.physical, KAAL_SLOT_FIRST_UNTYPED + i, untyped->base,
								      untyped->size_bits, untyped->device));
	}
}

/* All that the allocators themselves need. */
static uint64_t own_storage(void)
{
	return KAAL_PHYSICAL_NODES(info()->untyped_count, needed.splits) * sizeof(struct kaal_physical_node) +
	       KAAL_SLOTS_WORDS(needed.slots + OBJECT_SLOTS) * sizeof(uint64_t) + KAAL_MESSAGE_BUFFER_BYTES + 64;
}

static uint64_t storage_pages(void)
{
	return (needed.storage + own_storage() + PAGE_MASK) / KAAL_PAGE_BYTES;
}

/* The new thread's first instructions in C. */
static _Noreturn void go_on(void)
{
	kaal_cap_t frame;

	next_slot = info()->first_free_slot;
	spare_table = 0;
	frame = map_pages(storage_block, STORAGE_ADDRESS, storage_pages());
	authority.buffer = authority_storage(KAAL_MESSAGE_BUFFER_BYTES);
	root_must("message buffer", kaal_thread_set_buffer(KAAL_SLOT_THREAD, frame, 0));
	map_tables(storage_block, WINDOW_ADDRESS);
	map_tables(storage_block, LOGS_ADDRESS);
	authority.endpoint = make(storage_block, KAAL_OBJECT_ENDPOINT, 0, 1);
	authority.notification = make(storage_block, KAAL_OBJECT_NOTIFICATION, 0, 1);
	authority.replies = make(storage_block, KAAL_OBJECT_REPLY, 0, REPLIES);
	authority.log_flag = next_slot++;
	authority.purged_flag = next_slot++;
	authority.handler = next_slot++;
	root_must("notification of its own", kaal_cap_mint(OWN, authority.log_flag, OWN, authority.notification, KAAL_RIGHT_WRITE, FLAG_LOG));
	root_must("notification of its own",
		  kaal_cap_mint(OWN, authority.purged_flag, OWN, authority.notification, KAAL_RIGHT_WRITE, FLAG_PURGED));
	root_must("notification of its own", kaal_thread_bind_notification(KAAL_SLOT_THREAD, authority.notification));
	start_memory();
	continue_with();
	abort();
}

/* Moves everything but what is of the old CSpace and thread into the new CSpace, to the same slots. */
static void move_capabilities(kaal_cap_t cnode)
{
	for (uint64_t slot = 1; slot < info()->first_free_slot; slot++) {
		kaal_status_t status = KAAL_OK;

		if (slot != KAAL_SLOT_CNODE && slot != KAAL_SLOT_THREAD && slot != KAAL_SLOT_SCHED_CONTEXT)
			status = kaal_cap_move(cnode, slot, OWN, slot);
		if (status != KAAL_SLOT_EMPTY)
			root_must("capabilities", status);
	}
}

static void copy_new(kaal_cap_t cnode, uint64_t to, kaal_cap_t from)
{
	root_must("capabilities", kaal_cap_copy(cnode, to, OWN, from, KAAL_RIGHTS_ALL));
}

_Noreturn void authority_start(const struct authority_needs *needs, void (*then)(void))
{
	kaal_cap_t cnode, thread, context;
	uint32_t radix;
	uint64_t slots;

	needed = *needs;
	continue_with = then;
	if (storage_pages() * KAAL_PAGE_BYTES > STORAGE_BYTES_MAX)
		root_refuse("found a description that needs %lu bytes of tables, expected at most %lu",
			   (unsigned long)(storage_pages() * KAAL_PAGE_BYTES), (unsigned long)STORAGE_BYTES_MAX);
	/* Tables of pages, too: no more than there are pages. */
	slots = info()->first_free_slot + needed.slots + 2 * OBJECT_SLOTS + storage_pages() + storage_pages() / 512;
	radix = log2_up(slots);
	storage_block = keep_block((UINT64_C(1) << (radix + SLOT_BITS)) + storage_pages() * KAAL_PAGE_BYTES + OBJECTS_BYTES);
	cnode = make(storage_block, KAAL_OBJECT_CNODE, radix, 1);
	thread = make(storage_block, KAAL_OBJECT_THREAD, 0, 1);
	context = make(storage_block, KAAL_OBJECT_SCHED_CONTEXT, 0, 1);
	root_must("thread of its own", kaal_thread_configure(thread, cnode, KAAL_SLOT_VSPACE));
	root_must("thread of its own", kaal_thread_set_registers(thread, (uint64_t)(uintptr_t)go_on,
								 ((uint64_t)(uintptr_t)__builtin_frame_address(0) - STACK_GAP) & ~UINT64_C(15), 0,
								 (uint64_t)(uintptr_t)__builtin_thread_pointer()));
	root_must("thread of its own", kaal_thread_set_priority(thread, PRIORITY, PRIORITY));
	root_must("thread of its own", kaal_thread_set_critical(thread, KAAL_SLOT_SYSTEM_CONTROL, 1));
	root_must("thread of its own", kaal_sched_configure(KAAL_SLOT_SCHED_CONTROL, context, UINT64_MAX, 0));
	root_must("thread of its own", kaal_sched_bind(context, thread));
	copy_new(cnode, KAAL_SLOT_CNODE, cnode);
	copy_new(cnode, KAAL_SLOT_THREAD, thread);
	copy_new(cnode, KAAL_SLOT_SCHED_CONTEXT, context);
	move_capabilities(cnode);
	(void)kaal_thread_resume(thread);
	(void)kaal_thread_suspend(KAAL_SLOT_THREAD);
	abort();
}

void *authority_storage(uint64_t bytes)
{
	void *memory = (void *)(uintptr_t)(STORAGE_ADDRESS + storage_used);

	storage_used += (bytes + 15) & ~UINT64_C(15);
	if (storage_used > storage_pages() * KAAL_PAGE_BYTES)
		root_fatal("counted %lu bytes of tables too few", (unsigned long)(storage_used - storage_pages() * KAAL_PAGE_BYTES));
	return memory;
}
