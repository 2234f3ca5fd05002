/*
 * The shell: a person's way to a running system, over a serial line whose driver is a component like others. It has what its
 * description gives it: the use `console`; the use `files` for files; the privilege `supervision` for components, `power` for the machine's end.
 */
#include <stdlib.h>

#include <kaal/status_text.h>

#include "command.h"
#include "complete.h"
#include "line.h"
#include "shell-requires.h"
#include "terminal.h"

#define PROMPT_BYTES 24u

static void show(void *context, const char *text, size_t bytes)
{
	(void)context;
	terminal_put(text, bytes);
}

/* A line, behind the prompt; LINE_END: the terminal is gone. */
static enum line_event read_line(struct line *line)
{
	enum line_event event = LINE_MORE;

	while (event == LINE_MORE || event == LINE_FULL) {
		char key;

		if (!terminal_waits())
			line_show(line);
		if (terminal_read(&key, 1) == 0)
			return LINE_END;
		event = line_key(line, (uint8_t)key);
		if (event == LINE_FULL)
			terminal_put("\a", 1);
	}
	return event;
}

/* What the last command came to can be seen, by a person as by a script. */
static void set_prompt(char prompt[PROMPT_BYTES], int result)
{
	if (result == 0)
		(void)snprintf(prompt, PROMPT_BYTES, "kaal> ");
	else
		(void)snprintf(prompt, PROMPT_BYTES, "kaal [%d]> ", result);
}

int main(void)
{
	static const struct line_hooks hooks = {.show = show, .complete = complete};
	static struct history history;
	static char prompt[PROMPT_BYTES];
	kaal_status_t status = terminal_start();
	struct line line;
	int result = 0;

	if (status != KAAL_OK) {
		printf("console: %s\n", kaal_status_text(status));
		return EXIT_FAILURE;
	}
	fprintf(terminal, "KaaL; `help` lists the commands\n");
	line_start(&line, &hooks, &history, prompt);
	set_prompt(prompt, result);
	line_prompt(&line);
	terminal_flush();
	command_ready();
	for (;;) {
		enum line_event event = read_line(&line);

		if (event == LINE_DONE) {
			history_add(&history, line.text);
			result = command_run_line(line.text);
		} else if (event == LINE_END && terminal_gone()) {
			return EXIT_FAILURE;
		}
		line_clear(&line);
		set_prompt(prompt, result);
		line_prompt(&line);
	}
}
