#include "world.h"

#include <kaal/boot.h>
#include <kaal/device.h>
#include <kaal/syscall.h>

#include "../qemu/device.h"
#include "../qemu/random.h"
#include "../qemu/tap.h"
#include "../qemu/untyped.h"
#include "gifts.h"

#define RW (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)
#define RX (KAAL_RIGHT_READ | KAAL_RIGHT_EXECUTE)
#define FRAME_OF(bits) (KAAL_OBJECT_FRAME + UINT64_C(256) * (bits))
#define PAGE UINT64_C(4096)

/* Where the linker puts a program, and where its writable part begins and ends (sdk/libkaal/kaal.ld). */
#define IMAGE UINT64_C(0x400000)
extern char __kaal_tls_image[], __heap_end[];
#define IMAGE_PAGES_MAX 96u

/* Addresses: of the copy and of the device, in this program's space; of frames, in the adversary's. */
#define COPY UINT64_C(0x2000000000)
#define DEVICE UINT64_C(0x2040000000)
#define FRAMES_ADDRESS UINT64_C(0x1000000000)

/* QEMU's virt: PL011 (TRM DDI 0183, 3.2) and its line; the next is the PL031's, which is left alone. */
#define UART UINT64_C(0x9000000)
#define UART_LINE 33u
#define LINES 2u
#define UARTIMSC 0x38u
#define UART_TRANSMIT 0x20u /* asserted for as long as it is enabled: nothing waits to be sent */

#define WORLD_BITS 22u
#define PRIORITY 100u
#define SLICE UINT64_C(1200) /* ticks */
#define GIVEN_AGAIN 8u

/* This program's slots. */
enum {
	PERMANENT, WORLD = PERMANENT, LARGE, FAULTS, FAULTS_REPLY, FAULTS_BADGED, HANDLER = FAULTS_BADGED + ATTACK_THREADS,
	UART_FRAME = HANDLER + LINES, TABLES, SCRATCH = TABLES + 6, DEVICE_BLOCK = SCRATCH + 60,
	CNODE, SMALL = CNODE + 2, ENDPOINT, REPLY = ENDPOINT + 2, NOTIFICATION = REPLY + 3, THREAD = NOTIFICATION + 2,
	CONTEXT = THREAD + ATTACK_THREADS, SPACE = CONTEXT + ATTACK_THREADS, SPACE_TABLES = SPACE + ATTACK_SPACES,
	PAGES = SPACE_TABLES + 4 * ATTACK_SPACES, UNCACHED = PAGES + 4, DEVICE_FRAME, IMAGE_FRAMES, /* and copies of them, for each space */
};
#define AT(index) (kaal_bootinfo()->first_free_slot + (index))

static uint64_t image_pages, text_pages;

static void must(kaal_status_t status, const char *what)
{
	if (status != KAAL_OK)
		check(false, "%s: status %llu", what, (unsigned long long)status);
}

#define MUST(call) must((call), #call)

/* Objects out of an untyped, into slots of a CNode; an interrupt ends the call between two of them. */
static void make_in(kaal_cap_t untyped, uint64_t what, kaal_cap_t cnode, uint64_t slot, uint64_t count)
{
	uint64_t made = 0;

	while (count != 0) {
		kaal_status_t status = kaal_sys_untyped_retype(untyped, what, cnode, slot, count, &made);

		slot += made;
		count -= made;
		if (status != KAAL_OK && status != KAAL_INTERRUPTED) {
			check_equal(status, KAAL_OK);
			return;
		}
	}
}

static void make(uint64_t what, uint64_t index, uint64_t count)
{
	make_in(AT(WORLD), what, OWN, AT(index), count);
}

/* Frames in consecutive slots, at consecutive addresses. */
static void map(kaal_cap_t frames, kaal_cap_t space, uint64_t address, uint64_t rights, uint64_t count)
{
	uint64_t done = 0;

	while (count != 0) {
		kaal_status_t status = kaal_sys_frame_map(frames, space, address, rights, count, &done);

		frames += done;
		address += done * PAGE;
		count -= done;
		if (status != KAAL_OK && status != KAAL_INTERRUPTED) {
			check_equal(status, KAAL_OK);
			return;
		}
	}
}

