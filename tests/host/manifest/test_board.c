/* Descriptions against hardware: QEMU's own tree, transports that can be asked what they are, images and their notes. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <formats/archive_write.h>
#include <formats/dtb.h>
#include <libfdt.h>
#include <manifest/manifest.h>

#include "../formats/elf_image.h"

#include "../../../runtime/formats/elf_format.h"

#define TREE_BYTES 4096

static _Alignas(8) char tree[TREE_BYTES];
static struct kaal_manifest manifest;
static struct kaal_manifest_error error;
static struct kaal_manifest_board board;
static struct kaal_manifest_hardware hardware[KAAL_MANIFEST_DEVICES_MAX];
static char message[KAAL_MANIFEST_ERROR_TEXT_BYTES];
static char *qemu;

static void must(int status)
{
	cr_assert_geq(status, 0, "libfdt: %s", fdt_strerror(status));
}

/* QEMU's tree of virt, whose path the environment tells. */
static void start(void)
{
	const char *path = getenv("QEMU_VIRT_DTB");
	FILE *file = path == NULL ? NULL : fopen(path, "rb");
	struct kaal_format_error format;
	uint32_t bytes;

	cr_assert_not_null(file, "QEMU_VIRT_DTB names no file");
	qemu = malloc(1 << 21);
	cr_assert_gt(fread(qemu, 1, 1 << 21, file), 0);
	fclose(file);
	cr_assert(kaal_dtb_size(qemu, &bytes, &format));
	board = (struct kaal_manifest_board){ .tree = qemu };
}

static void stop(void)
{
	free(qemu);
}

TestSuite(manifest_board, .init = start, .fini = stop);

/* A component with the devices that follow. */
static void begin(void)
{
	memset(tree, 0, sizeof tree);
	must(fdt_create(tree, TREE_BYTES));
	must(fdt_finish_reservemap(tree));
	must(fdt_begin_node(tree, ""));
	must(fdt_property_string(tree, "compatible", "kaal,system"));
	must(fdt_property_u32(tree, "version", 1));
	must(fdt_begin_node(tree, "components"));
	must(fdt_begin_node(tree, "driver"));
	must(fdt_property_string(tree, "image", "program"));
	must(fdt_begin_node(tree, "devices"));
}

static void device(const char *name, const char *property, const char *value)
{
	must(fdt_begin_node(tree, name));
	must(fdt_property(tree, property, value, (int)strlen(value) + 1));
	must(fdt_end_node(tree));
}

static void virtio(const char *name, uint32_t id, const char *bus, int index, bool shared)
{
	must(fdt_begin_node(tree, name));
	must(fdt_property_u32(tree, "virtio-id", id));
	if (bus != NULL)
		must(fdt_property(tree, "bus", bus, (int)strlen(bus) + 1));
	if (index >= 0)
		must(fdt_property_u32(tree, "index", (uint32_t)index));
	if (shared)
		must(fdt_property(tree, "shared-page", "", 0));
	must(fdt_end_node(tree));
}

static void finish(void)
{
	for (int i = 0; i < 4; i++)
		must(fdt_end_node(tree));
	must(fdt_finish(tree));
	if (kaal_manifest_read(&manifest, tree, fdt_totalsize(tree), &error))
		return;
	kaal_manifest_error_text(&error, message);
	cr_assert_fail("%s", message);
}

static void fits(void)
{
	finish();
	if (kaal_manifest_check_board(&manifest, &board, hardware, &error))
		return;
	kaal_manifest_error_text(&error, message);
	cr_assert_fail("%s", message);
}

static void refused(const char *expected)
{
	finish();
	cr_assert_not(kaal_manifest_check_board(&manifest, &board, hardware, &error), "accepted, expected: %s", expected);
	kaal_manifest_error_text(&error, message);
	cr_assert_str_eq(message, expected, "said: %s", message);
}

