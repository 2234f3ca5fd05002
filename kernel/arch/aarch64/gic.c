#include "gic.h"

#include <stdbool.h>

#include <arch/arch.h>
#include <freestanding/board.h>

#include "sysreg.h"

/* Distributor, IHI 0048B 4.3 and IHI 0069 12.9. */
#define GICD_CTLR 0x000u
#define GICD_TYPER 0x004u
#define GICD_IGROUPR 0x080u
#define GICD_ISENABLER 0x100u
#define GICD_ICENABLER 0x180u
#define GICD_ICPENDR 0x280u
#define GICD_ICACTIVER 0x380u
#define GICD_IPRIORITYR 0x400u
#define GICD_ITARGETSR 0x800u            /* version 2: a byte a line, a bit a CPU */
#define GICD_ICFGR 0xc00u                /* two bits a line, of which the upper one says edge */
#define GICD_IROUTER 0x6000u             /* version 3: 64 bits a line, the CPU's affinity */
#define GICD_CTLR_ENABLE 1u              /* version 2: our group */
#define GICD_CTLR_ENABLE_GROUP1 (1u << 1)
#define GICD_CTLR_AFFINITY (1u << 4)
#define GICD_CTLR_WRITE_PENDING (1u << 31)

/* CPU interface of version 2, IHI 0048B 4.4. */
#define GICC_CTLR 0x00u
#define GICC_PMR 0x04u
#define GICC_IAR 0x0cu
#define GICC_EOIR 0x10u

/* Redistributor of version 3: two 64 KiB frames, IHI 0069 12.10. */
#define GICR_CTLR 0x0000u
#define GICR_CTLR_WRITE_PENDING (1u << 3)
#define GICR_TYPER 0x0008u
#define GICR_WAKER 0x0014u
#define GICR_SGI_FRAME 0x10000u
#define GICR_BYTES 0x20000u
#define GICR_BYTES_VERSION_4 0x40000u
#define GICR_TYPER_VIRTUAL (UINT64_C(1) << 1) /* version 4: twice the frames */
#define GICR_TYPER_LAST (UINT64_C(1) << 4)
#define GICR_WAKER_PROCESSOR_SLEEP (1u << 1)
#define GICR_WAKER_CHILDREN_ASLEEP (1u << 2)

#define PRIVATE_LINES 32u
#define MPIDR_AFFINITY UINT64_C(0xff00ffffff)
#define IRQ_MASK 0x3ffu
#define IRQ_SPECIAL_FIRST 1020u /* 1020..1023 are no lines */
#define PRIORITY_ALL 0xa0a0a0a0u
#define PRIORITY_TIMER 0xc0u /* less urgent: when it has much to do, it asks again and again (core/sched.c) */
#define PRIORITY_LOWEST 0xffu
/* Hardware answers within microseconds; what does not is broken, and says so. */
#define POLLS_MAX 1000000u

static struct gic_registers gic;
static bool version3;
static uintptr_t private_frame; /* registers of lines 0..31 */
static uint32_t line_count;

static uint32_t read32(uintptr_t base, uint32_t offset)
{
	return *(volatile uint32_t *)(base + offset);
}

static void write32(uintptr_t base, uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(base + offset) = value;
}

static void wait_clear(uintptr_t base, uint32_t offset, uint32_t bits, const char *name)
{
	for (uint32_t polls = 0; (read32(base, offset) & bits) != 0; polls++) {
		if (polls == POLLS_MAX)
			board_fatal("kernel: GICv3: found %s bits 0x%x set, expected the hardware to clear them", name, bits);
	}
}

/* Lines [first, end) disabled, in our group, at one priority. `base` holds their registers. */
static void set_lines(uintptr_t base, uint32_t first, uint32_t end)
{
	for (uint32_t line = first; line < end; line += 32) {
		write32(base, GICD_ICENABLER + line / 8, UINT32_MAX);
		if (version3)
			write32(base, GICD_IGROUPR + line / 8, UINT32_MAX);
	}
	for (uint32_t line = first; line < end; line += 4)
		write32(base, GICD_IPRIORITYR + line, PRIORITY_ALL);
}

/* The redistributor of this CPU, by its affinity (GICR_TYPER bits 63..32). */
static uintptr_t find_redistributor(const struct kaal_board *board)
{
	uint64_t mpidr = sysreg_read("mpidr_el1");
	uint64_t affinity = (mpidr & 0xffffff) | (mpidr >> 32 & 0xff) << 24;

	for (uint32_t region = 0; region < board->gic_redistributor_count; region++) {
		uint64_t bytes = gic_redistributor_bytes(board, region);
		uint64_t at = 0;

		while (at + GICR_BYTES <= bytes) {
			uintptr_t base = gic.redistributor[region] + at;
			uint64_t type = *(volatile uint64_t *)(base + GICR_TYPER);

			if (type >> 32 == affinity)
				return base;
			if ((type & GICR_TYPER_LAST) != 0)
				break;
			at += (type & GICR_TYPER_VIRTUAL) != 0 ? GICR_BYTES_VERSION_4 : GICR_BYTES;
		}
	}
	board_fatal("kernel: GICv3: found no redistributor of affinity 0x%lx in %u regions, expected one a CPU", affinity,
		    board->gic_redistributor_count);
}

uint64_t gic_redistributor_bytes(const struct kaal_board *board, uint32_t region)
{
	uint64_t needed = (uint64_t)board->cpu_count * GICR_BYTES_VERSION_4;
	uint64_t bytes = board->gic_redistributor[region].bytes;

	return bytes < needed ? bytes : needed;
}

