#include "boot.h"

#include <arch/arch.h>
#include <freestanding/board.h>
#include <freestanding/cache.h>
#include <freestanding/translation.h>

#include <object/cnode.h>
#include <object/irq.h>
#include <object/thread.h>
#include <object/untyped.h>
#include <object/vspace.h>

#include "sched_budget.h"

#define PAGE_MASK ((uint64_t)KAAL_PAGE_BYTES - 1)

/* What the kernel maps for the root task beside its segments. docs/boot.md has the picture. */
#define ARCHIVE_VIRTUAL UINT64_C(0x7f00000000)
#define BOOTINFO_VIRTUAL UINT64_C(0x7fc0000000)
#define TREE_VIRTUAL UINT64_C(0x7fc0200000)
#define STACK_TOP_VIRTUAL UINT64_C(0x7fd0000000)
#define ROOT_VIRTUAL_END ARCHIVE_VIRTUAL /* of the root task's segments */
#define BLOCK_BYTES UINT64_C(0x200000)

#define ROOT_CNODE_RADIX 9u
#define ROOT_PRIORITY (PRIORITIES - 1)

/* Objects are zeroed pages. */
/*@
	requires \valid(boot) && ranges_ok(&boot->free) && bytes != 0 && bytes % KAAL_PAGE_BYTES == 0;
	requires alignment != 0 && alignment % KAAL_PAGE_BYTES == 0;
	exits \false;
	assigns boot->free;
	ensures ranges_ok(&boot->free) && \result % KAAL_PAGE_BYTES == 0 && \result + bytes <= KAAL_PHYSICAL_END;
*/
static uint64_t take_pages(struct boot *boot, uint64_t bytes, uint64_t alignment)
{
	uint64_t base;

	if (!ranges_take(&boot->free, bytes, alignment, &base))
		board_fatal("kernel: root task: found no room for %lu bytes in free RAM, expected a bank with room", bytes);
	cache_zero_pages(ARCH_DIRECT_MAP + base, bytes);
	return base;
}

static uint64_t take_table(void *context)
{
	return take_pages(context, KAAL_PAGE_BYTES, KAAL_PAGE_BYTES);
}

/*@
	requires \valid(tables) && virtual_base % KAAL_PAGE_BYTES == 0;
	requires memory.base % KAAL_PAGE_BYTES == 0 && memory.bytes % KAAL_PAGE_BYTES == 0;
	exits \false;
	assigns tables->table_count, ((struct boot *)tables->context)->free;
	ensures \old(ranges_ok(&((struct boot *)tables->context)->free)) ==> ranges_ok(&((struct boot *)tables->context)->free);
*/
static void map(struct translation *tables, uint64_t virtual_base, struct kaal_physical memory, uint32_t rights)
{
	uint32_t access = TRANSLATION_USER | ((rights & KAAL_RIGHT_WRITE) != 0 ? TRANSLATION_WRITE : 0) |
			  ((rights & KAAL_RIGHT_EXECUTE) != 0 ? TRANSLATION_EXECUTE : 0);
	struct translation_attributes attributes = {TRANSLATION_NORMAL, access};

	if (translation_map(tables, virtual_base, memory.base, memory.bytes, attributes) != TRANSLATION_OK)
		board_fatal("kernel: root task: found 0x%lx mapped already or no room for tables, expected neither", virtual_base);
}

/*
 * Maps the pages around bytes that start anywhere, at the same offset into 2 MiB
 * as in physical memory, so that blocks fit. Returns where the bytes are.
 */
/*@
	requires \valid(tables) && window % KAAL_PAGE_BYTES == 0 && window < KAAL_USER_VA_END;
	requires bytes.base + bytes.bytes <= KAAL_PHYSICAL_END;
	exits \false;
	assigns tables->table_count, ((struct boot *)tables->context)->free;
	ensures \old(ranges_ok(&((struct boot *)tables->context)->free)) ==> ranges_ok(&((struct boot *)tables->context)->free);
*/
static struct kaal_range map_bytes(struct translation *tables, uint64_t window, struct kaal_physical bytes)
{
	uint64_t base = bytes.base & ~PAGE_MASK;
	uint64_t end = (bytes.base + bytes.bytes + PAGE_MASK) & ~PAGE_MASK;
	uint64_t virtual_base = window + base % BLOCK_BYTES;

