/* Any bytes as a device tree: what is accepted must describe a board the loader can use. */
#include "fuzz.h"

#include <formats/dtb.h>
#include <formats/dtb_device.h>
#include <string.h>

#define HEADER_BYTES 40u

static void check_board(const struct kaal_board *board)
{
	uint64_t end = 0;

	PROMISE(board->bank_count >= 1 && board->bank_count <= KAAL_BANKS_MAX);
	PROMISE(board->reserved_count <= KAAL_RESERVED_MAX);
	for (uint32_t i = 0; i < board->bank_count; i++) {
		const struct kaal_physical *bank = &board->bank[i];

		PROMISE(bank->base >= end && bank->bytes > 0);
		PROMISE(bank->base % KAAL_PAGE_BYTES == 0 && bank->bytes % KAAL_PAGE_BYTES == 0);
		PROMISE(bank->base < KAAL_PHYSICAL_END && bank->bytes <= KAAL_PHYSICAL_END - bank->base);
		end = bank->base + bank->bytes;
	}
	for (uint32_t i = 0; i < board->reserved_count; i++)
		PROMISE(board->reserved[i].base + board->reserved[i].bytes >= board->reserved[i].base);
	PROMISE(board->gic_version == 2 || board->gic_version == 3);
	PROMISE(board->gic_redistributor_count <= KAAL_GIC_REDISTRIBUTORS_MAX);
	PROMISE(board->timer_irq >= 16 && board->timer_irq < 32);
	PROMISE(board->cpu_count >= 1 && board->cpu_count <= KAAL_CPUS_MAX);
}

static void check_device(const struct kaal_dtb_device *device)
{
	PROMISE(device->registers.base + device->registers.bytes >= device->registers.base);
	PROMISE(device->line == 0 || (device->line >= 16 && device->line < 1020));
	PROMISE(device->compatible_bytes == 0 || device->compatible[device->compatible_bytes - 1] == '\0');
}

static void check_resources(const void *blob, const struct kaal_dtb_device *device)
{
	struct kaal_dtb_resources resources;
	bool whole = kaal_dtb_read_resources(blob, device->node, &resources);

	PROMISE(resources.register_count <= KAAL_DTB_REGISTERS_MAX && resources.line_count <= KAAL_DTB_LINES_MAX);
	PROMISE(!whole || resources.register_count >= 1);
	PROMISE(resources.register_count == 0 || (resources.registers[0].base == device->registers.base &&
						  resources.registers[0].bytes == device->registers.bytes));
	for (uint32_t i = 0; i < resources.line_count; i++)
		PROMISE(resources.line[i].line >= 16 && resources.line[i].line < 1020);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct kaal_board board;
	struct kaal_dtb_chosen chosen;
	struct kaal_format_error error;
	struct kaal_dtb_device device;
	uint32_t size;
	uint8_t *blob;

	if (bytes < HEADER_BYTES)
		return 0;
	/* A firmware's blob is aligned to 8 bytes (Linux, arch/arm64/booting.rst), and so is malloc's memory. */
	blob = malloc(bytes);
	memcpy(blob, data, bytes);
	if (kaal_dtb_size(blob, &size, &error) && size <= bytes) {
		kaal_dtb_read_early(blob, &board);
		if (kaal_dtb_read_board(blob, &board, &chosen, &error))
			check_board(&board);
		if (kaal_dtb_find_console(blob, &device))
			check_device(&device);
		if (kaal_dtb_find_named(blob, "serial0", &device))
			check_device(&device);
		for (uint32_t i = 0; i < 2; i++) {
			if (kaal_dtb_find_device(blob, "arm,pl011", i, &device)) {
				check_device(&device);
				check_resources(blob, &device);
			}
		}
	}
	free(blob);
	return 0;
}
