#include <freestanding/cache.h>
#include <freestanding/mem.h>

#define DCZID_PROHIBITED (UINT64_C(1) << 4)
#define LINE_BYTES(ctr, shift) (UINT64_C(4) << (((ctr) >> (shift)) & 0xf)) /* CTR_EL0 counts words */
#define CTR_INSTRUCTION_SHIFT 0u
#define CTR_DATA_SHIFT 16u
#define CTR_IDC (UINT64_C(1) << 28) /* no data clean needed for code */
#define CTR_DIC (UINT64_C(1) << 29) /* no instruction invalidation needed */

static uint64_t cache_type(void)
{
	uint64_t ctr;

	__asm__("mrs %0, ctr_el0" : "=r"(ctr));
	return ctr;
}

void cache_zero_pages(uintptr_t base, uint64_t bytes)
{
	uint64_t dczid;
	uintptr_t end = base + bytes;

	__asm__("mrs %0, dczid_el0" : "=r"(dczid));
	uint64_t block = UINT64_C(4) << (dczid & 0xf);

	if ((dczid & DCZID_PROHIBITED) != 0 || block > 1024) {
		memset((void *)base, 0, bytes);
		return;
	}
	/* Four a round: a page always holds a multiple of four blocks of up to 1 KiB. */
	for (uintptr_t at = base; at < end; at += 4 * block) {
		__asm__ volatile("dc zva, %0\n\tdc zva, %1\n\tdc zva, %2\n\tdc zva, %3"
				 :
				 : "r"(at), "r"(at + block), "r"(at + 2 * block), "r"(at + 3 * block)
				 : "memory");
	}
}

void cache_invalidate(uintptr_t base, uintptr_t end)
{
	uint64_t line = LINE_BYTES(cache_type(), CTR_DATA_SHIFT);

	for (uintptr_t at = base & ~(line - 1); at < end; at += line)
		__asm__ volatile("dc ivac, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb sy" : : : "memory");
}

void cache_sync_code(uintptr_t base, uint64_t bytes)
{
	uint64_t ctr = cache_type();
	uint64_t data_line = LINE_BYTES(ctr, CTR_DATA_SHIFT);
	uint64_t code_line = LINE_BYTES(ctr, CTR_INSTRUCTION_SHIFT);
	uintptr_t end = base + bytes;

	if ((ctr & CTR_IDC) == 0) {
		for (uintptr_t at = base & ~(data_line - 1); at < end; at += data_line)
			__asm__ volatile("dc cvau, %0" : : "r"(at) : "memory");
	}
	__asm__ volatile("dsb ish" : : : "memory");
	if ((ctr & CTR_DIC) == 0) {
		for (uintptr_t at = base & ~(code_line - 1); at < end; at += code_line)
			__asm__ volatile("ic ivau, %0" : : "r"(at) : "memory");
	}
	__asm__ volatile("dsb ish; isb" : : : "memory");
}
