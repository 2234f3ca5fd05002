#include "entropy.h"

#include <kaal/random.h>

#include <formats/dtb.h>

#define SEED_BYTES_MIN 16u /* fewer could be guessed */

static struct kaal_random random;
static bool started;

void entropy_start(void)
{
	const void *seed;
	uint32_t bytes;

	started = kaal_dtb_seed(root_system.tree, &seed, &bytes) && bytes >= SEED_BYTES_MIN;
	if (started)
		kaal_random_start(&random, seed, bytes);
}

void entropy_share(struct kaal_startup *startup)
{
	if (!started)
		return;
	kaal_random_fill(&random, startup->seed, sizeof startup->seed);
	startup->seed_bytes = sizeof startup->seed;
}
