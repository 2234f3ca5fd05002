#include "loader.h"

#include <formats/dtb.h>
#include <freestanding/board.h>
#include <freestanding/cache.h>
#include <freestanding/mem.h>

/* Laid by the linker script and head.S. */
extern char _start[], kernel_image[], kernel_image_end[];

_Noreturn void loader_main(const void *blob, uint64_t entry_ticks, enum psci_conduit conduit);

static struct kaal_boot_params params;

_Noreturn void loader_refuse(const char *where, const struct kaal_format_error *error)
{
	char text[KAAL_FORMAT_ERROR_TEXT_BYTES];

	kaal_format_error_text(error, text);
	board_fatal("elfloader: %s: %s", where, text);
}

/* Firmware numbers the conduits as board.h does: both follow kaal_psci. */
_Static_assert((int)KAAL_PSCI_HVC == (int)PSCI_HVC && (int)KAAL_PSCI_SMC == (int)PSCI_SMC, "one numbering");

static void use_board(const struct kaal_board *board)
{
	if (board->console_kind == KAAL_CONSOLE_PL011)
		board_set_console(board->console.base);
	if (board->psci != KAAL_PSCI_NONE)
		board_set_psci((enum psci_conduit)board->psci);
}

static void read_tree(const void *blob)
{
	struct kaal_dtb_chosen chosen;
	struct kaal_format_error error;
	uint32_t bytes = 0;

	/* Without a tree there is no console: nothing can be said, only switched off. */
	if (blob == NULL || ((uintptr_t)blob & 7) != 0)
		board_fatal("elfloader: device tree: found it at 0x%lx, expected a multiple of 8 in x0", (uint64_t)(uintptr_t)blob);
	if (!kaal_dtb_size(blob, &bytes, &error))
		loader_refuse("device tree", &error);
	if (!kaal_dtb_read_board(blob, &params.board, &chosen, &error)) {
		kaal_dtb_read_early(blob, &params.board);
		use_board(&params.board);
		loader_refuse("device tree", &error);
	}
	use_board(&params.board);
	params.device_tree = (struct kaal_physical){(uintptr_t)blob, bytes};
	params.archive = chosen.archive;
	if (chosen.archive.bytes == 0)
		board_fatal("elfloader: archive: found no linux,initrd-start and -end in /chosen, expected a cpio archive (newc) as initrd");
}

/* The header is ours, made in the same build; a mismatch means a broken build. */
static const struct kaal_kernel_header *check_kernel(void)
{
	const struct kaal_kernel_header *header = (const struct kaal_kernel_header *)(uintptr_t)kernel_image;

	if (header->magic != KAAL_KERNEL_MAGIC || header->abi_version != KAAL_ABI_VERSION)
		board_fatal("elfloader: kernel header: found magic 0x%lx, ABI 0x%x, expected 0x%lx, 0x%x", header->magic,
			    header->abi_version, (uint64_t)KAAL_KERNEL_MAGIC, KAAL_ABI_VERSION);
	if (kernel_image_end - kernel_image > (ptrdiff_t)header->bss)
		board_fatal("elfloader: kernel image: found %lu bytes, expected at most %u", (uint64_t)(kernel_image_end - kernel_image),
			    header->bss);
	return header;
}

void loader_main(const void *blob, uint64_t entry_ticks, enum psci_conduit conduit)
{
	const struct kaal_kernel_header *header;
	void (*enter)(const struct kaal_boot_params *);

	board_set_psci(conduit);
	params.magic = KAAL_BOOTPARAMS_MAGIC;
	params.abi_version = KAAL_ABI_VERSION;
	params.size_bytes = sizeof params;
	params.stage_ticks[KAAL_STAGE_IMAGE_ENTRY] = entry_ticks;
	read_tree(blob);
	params.stage_ticks[KAAL_STAGE_TREE_PARSED] = board_ticks();

	header = check_kernel();
	params.kernel = (struct kaal_physical){(uintptr_t)kernel_image, header->end};
	params.loader[0] = (struct kaal_physical){(uintptr_t)_start, params.kernel.base - (uintptr_t)_start};
	memory_start(&params, (struct kaal_physical){(uintptr_t)_start, params.kernel.base + params.kernel.bytes - (uintptr_t)_start});
	params.loader[1] = memory_enable_mmu(&params, header);
	params.stage_ticks[KAAL_STAGE_MMU_ON] = board_ticks();

	cache_zero_pages(params.kernel.base + header->bss, header->end - header->bss);
	cache_sync_code(params.kernel.base, header->rodata);
	root_load(&params);
	params.stage_ticks[KAAL_STAGE_ROOT_LOADED] = board_ticks();
	enter = (void (*)(const struct kaal_boot_params *))(uintptr_t)header->entry;
	enter(&params);
	__builtin_unreachable();
}