static void map_tables(kaal_cap_t first, kaal_cap_t space, uint64_t address)
{
	MUST(kaal_sys_page_table_map(first, space, address));
	MUST(kaal_sys_page_table_map(first + 1, space, address));
}

/* --- what stays ----------------------------------------------------------------------- */

static void prepare_image(kaal_cap_t memory)
{
	text_pages = ((uint64_t)(uintptr_t)__kaal_tls_image - IMAGE) / PAGE;
	image_pages = ((uint64_t)(uintptr_t)__heap_end - IMAGE + PAGE - 1) / PAGE;
	check(image_pages <= IMAGE_PAGES_MAX, "the program has %llu pages", (unsigned long long)image_pages);
	make_in(memory, FRAME_OF(12), OWN, AT(IMAGE_FRAMES), image_pages);
	for (uint64_t i = 0; i < ATTACK_SPACES * image_pages; i++)
		MUST(kaal_sys_cap_copy(OWN, AT(IMAGE_FRAMES) + image_pages + i, OWN, AT(IMAGE_FRAMES) + i % image_pages, ALL));
	make_in(memory, KAAL_OBJECT_PAGE_TABLE, OWN, AT(TABLES), 4);
	map_tables(AT(TABLES), KAAL_SLOT_VSPACE, COPY);
	map(AT(IMAGE_FRAMES), KAAL_SLOT_VSPACE, COPY, RW, image_pages);
}

/* Splitting down to the device's page leaves blocks beside it; one of four pages is behind it. */
static void prepare_device(kaal_cap_t memory)
{
	check(device_frames(UART, KAAL_PAGE_BITS, AT(UART_FRAME), AT(SCRATCH)) && device_map(AT(UART_FRAME), DEVICE, memory, AT(TABLES) + 4),
	      "the device is mapped");
	for (uint64_t slot = AT(SCRATCH); slot < AT(SCRATCH) + 60; slot++) {
		if (type_of(slot) == KAAL_OBJECT_UNTYPED && bits_of(slot) == 14)
			MUST(kaal_sys_cap_move(OWN, AT(DEVICE_BLOCK), OWN, slot + 1));
	}
	check(type_of(AT(DEVICE_BLOCK)) == KAAL_OBJECT_UNTYPED, "there is more device memory");
	for (uint32_t i = 0; i < LINES; i++)
		MUST(kaal_sys_irq_handler_make(KAAL_SLOT_IRQ_CONTROL, UART_LINE + i, 0, OWN, AT(HANDLER) + i));
}

kaal_cap_t world_faults(void)
{
	return AT(FAULTS);
}

kaal_cap_t world_faults_reply(void)
{
	return AT(FAULTS_REPLY);
}

/* --- a round -------------------------------------------------------------------------- */

/* The same address in the copy, as this program sees it. */
static void *copy_of(const void *address)
{
	return (void *)(uintptr_t)((uint64_t)(uintptr_t)address - IMAGE + COPY);
}

struct attack *world_attack(void)
{
	return copy_of(&attack);
}

static void copy_image(uint64_t first, uint64_t pages)
{
	const uint64_t *from = (const uint64_t *)(uintptr_t)(IMAGE + first * PAGE);
	uint64_t *to = copy_of(from);

	for (uint64_t i = 0; i < pages * PAGE / 8; i++)
		to[i] = from[i];
}

static void make_objects(void)
{
	make(CNODE_OF(ATTACK_RADIX), CNODE, 2);
	make(CNODE_OF(4), SMALL, 1);
	make(KAAL_OBJECT_ENDPOINT, ENDPOINT, 2);
	make(KAAL_OBJECT_REPLY, REPLY, 3);
	make(KAAL_OBJECT_NOTIFICATION, NOTIFICATION, 2);
	make(KAAL_OBJECT_THREAD, THREAD, ATTACK_THREADS);
	make(KAAL_OBJECT_SCHED_CONTEXT, CONTEXT, ATTACK_THREADS);
	make(KAAL_OBJECT_VSPACE, SPACE, ATTACK_SPACES);
	make(KAAL_OBJECT_PAGE_TABLE, SPACE_TABLES, 4 * ATTACK_SPACES);
	make(FRAME_OF(12), PAGES, 4);
	make(FRAME_OF(12) + KAAL_RETYPE_UNCACHED, UNCACHED, 1);
	make_in(AT(DEVICE_BLOCK), FRAME_OF(12), OWN, AT(DEVICE_FRAME), 1);
}

