#include "complete.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <kaal/supervisor.h>

#include "command.h"

#define WORD_BYTES 1024u

/* prefix + name + end, if it begins with the word that was typed. */
static void add(struct line_candidates *candidates, const char *word, const char *prefix, const char *name, const char *end)
{
	size_t bytes = strlen(prefix) + strlen(name) + strlen(end) + 1;
	char *whole = malloc(bytes);

	if (whole == NULL)
		return;
	(void)snprintf(whole, bytes, "%s%s%s", prefix, name, end);
	if (strncmp(whole, word, strlen(word)) != 0) {
		free(whole);
	} else if (candidates->count == LINE_CANDIDATES_MAX) {
		candidates->more = true;
		free(whole);
	} else {
		candidates->word[candidates->count++] = whole;
	}
}

static void add_commands(struct line_candidates *candidates, const char *word)
{
	for (const struct command *command = commands; command->name != NULL; command++)
		add(candidates, word, "", command->name, "");
}

static void add_components(struct line_candidates *candidates, const char *word)
{
	struct kaal_component_info info;

	for (uint32_t i = 0; kaal_supervisor_look(i, &info) == KAAL_OK; i++)
		add(candidates, word, "", info.name, "");
}

/* Entries of the directory that the word names up to its last '/'. */
static void add_paths(struct line_candidates *candidates, const char *word)
{
	const char *slash = strrchr(word, '/');
	size_t length = slash == NULL ? 0 : (size_t)(slash - word) + 1;
	char folder[WORD_BYTES], path[WORD_BYTES * 2];
	struct dirent *entry;
	DIR *directory;

	memcpy(folder, word, length);
	folder[length] = '\0';
	directory = opendir(length == 0 ? "." : folder);
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		struct stat status;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		(void)snprintf(path, sizeof path, "%s%s", folder, entry->d_name);
		add(candidates, word, folder, entry->d_name, stat(path, &status) == 0 && S_ISDIR(status.st_mode) ? "/" : "");
	}
	if (directory != NULL)
		(void)closedir(directory);
}

/* The word from *at on and what is behind it; false: the line has no more before `end`. */
static bool next_word(const char *text, size_t *at, size_t end, char word[WORD_BYTES])
{
	size_t first;

	while (*at < end && text[*at] == ' ')
		++*at;
	first = *at;
	while (*at < end && text[*at] != ' ')
		++*at;
	if (*at == first || *at - first >= WORD_BYTES)
		return false;
	memcpy(word, text + first, *at - first);
	word[*at - first] = '\0';
	return true;
}

/* What belongs where a word begins: what comes before says. */
static enum command_words wanted(const char *text, size_t start)
{
	enum command_words words = COMMAND_COMMANDS;
	char word[WORD_BYTES];
	size_t at = 0;

	while (words == COMMAND_COMMANDS && next_word(text, &at, start, word)) {
		const struct command *command = command_find(word);

		words = command == NULL ? COMMAND_NOTHING : command->words;
	}
	/* Behind > comes a file. */
	while (start > 0 && text[start - 1] == ' ')
		start--;
	return start > 0 && text[start - 1] == '>' ? COMMAND_PATHS : words;
}

void complete(void *context, const char *text, size_t start, size_t cursor, struct line_candidates *candidates)
{
	char word[WORD_BYTES];

	(void)context;
	if (cursor - start >= sizeof word)
		return;
	memcpy(word, text + start, cursor - start);
	word[cursor - start] = '\0';
	switch (wanted(text, start)) {
	case COMMAND_COMMANDS:
		add_commands(candidates, word);
		break;
	case COMMAND_COMPONENTS:
		add_components(candidates, word);
		break;
	case COMMAND_PATHS:
		add_paths(candidates, word);
		break;
	default:
		break;
	}
}
