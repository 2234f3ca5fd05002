/* Address spaces, page tables and frames, by system call, against tables in the arena. */
#include "by_call.h"

#include <stdlib.h>

#include <freestanding/translation.h>
#include <kaal/status.h>
#include <object/frame.h>
#include <object/untyped.h>
#include <object/vspace.h>

#define RADIX 6u
#define MEMORY 2u /* 2 MiB of RAM at 1 MiB.. */
#define SPACE 3u
#define TABLE2 4u
#define TABLE3 5u
#define DEVICE 6u
#define FRAMES 10u /* eight of 4 KiB */
#define VA UINT64_C(0x4000400000)
#define READ KAAL_RIGHT_READ
#define WRITE KAAL_RIGHT_WRITE
#define EXECUTE KAAL_RIGHT_EXECUTE
#define TYPE(type, bits) ((type) + 256u * (bits))

static uint64_t retype(uint64_t untyped, uint64_t type, uint64_t to, uint64_t count)
{
	return call(KAAL_SYS_UNTYPED_RETYPE, untyped, type, OWN, to, count);
}

static uint64_t map(uint64_t frame, uint64_t address, uint64_t rights, uint64_t count)
{
	return call(KAAL_SYS_FRAME_MAP, frame, SPACE, address, rights, count);
}

static uint64_t base(uint32_t index)
{
	return (uint64_t)cap(index).object << 5;
}

/* The leaf that maps an address in the space, as the hardware would find it; 0: none. */
static uint64_t leaf(uint64_t address)
{
	struct translation tables = {base(SPACE), ARCH_DIRECT_MAP, NULL, NULL, 0};
	unsigned bits;

	return translation_find(&tables, address, &bits);
}

static uint64_t mapped_at(uint64_t address)
{
	return translation_address(leaf(address));
}

static void start(void)
{
	fixture_start(RADIX);
	fixture_put(OWN, cnode_cap(FIXTURE_CNODE, RADIX, READ | WRITE));
	fixture_put(MEMORY, untyped_cap(0x100000, 20, false));
	fixture_put(DEVICE, untyped_cap(0x8000000, 20, true));
	cr_assert_eq(retype(MEMORY, KAAL_OBJECT_VSPACE, SPACE, 1), KAAL_OK);
	cr_assert_eq(retype(MEMORY, KAAL_OBJECT_PAGE_TABLE, TABLE2, 2), KAAL_OK);
	cr_assert_eq(retype(MEMORY, TYPE(KAAL_OBJECT_FRAME, 12), FRAMES, 8), KAAL_OK);
}

/* Both tables in place. */
static void map_tables(void)
{
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE2, SPACE, VA, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE3, SPACE, VA, 0, 0), KAAL_OK);
}

TestSuite(memory, .init = start);

Test(memory, a_place_survives_its_word)
{
	struct place place = {0x7ffffff000, 4095, (1u << 25) - 1};
	struct place back = place_of(place_word(place));

	cr_assert_eq(back.virtual_address, place.virtual_address);
	cr_assert_eq(back.vspace, place.vspace);
	cr_assert_eq(back.generation, place.generation);
}

Test(memory, tables_come_level_by_level)
{
	cr_assert_eq(map(FRAMES, VA, READ, 1), KAAL_NO_TABLE);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE2, SPACE, VA + 0x123, 0, 0), KAAL_OK);
	cr_assert_eq(map(FRAMES, VA, READ, 1), KAAL_NO_TABLE);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE2, SPACE, VA, 0, 0), KAAL_MAPPED);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE3, SPACE, VA, 0, 0), KAAL_OK);
	cr_assert_eq(map(FRAMES, VA, READ, 1), KAAL_OK);
	cr_assert_eq(mapped_at(VA), base(FRAMES));
	cr_assert_eq(retype(MEMORY, KAAL_OBJECT_PAGE_TABLE, 30, 1), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, 30, SPACE, VA, 0, 0), KAAL_ADDRESS_IN_USE);
}

