#include "authority.h"

#include <string.h>

#include <kaal/syscall.h>

#include "window.h"

#define OWN KAAL_SLOT_CNODE
#define SLOT_BITS 5u
#define PRIORITY 255u
#define TABLE_BYTES UINT64_C(0x200000) /* that a page table maps */
#define TYPE(object, size_bits) ((object) + UINT64_C(256) * (size_bits))
#define OBJECT_SLOTS 32u
#define UNIT_BYTES UINT64_C(32) /* of the smallest object */
#define RESTS_MAX 24u /* pieces of what is left of blocks */
/* The new thread's stack begins so far below the old one's, which makes a few calls yet. */
#define STACK_GAP 2048u

struct authority authority;

static uint32_t used[KAAL_BOOTINFO_UNTYPED_MAX]; /* of UNIT_BYTES, of each untyped block that the root task's own objects take */
static kaal_cap_t next_slot;                     /* the first that has not been used; 0 before the first is */
static struct authority_needs needed;
static void (*continue_with)(void);
static kaal_cap_t buffer_frame;                  /* of the message buffer, at the start of the storage */
static uint64_t storage_mapped, storage_used;    /* bytes */

static const struct kaal_bootinfo *info(void)
{
	return root_system.info;
}

static uint64_t block_bytes(uint32_t block)
{
	return UINT64_C(1) << info()->untyped[block].size_bits;
}

static uint64_t round_up(uint64_t bytes, uint64_t alignment)
{
	return (bytes + alignment - 1) & ~(alignment - 1);
}

/* Where the next object of so many bytes comes to lie in a block. */
static uint64_t place(uint32_t block, uint64_t bytes)
{
	return round_up(used[block] * UNIT_BYTES, bytes);
}

/* Bytes of a block that are left for objects of so many bytes; 0: of a device, or too few. */
static uint64_t room(uint32_t block, uint64_t bytes)
{
	uint64_t at = place(block, bytes);

	return info()->untyped[block].device || at + bytes > block_bytes(block) ? 0 : block_bytes(block) - at;
}

/* Of the blocks of RAM with room for an object the one with the least: remainders are used up before anything large is begun. */
static uint32_t find_block(uint64_t bytes)
{
	uint32_t best = info()->untyped_count;
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < info()->untyped_count; i++) {
		uint64_t left = room(i, bytes);

		if (left == 0 || left >= least)
			continue;
		best = i;
		least = left;
	}
	if (best == info()->untyped_count)
		root_fatal("found no block of %lu bytes of RAM for itself", (unsigned long)bytes);
	return best;
}

/* Objects for good, in slots that follow each other. */
static kaal_cap_t make(uint64_t type, uint64_t count)
{
	uint64_t bytes = kaal_object_bytes(type), made;
	kaal_cap_t first = next_slot;

	for (kaal_cap_t end = first + count; next_slot != end; next_slot += made) {
		uint32_t block = find_block(bytes);
		uint64_t fit = room(block, bytes) / bytes, left = end - next_slot;
		kaal_status_t status = kaal_sys_untyped_retype(KAAL_SLOT_FIRST_UNTYPED + block, type, OWN, next_slot, fit < left ? fit : left, &made);

		if (status != KAAL_INTERRUPTED)
			root_must("objects of its own", status);
		used[block] = (uint32_t)((place(block, bytes) + made * bytes) / UNIT_BYTES);
	}
	return first;
}

/* The table that is missing for the address, where only one is. */
static void add_table(uint64_t address)
{
	root_must("page tables of its own", kaal_sys_page_table_map(make(KAAL_OBJECT_PAGE_TABLE, 1), KAAL_SLOT_VSPACE, address));
}

/* So much of the storage is mapped. */
static void map_storage(uint64_t bytes)
{
	uint64_t address = STORAGE_ADDRESS + storage_mapped, end = STORAGE_ADDRESS + round_up(bytes, KAAL_PAGE_BYTES);
	uint64_t pages = (end - address) / KAAL_PAGE_BYTES;
	kaal_cap_t frames;

	if (bytes <= storage_mapped)
		return;
	if (storage_mapped == 0)
		add_table(address); /* of level 2; all that the root task maps lies in its GiB */
	for (uint64_t at = round_up(address, TABLE_BYTES); at < end; at += TABLE_BYTES)
		add_table(at);
	frames = make(TYPE(KAAL_OBJECT_FRAME, KAAL_PAGE_BITS), pages);
	root_must("memory of its own", window_map(NULL, KAAL_SLOT_VSPACE, frames, pages, address, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE));
	if (storage_mapped == 0)
		buffer_frame = frames;
	storage_mapped = end - STORAGE_ADDRESS;
}