static void make_spaces(void)
{
	for (uint64_t i = 0; i < ATTACK_SPACES; i++) {
		kaal_cap_t frames = AT(IMAGE_FRAMES) + (i + 1) * image_pages, space = AT(SPACE) + i;

		map_tables(AT(SPACE_TABLES) + 4 * i, space, IMAGE);
		map_tables(AT(SPACE_TABLES) + 4 * i + 2, space, FRAMES_ADDRESS);
		map(frames, space, IMAGE, RX, text_pages);
		map(frames + text_pages, space, IMAGE + text_pages * PAGE, RW, image_pages - text_pages);
	}
}

static struct gift gift[2][GIFTS_MAX];
static unsigned gifts[2];

static void plan_gifts(void)
{
	const struct gift_sources from = {
		.cnode = AT(CNODE), .small = AT(SMALL), .endpoint = AT(ENDPOINT), .reply = AT(REPLY), .notification = AT(NOTIFICATION),
		.thread = AT(THREAD), .context = AT(CONTEXT), .space = AT(SPACE), .page = AT(PAGES), .large = AT(LARGE), .uncached = AT(UNCACHED),
		.device = AT(DEVICE_FRAME), .irq_control = KAAL_SLOT_IRQ_CONTROL, .handler = AT(HANDLER), .sched_control = KAAL_SLOT_SCHED_CONTROL,
		.debug = KAAL_SLOT_DEBUG, .caller_rights = KAAL_RIGHT_WRITE,
	};

	for (unsigned which = 0; which < 2; which++)
		gifts[which] = gifts_plan(gift[which], &from, which);
}

static kaal_status_t give(unsigned which, unsigned i)
{
	const struct gift *g = &gift[which][i];

	return g->data == 0 ? kaal_sys_cap_copy(AT(CNODE) + which, g->slot, OWN, g->from, g->rights)
			    : kaal_sys_cap_mint(AT(CNODE) + which, g->slot, OWN, g->from, g->rights, g->data);
}

static void give_everything(unsigned which)
{
	kaal_cap_t cnode = AT(CNODE) + which;

	for (unsigned i = 0; i < gifts[which]; i++)
		MUST(give(which, i));
	/* What cannot be copied. */
	make_in(AT(WORLD), UNTYPED_OF(17), cnode, ATTACK_UNTYPED, 2);
	make_in(AT(WORLD), UNTYPED_OF(16) + KAAL_RETYPE_NO_SPACES, cnode, ATTACK_UNTYPED + 2, 1);
	make_in(AT(DEVICE_BLOCK), UNTYPED_OF(12), cnode, ATTACK_UNTYPED + 3, 1);
	make_in(AT(WORLD), KAAL_OBJECT_PAGE_TABLE, cnode, ATTACK_TABLE, ATTACK_TABLES);
}

/* One that is there still stays. */
static void give_again(unsigned which, uint64_t *random)
{
	kaal_cap_t cnode = AT(CNODE) + which;
	uint64_t made, i = next_random(random) % 3;

	(void)give(which, 0);
	for (unsigned n = 0; n < GIVEN_AGAIN; n++)
		(void)give(which, (unsigned)(next_random(random) % gifts[which]));
	kaal_ignore(kaal_sys_untyped_retype(AT(WORLD), i < 2 ? UNTYPED_OF(14) : UNTYPED_OF(13) + KAAL_RETYPE_NO_SPACES, cnode, ATTACK_UNTYPED + i, 1, &made));
	kaal_ignore(kaal_sys_untyped_retype(AT(WORLD), KAAL_OBJECT_PAGE_TABLE, cnode, ATTACK_TABLE + i % ATTACK_TABLES, 1, &made));
}

void world_give_again(uint64_t *random)
{
	give_again(0, random);
	give_again(1, random);
}

