#include <freestanding/cache.h>
#include <freestanding/mem.h>

#define DCZID_PROHIBITED (UINT64_C(1) << 4)
#define LINE_BYTES(ctr, shift) (UINT64_C(4) << (((ctr) >> (shift)) & 0xf)) /* CTR_EL0 counts words */
#define CTR_INSTRUCTION_SHIFT 0u
#define CTR_DATA_SHIFT 16u
#define CTR_L1IP(ctr) ((ctr) >> 14 & 3)
#define L1IP_PIPT 3u /* others may hold a line once for each address that it has */
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

void cache_flush(uintptr_t base, uint64_t bytes)
{
	uint64_t line = LINE_BYTES(cache_type(), CTR_DATA_SHIFT);

	for (uintptr_t at = base & ~(line - 1); at < base + bytes; at += line)
		__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb sy" : : : "memory");
}

void cache_clean_code(uintptr_t base, uint64_t bytes)
{
	uint64_t ctr = cache_type();
	uint64_t line = LINE_BYTES(ctr, CTR_DATA_SHIFT);

	if ((ctr & CTR_IDC) != 0)
		return;
	for (uintptr_t at = base & ~(line - 1); at < base + bytes; at += line)
		__asm__ volatile("dc cvau, %0" : : "r"(at) : "memory");
}

void cache_drop_code(void)
{
	__asm__ volatile("dsb ish" : : : "memory");
	if ((cache_type() & CTR_DIC) == 0)
		__asm__ volatile("ic ialluis" : : : "memory");
	__asm__ volatile("dsb ish; isb" : : : "memory");
}

void cache_sync_code(uintptr_t base, uint64_t bytes)
{
	uint64_t ctr = cache_type();
	uint64_t line = LINE_BYTES(ctr, CTR_INSTRUCTION_SHIFT);

	cache_clean_code(base, bytes);
	/* By address only where that reaches what is cached under other addresses: Arm ARM D7.5.2. */
	if (CTR_L1IP(ctr) != L1IP_PIPT) {
		cache_drop_code();
		return;
	}
	__asm__ volatile("dsb ish" : : : "memory");
	if ((ctr & CTR_DIC) == 0) {
		for (uintptr_t at = base & ~(line - 1); at < base + bytes; at += line)
			__asm__ volatile("ic ivau, %0" : : "r"(at) : "memory");
	}
	__asm__ volatile("dsb ish; isb" : : : "memory");
}