void *authority_scratch(uint64_t bytes)
{
	if (next_slot == 0) {
		next_slot = info()->first_free_slot;
		storage_used = KAAL_MESSAGE_BUFFER_BYTES;
	}
	if (storage_used + bytes > storage_mapped && authority.physical.node != NULL)
		root_fatal("counted %lu bytes of tables too few", (unsigned long)(storage_used + bytes - storage_mapped));
	map_storage(storage_used + bytes);
	return (void *)(uintptr_t)(STORAGE_ADDRESS + storage_used);
}

void *authority_storage(uint64_t bytes)
{
	void *memory = authority_scratch(round_up(bytes, 16));

	storage_used += round_up(bytes, 16);
	return memory;
}

/* --- the allocators ----------------------------------------------------------------------- */

/* Blocks, rests of blocks, and halves. */
static uint32_t nodes(void)
{
	return KAAL_PHYSICAL_NODES(info()->untyped_count + RESTS_MAX, (uint32_t)needed.splits);
}

/* Slots that the allocator has to give. */
static uint32_t own_slots(void)
{
	return (uint32_t)needed.slots + OBJECT_SLOTS;
}

/* All that is mapped at the end. */
static uint64_t storage_bytes(void)
{
	return storage_used + needed.storage + nodes() * sizeof(struct kaal_physical_node) + KAAL_SLOTS_WORDS(own_slots()) * sizeof(uint64_t) + 64;
}

/* What is left of a block is given to the allocator, in pieces as large as their addresses allow. */
static void give_rest(uint32_t block, uint32_t *pieces)
{
	const struct kaal_untyped *untyped = &info()->untyped[block];
	uint64_t at = place(block, KAAL_PAGE_BYTES);

	for (; at < block_bytes(block) && *pieces < RESTS_MAX; ++*pieces) {
		uint32_t bits = (uint32_t)__builtin_ctzll(at);
		uint64_t made;

		root_must("untyped memory", kaal_sys_untyped_retype(KAAL_SLOT_FIRST_UNTYPED + block, TYPE(KAAL_OBJECT_UNTYPED, bits), OWN, next_slot,
								1, &made));
		root_must("untyped memory", kaal_physical_add(&authority.physical, next_slot, untyped->base + at, bits, false));
		next_slot++;
		at += UINT64_C(1) << bits;
	}
}

static void start_memory(void)
{
	struct kaal_physical_node *node;
	uint64_t *words;
	uint32_t pieces = 0;

	map_storage(storage_bytes());
	authority.account.limit_bytes = UINT64_MAX;
	words = authority_storage(KAAL_SLOTS_WORDS(own_slots()) * sizeof(uint64_t));
	node = authority_storage(nodes() * sizeof *node);
	root_must("slots", kaal_slots_start(&authority.slots, OWN, 0, (uint32_t)next_slot + RESTS_MAX, own_slots(), words));
	root_must("memory", kaal_physical_start(&authority.physical, &authority.slots, node, nodes()));
	for (uint32_t i = 0; i < info()->untyped_count; i++) {
		const struct kaal_untyped *untyped = &info()->untyped[i];

		if (used[i] != 0)
			give_rest(i, &pieces);
		else
			root_must("untyped memory", kaal_physical_add(&authority.physical, KAAL_SLOT_FIRST_UNTYPED + i, untyped->base,
								      untyped->size_bits, untyped->device));
	}
}

