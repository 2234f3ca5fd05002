/* Restart policies, their windows and budgets, and what follows them. */
#include "root_fixture.h"

#include "../../../runtime/root-task/broker.h"
#include "../../../runtime/root-task/console.h"
#include "../../../runtime/root-task/crash.h"
#include "../../../runtime/root-task/lives.h"
#include "../../../runtime/root-task/load.h"
#include "../../../runtime/root-task/output.h"
#include "../../../runtime/root-task/requests.h"
#include "../../../runtime/root-task/threads.h"

#include <kaal/status_text.h>

static bool purged;
static unsigned purges, ended, reports;
static kaal_status_t load_status;
static uint64_t supervisor_badge;

void load_plan(const struct component *component, uint64_t extra_bytes, uint64_t scratch_bytes, struct load_plan *plan)
{
	(void)component;
	cr_assert_eq(extra_bytes + scratch_bytes, 0);
	*plan = (struct load_plan){0};
}

kaal_status_t load_component(struct component *component, const struct load_plan *plan, struct kaal_startup *startup, const void *extra,
			     void (*prepare)(void))
{
	cr_assert(plan != NULL && extra == NULL && prepare == NULL);
	cr_assert_eq(startup->end_ticks, component->end_ticks);
	return load_status;
}

kaal_status_t kaal_domain_end(struct kaal_domain *domain)
{
	(void)domain;
	return KAAL_OK;
}

const char *kaal_status_text(uint64_t status)
{
	(void)status;
	return "the reason";
}

void broker_purge(const struct component *component)
{
	(void)component;
	purges++;
}

bool broker_has_purged(const struct component *component)
{
	(void)component;
	return purged;
}

void console_take_back(const struct component *component)
{
	(void)component;
}

void crash_report(const struct component *component, uint32_t thread, const uint64_t *words)
{
	(void)component;
	cr_assert_eq(thread, 3);
	cr_assert_eq(words[KAAL_FAULT_WORD_KIND], KAAL_FAULT_MEMORY);
	reports++;
}

void output_end(struct component *component)
{
	(void)component;
}

void threads_make_supervisor(const struct component *component)
{
	cr_assert_eq(calls[KAAL_SYS_CAP_DELETE], component->starts, "the one of the last start is gone");
	supervisor_badge = threads_badge(component, 0);
}

void requests_ended(struct component *component)
{
	(void)component;
	ended++;
}

/* One component with a policy that lives. */
static struct component *start(enum kaal_manifest_restart policy, uint32_t restarts_max)
{
	struct component *component = &components[1];

	fixture_start();
	purged = true;
	purges = ended = reports = 0;
	load_status = KAAL_OK;
	component->description.restart = policy;
	component->description.restarts_max = restarts_max;
	component->description.restart_window_ms = 1000;
	cr_assert_eq(lives_start(component), KAAL_OK);
	return component;
}

/* It ends and, if it may, starts again. */
static bool comes_back(struct component *component, enum kaal_component_end how, uint64_t code)
{
	uint32_t starts = component->starts;

	lives_end(component, how, code);
	cr_assert_eq(component->state, KAAL_COMPONENT_ENDING);
	cr_assert_eq(lives_finish(), component->state != KAAL_COMPONENT_ENDED);
	cr_assert_eq(component->starts, starts + (component->state == KAAL_COMPONENT_RUNNING));
	return component->state == KAAL_COMPONENT_RUNNING;
}