Test(memory, what_tables_refuse)
{
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, 99, SPACE, VA, 0, 0), KAAL_INVALID_CAP);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, FRAMES, SPACE, VA, 0, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE2, TABLE3, VA, 0, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE2, SPACE, 0, 0, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE2, SPACE, KAAL_USER_VA_END, 0, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_UNMAP, TABLE2, 0, 0, 0, 0), KAAL_NOT_MAPPED);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_UNMAP, SPACE, 0, 0, 0, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(call(KAAL_SYS_CAP_COPY, OWN, 30, OWN, TABLE2, 15), KAAL_NOT_COPYABLE);
}

Test(memory, ranges_map_unmap_and_say_how_far_they_came)
{
	map_tables();
	cr_assert_eq(map(FRAMES, VA, READ | WRITE, 8), KAAL_OK);
	cr_assert_eq(result(), 8);
	for (uint32_t i = 0; i < 8; i++)
		cr_assert_eq(mapped_at(VA + i * 0x1000), base(FRAMES + i));
	cr_assert_eq(map(FRAMES, VA + 0x10000, READ, 1), KAAL_MAPPED);
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, FRAMES + 2, 3, 0, 0, 0), KAAL_OK);
	cr_assert_eq(leaf(VA + 0x2000), 0);
	cr_assert_eq(host.flushed_pages, 0, "the space has never run: no TLB knows it");
	cr_assert_eq(map(FRAMES + 2, VA + 0x5000, READ, 1), KAAL_ADDRESS_IN_USE);
	cr_assert_eq(map(FRAMES + 2, VA + 0x2000, READ, 4), KAAL_MAPPED, "the fourth is mapped");
	cr_assert_eq(result(), 3);
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, FRAMES, 9, 0, 0, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(result(), 8);
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, FRAMES, 1, 0, 0, 0), KAAL_NOT_MAPPED);
	host.calls_until_pending = 3;
	cr_assert_eq(map(FRAMES, VA, READ, 8), KAAL_INTERRUPTED);
	cr_assert_eq(result(), 3);
	cr_assert_eq(map(FRAMES + 3, VA + 0x3000, READ, 5), KAAL_OK);
}

