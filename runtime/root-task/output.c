#include "output.h"

#include <stdatomic.h>
#include <string.h>

#include <kaal/log.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "authority.h"
#include "console.h"

#define OWN KAAL_SLOT_CNODE
#define TEXT_BYTES (LOG_BYTES - (uint32_t)sizeof(struct kaal_log))
/* Older text may be written over while it is read: the writer's newest piece is not counted yet. */
#define TEXT_KEPT (TEXT_BYTES - KAAL_LOG_PIECE(TEXT_BYTES))
#define FLAGS 62u /* of the notification, from FLAG_LOG on; more components than that share them */

/* OUT-2 */
#define SHARE 8u
#define CREDIT_NS UINT64_C(100000000)
#define RELEASE_PART 32 /* of the most credit: so much is waited for */
#define WAKE_NS 2000u   /* what it takes to hear a flag, beside what is measured here */

/* OUT-4 */
#define PACE_FIRST_NS 86806u /* 10 bits at 115200 baud */
#define PACE_LEAST_NS 10000u
#define PACE_CHARACTERS 1024 /* of which it is the average, where it falls */

_Static_assert((TEXT_BYTES & (TEXT_BYTES - 1)) == 0, "positions are taken modulo the ring's size");

static uint32_t held; /* how many are */
static int64_t pace;  /* ticks that printing a character has taken of late; 0: nothing has been printed */

/* --- credit ----------------------------------------------------------------------------- */

static int64_t most_credit(void)
{
	return (int64_t)(kaal_ns_to_ticks(CREDIT_NS, root_system.info->counter_hz) / root_system.count) + 1;
}

/* Ticks in which a tick of credit is earned. */
static uint64_t ticks_each(void)
{
	return (uint64_t)SHARE * root_system.count;
}

static void earn(struct component *component, uint64_t now)
{
	uint64_t earned = (now - component->log_ticks) / ticks_each();
	uint64_t missing = (uint64_t)(most_credit() - component->log_credit);

	component->log_ticks += earned * ticks_each();
	component->log_credit += (int64_t)(earned < missing ? earned : missing);
}

/* When a held component has enough again. */
static kaal_ticks_t release_ticks(const struct component *component)
{
	int64_t missing = most_credit() / RELEASE_PART + 1 - component->log_credit;

	return component->log_ticks + (missing > 0 ? (uint64_t)missing : 0) * ticks_each();
}

static int64_t ticks_of(uint64_t ns)
{
	return (int64_t)kaal_ns_to_ticks(ns, root_system.info->counter_hz) + 1;
}

/* Up to twice as much with a line, down as an average of many characters: what a device's FIFO takes at once says little. */
static void follow(int64_t taken, int64_t characters)
{
	int64_t each = taken / characters, weight = characters < PACE_CHARACTERS ? characters : PACE_CHARACTERS;

	if (each > pace)
		pace = each < 2 * pace ? each : 2 * pace;
	else
		pace -= (pace - each) * weight / PACE_CHARACTERS;
	if (pace < ticks_of(PACE_LEAST_NS))
		pace = ticks_of(PACE_LEAST_NS);
}

/* What has been done since *since takes of its credit; with `bytes` a line of so many was printed. *since becomes now. */
static void pay(struct component *component, uint32_t bytes, uint64_t *since)
{
	uint64_t now = kaal_ticks_now();
	int64_t taken = (int64_t)(now - *since), characters = (int64_t)strlen(component->description.name) + 3 + bytes, most;

	if (pace == 0)
		pace = ticks_of(PACE_FIRST_NS);
	most = 2 * pace * characters;
	if (bytes != 0)
		follow(taken, characters);
	component->log_credit -= taken < most ? taken : most;
	*since = now;
}

/* --- the ring --------------------------------------------------------------------------- */

static struct kaal_log *log_of(const struct component *component)
{
	return (struct kaal_log *)(uintptr_t)(root_system.logs + component->index * UINT64_C(0x1000) + LOG_OFFSET);
}

/* Copies `bytes` of a ring from position `at` on; nothing of it is trusted to stay as it is. */
static void copy_text(const struct kaal_log *log, uint32_t at, char *text, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++) {
		char character = ((const volatile char *)log->text)[(at + i) % TEXT_BYTES];

		/* Who prints cannot move the cursor, nor begin a line that looks like another's. */
		text[i] = character >= ' ' || character == '\t' || character == '\n' ? character : '?';
	}
}