	map(tables, virtual_base, (struct kaal_physical){base, end - base}, KAAL_RIGHT_READ);
	return (struct kaal_range){virtual_base + (bytes.base - base), bytes.bytes};
}

static void make_space(struct boot *boot, struct translation *tables, struct kaal_bootinfo *info, uint64_t info_page)
{
	const struct kaal_boot_params *params = &boot->params;
	uint64_t stack = params->root_stack_bytes;

	for (uint32_t i = 0; i < params->root_segment_count; i++) {
		const struct kaal_boot_segment *segment = &params->root_segment[i];

		if (segment->virtual_base + segment->memory.bytes > ROOT_VIRTUAL_END)
			board_fatal("kernel: root task: found a segment at 0x%lx, expected all below 0x%lx", segment->virtual_base,
				    ROOT_VIRTUAL_END);
		map(tables, segment->virtual_base, segment->memory, segment->rights);
	}
	if (stack > STACK_TOP_VIRTUAL - TREE_VIRTUAL - 2 * BLOCK_BYTES)
		board_fatal("kernel: root task: found a stack of %lu bytes, expected at most %lu", stack,
			    STACK_TOP_VIRTUAL - TREE_VIRTUAL - 2 * BLOCK_BYTES);
	map(tables, STACK_TOP_VIRTUAL - stack, (struct kaal_physical){take_pages(boot, stack, KAAL_PAGE_BYTES), stack},
	    KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);
	map(tables, BOOTINFO_VIRTUAL, (struct kaal_physical){info_page, KAAL_PAGE_BYTES}, KAAL_RIGHT_READ);
	if (params->device_tree.bytes > BLOCK_BYTES || params->archive.bytes > BOOTINFO_VIRTUAL - ARCHIVE_VIRTUAL - BLOCK_BYTES)
		board_fatal("kernel: found an archive of %lu and a device tree of %lu bytes, expected at most %lu and %lu",
			    params->archive.bytes, params->device_tree.bytes, BOOTINFO_VIRTUAL - ARCHIVE_VIRTUAL - BLOCK_BYTES,
			    BLOCK_BYTES);
	info->device_tree = map_bytes(tables, TREE_VIRTUAL, params->device_tree);
	info->archive = map_bytes(tables, ARCHIVE_VIRTUAL, params->archive);
}

/* In the same page as the thread. */
/*@
	requires kernel_ok && base % KAAL_PAGE_BYTES == 0x800 && base < KAAL_PHYSICAL_END && is_thread(thread);
	requires cnode + 0x200 <= SLOT_VIEW_END;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void make_sched_context(slot_t cnode, uint64_t base, thread_t thread)
{
	//@ assert in_objects(base) && base >> SCHED_CONTEXT_BITS == base / 128;
	sched_context_t sc = (sched_context_t)(base >> SCHED_CONTEXT_BITS);

	sched_context_start(sc);
	sched_context_view[sc].count = 2;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	sched_context_configure(sc, SCHED_UNLIMITED, SCHED_UNLIMITED, 0);
	//@ assert contexts_ok;
	//@ assert times_ok;
	//@ assert threads_ok && queues_ok;
	kernel_assert(thread_view[thread].own == CONTEXT_NONE);
	sched_bind(sc, thread);
	cnode_put_initial(cnode + KAAL_SLOT_SCHED_CONTEXT, sched_context_cap(base));
}

/*@
	requires IS_A_THREAD(thread) && threads_ok;
	terminates \true; exits \false;
	assigns thread->priority, thread->ceiling;
	ENSURES_THREADS_OK;
	KEEPS_ALL_BUT_THREADS;
*/
static inline void set_priorities(struct thread *thread)
{
	thread->priority = ROOT_PRIORITY;
	thread->ceiling = PRIORITIES - 1;
}