void world_prepare(void)
{
	kaal_cap_t memory = kaal_largest_untyped().slot;

	make_in(memory, UNTYPED_OF(WORLD_BITS), OWN, AT(WORLD), 1);
	make_in(memory, FRAME_OF(21), OWN, AT(LARGE), 1);
	make_in(memory, KAAL_OBJECT_ENDPOINT, OWN, AT(FAULTS), 1);
	make_in(memory, KAAL_OBJECT_REPLY, OWN, AT(FAULTS_REPLY), 1);
	for (uint64_t i = 0; i < ATTACK_THREADS; i++)
		MUST(kaal_sys_cap_mint(OWN, AT(FAULTS_BADGED) + i, OWN, AT(FAULTS), ALL, i + 1));
	prepare_image(memory);
	prepare_device(memory);
	plan_gifts();
	attack.around = (struct surroundings){
		.home = ATTACK_HOMES, .spare = ATTACK_SPARE, .spares = ATTACK_SPARES, .slots = 1u << ATTACK_RADIX, .address = FRAMES_ADDRESS,
		.code = (uint64_t)(uintptr_t)attack_wild, .priority = PRIORITY, .line = UART_LINE, .lines = LINES + 1,
	};
}

/* A thread, of either kind, as in the beginning, but stopped. Some of it may be so already. */
static void restore(uint64_t which)
{
	kaal_cap_t thread = AT(THREAD) + which, context = AT(CONTEXT) + which;

	kaal_ignore(kaal_sys_thread_suspend(thread));
	MUST(kaal_sys_thread_configure(thread, AT(CNODE) + which % 2, AT(SPACE) + which / 2 % 2));
	MUST(kaal_sys_thread_set_fault_handler(thread, AT(FAULTS_BADGED) + which));
	MUST(kaal_sys_thread_set_timeout_handler(thread, which % 3 == 0 ? AT(FAULTS_BADGED) + which : 0));
	MUST(kaal_sys_thread_set_priority(thread, PRIORITY - which * 5, PRIORITY));
	kaal_ignore(kaal_sys_sched_unbind(context));
	/* Time slices; the third kind has a budget. */
	MUST(kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, context, SLICE, which % 3 == 0 ? 2 * SLICE : SLICE));
	kaal_ignore(kaal_sys_sched_bind(context, thread));
}

void world_wake(uint64_t who)
{
	kaal_ignore(kaal_sys_thread_suspend(AT(THREAD) + who));
	kaal_ignore(kaal_sys_thread_resume(AT(THREAD) + who));
}

void world_revive(uint64_t who)
{
	uint64_t buffer = (uint64_t)(uintptr_t)&attack.buffer[who] - IMAGE;

	restore(who);
	MUST(kaal_sys_thread_set_buffer(AT(THREAD) + who, AT(IMAGE_FRAMES) + buffer / PAGE, buffer % PAGE));
	MUST(kaal_sys_thread_set_registers(AT(THREAD) + who, (uint64_t)(uintptr_t)attack_begin, (uint64_t)(uintptr_t)attack_stack[who + 1], who, 0));
	kaal_ignore(kaal_sys_thread_resume(AT(THREAD) + who));
}

void world_revive_victim(uint64_t which, uint64_t seed)
{
	restore(ATTACK_CALLERS + which);
	MUST(kaal_sys_thread_set_registers(AT(THREAD) + ATTACK_CALLERS + which, (uint64_t)(uintptr_t)attack_wild, 0, seed, 0));
	kaal_ignore(kaal_sys_thread_resume(AT(THREAD) + ATTACK_CALLERS + which));
}

void world_assert(bool asserted)
{
	*(volatile uint32_t *)(uintptr_t)(DEVICE + UARTIMSC) = asserted ? UART_TRANSMIT : 0;
	world_attack()->asserted = asserted;
}

void world_start(uint64_t seed)
{
	copy_image(0, image_pages);
	make_objects();
	make_spaces();
	give_everything(0);
	give_everything(1);
	for (uint64_t i = 0; i < ATTACK_CALLERS; i++) {
		world_attack()->caller[i].seed = next_random(&seed);
		world_revive(i);
	}
	for (uint64_t i = 0; i < ATTACK_VICTIMS; i++)
		world_revive_victim(i, next_random(&seed));
}

void world_end(void)
{
	uint64_t done;

	world_assert(false);
	MUST(kaal_sys_cap_revoke(OWN, AT(WORLD)));
	MUST(kaal_sys_cap_revoke(OWN, AT(DEVICE_BLOCK)));
	/* The spaces are gone; the capabilities remember them. */
	for (uint64_t i = 0; i < ATTACK_SPACES * image_pages; i++)
		kaal_ignore(kaal_sys_frame_unmap(AT(IMAGE_FRAMES) + image_pages + i, 1, &done));
}
