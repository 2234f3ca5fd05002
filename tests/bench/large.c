/* What needs a large machine, 2 GiB: how messages, signals and revoke grow, and how long an interrupt waits meanwhile. */
#include "large.h"

void prepare_copies(uint64_t count)
{
	kaal_cap_t memory = smallest_of(LARGE_RADIX + SLOT_BITS + 1);

	must("revoke", kaal_sys_cap_revoke(CSPACE, memory));
	retype(memory, CNODE_OF(LARGE_RADIX), CSPACE, at(MANY), 1);
	retype(memory, KAAL_OBJECT_ENDPOINT, CSPACE, at(ORIGINAL), 1);
	for (uint64_t i = 1; i <= count; i++)
		must("copy", kaal_sys_cap_copy(at(MANY), i, CSPACE, at(ORIGINAL), ALL));
}

int main(void)
{
	start_measuring();
	measure_crowd();
	measure_growth();
	measure_latency();
	return 0;
}