/*@
	requires IS_A_THREAD(thread) && threads_ok;
	terminates \true; exits \false;
	assigns thread->critical;
	ensures thread->critical == 1;
	ENSURES_THREADS_OK;
	KEEPS_ALL_BUT_THREADS;
*/
static inline void set_critical(struct thread *thread)
{
	thread->critical = 1;
}

/*@
	requires IS_A_THREAD(thread) && threads_ok;
	terminates \true; exits \false;
	assigns thread->count;
	ensures thread->count == 2;
	ENSURES_THREADS_OK;
	KEEPS_ALL_BUT_THREADS;
*/
static inline void set_count(struct thread *thread)
{
	/* One for the capability, one for the kernel: the root task outlives its capability. */
	thread->count = 2;
}

/*@
	requires kernel_ok && is_thread(handle);
	exits \false;
	assigns thread_view[0 .. THREAD_VIEW_END - 1];
	ensures kernel_ok;
*/
static inline __attribute__((always_inline)) void start(thread_t handle, uint64_t entry)
{
	arch_frame_start(&thread_view[handle].frame, entry, STACK_TOP_VIRTUAL, BOOTINFO_VIRTUAL);
	thread_start(handle);
	//@ assert threads_ok;
	//@ assert endpoints_ok && notifications_ok && replies_ok;
	//@ assert contexts_ok;
	//@ assert times_ok && queues_ok && cpu_ok;
	//@ assert spaces_ok && tables_ok && lines_ok && slots_ok;
}

/* In a page of its own. */
/*@
	requires kernel_ok && base % KAAL_PAGE_BYTES == 0 && base + KAAL_PAGE_BYTES <= KAAL_PHYSICAL_END;
	requires cnode + 0x200 <= SLOT_VIEW_END;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok && is_thread(\result);
*/
static inline __attribute__((always_inline)) thread_t start_thread(slot_t cnode, uint64_t base, uint64_t entry)
{
	//@ assert in_objects(base) && base >> THREAD_BITS == base / 2048;
	thread_t handle = (thread_t)(base >> THREAD_BITS);
	struct thread *thread = &thread_view[handle];

	start(handle, entry);
	thread_fill_slot(handle, THREAD_SLOT_CSPACE, cnode + KAAL_SLOT_CNODE);
	thread_fill_slot(handle, THREAD_SLOT_VSPACE, cnode + KAAL_SLOT_VSPACE);
	set_priorities(thread);
	set_critical(thread);
	set_count(thread);
	cnode_put_initial(cnode + KAAL_SLOT_THREAD, thread_cap(base));
	//@ assert threads_ok && queues_ok && times_ok && contexts_ok;
	make_sched_context(cnode, base + (1u << THREAD_BITS), handle);
	return handle;
}

/*@
	requires kernel_ok && \valid(boot) && ranges_ok(&boot->free) && OUTSIDE_STATE(boot) && cnode + 0x200 <= SLOT_VIEW_END;
	exits \false;
	assigns KERNEL_STATE, boot->free;
	ensures kernel_ok && ranges_ok(&boot->free) && is_thread(\result);
*/
static thread_t make_thread(struct boot *boot, slot_t cnode)
{
	/* Threads are smaller than a page; what is left of it stays the kernel's. */
	uint64_t base = take_pages(boot, KAAL_PAGE_BYTES, KAAL_PAGE_BYTES);

	//@ assert threads_ok && queues_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	//@ assert cpu_ok;
	//@ assert endpoints_ok && notifications_ok && replies_ok;
	//@ assert spaces_ok && tables_ok;
	//@ assert lines_ok && slots_ok;
	return start_thread(cnode, base, boot->params.root_entry);
}