Test(manifest_board, qemus_uart_clock_and_first_transport)
{
	begin();
	device("uart", "compatible", "arm,pl011");
	device("clock", "path", "/pl031@9010000");
	virtio("disk", 2, "virtio-mmio-bus.0", -1, false);
	virtio("net", 1, "virtio-mmio-bus.8", -1, false);
	fits();
	for (uint32_t i = 0; i < 4; i++)
		cr_assert(hardware[i].resolved && hardware[i].resources.register_count == 1 && hardware[i].resources.line_count == 1);
	cr_assert_eq(hardware[0].resources.registers[0].base, 0x9000000);
	cr_assert_eq(hardware[0].resources.registers[0].bytes, 0x1000);
	cr_assert_eq(hardware[0].resources.line[0].line, 33);
	cr_assert_not(hardware[0].resources.line[0].edge);
	cr_assert_str_eq(hardware[0].resources.compatible, "arm,pl011");
	cr_assert_eq(hardware[1].resources.registers[0].base, 0x9010000);
	cr_assert_eq(hardware[1].resources.line[0].line, 34);
	cr_assert_eq(hardware[2].resources.registers[0].base, 0xa000000);
	cr_assert_eq(hardware[2].resources.registers[0].bytes, 0x200);
	cr_assert_eq(hardware[2].resources.line[0].line, 48);
	cr_assert(hardware[2].resources.line[0].edge);
	cr_assert_eq(hardware[3].resources.registers[0].base, 0xa001000);
	cr_assert_eq(hardware[3].resources.line[0].line, 56);
}

Test(manifest_board, eight_transports_lie_on_a_page)
{
	begin();
	virtio("disk", 2, "virtio-mmio-bus.0", -1, false);
	virtio("net", 1, "virtio-mmio-bus.7", -1, false);
	refused("/components/driver/devices/net: found the page at 0xa000000, which disk of component driver has, too, "
		"expected a page of its own, or shared-page in both (shared-page)");
	begin();
	virtio("disk", 2, "virtio-mmio-bus.0", -1, true);
	virtio("net", 1, "virtio-mmio-bus.7", -1, true);
	fits();
}

Test(manifest_board, the_board_has_32_transports)
{
	begin();
	virtio("disk", 2, "virtio-mmio-bus.31", -1, false);
	fits();
	cr_assert_eq(hardware[0].resources.registers[0].base, 0xa003e00);
	begin();
	virtio("disk", 2, "virtio-mmio-bus.32", -1, false);
	refused("/components/driver/devices/disk: bus: found \"virtio-mmio-bus.32\", of 32 on the board, "
		"expected one that the board has (board-device)");
}

/* Transports 8 and 16 are disks, the others empty. */
static uint32_t two_disks(void *context, uint64_t address)
{
	(void)context;
	return address == 0xa001000 || address == 0xa002000 ? 2 : 0;
}

Test(manifest_board, without_hardware_an_id_alone_is_not_resolved)
{
	begin();
	virtio("disk", 2, NULL, -1, false);
	virtio("net", 1, NULL, -1, false);
	fits();
	cr_assert_not(hardware[0].resolved || hardware[1].resolved);
}

Test(manifest_board, hardware_says_which_transport_has_the_id)
{
	board.virtio_id = two_disks;
	begin();
	virtio("second", 2, NULL, 1, false);
	virtio("first", 2, NULL, 0, false);
	fits();
	cr_assert_eq(hardware[0].resources.registers[0].base, 0xa002000);
	cr_assert_eq(hardware[1].resources.registers[0].base, 0xa001000);
	begin();
	virtio("disk", 2, NULL, -1, false);
	refused("/components/driver/devices/disk: virtio-id: found 2 devices of id 2, expected one, or an index or bus that says which "
		"(board-virtio)");
	begin();
	virtio("disk", 2, NULL, 2, false);
	refused("/components/driver/devices/disk: virtio-id: found 2 devices of id 2, expected 3 at least (board-virtio)");
	begin();
	virtio("net", 1, NULL, -1, false);
	refused("/components/driver/devices/net: virtio-id: found 0 devices of id 1, expected 1 at least (board-virtio)");
	begin();
	virtio("net", 1, "virtio-mmio-bus.8", -1, false);
	refused("/components/driver/devices/net: bus: found \"virtio-mmio-bus.8\", with a device of id 2, expected one of id 1 (board-virtio)");
	begin();
	virtio("disk", 2, "virtio-mmio-bus.16", -1, false);
	virtio("again", 2, NULL, 1, false);
	refused("/components/driver/devices/again: found the device at 0xa002000, which disk of component driver is, too, "
		"expected a driver for each device (same-hardware)");
}

Test(manifest_board, a_board_without_transports)
{
	_Alignas(8) char empty[256];

	must(fdt_create_empty_tree(empty, sizeof empty));
	board.tree = empty;
	begin();
	virtio("disk", 2, NULL, -1, false);
	refused("/components/driver/devices/disk: virtio-id: found no \"virtio,mmio\" on the board, expected a virtio transport "
		"(board-device)");
}

