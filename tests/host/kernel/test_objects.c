/* Capabilities, CNodes and untyped memory. */
#include <criterion/criterion.h>

#include <host.h>

#include <arch/arch.h>
#include <kaal/status.h>
#include <object/cnode.h>
#include <object/frame.h>
#include <object/notification.h>
#include <object/page_table.h>
#include <object/sched_context.h>
#include <object/thread.h>
#include <object/untyped.h>
#include <object/vspace.h>

#define CNODE_BASE 0x1000u /* slot handle */
#define RADIX 8u

TestSuite(objects, .init = host_reset);

Test(objects, a_word_keeps_type_rights_and_aux_apart)
{
	for (uint32_t aux = 0; aux <= 0xffff; aux += 0x1111) {
		for (uint32_t rights = 0; rights <= KAAL_RIGHTS_ALL; rights++) {
			struct cap cap = {.word = cap_word(KAAL_OBJECT_IOMMU, rights, aux)};

			cr_assert_eq(cap_type(cap), KAAL_OBJECT_IOMMU);
			cr_assert_eq(cap_rights(cap), rights);
			cr_assert_eq(cap_aux(cap), aux);
		}
	}
}

Test(objects, sizes_are_those_of_the_objects)
{
	cr_assert_eq(cap_size_bits(cnode_cap(CNODE_BASE, RADIX, 0)), RADIX + 5);
	cr_assert_eq(cap_size_bits(thread_cap(0)), 11);
	cr_assert_eq(cap_size_bits(vspace_cap(vspace_start(0x4000))), 12);
	cr_assert_eq(cap_size_bits(sched_context_cap(0x4000)), 7);
	cr_assert_eq(cap_size_bits(notification_cap(0x4000)), 5);
	cr_assert_eq(cap_size_bits(page_table_cap(0x4000)), 12);
	cr_assert_eq(cap_size_bits(frame_cap(0x200000, 21, false)), 21);
	cr_assert_eq(cap_size_bits(untyped_cap(0x100000, 20, false)), 20);
	cr_assert_eq(cap_size_bits(untyped_cap(0, 37, true)), 37);
	cr_assert_eq(cap_size_bits((struct cap){.word = cap_word(KAAL_OBJECT_DEBUG, 0, 99)}), 0);
	cr_assert_eq(cap_size_bits((struct cap){0, 0, 0}), 0);
}

Test(objects, an_untyped_names_its_block)
{
	struct cap device = untyped_cap(0x1000000000, 30, true);

	cr_assert(untyped_is_device(device));
	cr_assert_not(untyped_is_device(untyped_cap(0x1000, 12, false)));
	cr_assert_eq((uint64_t)device.object << OBJECT_UNIT_BITS, 0x1000000000);
	cr_assert_eq(cap_rights(device), KAAL_RIGHTS_ALL);
}

Test(objects, a_block_is_as_large_as_alignment_and_end_allow)
{
	cr_assert_eq(untyped_block_bits(0x1000, 0x100000000), 12);
	cr_assert_eq(untyped_block_bits(0x2000, 0x100000000), 13);
	cr_assert_eq(untyped_block_bits(0, 0x2000000000), 36, "UNTYPED_BITS_MAX");
	cr_assert_eq(untyped_block_bits(0, 0xfff000), 23);
	cr_assert_eq(untyped_block_bits(0x40000000, 0x40001000), 12);
	cr_assert_eq(untyped_block_bits(0x40000000, 0x40003000), 13);
}

Test(objects, an_index_addresses_a_slot_only_inside_the_cnode)
{
	slot_t slot = 0;
	uint32_t rights = 0;

	cr_assert(cnode_look_up(cnode_cap(CNODE_BASE, RADIX, 0), 0, &slot, &rights));
	cr_assert_eq(slot, CNODE_BASE);
	cr_assert(cnode_look_up(cnode_cap(CNODE_BASE, RADIX, 0), 255, &slot, &rights));
	cr_assert_eq(slot, CNODE_BASE + 255);
	slot = 7;
	cr_assert_not(cnode_look_up(cnode_cap(CNODE_BASE, RADIX, 0), 256, &slot, &rights));
	cr_assert_not(cnode_look_up(cnode_cap(CNODE_BASE, RADIX, 0), UINT64_C(1) << 32, &slot, &rights));
	cr_assert_not(cnode_look_up(cnode_cap(CNODE_BASE, RADIX, 0), UINT64_MAX, &slot, &rights));
	cr_assert_eq(slot, 7, "a failed look-up leaves the result alone");
}

Test(objects, a_slot_is_filled_once)
{
	struct cap cap = {.data = 1, .object = 2, .word = cap_word(KAAL_OBJECT_DEBUG, 3, 4)};

	cnode_put_initial(CNODE_BASE + 1, cap);
	cr_assert_eq(slot_view[CNODE_BASE + 1].cap.data, 1);
	cr_assert_eq(slot_view[CNODE_BASE + 1].cap.object, 2);
	cr_assert_eq(slot_view[CNODE_BASE + 1].parent, 0);
	if (setjmp(host.panic) == 0) {
		cnode_put_initial(CNODE_BASE + 1, cap);
		cr_assert_fail("an occupied slot was filled");
	}
	cr_assert_not_null(host.panic_text);
}

Test(objects, a_look_up_checks_index_type_and_rights_in_this_order)
{
	static struct thread thread;
	struct cap cap = {0, 0, 0};

	thread.slot[THREAD_SLOT_CSPACE].cap = cnode_cap(CNODE_BASE, RADIX, 0);
	slot_view[CNODE_BASE + 3].cap = (struct cap){.data = 9, .word = cap_word(KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_READ, 0)};
	cr_assert_eq(thread_find_cap(&thread, 256, KAAL_OBJECT_ENDPOINT, 0, &cap), KAAL_INVALID_CAP);
	cr_assert_eq(thread_find_cap(&thread, 2, KAAL_OBJECT_ENDPOINT, 0, &cap), KAAL_WRONG_TYPE);
	cr_assert_eq(thread_find_cap(&thread, 3, KAAL_OBJECT_REPLY, 0, &cap), KAAL_WRONG_TYPE);
	cr_assert_eq(thread_find_cap(&thread, 3, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_WRITE, &cap), KAAL_NO_RIGHT);
	cr_assert_eq(thread_find_cap(&thread, 3, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_READ | KAAL_RIGHT_GRANT, &cap), KAAL_NO_RIGHT);
	cr_assert_eq(cap.data, 0, "a failed look-up leaves the result alone");
	cr_assert_eq(thread_find_cap(&thread, 3, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_READ, &cap), KAAL_OK);
	cr_assert_eq(cap.data, 9);
}
