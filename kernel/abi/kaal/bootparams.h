/*
 * What the elfloader hands to the kernel: one structure in memory, its physical
 * address in x0 at the kernel's entry. The loader has checked the firmware's
 * data; the kernel checks the structure again before it uses it.
 *
 * State at the kernel's entry: EL1, MMU and caches on, interrupts masked;
 * TTBR1 maps the kernel's image at its linked address, TTBR0 maps all RAM and
 * the console's page at their physical addresses.
 */
#ifndef KAAL_BOOTPARAMS_H
#define KAAL_BOOTPARAMS_H

#include <kaal/bootinfo.h>
#include <kaal/types.h>

#define KAAL_BOOTPARAMS_MAGIC 0x544f4f424c41414bu /* "KAALBOOT", little-endian */

#define KAAL_BANKS_MAX 16u
#define KAAL_RESERVED_MAX 32u
#define KAAL_CPUS_MAX 16u
#define KAAL_GIC_REDISTRIBUTORS_MAX 4u
#define KAAL_SEGMENTS_MAX 8u

/* Physical addresses end here: objects are named in 32-byte units by 32 bits. */
#define KAAL_PHYSICAL_END 0x2000000000u

/* Physical memory [base, base + bytes). */
struct kaal_physical {
	uint64_t base;
	uint64_t bytes;
};

enum kaal_console_kind { KAAL_CONSOLE_NONE = 0, KAAL_CONSOLE_PL011 = 1 };
enum kaal_psci { KAAL_PSCI_NONE = 0, KAAL_PSCI_HVC = 1, KAAL_PSCI_SMC = 2 };

/* The board as its device tree describes it. */
struct kaal_board {
	uint32_t bank_count;
	uint32_t reserved_count;
	struct kaal_physical bank[KAAL_BANKS_MAX];         /* RAM: sorted, disjoint, whole pages */
	struct kaal_physical reserved[KAAL_RESERVED_MAX];  /* not to be used: firmware's, in any order */
	uint32_t gic_version;                              /* 2 or 3 */
	uint32_t gic_redistributor_count;                  /* version 3 */
	struct kaal_physical gic_distributor;
	struct kaal_physical gic_cpu_interface;            /* version 2 */
	struct kaal_physical gic_redistributor[KAAL_GIC_REDISTRIBUTORS_MAX];
	uint32_t timer_irq;                                /* interrupt id of the virtual timer */
	uint32_t psci;                                     /* enum kaal_psci */
	uint32_t console_kind;                             /* enum kaal_console_kind */
	uint32_t cpu_count;                                /* 1..KAAL_CPUS_MAX */
	struct kaal_physical console;
	uint64_t cpu_mpidr[KAAL_CPUS_MAX];
};

/* A loadable segment of the root task: whole pages, in RAM, zero-filled to the end. */
struct kaal_boot_segment {
	uint64_t virtual_base;
	struct kaal_physical memory;
	uint32_t rights; /* KAAL_RIGHT_READ, WRITE, EXECUTE; never WRITE with EXECUTE */
	uint32_t reserved;
};

struct kaal_boot_params {
	uint64_t magic;       /* KAAL_BOOTPARAMS_MAGIC */
	uint32_t abi_version; /* KAAL_ABI_VERSION of the loader */
	uint32_t size_bytes;  /* of this structure */
	struct kaal_board board;
	struct kaal_physical kernel;      /* the kernel's image, bss included */
	struct kaal_physical loader[2];   /* the loader's own; free as soon as TTBR0 and TTBR1 are replaced */
	struct kaal_physical archive;     /* bytes as the firmware gave them, not page-aligned */
	struct kaal_physical device_tree; /* the same */
	uint64_t root_entry;              /* virtual address of the root task's first instruction */
	uint64_t root_stack_bytes;        /* whole pages */
	uint32_t root_segment_count;
	uint32_t reserved;
	struct kaal_boot_segment root_segment[KAAL_SEGMENTS_MAX];
	uint64_t stage_ticks[KAAL_BOOT_STAGES]; /* the loader's stages filled in */
};

/*
 * The header in front of the kernel's flat image, and so at its first byte.
 * Offsets are from the header, multiples of 4 KiB: [0, rodata) is executable,
 * [rodata, data) read-only, [data, end) writable; bytes from `bss` to `end`
 * are not in the file and start as zero.
 */
#define KAAL_KERNEL_MAGIC 0x4c4e524b4c41414bu /* "KAALKRNL", little-endian */

struct kaal_kernel_header {
	uint64_t magic;        /* KAAL_KERNEL_MAGIC */
	uint64_t virtual_base; /* where the kernel is linked, a multiple of 2 MiB */
	uint64_t entry;        /* virtual address of the first instruction */
	uint32_t abi_version;  /* KAAL_ABI_VERSION of the kernel */
	uint32_t rodata;
	uint32_t data;
	uint32_t bss;
	uint32_t end;
	uint32_t reserved;
};

#endif