/*@
	requires word_type(slot_view[cnode].cap.word) == 0;
	requires kernel_ok && cnode + 0x200 <= SLOT_VIEW_END && space_root < KAAL_PHYSICAL_END && space_root % KAAL_PAGE_BYTES == 0;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void put_capabilities(slot_t cnode, uint64_t space_root)
{
	uint32_t control = KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT;
	vspace_t vspace;

	cnode_start(cnode, ROOT_CNODE_RADIX);
	cnode_put_initial(cnode + KAAL_SLOT_CNODE, cnode_cap(cnode, ROOT_CNODE_RADIX, control));
	*cnode_count(cnode) = 1;
	vspace = vspace_start(space_root);
	cnode_put_initial(cnode + KAAL_SLOT_VSPACE, vspace_cap(vspace));
	*vspace_count(vspace) = 1;
	cnode_put_initial(cnode + KAAL_SLOT_SYSTEM_CONTROL, (struct cap){.word = cap_word(KAAL_OBJECT_SYSTEM_CONTROL, control, 0)});
	cnode_put_initial(cnode + KAAL_SLOT_SCHED_CONTROL, (struct cap){.word = cap_word(KAAL_OBJECT_SCHED_CONTROL, control, 0)});
	cnode_put_initial(cnode + KAAL_SLOT_IRQ_CONTROL, (struct cap){.word = cap_word(KAAL_OBJECT_IRQ_CONTROL, control, 0)});
	cnode_put_initial(cnode + KAAL_SLOT_DEBUG, (struct cap){.word = cap_word(KAAL_OBJECT_DEBUG, control, 0)});
}

/* A slot for each line that the interrupt controller has. */
/*@
	requires \valid(boot) && ranges_ok(&boot->free) && OUTSIDE_STATE(boot);
	exits \false;
	assigns boot->free, irq_table;
	ensures ranges_ok(&boot->free) && lines_ok;
*/
static void make_lines(struct boot *boot)
{
	uint32_t lines = arch_irq_lines();
	uint64_t bytes = (((uint64_t)lines << SLOT_BITS) + PAGE_MASK) & ~PAGE_MASK;

	irq_start((slot_t)(take_pages(boot, bytes, KAAL_PAGE_BYTES) >> SLOT_BITS), lines);
}

/*@
	requires count <= KAAL_BANKS_MAX && \valid_read(range + (0 .. count - 1));
	requires \forall integer i; 0 <= i < count ==> range[i].bytes <= KAAL_PHYSICAL_END;
	terminates \true; exits \false; assigns \nothing;
	ensures \result <= count * KAAL_PHYSICAL_END;
*/
static uint64_t total(const struct kaal_physical *range, uint32_t count)
{
	uint64_t bytes = 0;

	/*@
		loop invariant 0 <= i <= count && bytes <= i * KAAL_PHYSICAL_END;
		loop assigns i, bytes;
		loop variant count - i;
	*/
	for (uint32_t i = 0; i < count; i++)
		bytes += range[i].bytes;
	return bytes;
}

static struct ranges device; /* too large for the stack */

/* Everything that objects can name and that is neither RAM nor a device of the kernel's own. */
/*@
	requires \valid_read(boot) && params_ok(&boot->params) && OUTSIDE_STATE(boot) && ranges_ok(&device);
	requires \separated(&device, boot, info);
	requires \valid(info) && OUTSIDE_STATE(info) && info_ok(info, cnode) && slots_ok && \separated(boot, info);
	exits \false;
	assigns device, slot_view[0 .. SLOT_VIEW_END - 1], *info;
	ensures slots_ok;
*/
static void make_device_untyped(const struct boot *boot, slot_t cnode, struct kaal_bootinfo *info)
{
	const struct kaal_board *board = &boot->params.board;

	(void)ranges_add(&device, 0, KAAL_PHYSICAL_END);
	/*@ loop invariant 0 <= i <= board->bank_count && ranges_ok(&device); loop assigns i, device; loop variant board->bank_count - i; */
	for (uint32_t i = 0; i < board->bank_count; i++)
		(void)ranges_remove(&device, board->bank[i].base, board->bank[i].base + board->bank[i].bytes);
	/*@ loop invariant 0 <= i <= board->reserved_count && ranges_ok(&device); loop assigns i, device; loop variant board->reserved_count - i; */
	for (uint32_t i = 0; i < board->reserved_count; i++) {
		(void)ranges_remove(&device, board->reserved[i].base & ~PAGE_MASK,
				    (board->reserved[i].base + board->reserved[i].bytes + PAGE_MASK) & ~PAGE_MASK);
	}
	arch_boot_keep_devices(&boot->params, &device);
	boot_make_untyped(&device, true, cnode, info);
}