static void make_objects(void)
{
	authority.endpoint = make(KAAL_OBJECT_ENDPOINT, 1);
	authority.notification = make(KAAL_OBJECT_NOTIFICATION, 1);
	authority.replies = make(KAAL_OBJECT_REPLY, REPLIES);
	authority.purged_flag = next_slot++;
	authority.handler = next_slot++;
	root_must("notification of its own",
		  kaal_sys_cap_mint(OWN, authority.purged_flag, OWN, authority.notification, KAAL_RIGHT_WRITE, FLAG_PURGED));
	root_must("notification of its own", kaal_sys_thread_bind_notification(KAAL_SLOT_THREAD, authority.notification));
}

/* --- another CSpace ------------------------------------------------------------------------- */

/* The new thread's first instructions in C. */
static _Noreturn void go_on(void)
{
	next_slot = info()->first_free_slot;
	add_table(WINDOW_ADDRESS);
	add_table(LOGS_ADDRESS);
	make_objects();
	start_memory();
	continue_with();
	__builtin_trap();
}

/* Moves everything but what is of the old CSpace and thread into the new CSpace, to the same slots. */
static void move_capabilities(kaal_cap_t cnode)
{
	for (uint64_t slot = 1; slot < info()->first_free_slot; slot++) {
		kaal_status_t status = KAAL_OK;

		if (slot != KAAL_SLOT_CNODE && slot != KAAL_SLOT_THREAD && slot != KAAL_SLOT_SCHED_CONTEXT)
			status = kaal_sys_cap_move(cnode, slot, OWN, slot);
		if (status != KAAL_SLOT_EMPTY)
			root_must("capabilities", status);
	}
}

static void copy_new(kaal_cap_t cnode, uint64_t to, kaal_cap_t from)
{
	root_must("capabilities", kaal_sys_cap_copy(cnode, to, OWN, from, KAAL_RIGHTS_ALL));
}

/* As many as are there at the end: those of all that is mapped yet, tables too, those that components take, and the root task's own. */
static uint32_t cspace_bits(void)
{
	uint64_t pages = (storage_bytes() + PAGE_MASK) / KAAL_PAGE_BYTES;

	if (storage_bytes() > STORAGE_BYTES_MAX)
		root_refuse("found a description that needs %lu bytes of tables, expected at most %lu", (unsigned long)storage_bytes(),
			    (unsigned long)STORAGE_BYTES_MAX);
	return log2_up(info()->first_free_slot + own_slots() + OBJECT_SLOTS + RESTS_MAX + pages + pages / 512);
}

_Noreturn void authority_start(const struct authority_needs *needs, void (*then)(void))
{
	kaal_cap_t cnode, thread, context;

	needed = *needs;
	continue_with = then;
	cnode = make(TYPE(KAAL_OBJECT_CNODE, cspace_bits()), 1);
	thread = make(KAAL_OBJECT_THREAD, 1);
	context = make(KAAL_OBJECT_SCHED_CONTEXT, 1);
	authority.buffer = (struct kaal_message_buffer *)(uintptr_t)STORAGE_ADDRESS;
	root_must("thread of its own", kaal_sys_thread_configure(thread, cnode, KAAL_SLOT_VSPACE));
	root_must("thread of its own", kaal_sys_thread_set_registers(thread, (uint64_t)(uintptr_t)go_on,
								 ((uint64_t)(uintptr_t)__builtin_frame_address(0) - STACK_GAP) & ~UINT64_C(15), 0,
								 (uint64_t)(uintptr_t)__builtin_thread_pointer()));
	root_must("thread of its own", kaal_sys_thread_set_priority(thread, PRIORITY, PRIORITY));
	root_must("thread of its own", kaal_sys_thread_set_buffer(thread, buffer_frame, 0));
	root_must("thread of its own", kaal_sys_thread_set_critical(thread, KAAL_SLOT_SYSTEM_CONTROL, 1));
	root_must("thread of its own", kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, context, UINT64_MAX, 0));
	root_must("thread of its own", kaal_sys_sched_bind(context, thread));
	copy_new(cnode, KAAL_SLOT_CNODE, cnode);
	copy_new(cnode, KAAL_SLOT_THREAD, thread);
	copy_new(cnode, KAAL_SLOT_SCHED_CONTEXT, context);
	move_capabilities(cnode);
	kaal_ignore(kaal_sys_thread_resume(thread));
	kaal_ignore(kaal_sys_thread_suspend(KAAL_SLOT_THREAD));
	__builtin_trap();
}