Test(memory, what_frames_refuse)
{
	map_tables();
	cr_assert_eq(map(99, VA, READ, 1), KAAL_INVALID_CAP);
	cr_assert_eq(map(SPACE, VA, READ, 1), KAAL_WRONG_TYPE);
	cr_assert_eq(call(KAAL_SYS_FRAME_MAP, FRAMES, TABLE2, VA, READ, 1), KAAL_WRONG_TYPE);
	cr_assert_eq(map(FRAMES, VA, READ, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(map(FRAMES, VA, READ, 513), KAAL_OUT_OF_RANGE);
	cr_assert_eq(map(FRAMES, VA + 1, READ, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(map(FRAMES, 0, READ, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(map(FRAMES, KAAL_USER_VA_END, READ, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(map(FRAMES, UINT64_MAX & ~UINT64_C(0xfff), READ, 2), KAAL_OUT_OF_RANGE);
	cr_assert_eq(map(FRAMES, VA, 0, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(map(FRAMES, VA, WRITE, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(map(FRAMES, VA, READ | WRITE | EXECUTE, 1), KAAL_OUT_OF_RANGE, "W^X");
	cr_assert_eq(map(FRAMES, VA, READ | KAAL_RIGHT_GRANT, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(call(KAAL_SYS_CAP_COPY, OWN, 30, OWN, FRAMES, READ), KAAL_OK);
	cr_assert_eq(map(30, VA, READ | WRITE, 1), KAAL_NO_RIGHT);
	cr_assert_eq(map(30, VA, READ | EXECUTE, 1), KAAL_NO_RIGHT);
	cr_assert_eq(call(KAAL_SYS_CAP_COPY, OWN, 31, OWN, SPACE, READ), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_FRAME_MAP, FRAMES, 31, VA, READ, 1), KAAL_NO_RIGHT);
	cr_assert_eq(call(KAAL_SYS_FRAME_PROTECT, FRAMES, READ, 1, 0, 0), KAAL_NOT_MAPPED);
	cr_assert_eq(map(30, VA, READ, 1), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_FRAME_PROTECT, 30, READ | WRITE, 1, 0, 0), KAAL_NO_RIGHT);
	cr_assert_eq(call(KAAL_SYS_FRAME_PROTECT, 30, WRITE, 1, 0, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(leaf(VA + 0x1000), 0);
}

/* A copy of `from` without WRITE. */
static uint64_t weak(uint64_t from)
{
	cr_assert_eq(call(KAAL_SYS_CAP_COPY, OWN, 40, OWN, from, READ), KAAL_OK);
	return 40;
}

Test(memory, rights_and_ranges_of_each_call)
{
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE2, weak(SPACE), VA, 0, 0), KAAL_NO_RIGHT);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_UNMAP, 1u << RADIX, 0, 0, 0, 0), KAAL_INVALID_CAP);
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, 1u << RADIX, 1, 0, 0, 0), KAAL_INVALID_CAP);
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, FRAMES, 0, 0, 0, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, FRAMES, 513, 0, 0, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(call(KAAL_SYS_FRAME_PROTECT, 1u << RADIX, READ, 1, 0, 0), KAAL_INVALID_CAP);
	cr_assert_eq(call(KAAL_SYS_FRAME_PROTECT, TABLE2, READ, 1, 0, 0), KAAL_WRONG_TYPE);
}

/* Page tables cannot be copied: one that has lost its right is put there by hand. */
Test(memory, a_table_without_the_right_stays)
{
	map_tables();
	slot_view[FIXTURE_CNODE + TABLE3].cap.word -= WRITE * CAP_RIGHTS_UNIT;
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_UNMAP, TABLE3, 0, 0, 0, 0), KAAL_NO_RIGHT);
	cr_assert_eq(map(FRAMES, VA, READ, 1), KAAL_OK, "it is in place");
}

Test(memory, ranges_stop_for_an_interrupt_and_say_how_far_they_came)
{
	map_tables();
	cr_assert_eq(map(FRAMES, VA, READ, 4), KAAL_OK);
	host.calls_until_pending = 2;
	cr_assert_eq(call(KAAL_SYS_FRAME_PROTECT, FRAMES, READ | WRITE, 4, 0, 0), KAAL_INTERRUPTED);
	cr_assert_eq(result(), 2);
	cr_assert_eq(call(KAAL_SYS_FRAME_PROTECT, FRAMES + 2, READ | WRITE, 2, 0, 0), KAAL_OK);
	host.calls_until_pending = 1;
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, FRAMES, 4, 0, 0, 0), KAAL_INTERRUPTED);
	cr_assert_eq(result(), 1);
	cr_assert_eq(leaf(VA), 0);
	cr_assert_neq(leaf(VA + 0x1000), 0);
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, FRAMES + 1, 3, 0, 0, 0), KAAL_OK);
}

Test(memory, a_copy_is_mapped_on_its_own)
{
	map_tables();
	cr_assert_eq(map(FRAMES, VA, READ | WRITE, 1), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_COPY, OWN, 30, OWN, FRAMES, READ), KAAL_OK);
	cr_assert_eq(map(30, VA + 0x1000, READ, 1), KAAL_OK);
	cr_assert_eq(mapped_at(VA + 0x1000), base(FRAMES));
	cr_assert_eq(delete(30), KAAL_OK);
	cr_assert_eq(leaf(VA + 0x1000), 0);
	cr_assert_eq(mapped_at(VA), base(FRAMES));
	cr_assert_eq(call(KAAL_SYS_CAP_MOVE, OWN, 30, OWN, FRAMES, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, 30, 1, 0, 0, 0), KAAL_OK, "a moved capability remembers");
	cr_assert_eq(leaf(VA), 0);
}

Test(memory, protect_breaks_before_it_makes)
{
	map_tables();
	cr_assert_eq(map(FRAMES, VA, READ | WRITE, 1), KAAL_OK);
	(void)vspace_word(vspace_of(cap(SPACE)));
	host.table_writes = 0;
	cr_assert_eq(call(KAAL_SYS_FRAME_PROTECT, FRAMES, READ | EXECUTE, 1, 0, 0), KAAL_OK);
	cr_assert_eq(host.flushed_pages, 1);
	cr_assert_eq(host.flushed_page, VA);
	cr_assert_eq(host.table_writes, 2);
	cr_assert_eq(host.synced_page, base(FRAMES));
	cr_assert_eq(leaf(VA) >> 53 & 3, 1, "executable for the user, not for the kernel");
	cr_assert_eq(leaf(VA) >> 6 & 3, 3, "read-only for both");
}

Test(memory, large_frames_and_device_frames)
{
	map_tables();
	cr_assert_eq(retype(DEVICE, TYPE(KAAL_OBJECT_FRAME, 12), 30, 2), KAAL_OK);
	cr_assert_eq(host.zeroed_pages > 0 && map(30, VA, READ | WRITE, 2) == KAAL_OK, true);
	cr_assert_eq(leaf(VA) >> 2 & 7, TRANSLATION_DEVICE);
	cr_assert_eq(mapped_at(VA + 0x1000), 0x8001000);
	cr_assert_eq(call(KAAL_SYS_FRAME_PROTECT, 30, READ | EXECUTE, 1, 0, 0), KAAL_NO_RIGHT);
	slot_view[FIXTURE_CNODE + 40].cap = frame_cap(0x40000000, 21, FRAME_CACHED);
	slot_view[FIXTURE_CNODE + 41].cap = frame_cap(0x80000000, 30, FRAME_CACHED);
	cr_assert_eq(map(40, VA, READ, 1), KAAL_ADDRESS_IN_USE, "a table is there");
	cr_assert_eq(map(40, VA + 0x1000, READ, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(map(40, VA + 0x200000, READ, 1), KAAL_OK);
	cr_assert_eq(mapped_at(VA + 0x200000), 0x40000000);
	cr_assert_eq(map(41, 0x40000000, READ | WRITE, 1), KAAL_OK);
	cr_assert_eq(map(FRAMES, 0x40000000, READ, 1), KAAL_NO_TABLE, "below a block there are no tables");
	cr_assert_eq(retype(MEMORY, KAAL_OBJECT_PAGE_TABLE, 42, 1), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, 42, SPACE, 0x40001000, 0, 0), KAAL_ADDRESS_IN_USE, "nor may any be put");
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, 42, SPACE, VA + 0x200000, 0, 0), KAAL_ADDRESS_IN_USE);
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, 41, 1, 0, 0, 0), KAAL_OK);
	cr_assert_eq(leaf(0x40000000), 0);
	cr_assert_eq(retype(MEMORY, TYPE(KAAL_OBJECT_FRAME, 13), 50, 1), KAAL_OUT_OF_RANGE);
}