Test(lives, policies)
{
	static const struct {
		enum kaal_manifest_restart policy;
		enum kaal_component_end how;
		uint64_t code;
		bool back;
	} cases[] = {
		{KAAL_MANIFEST_RESTART_NEVER, KAAL_END_EXIT, 0, false},	      {KAAL_MANIFEST_RESTART_NEVER, KAAL_END_FAULT, 1, false},
		{KAAL_MANIFEST_RESTART_ON_FAILURE, KAAL_END_EXIT, 0, false},  {KAAL_MANIFEST_RESTART_ON_FAILURE, KAAL_END_EXIT, 1, true},
		{KAAL_MANIFEST_RESTART_ON_FAILURE, KAAL_END_FAULT, 0, true},  {KAAL_MANIFEST_RESTART_ON_FAILURE, KAAL_END_KILLED, 0, true},
		{KAAL_MANIFEST_RESTART_ON_FAILURE, KAAL_END_STOPPED, 0, false}, {KAAL_MANIFEST_RESTART_ALWAYS, KAAL_END_EXIT, 0, true},
		{KAAL_MANIFEST_RESTART_ALWAYS, KAAL_END_STOPPED, 0, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct component *component = start(cases[i].policy, 5);

		cr_assert_eq(comes_back(component, cases[i].how, cases[i].code), cases[i].back, "case %zu", i);
		cr_assert_eq(component->end, cases[i].how);
		cr_assert_eq(component->code, cases[i].code);
		cr_assert_eq(ended, 1);
	}
}

Test(lives, as_many_as_a_window_allows)
{
	struct component *component = start(KAAL_MANIFEST_RESTART_ALWAYS, 2);

	cr_assert(comes_back(component, KAAL_END_FAULT, 0));
	now += TICKS(999);
	cr_assert(comes_back(component, KAAL_END_FAULT, 0));
	now += TICKS(1);
	cr_assert_not(comes_back(component, KAAL_END_FAULT, 0), "the window has not passed at its last tick");
	says("b: 2 restarts in 1000 ms are as many as it may have");
}

Test(lives, a_window_begins_with_its_first_restart)
{
	struct component *component = start(KAAL_MANIFEST_RESTART_ALWAYS, 2);

	cr_assert(comes_back(component, KAAL_END_FAULT, 0));
	now += TICKS(900);
	cr_assert(comes_back(component, KAAL_END_FAULT, 0));
	now += TICKS(100) + 1;
	for (unsigned i = 0; i < 2; i++)
		cr_assert(comes_back(component, KAAL_END_FAULT, 0));
	cr_assert_not(comes_back(component, KAAL_END_FAULT, 0));
}

Test(lives, waits_for_the_broker)
{
	struct component *component = start(KAAL_MANIFEST_RESTART_ALWAYS, 2);

	root_system.broker = &components[3];
	purged = false;
	lives_end(component, KAAL_END_FAULT, 0);
	cr_assert_eq(purges, 1);
	cr_assert(lives_finish());
	cr_assert_eq(component->state, KAAL_COMPONENT_ENDING);
	/* Meanwhile only the decision can change; nothing ends twice. */
	lives_end(component, KAAL_END_KILLED, 7);
	cr_assert(component->end == KAAL_END_FAULT && component->code == 0 && purges == 1 && ended == 1);
	lives_end(component, KAAL_END_STOPPED, 0);
	purged = true;
	cr_assert_not(lives_finish());
	cr_assert_eq(component->starts, 1);
}

Test(lives, escalation)
{
	struct component *component = start(KAAL_MANIFEST_RESTART_ON_FAILURE, 0);

	component->description.escalation = KAAL_MANIFEST_RESET;
	lives_end(component, KAAL_END_EXIT, 3);
	cr_assert(ends_fatally((void)lives_finish()));
	says("root-task: b: exit code 3");
	says("b has failed for good");
	component = start(KAAL_MANIFEST_RESTART_ON_FAILURE, 0);
	component->description.escalation = KAAL_MANIFEST_POWER_OFF;
	cr_assert_not(comes_back(component, KAAL_END_FAULT, 0));
	cr_assert_eq(calls[KAAL_SYS_SYSTEM_POWER_OFF], 1);
	component = start(KAAL_MANIFEST_RESTART_ON_FAILURE, 0);
	component->description.escalation = KAAL_MANIFEST_RESET;
	cr_assert_not(comes_back(component, KAAL_END_EXIT, 0), "who has done what it was to do has not failed");
}

Test(lives, a_start_that_fails)
{
	struct component *component = start(KAAL_MANIFEST_RESTART_ALWAYS, 5);

	load_status = KAAL_NO_MEMORY;
	cr_assert_not(comes_back(component, KAAL_END_FAULT, 0));
	cr_assert(component->end == KAAL_END_FAILED && component->code == KAAL_NO_MEMORY);
	says("b: not started: the reason");
	load_status = KAAL_OK;
	call_status[KAAL_SYS_THREAD_RESUME] = KAAL_NO_MEMORY;
	cr_assert_eq(lives_start(component), KAAL_NO_MEMORY);
	cr_assert_eq(component->state, KAAL_COMPONENT_ENDED);
}

Test(lives, faults)
{
	uint64_t words[8] = {[KAAL_FAULT_WORD_KIND] = KAAL_FAULT_MEMORY};
	struct component *component = start(KAAL_MANIFEST_RESTART_NEVER, 0);

	now += 5;
	lives_fault(component, 3, words);
	cr_assert(reports == 1 && component->end == KAAL_END_FAULT && component->code == KAAL_FAULT_MEMORY);
	now += 5;
	cr_assert_eq(component->end_ticks, now - 5);
	component = start(KAAL_MANIFEST_RESTART_ALWAYS, 5);
	component->description.critical = true;
	cr_assert(ends_fatally(lives_fault(component, 3, words)));
	component = start(KAAL_MANIFEST_RESTART_ALWAYS, 5);
	root_system.broker = component;
	cr_assert(ends_fatally(lives_end(component, KAAL_END_EXIT, 0)));
	says("the capability broker has ended");
}

Test(lives, what_was_given_away_is_taken_back)
{
	struct component *component = start(KAAL_MANIFEST_RESTART_NEVER, 0);

	component->supervisor = 10;
	component->log_flag = 11;
	component->power = 12;
	lives_end(component, KAAL_END_EXIT, 0);
	cr_assert_eq(calls[KAAL_SYS_CAP_REVOKE], 3);
}

/* What was sent in the name of one start is not believed while it is ending, nor of the next one, whichever thread's it is. */
Test(lives, a_badge_is_of_one_start)
{
	struct component *component;
	uint64_t badge, thread_badge;

	fixture_start();
	badge = threads_badge(&components[1], 0);
	thread_badge = threads_badge(&components[1], 5);
	cr_assert_not(threads_badge_runs(&components[1], badge), "it has not been started");
	component = start(KAAL_MANIFEST_RESTART_ALWAYS, 5);
	cr_assert(threads_badge_runs(component, badge) && threads_badge_runs(component, thread_badge));
	cr_assert(threads_badge_component(thread_badge) == 1 && threads_badge_thread(thread_badge) == 5);
	lives_end(component, KAAL_END_KILLED, 0);
	cr_assert_not(threads_badge_runs(component, badge));
	cr_assert_not(threads_badge_runs(component, supervisor_badge));
	cr_assert(lives_finish());
	cr_assert_not(threads_badge_runs(component, badge) || threads_badge_runs(component, thread_badge));
	cr_assert(threads_badge_runs(component, supervisor_badge));
	/* The number wraps. */
	component->starts = 0x10001;
	cr_assert(threads_badge_runs(component, badge));
	cr_assert_eq(threads_badge_component(supervisor_badge), 1);
}
