#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "terminal.h"
#include "words.h"

#define ANY WORDS_MAX
#define OPTION COMMAND_OPTION

static int command_help(const struct call *call);

const struct command commands[] = {
	{"caps", "[NAME]", "capabilities of a component, of the shell without a name", COMMAND_COMPONENTS, 0, 1, 0, false, command_caps},
	{"cat", "[FILE...]", "shows files; without one, what is typed until Ctrl-D", COMMAND_PATHS, 0, ANY, 0, false, command_cat},
	{"cd", "[DIRECTORY]", "goes to a directory, to / without one", COMMAND_PATHS, 0, 1, 0, false, command_cd},
	{"cp", "FROM... TO", "copies files", COMMAND_PATHS, 2, ANY, 0, false, command_cp},
	{"df", "", "room for files", COMMAND_NOTHING, 0, 0, 0, false, command_df},
	{"echo", "[-n] [WORD...]", "tells the words; -n: the line does not end", COMMAND_PATHS, 0, ANY, OPTION('n'), false, command_echo},
	{"help", "[COMMAND]", "tells what there is", COMMAND_COMMANDS, 0, 1, 0, false, command_help},
	{"hexdump", "FILE...", "shows bytes", COMMAND_PATHS, 1, ANY, 0, false, command_hexdump},
	{"kill", "NAME...", "ends components; their restart policy says what follows", COMMAND_COMPONENTS, 1, ANY, 0, false, command_kill},
	{"log", "", "what components have last printed", COMMAND_NOTHING, 0, 0, 0, false, command_log},
	{"ls", "[-l] [PATH...]", "lists directories; -l: kinds and sizes, too", COMMAND_PATHS, 0, ANY, OPTION('l'), false, command_ls},
	{"mem", "", "memory of the machine and of components", COMMAND_NOTHING, 0, 0, 0, false, command_mem},
	{"mkdir", "DIRECTORY...", "makes directories", COMMAND_PATHS, 1, ANY, 0, false, command_mkdir},
	{"mv", "FROM... TO", "gives files other names", COMMAND_PATHS, 2, ANY, 0, false, command_mv},
	{"poweroff", "", "switches the machine off", COMMAND_NOTHING, 0, 0, 0, false, command_poweroff},
	{"ps", "", "components and how they are", COMMAND_NOTHING, 0, 0, 0, false, command_ps},
	{"pwd", "", "tells the directory", COMMAND_NOTHING, 0, 0, 0, false, command_pwd},
	{"reset", "", "resets the machine", COMMAND_NOTHING, 0, 0, 0, false, command_reset},
	{"restart", "NAME...", "stops components and starts them again", COMMAND_COMPONENTS, 1, ANY, 0, false, command_restart},
	{"rm", "[-r] PATH...", "removes files; -r: directories with what is in them, too", COMMAND_PATHS, 1, ANY, OPTION('r'), false, command_rm},
	{"run", "NAME [ARGUMENT...] [&]", "starts a component, and waits for its end unless there is an &", COMMAND_COMPONENTS, 1, ANY, 0, true,
	 command_run_program},
	{"stop", "NAME...", "ends components for good", COMMAND_COMPONENTS, 1, ANY, 0, false, command_stop},
	{"time", "COMMAND [WORD...]", "runs a command and tells how long it took", COMMAND_COMMANDS, 1, ANY, 0, false, command_time},
	{"uptime", "", "tells how long the machine runs, and when the first prompt came", COMMAND_NOTHING, 0, 0, 0, false, command_uptime},
	{NULL, NULL, NULL, COMMAND_NOTHING, 0, 0, 0, false, NULL},
};

const struct command *command_find(const char *name)
{
	for (const struct command *command = commands; command->name != NULL; command++) {
		if (strcmp(command->name, name) == 0)
			return command;
	}
	return NULL;
}