/* Nothing of it is in the caches once it is made, and once it is no more before its memory is zeroed. */
Test(memory, uncached_frames)
{
	unsigned zeroed;

	map_tables();
	cr_assert_eq(retype(MEMORY, TYPE(KAAL_OBJECT_FRAME, 12) | KAAL_RETYPE_UNCACHED, 30, 2), KAAL_OK);
	cr_assert_eq(host.cache_flushes, 2);
	cr_assert_eq(host.cache_flushed, base(31));
	cr_assert_eq(host.zeroed_when_flushed, host.zeroed_pages, "zeroed, then flushed");
	cr_assert_eq(map(30, VA, READ | EXECUTE, 1), KAAL_NO_RIGHT);
	cr_assert_eq(map(30, VA, READ | WRITE, 2), KAAL_OK);
	cr_assert_eq(leaf(VA) >> 2 & 7, TRANSLATION_UNCACHED);
	cr_assert_eq(mapped_at(VA + 0x1000), base(31));
	cr_assert_eq(call(KAAL_SYS_CAP_COPY, OWN, 40, OWN, 30, READ), KAAL_OK);
	cr_assert_eq(map(40, VA + 0x2000, READ, 1), KAAL_OK);
	cr_assert_eq(leaf(VA + 0x2000) >> 2 & 7, TRANSLATION_UNCACHED, "so is a copy");
	cr_assert_eq(delete(30), KAAL_OK);
	cr_assert_eq(host.cache_flushes, 3);
	zeroed = host.zeroed_pages;
	cr_assert_eq(call(KAAL_SYS_CAP_REVOKE, OWN, MEMORY, 0, 0, 0), KAAL_OK);
	cr_assert_eq(host.cache_flushes, 5);
	cr_assert_eq(host.zeroed_when_flushed, zeroed, "flushed, then zeroed");
	cr_assert(host.zeroed_pages > zeroed);
}