static void start_version2(void)
{
	private_frame = gic.distributor;
	set_lines(gic.distributor, 0, PRIVATE_LINES);
	write32(gic.distributor, GICD_CTLR, GICD_CTLR_ENABLE);
	write32(gic.cpu_interface, GICC_PMR, PRIORITY_LOWEST);
	write32(gic.cpu_interface, GICC_CTLR, 1);
}

static void start_version3(const struct kaal_board *board)
{
	uintptr_t redistributor = find_redistributor(board);

	write32(gic.distributor, GICD_CTLR, GICD_CTLR_AFFINITY | GICD_CTLR_ENABLE_GROUP1);
	wait_clear(gic.distributor, GICD_CTLR, GICD_CTLR_WRITE_PENDING, "GICD_CTLR");
	write32(redistributor, GICR_WAKER, read32(redistributor, GICR_WAKER) & ~GICR_WAKER_PROCESSOR_SLEEP);
	wait_clear(redistributor, GICR_WAKER, GICR_WAKER_CHILDREN_ASLEEP, "GICR_WAKER");
	private_frame = redistributor + GICR_SGI_FRAME;
	set_lines(private_frame, 0, PRIVATE_LINES);
	sysreg_write("S3_0_C12_C12_5", 1); /* ICC_SRE_EL1: system registers, not memory */
	isb();
	sysreg_write("S3_0_C4_C6_0", PRIORITY_LOWEST); /* ICC_PMR_EL1 */
	sysreg_write("S3_0_C12_C12_4", 0);             /* ICC_CTLR_EL1: one write ends an interrupt */
	sysreg_write("S3_0_C12_C12_7", 1);             /* ICC_IGRPEN1_EL1 */
	isb();
}

static uintptr_t registers_of(uint32_t irq)
{
	return irq < PRIVATE_LINES ? private_frame : gic.distributor;
}

void gic_start(const struct kaal_board *board, const struct gic_registers *registers)
{
	gic = *registers;
	version3 = board->gic_version == 3;
	line_count = ((read32(gic.distributor, GICD_TYPER) & 0x1f) + 1) * 32;
	if (line_count > IRQ_SPECIAL_FIRST)
		line_count = IRQ_SPECIAL_FIRST;
	write32(gic.distributor, GICD_CTLR, 0);
	set_lines(gic.distributor, PRIVATE_LINES, line_count);
	if (version3)
		start_version3(board);
	else
		start_version2();
	*(volatile uint8_t *)(registers_of(board->timer_irq) + GICD_IPRIORITYR + board->timer_irq) = PRIORITY_TIMER;
}

static void write_line(uint32_t irq, uint32_t offset)
{
	write32(registers_of(irq), offset + irq / 32 * 4, 1u << irq % 32);
}

uint32_t arch_irq_lines(void)
{
	return line_count;
}

bool arch_irq_is_masked(uint32_t irq)
{
	return (read32(registers_of(irq), GICD_ISENABLER + irq / 32 * 4) >> irq % 32 & 1) == 0;
}

void arch_irq_unmask(uint32_t irq)
{
	write_line(irq, GICD_ISENABLER);
}

/*
 * Version 3 may take a while to do it (RWP): a level-sensitive line may then be
 * claimed once more after its interrupt was completed, and be masked again.
 */
void arch_irq_mask(uint32_t irq)
{
	write_line(irq, GICD_ICENABLER);
}

/* This CPU gets a shared line: by its affinity, or by its bit, which it reads where private lines have theirs. */
static void route(uint32_t irq)
{
	if (irq < PRIVATE_LINES)
		return;
	if (version3)
		*(volatile uint64_t *)(gic.distributor + GICD_IROUTER + irq * 8) = sysreg_read("mpidr_el1") & MPIDR_AFFINITY;
	else
		*(volatile uint8_t *)(gic.distributor + GICD_ITARGETSR + irq) = (uint8_t)read32(gic.distributor, GICD_ITARGETSR);
}

void arch_irq_configure(uint32_t irq, bool edge)
{
	uintptr_t base = registers_of(irq);
	uint32_t offset = GICD_ICFGR + irq / 16 * 4;
	uint32_t bit = 2u << irq % 16 * 2;

	arch_irq_mask(irq);
	/* The trigger of an enabled line must not be changed: IHI 0048B 4.3.13. */
	if (version3 && irq < PRIVATE_LINES)
		wait_clear(private_frame - GICR_SGI_FRAME, GICR_CTLR, GICR_CTLR_WRITE_PENDING, "GICR_CTLR");
	else if (version3)
		wait_clear(gic.distributor, GICD_CTLR, GICD_CTLR_WRITE_PENDING, "GICD_CTLR");
	write32(base, offset, edge ? read32(base, offset) | bit : read32(base, offset) & ~bit);
	write_line(irq, GICD_ICPENDR);
	write_line(irq, GICD_ICACTIVER);
	route(irq);
}

uint32_t arch_irq_claim(void)
{
	uint32_t irq;

	if (version3) {
		irq = (uint32_t)sysreg_read("S3_0_C12_C12_0"); /* ICC_IAR1_EL1 */
		dsb();
	} else {
		irq = read32(gic.cpu_interface, GICC_IAR);
	}
	return (irq & IRQ_MASK) >= IRQ_SPECIAL_FIRST ? ARCH_IRQ_NONE : irq & IRQ_MASK;
}

void arch_irq_complete(uint32_t irq)
{
	if (version3) {
		sysreg_write("S3_0_C12_C12_1", irq); /* ICC_EOIR1_EL1 */
		isb();
	} else {
		write32(gic.cpu_interface, GICC_EOIR, irq);
	}
}