/* The loader's memory is nobody's once its tables are left: nothing below reads it. */
/*@
	requires \valid(boot) && params_ok(&boot->params) && ranges_ok(&boot->free) && OUTSIDE_STATE(boot);
	requires \valid(info) && OUTSIDE_STATE(info) && info_ok(info, cnode) && slots_ok && \separated(boot, info);
	exits \false;
	assigns boot->free, slot_view[0 .. SLOT_VIEW_END - 1], *info;
	ensures slots_ok;
*/
static void make_ram_untyped(struct boot *boot, slot_t cnode, struct kaal_bootinfo *info)
{
	/*@
		loop invariant 0 <= i <= 2 && ranges_ok(&boot->free);
		loop invariant ram_ok(boot->params.loader[0]) && ram_ok(boot->params.loader[1]);
		loop assigns i, boot->free;
		loop variant 2 - i;
	*/
	for (uint32_t i = 0; i < 2; i++) {
		struct kaal_physical range = boot->params.loader[i];

		(void)ranges_add(&boot->free, range.base, range.base + range.bytes);
	}
	/* A reply in the last unit that handles can name would be REPLY_NONE. */
	(void)ranges_remove(&boot->free, KAAL_PHYSICAL_END - KAAL_PAGE_BYTES, KAAL_PHYSICAL_END);
	boot_make_untyped(&boot->free, false, cnode, info);
}

uint32_t boot_make_root(struct boot *boot, uint64_t features, struct kaal_bootinfo **info_out)
{
	uint64_t info_page = take_pages(boot, KAAL_PAGE_BYTES, KAAL_PAGE_BYTES);
	uint64_t cnode_bytes = UINT64_C(1) << (ROOT_CNODE_RADIX + SLOT_BITS);
	slot_t cnode = (slot_t)(take_pages(boot, cnode_bytes, cnode_bytes) >> SLOT_BITS);
	struct translation tables = {take_table(boot), ARCH_DIRECT_MAP, take_table, boot, 0};
	struct kaal_bootinfo *info = (struct kaal_bootinfo *)(uintptr_t)(ARCH_DIRECT_MAP + info_page);
	thread_t thread;

	info->magic = KAAL_BOOTINFO_MAGIC;
	info->abi_version = KAAL_ABI_VERSION;
	info->size_bytes = sizeof *info;
	info->features = features;
	info->counter_hz = arch_counter_hz();
	info->cpu_count = boot->params.board.cpu_count;
	info->cnode_size_bits = ROOT_CNODE_RADIX;
	info->first_free_slot = KAAL_SLOT_FIRST_UNTYPED;
	info->ram_bytes = total(boot->params.board.bank, boot->params.board.bank_count);
	make_space(boot, &tables, info, info_page);
	put_capabilities(cnode, tables.root);
	thread = make_thread(boot, cnode);
	make_lines(boot);
	make_ram_untyped(boot, cnode, info);
	info->kernel_bytes = info->ram_bytes;
	for (uint32_t i = 0; i < info->untyped_count; i++)
		info->kernel_bytes -= UINT64_C(1) << info->untyped[i].size_bits;
	make_device_untyped(boot, cnode, info);
	for (unsigned stage = 0; stage < KAAL_STAGE_USER_ENTRY; stage++)
		info->stage_ticks[stage] = boot->params.stage_ticks[stage];
	info->stage_ticks[KAAL_STAGE_USER_ENTRY] = arch_now();
	*info_out = info;
	return thread;
}