Test(memory, what_cannot_be_uncached)
{
	cr_assert_eq(retype(DEVICE, TYPE(KAAL_OBJECT_FRAME, 12) | KAAL_RETYPE_UNCACHED, 30, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(MEMORY, TYPE(KAAL_OBJECT_FRAME, 21) | KAAL_RETYPE_UNCACHED, 30, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(MEMORY, TYPE(KAAL_OBJECT_UNTYPED, 12) | KAAL_RETYPE_UNCACHED, 30, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(MEMORY, KAAL_OBJECT_PAGE_TABLE | KAAL_RETYPE_UNCACHED, 30, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(MEMORY, TYPE(KAAL_OBJECT_FRAME, 12) | KAAL_RETYPE_UNCACHED * 4, 30, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(host.cache_flushes, 0);
}

/* The right is lost on the way down, and no capability of the kernel's gives it back. */
Test(memory, address_spaces_need_a_right_on_their_memory)
{
	cr_assert_eq(retype(MEMORY, TYPE(KAAL_OBJECT_UNTYPED, 16) | KAAL_RETYPE_NO_SPACES, 30, 1), KAAL_OK);
	cr_assert_eq(cap_rights(cap(30)), KAAL_RIGHTS_ALL - EXECUTE);
	cr_assert_eq(retype(30, KAAL_OBJECT_VSPACE, 40, 1), KAAL_NO_RIGHT);
	cr_assert(cap_is_null(cap(40)));
	cr_assert_eq(retype(30, KAAL_OBJECT_PAGE_TABLE, 40, 1), KAAL_OK, "all else can be made");
	cr_assert_eq(retype(30, TYPE(KAAL_OBJECT_FRAME, 12), 41, 1), KAAL_OK);
	cr_assert_eq(cap_rights(cap(41)), KAAL_RIGHTS_ALL, "frames keep theirs");
	cr_assert_eq(retype(30, TYPE(KAAL_OBJECT_UNTYPED, 13), 42, 1), KAAL_OK);
	cr_assert_eq(cap_rights(cap(42)), KAAL_RIGHTS_ALL - EXECUTE);
	cr_assert_eq(retype(42, KAAL_OBJECT_VSPACE, 43, 1), KAAL_NO_RIGHT);
	cr_assert_eq(retype(42, TYPE(KAAL_OBJECT_UNTYPED, 12) | KAAL_RETYPE_NO_SPACES, 43, 1), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_CAP_MOVE, OWN, 44, OWN, 43, 0), KAAL_OK);
	cr_assert_eq(retype(44, KAAL_OBJECT_VSPACE, 45, 1), KAAL_NO_RIGHT);
	cr_assert_eq(retype(MEMORY, TYPE(KAAL_OBJECT_UNTYPED, 12), 46, 1), KAAL_OK);
	cr_assert_eq(cap_rights(cap(46)), KAAL_RIGHTS_ALL);
	cr_assert_eq(retype(46, KAAL_OBJECT_VSPACE, 47, 1), KAAL_OK);
	cr_assert_eq(retype(MEMORY, KAAL_OBJECT_VSPACE | KAAL_RETYPE_NO_SPACES, 48, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(MEMORY, TYPE(KAAL_OBJECT_FRAME, 12) | KAAL_RETYPE_NO_SPACES, 48, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(MEMORY, TYPE(KAAL_OBJECT_FRAME, 12) | KAAL_RETYPE_NO_SPACES | KAAL_RETYPE_UNCACHED, 48, 1), KAAL_OUT_OF_RANGE);
}

/* Two frames of 2 MiB whose memory is nowhere: the kernel does not look at it. */
static void put_large(void)
{
	map_tables();
	slot_view[FIXTURE_CNODE + 40].cap = frame_cap(0x40000000, 21, FRAME_CACHED);
	slot_view[FIXTURE_CNODE + 41].cap = frame_cap(0x40200000, 21, FRAME_CACHED);
}

Test(memory, large_code_is_made_visible_once_and_goes_on_after_interrupts)
{
	put_large();
	host.calls_until_pending = 100;
	cr_assert_eq(map(40, VA + 0x200000, READ | EXECUTE, 1), KAAL_OK);
	cr_assert_eq(host.calls_until_pending, 0, "it was interrupted");
	cr_assert_eq(host.cleaned_pages, 512);
	cr_assert_eq(host.cleaned_page, 0x401ff000);
	cr_assert_eq(host.code_drops, 1);
	cr_assert_eq(leaf(VA + 0x200000) >> 53 & 3, 1);
	cr_assert_eq(call(KAAL_SYS_FRAME_PROTECT, 40, READ | EXECUTE, 1, 0, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(call(KAAL_SYS_FRAME_PROTECT, 40, READ | WRITE, 1, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, 40, 1, 0, 0, 0), KAAL_OK);
	cr_assert_eq(map(40, VA + 0x200000, READ | EXECUTE, 1), KAAL_OK);
	cr_assert_eq(host.cleaned_pages, 1024, "and for each mapping anew");
}

Test(memory, what_is_left_of_another_call_does_not_count)
{
	put_large();
	/* Half done by another thread; by a call that failed; by a range that an interrupt ended. */
	slot_view[FIXTURE_CNODE + 40].cap.data = place_word((struct place){0x100000, 0, FIXTURE_CALLER + 1});
	cr_assert_eq(map(40, VA + 0x200000, READ | EXECUTE, 1), KAAL_OK);
	cr_assert_eq(host.cleaned_pages, 512);
	slot_view[FIXTURE_CNODE + 41].cap.data = place_word((struct place){0x100000, 0, FIXTURE_CALLER});
	cr_assert_eq(map(41, VA + 0x200000, READ | EXECUTE, 1), KAAL_ADDRESS_IN_USE);
	cr_assert_eq(cap(41).data, 0);
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, 40, 1, 0, 0, 0), KAAL_OK);
	host.cleaned_pages = 0;
	host.calls_until_pending = 600;
	cr_assert_eq(map(40, VA + 0x200000, READ | EXECUTE, 2), KAAL_INTERRUPTED);
	cr_assert_eq(result(), 1);
	cr_assert_eq(cap(41).data, 0);
	cr_assert_eq(leaf(VA + 0x400000), 0);
	cr_assert_eq(map(41, VA + 0x400000, READ | EXECUTE, 1), KAAL_OK);
	cr_assert_eq(host.cleaned_pages, 600 + 512);
	/* Not mapped, half done: nothing to unmap, and forgotten by it. */
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, 41, 1, 0, 0, 0), KAAL_OK);
	slot_view[FIXTURE_CNODE + 41].cap.data = place_word((struct place){0x100000, 0, FIXTURE_CALLER});
	cr_assert_not(frame_is_mapped(cap(41)));
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, 41, 1, 0, 0, 0), KAAL_NOT_MAPPED);
	cr_assert_eq(cap(41).data, 0);
}

Test(memory, a_table_taken_out_takes_its_mappings_along)
{
	map_tables();
	cr_assert_eq(map(FRAMES, VA, READ, 2), KAAL_OK);
	(void)vspace_word(vspace_of(cap(SPACE)));
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_UNMAP, TABLE3, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(leaf(VA), 0);
	cr_assert_eq(host.flushed_asids, 1);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE3, SPACE, VA, 0, 0), KAAL_OK);
	cr_assert_eq(leaf(VA), 0, "an empty table");
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, FRAMES, 1, 0, 0, 0), KAAL_NOT_MAPPED);
	/* Level 2 out: level 3 is out of reach, and can be told so. */
	cr_assert_eq(map(FRAMES, VA, READ, 1), KAAL_OK);
	cr_assert_eq(delete(TABLE2), KAAL_OK);
	cr_assert_eq(leaf(VA), 0);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_UNMAP, TABLE3, 0, 0, 0, 0), KAAL_NOT_MAPPED);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE3, SPACE, VA, 0, 0), KAAL_OK, "now as level 2");
}