/* What has been written over, and the rest of the line in which that ends, is passed over and told. Returns what is left. */
static uint32_t pass_lost(struct component *component, uint32_t there)
{
	uint32_t lost = there - TEXT_KEPT, rest = 0;
	char character;

	do
		copy_text(log_of(component), component->log_read + lost + rest++, &character, 1);
	while (character != '\n' && rest < TEXT_KEPT);
	if (character == '\n')
		lost += rest;
	console_line("%s: %u bytes of output dropped", component->description.name, (unsigned)lost);
	component->log_read += lost;
	return there - lost;
}

/* Prints whole lines, each paid from *since on, while there is credit; without `since` all, also what follows the last. */
static void drain(struct component *component, uint64_t *since)
{
	struct kaal_log *log = log_of(component);
	uint32_t there = atomic_load_explicit((_Atomic(uint32_t) *)&log->written, memory_order_acquire) - component->log_read;
	char text[CONSOLE_LINE_BYTES];

	if (there > TEXT_KEPT)
		there = pass_lost(component, there);
	while (there != 0 && (since == NULL || component->log_credit > 0)) {
		uint32_t bytes = there < sizeof text ? there : (uint32_t)sizeof text;
		const char *line_end;

		copy_text(log, component->log_read, text, bytes);
		line_end = memchr(text, '\n', bytes);
		if (line_end == NULL && bytes < sizeof text && since != NULL)
			break;
		if (line_end != NULL)
			bytes = (uint32_t)(line_end - text) + 1;
		console_text(component->description.name, text, line_end != NULL ? bytes - 1 : bytes);
		component->log_read += bytes;
		there -= bytes;
		if (since != NULL)
			pay(component, bytes, since);
	}
	atomic_store_explicit((_Atomic(uint32_t) *)&log->read, component->log_read, memory_order_release);
}

/* --- who is heard ------------------------------------------------------------------------- */

static uint64_t flag_of(const struct component *component)
{
	return FLAG_LOG << component->index % FLAGS;
}

/* It cannot wake the root task any more, whoever it has given its flag to. */
static void hold(struct component *component)
{
	held += !component->log_held;
	component->log_held = true;
	root_must("log flag", kaal_sys_cap_revoke(OWN, component->log_flag));
}

/* Who has something else in the flag's slot by now is read when it has credit, and not heard. */
static void let_go(struct component *component)
{
	if (kaal_sys_cap_copy(component->cnode, KAAL_SLOT_LOG, OWN, component->log_flag, KAAL_RIGHT_WRITE) != KAAL_OK)
		return;
	component->log_held = false;
	held--;
}

/* OUT-1 */
static void hear(struct component *component)
{
	uint64_t since = kaal_ticks_now();

	earn(component, since);
	if (component->log_credit > 0) {
		if (component->log_held)
			let_go(component);
		drain(component, &since);
	}
	pay(component, 0, &since);
	component->log_credit -= (int64_t)kaal_ns_to_ticks(WAKE_NS, root_system.info->counter_hz);
	if (component->log_credit <= 0)
		hold(component);
}

void output_prepare(struct component *component)
{
	root_must("slots", kaal_physical_take_slots(&authority.physical, 1, &component->log_flag));
	root_must("log flag", kaal_sys_cap_mint(OWN, component->log_flag, OWN, authority.notification, KAAL_RIGHT_WRITE, flag_of(component)));
	component->log_credit = most_credit();
	component->log_ticks = kaal_ticks_now();
}

void output_start(struct component *component)
{
	component->log_read = 0;
}

void output_heard(uint64_t flags)
{
	for (uint32_t i = 0; i < root_system.count; i++) {
		struct component *component = &root_system.components[i];

		if ((flags & flag_of(component)) != 0 && component->state == KAAL_COMPONENT_RUNNING && !component->log_held)
			hear(component);
	}
}

kaal_ticks_t output_release(void)
{
	kaal_ticks_t now = kaal_ticks_now(), next = UINT64_MAX;

	for (uint32_t i = 0; i < root_system.count && held != 0; i++) {
		struct component *component = &root_system.components[i];

		if (!component->log_held)
			continue;
		if (release_ticks(component) <= now)
			hear(component);
		if (component->log_held && release_ticks(component) < next)
			next = release_ticks(component);
	}
	return next;
}

void output_end(struct component *component)
{
	held -= component->log_held;
	component->log_held = false;
	drain(component, NULL);
}
