/* The root task's files, each alone: time, console and what is fatal are the test's. */
#ifndef ROOT_FIXTURE_H
#define ROOT_FIXTURE_H

#include <criterion/criterion.h>
#include <setjmp.h>
#include <string.h>

#include "../../../runtime/root-task/authority.h"
#include "../../../runtime/root-task/root.h"

#define COMPONENTS 4u
#define HZ UINT64_C(62500000)
#define TICKS(ms) ((ms) * (HZ / 1000))

extern kaal_ticks_t now;            /* what kaal_ticks_now() says */
extern kaal_ticks_t line_ticks;     /* so much later it is after each line */
extern char console[8192];          /* lines, with who says them */
extern unsigned calls[256];         /* of the kernel, by number */
extern uint64_t last_argument[6];   /* of the last one */
extern kaal_status_t call_status[256];
extern struct component components[COMPONENTS];

/* Everything afresh: components 0 to 3, named a to d, that have ended, and no broker. */
void fixture_start(void);

/* Whether the statement ends in root_fatal() or root_refuse(). */
extern jmp_buf fixture_fatal;
extern bool fixture_may_end;
#define ends_fatally(statement)                                  \
	({                                                       \
		volatile bool fatally = true;                     \
		fixture_may_end = true;                          \
		if (setjmp(fixture_fatal) == 0) {                \
			statement;                               \
			fatally = false;                         \
		}                                                \
		fixture_may_end = false;                         \
		fatally;                                         \
	})

#define says(text) cr_assert_not_null(strstr(console, text), "the console says:\n%s", console)
#define says_not(text) cr_assert_null(strstr(console, text), "the console says:\n%s", console)

#endif