/* A table whose place another one has by now is not taken out with that one. */
Test(memory, an_old_table_takes_out_nobody_elses)
{
	map_tables();
	cr_assert_eq(retype(MEMORY, KAAL_OBJECT_PAGE_TABLE, 30, 1), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_UNMAP, TABLE2, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE2, SPACE, VA, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, 30, SPACE, VA, 0, 0), KAAL_OK);
	cr_assert_eq(map(FRAMES, VA, READ, 1), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_UNMAP, TABLE3, 0, 0, 0, 0), KAAL_NOT_MAPPED);
	cr_assert_eq(mapped_at(VA), base(FRAMES));
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_UNMAP, TABLE3, 0, 0, 0, 0), KAAL_NOT_MAPPED);
	/* Nor one whose space has ended. */
	cr_assert_eq(delete(SPACE), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_UNMAP, 30, 0, 0, 0, 0), KAAL_NOT_MAPPED);
	cr_assert_eq(cap(30).data, 0, "it can be mapped anew");
}

Test(memory, an_old_capability_removes_nobody_elses_mapping)
{
	map_tables();
	cr_assert_eq(map(FRAMES, VA, READ, 1), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_UNMAP, TABLE3, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_PAGE_TABLE_MAP, TABLE3, SPACE, VA, 0, 0), KAAL_OK);
	cr_assert_eq(map(FRAMES + 1, VA, READ, 1), KAAL_OK);
	cr_assert_eq(delete(FRAMES), KAAL_OK);
	cr_assert_eq(mapped_at(VA), base(FRAMES + 1));
}