/* --- images ----------------------------------------------------------------------------- */

#define SMALL_NOTE_BYTES 4

static struct kaal_manifest_scratch scratch;

/* An executable whose notes are followed by one of requirements, `count` times; the caller frees it. */
static uint8_t *image_with_note(const void *contents, uint32_t bytes, unsigned count, uint32_t *size)
{
	uint32_t note = ELF_NOTE_BYTES + 8 + (bytes + 3) / 4 * 4;
	uint8_t *small = image_make(), *image = calloc(1, IMAGE_BYTES + 24 + count * note);
	size_t at = IMAGE_BYTES + 24;

	memcpy(image, small, IMAGE_BYTES);
	memcpy(image + IMAGE_BYTES, small + IMAGE_NOTE_AT, 24);
	for (unsigned i = 0; i < count; i++, at += note) {
		image_put32(image, at + ELF_NOTE_NAMESZ, 5);
		image_put32(image, at + ELF_NOTE_DESCSZ, bytes);
		image_put32(image, at + ELF_NOTE_TYPE, ELF_NOTE_TYPE_REQUIREMENTS);
		memcpy(image + at + ELF_NOTE_BYTES, "KaaL", 5);
		memcpy(image + at + ELF_NOTE_BYTES + 8, contents, bytes);
	}
	image_put64(image, image_field(IMAGE_NOTE, ELF_P_OFFSET), IMAGE_BYTES);
	image_put64(image, image_field(IMAGE_NOTE, ELF_P_FILESZ), 24 + count * note);
	free(small);
	*size = (uint32_t)at;
	return image;
}

/* What the check against an archive with this program says. */
static const char *verdict(const void *program, uint32_t bytes)
{
	struct kaal_archive_file file = { .name = "program", .data = program, .bytes = bytes };
	size_t size = kaal_archive_write_bytes(&file, 1);
	uint8_t *packed = malloc(size);
	struct kaal_archive archive;
	struct kaal_format_error format;

	kaal_archive_write(&file, 1, packed);
	cr_assert(kaal_archive_read(&archive, packed, size, &format));
	strcpy(message, "accepted");
	if (!kaal_manifest_check_archive(&manifest, &archive, NULL, NULL, &scratch, &error))
		kaal_manifest_error_text(&error, message);
	free(packed);
	return message;
}

Test(manifest_board, an_image_without_requirements)
{
	uint8_t *image = image_make();

	begin();
	finish();
	cr_assert_str_eq(verdict(image, IMAGE_BYTES), "accepted");
	free(image);
}

Test(manifest_board, requirements_are_any_bytes)
{
	uint32_t size;
	uint8_t *image = image_with_note("junk", SMALL_NOTE_BYTES, 1, &size);

	begin();
	finish();
	cr_assert_str_eq(verdict(image, size), "requirements of program: : found 4 bytes, expected a compiled device tree: "
					       "28 bytes at least (format)");
	free(image);
}

Test(manifest_board, requirements_that_are_too_large)
{
	static const uint8_t zero[KAAL_REQUIREMENTS_BYTES_MAX + 4];
	uint32_t size;
	uint8_t *image = image_with_note(zero, sizeof zero, 1, &size);

	begin();
	finish();
	cr_assert_str_eq(verdict(image, size), "/components/driver: image: found \"program\", with requirements of 8196 bytes, "
					       "expected at most 8192 (image-format)", "said: %s", message);
	free(image);
}

Test(manifest_board, requirements_twice)
{
	uint32_t size;
	uint8_t *image = image_with_note("junk", SMALL_NOTE_BYTES, 2, &size);

	begin();
	finish();
	cr_assert_str_eq(verdict(image, size), "/components/driver: image: found \"program\", whose KaaL notes of requirements at 0x2064 "
					       "is 0x2, expected at most one (image-format)", "said: %s", message);
	free(image);
}

Test(manifest_board, an_image_of_another_abi)
{
	uint8_t *image = image_make();

	image_put32(image, IMAGE_NOTE_DESCRIPTOR_AT, 7u << 16);
	begin();
	finish();
	cr_assert_str_eq(verdict(image, IMAGE_BYTES), "/components/driver: image: found \"program\", whose KaaL ABI note, version at 0x214 "
						      "is 0x70000, expected the major version of this kernel: rebuild with its SDK (image-format)",
			 "said: %s", message);
	free(image);
}
