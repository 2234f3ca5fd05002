#include "history.h"

#include "authority.h"

#define BYTES KAAL_SUPERVISOR_LOG_BYTES

_Static_assert((BYTES & (BYTES - 1)) == 0, "places are remainders");

static struct {
	char *text;       /* NULL: nothing is kept */
	uint64_t written; /* ever */
} history;

uint64_t history_bytes(void)
{
	for (uint32_t i = 0; i < root_system.count; i++) {
		if ((root_system.components[i].description.privileges & KAAL_MANIFEST_SUPERVISION) != 0)
			return BYTES;
	}
	return 0;
}

void history_start(void)
{
	if (history_bytes() != 0)
		history.text = authority_storage(BYTES);
}

void history_add(const char *text, uint32_t bytes)
{
	for (uint32_t i = 0; history.text != NULL && i < bytes; i++)
		history.text[history.written++ % BYTES] = text[i];
}

uint32_t history_read(uint64_t *position, char *text, uint32_t bytes)
{
	uint64_t oldest = history.written > BYTES ? history.written - BYTES : 0, from = *position;
	uint32_t count;

	from = from < oldest ? oldest : from > history.written ? history.written : from;
	count = history.written - from < bytes ? (uint32_t)(history.written - from) : bytes;
	for (uint32_t i = 0; i < count; i++)
		text[i] = history.text[(from + i) % BYTES];
	*position = from;
	return count;
}