Test(memory, a_space_that_ended_is_not_its_successor)
{
	uint64_t old;

	map_tables();
	old = base(SPACE);
	cr_assert_eq(map(FRAMES, VA, READ, 1), KAAL_OK);
	cr_assert_eq(delete(SPACE), KAAL_OK);
	for (uint32_t i = 0; i < VSPACES_MAX; i++) {
		cr_assert_eq(vspace_start(old) != 0, i < VSPACES_MAX - 1, "space %u", i);
	}
	cr_assert_eq(call(KAAL_SYS_FRAME_UNMAP, FRAMES, 1, 0, 0, 0), KAAL_NOT_MAPPED, "the number is in use again, of another generation");
	cr_assert_eq(retype(MEMORY, KAAL_OBJECT_VSPACE, 50, 1), KAAL_NO_MEMORY, "all numbers are taken");
	cr_assert(cap_is_null(cap(50)));
}

Test(memory, asids_are_taken_in_turn_and_flushed_when_taken_away)
{
	vspace_t space[ARCH_ASIDS + 1];
	uint64_t first;

	for (uint32_t i = 0; i < ARCH_ASIDS - 1; i++) {
		space[i] = vspace_start(0x200000 + i * 0x1000);
		cr_assert_eq(vspace_word(space[i]) >> 48, i + 1);
	}
	first = vspace_word(space[0]);
	cr_assert_eq(host.flushed_asids, 0);
	space[3] = vspace_start(0x210000);
	cr_assert_eq(vspace_word(space[3]) >> 48, 1);
	cr_assert_eq(host.flushed_asids, 1);
	cr_assert_eq(host.flushed_asid, 1);
	cr_assert_eq(vspace_word(space[1]) >> 48, 2, "others keep theirs");
	cr_assert_eq(vspace_word(space[0]) >> 48, 2, "the robbed one gets another");
	cr_assert_neq(vspace_word(space[0]), first);
	/* The CPU translates with the next in turn. */
	cr_assert_eq(vspace_word(space[2]) >> 48, 3);
	thread_view[FIXTURE_CALLER].vspace = space[2];
	cr_assert_eq(cpu.loaded, FIXTURE_CALLER);
	cr_assert_eq(vspace_word(space[1]) >> 48, 1, "ASID 3 is in use");
	cr_assert_eq(vspace_word(space[2]) >> 48, 3);
	thread_view[FIXTURE_CALLER].vspace = 0;
	vspace_end(space[1]);
	cr_assert_eq(host.flushed_asid, 1);
	cr_assert_eq(vspace_word(0), arch_space_none());
}

