/* The shell's commands: one table says what each is called, takes and does; help and completion come from there. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stdio.h>

/* What a command's words are, for completion. */
enum command_words {
	COMMAND_NOTHING,
	COMMAND_PATHS,
	COMMAND_COMPONENTS,
	COMMAND_COMMANDS, /* a command with its words */
};

/* Options of one letter, by their bits; a command says which it knows. */
#define COMMAND_OPTION(letter) (1u << ((letter) - 'a'))

struct call {
	unsigned options;  /* COMMAND_OPTION() */
	unsigned count;    /* of words */
	char **word;       /* and a NULL behind them; options are not among them */
	bool background;   /* & */
	FILE *out;         /* what the command tells goes there; what went wrong goes to the terminal */
};

struct command {
	const char *name;
	const char *usage;   /* what may follow the name */
	const char *brief;
	enum command_words words;
	unsigned least, most; /* count of words */
	unsigned options;
	bool background;      /* it can go on without the shell */
	int (*run)(const struct call *call); /* returns 0, or what went wrong: 1 and more */
};

/* Ends with one without a name. */
extern const struct command commands[];

/* NULL: there is none. */
const struct command *command_find(const char *name);

/* Runs a line, which is changed. Returns 0, or what went wrong, which has been told. */
int command_run_line(char *line);

/* Runs a command whose words these are, the name first. */
int command_run(unsigned count, char **word, bool background, FILE *out);

/* Tells "WHAT: WHY"; returns 1. */
int command_failed(const char *what, const char *why);

/* The same with errno's text. */
int command_failed_errno(const char *what);

/* --- on files: files_show.c, files_change.c ------------------------------------------------------------------- */

int command_ls(const struct call *call);
int command_cat(const struct call *call);
int command_cp(const struct call *call);
int command_mv(const struct call *call);
int command_rm(const struct call *call);
int command_mkdir(const struct call *call);
int command_cd(const struct call *call);
int command_pwd(const struct call *call);
int command_df(const struct call *call);
int command_hexdump(const struct call *call);
int command_echo(const struct call *call);

/* --- on the system: system.c ------------------------------------------------------------- */

int command_ps(const struct call *call);
int command_kill(const struct call *call);
int command_stop(const struct call *call);
int command_restart(const struct call *call);
int command_caps(const struct call *call);
int command_mem(const struct call *call);
int command_time(const struct call *call);
int command_run_program(const struct call *call);
int command_log(const struct call *call);
int command_poweroff(const struct call *call);
int command_reset(const struct call *call);
int command_uptime(const struct call *call);

/* The first prompt is on its way to the line: `uptime` tells when that was. */
void command_ready(void);

#endif
