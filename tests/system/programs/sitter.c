/* Looks again and again whether anything of its own has changed: memory and capabilities. Ends only if something has. */
#include <stdio.h>
#include <stdlib.h>

#include <kaal/startup.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#define WORDS 8192u
#define PAUSE_NS 500000u

static uint64_t memory[WORDS];

static uint64_t pattern(uint64_t i)
{
	return (i + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ kaal_startup()->component;
}

/* What all its slots hold, as a number. */
static uint64_t capabilities(void)
{
	uint64_t hash = 14695981039346656037u;

	for (kaal_cap_t slot = 0; slot < UINT64_C(1) << kaal_startup()->cnode_size_bits; slot++) {
		uint64_t type, rights, size_bits;
		kaal_status_t status = kaal_sys_cap_identify(slot, &type, &rights, &size_bits);

		hash = (hash ^ (status << 32 | type << 16 | rights << 8 | size_bits)) * 1099511628211u;
	}
	return hash;
}

int main(void)
{
	uint64_t before = capabilities();
	uint64_t pause = kaal_ns_to_ticks(PAUSE_NS, kaal_startup()->counter_hz);

	for (uint64_t i = 0; i < WORDS; i++)
		memory[i] = pattern(i);
	for (;;) {
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + pause));
		for (uint64_t i = 0; i < WORDS; i++) {
			if (((volatile uint64_t *)memory)[i] != pattern(i)) {
				printf("not ok: word %u of its memory has changed\n", (unsigned)i);
				return EXIT_FAILURE;
			}
		}
		if (capabilities() != before) {
			printf("not ok: its capabilities have changed\n");
			return EXIT_FAILURE;
		}
	}
}
