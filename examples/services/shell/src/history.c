#include "history.h"

#include <stdlib.h>
#include <string.h>

static void drop_oldest(struct history *history)
{
	history->bytes -= (unsigned)strlen(history->line[0]) + 1;
	free(history->line[0]);
	history->count--;
	memmove(history->line, history->line + 1, history->count * sizeof history->line[0]);
}

void history_add(struct history *history, const char *line)
{
	size_t bytes = strlen(line) + 1;
	const char *newest = history_line(history, 1);
	char *copy;

	if (bytes == 1 || bytes > HISTORY_BYTES || (newest != NULL && strcmp(newest, line) == 0))
		return;
	copy = malloc(bytes);
	if (copy == NULL)
		return;
	memcpy(copy, line, bytes);
	while (history->count == HISTORY_LINES || history->bytes + bytes > HISTORY_BYTES)
		drop_oldest(history);
	history->line[history->count++] = copy;
	history->bytes += (unsigned)bytes;
}

const char *history_line(const struct history *history, unsigned back)
{
	return back == 0 || back > history->count ? NULL : history->line[history->count - back];
}