Test(memory, a_threads_space_goes_with_its_capability)
{
	thread_t thread = 16;

	map_tables();
	fixture_thread(thread, RADIX);
	slot_view[FIXTURE_CNODE + 40].cap = thread_cap((uint64_t)thread << THREAD_BITS);
	cr_assert_eq(call(KAAL_SYS_THREAD_CONFIGURE, 40, OWN, SPACE, 0, 0), KAAL_OK);
	cr_assert_eq(thread_view[thread].vspace, vspace_of(cap(SPACE)));
	cr_assert_eq(*vspace_count(thread_view[thread].vspace), 2);
	cr_assert_eq(call(KAAL_SYS_CAP_REVOKE, OWN, SPACE, 0, 0, 0), KAAL_OK);
	cr_assert_eq(thread_view[thread].vspace, 0);
	cr_assert_eq(*vspace_count(vspace_of(cap(SPACE))), 1);
}

/* Random maps, unmaps, copies, deletions: the tables hold what a model says, and never w with x. */
Test(memory, random_calls_agree_with_a_model)
{
	uint64_t model[16] = {0};

	map_tables();
	srand(7);
	for (unsigned round = 0; round < 20000; round++) {
		uint32_t frame = FRAMES + (unsigned)rand() % 8, page = (unsigned)rand() % 16;
		uint64_t rights = READ | (rand() % 2 ? WRITE : 0) | (rand() % 4 ? 0 : EXECUTE);
		uint64_t status;

		if (rand() % 2) {
			status = map(frame, VA + page * 0x1000, rights, 1);
			if (status == KAAL_OK) {
				cr_assert_eq(model[page], 0);
				model[page] = base(frame);
			}
		} else {
			uint64_t at = frame_is_mapped(cap(frame)) ? place_of(cap(frame).data).virtual_address : 0;

			status = call(KAAL_SYS_FRAME_UNMAP, frame, 1, 0, 0, 0);
			cr_assert_eq(status == KAAL_OK, at != 0);
			if (at != 0)
				model[(at - VA) / 0x1000] = 0;
		}
		for (uint32_t p = 0; p < 16; p++) {
			uint64_t entry = leaf(VA + p * 0x1000);

			cr_assert_eq(translation_address(entry), model[p]);
			cr_assert(entry == 0 || (entry >> 7 & 1) == 1 || (entry >> 54 & 1) == 1, "writable and executable");
		}
	}
}
