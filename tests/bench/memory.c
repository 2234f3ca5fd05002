/* Frames: made, mapped, given other rights, unmapped; in the program's own address space, which runs. */
#include "measure.h"

#define FRAME_4K (KAAL_OBJECT_FRAME + 256u * 12u)
#define ADDRESS UINT64_C(0x1000000000) /* a gigabyte that boot leaves empty */
#define READ KAAL_RIGHT_READ
#define WRITE KAAL_RIGHT_WRITE

BARE_CALL(untyped_retype, KAAL_SYS_UNTYPED_RETYPE)
BARE_CALL(frame_map, KAAL_SYS_FRAME_MAP)
BARE_CALL(frame_protect, KAAL_SYS_FRAME_PROTECT)
BARE_CALL(frame_unmap, KAAL_SYS_FRAME_UNMAP)

STUBBED_CALL(frame_map, 1, kaal_sys_frame_map(a[0], a[1], a[2], a[3], a[4], &out[0]))
STUBBED_CALL(frame_protect, 1, kaal_sys_frame_protect(a[0], a[1], a[2], &out[0]))
STUBBED_CALL(frame_unmap, 1, kaal_sys_frame_unmap(a[0], a[1], &out[0]))

/* A frame, and tables for it. */
static void prepare_frame(void)
{
	prepare_cnode();
	retype(at(BLOCK), KAAL_OBJECT_PAGE_TABLE, CSPACE, at(DEVICE_TABLES), 2);
	retype(at(BLOCK), FRAME_4K, CSPACE, at(TARGET), 1);
	must("table", kaal_sys_page_table_map(at(DEVICE_TABLES), KAAL_SLOT_VSPACE, ADDRESS));
	must("table", kaal_sys_page_table_map(at(DEVICE_TABLES) + 1, KAAL_SLOT_VSPACE, ADDRESS));
}

static void prepare_mapped(void)
{
	uint64_t mapped;

	prepare_frame();
	must("map", kaal_sys_frame_map(at(TARGET), KAAL_SLOT_VSPACE, ADDRESS, READ | WRITE, 1, &mapped));
}

void measure_memory(void)
{
	const struct row rows[] = {
		{"untyped.retype.frame", bare_untyped_retype, NULL, 1, prepare_cnode, {at(BLOCK), FRAME_4K, CSPACE, at(TARGET), 1}},
		{"vspace.map", bare_frame_map, stubbed_frame_map, 1, prepare_frame,
		 {at(TARGET), KAAL_SLOT_VSPACE, ADDRESS, READ | WRITE, 1}},
		{"vspace.protect", bare_frame_protect, stubbed_frame_protect, 1, prepare_mapped, {at(TARGET), READ, 1}},
		{"vspace.unmap", bare_frame_unmap, stubbed_frame_unmap, 1, prepare_mapped, {at(TARGET), 1}},
	};

	MEASURE(rows);
}