int command_failed(const char *what, const char *why)
{
	fprintf(terminal, "%s: %s\n", what, why);
	return 1;
}

int command_failed_errno(const char *what)
{
	return command_failed(what, strerror(errno));
}

static int no_command(const char *name)
{
	return command_failed(name, "no such command; `help` lists them, `run` starts a component");
}

/* --- help -------------------------------------------------------------------------------- */

static int help_on(const struct command *command, const struct call *call)
{
	if (command == NULL)
		return no_command(call->word[0]);
	fprintf(call->out, "%s %s\n  %s\n", command->name, command->usage, command->brief);
	return 0;
}

static int command_help(const struct call *call)
{
	char both[64];

	if (call->count == 1)
		return help_on(command_find(call->word[0]), call);
	for (const struct command *command = commands; command->name != NULL; command++) {
		(void)snprintf(both, sizeof both, "%s %s", command->name, command->usage);
		fprintf(call->out, "%-28s %s\n", both, command->brief);
	}
	fprintf(call->out, "Behind a command, > FILE or >> FILE takes what it tells. 'Quotes', \"quotes\" and \\ keep blanks.\n"
			   "Keys: arrows, Home, End, Delete, Tab; Ctrl-A E B F K U W Y L P N; Ctrl-C ends a command.\n");
	return 0;
}

/* --- running ----------------------------------------------------------------------------- */

/* Letters behind a '-', before the words; "--" ends them. False: one that the command does not know, which has been told. */
static bool take_options(const struct command *command, struct call *call)
{
	while (command->options != 0 && call->count > 0 && call->word[0][0] == '-' && call->word[0][1] != '\0') {
		const char *letters = call->word[0] + 1;

		call->word++;
		call->count--;
		if (strcmp(letters, "-") == 0)
			return true;
		for (; *letters != '\0'; letters++) {
			unsigned option = *letters >= 'a' && *letters <= 'z' ? OPTION(*letters) : 0;

			if ((command->options & option) == 0) {
				fprintf(terminal, "%s: no option -%c; usage: %s %s\n", command->name, *letters, command->name, command->usage);
				return false;
			}
			call->options |= option;
		}
	}
	return true;
}

int command_run(unsigned count, char **word, bool background, FILE *out)
{
	const struct command *command = command_find(word[0]);
	struct call call = {.count = count - 1, .word = word + 1, .background = background, .out = out};

	if (command == NULL)
		return no_command(word[0]);
	if (!take_options(command, &call))
		return 1;
	if (call.count < command->least || call.count > command->most) {
		fprintf(terminal, "usage: %s %s\n", command->name, command->usage);
		return 1;
	}
	if (background && !command->background)
		return command_failed(word[0], "only `run` can go on in the background");
	return command->run(&call);
}

/* The file that what is told goes to; NULL: it cannot be opened, which has been told. */
static FILE *open_output(const struct words *words)
{
	FILE *file = fopen(words->output, words->append ? "a" : "w");

	if (file == NULL)
		(void)command_failed_errno(words->output);
	return file;
}

static int run_words(struct words *words)
{
	FILE *out = terminal;
	int result;

	if (words->output != NULL && (out = open_output(words)) == NULL)
		return 1;
	result = command_run(words->count, words->word, words->background, out);
	if (out != terminal) {
		bool bad = ferror(out) != 0;

		/* What is written last may be what there is no room for. */
		if ((fclose(out) != 0 || bad) && result == 0)
			result = command_failed_errno(words->output);
	}
	return result;
}

int command_run_line(char *line)
{
	struct words words;
	const char *what = words_split(line, &words);
	int result;

	if (what != NULL)
		return command_failed("shell", what);
	if (words.count == 0)
		return 0;
	/* What was typed is seen before what others say of it. */
	terminal_flush();
	terminal_begin();
	result = run_words(&words);
	if (terminal_interrupted())
		terminal_put("^C\r\n", 4);
	terminal_end();
	return result;
}
