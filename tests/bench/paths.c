/*
 * Calls whose way through the kernel `./kaal bench` looks at instruction by
 * instruction: loads, stores, system registers, barriers, branches. Each is made
 * several times; the last time counts, and the one before it must be the same.
 */
#include "measure.h"
#include "pair.h"

#define TIMES 4u

PATH_CALL(null, "syscall.null", "syscall.null", KAAL_SYS_NOTIFICATION_POLL)
PATH_CALL(signal, "ntfn.signal.idle", "ntfn.signal.idle", KAAL_SYS_NOTIFICATION_SIGNAL)
PATH_CALL(yield, "sched.yield.switch", "sched.yield.switch", KAAL_SYS_SCHED_YIELD)

PATH_CALL(call, "ipc.call.0", "ipc.replyrecv.0", KAAL_SYS_ENDPOINT_CALL)
PATH_CALL(reply_recv, "ipc.replyrecv.0", "ipc.call.0", KAAL_SYS_ENDPOINT_REPLY_RECV)

static void walk_notification(void)
{
	prepare_child(KAAL_OBJECT_NOTIFICATION);
	for (unsigned i = 0; i < TIMES; i++)
		must("poll", path_null(at(ORIGINAL), 0, 0));
	for (unsigned i = 0; i < TIMES; i++) {
		uint64_t flags;

		must("signal", path_signal(at(ORIGINAL), 0, 0));
		must("poll", kaal_sys_notification_poll(at(ORIGINAL), &flags));
	}
}

/* The first wakes the second; they take turns, then stop. */
static void take_turns(uint64_t i)
{
	if (i == FIRST)
		kaal_ignore(kaal_sys_thread_resume(thread(SECOND)));
	for (unsigned round = 0; round < TIMES; round++)
		(void)path_yield(0, 0, 0);
	stop(i);
}

static void walk_yield(void)
{
	prepare_pair(take_turns, take_turns, 0);
	must("resume", kaal_sys_thread_resume(thread(FIRST)));
}

static void call(uint64_t i)
{
	kaal_ignore(kaal_sys_thread_resume(thread(SECOND)));
	for (unsigned round = 0; round < TIMES; round++)
		(void)path_call(at(ORIGINAL), 0, 0);
	stop(i);
}

static void serve(uint64_t i)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge;

	(void)i;
	kaal_ignore(kaal_sys_endpoint_recv(at(ORIGINAL), at(SIBLING), words, &received, &badge));
	for (;;)
		(void)path_reply_recv(at(ORIGINAL), 0, at(SIBLING));
}

static void walk_messages(void)
{
	prepare_pair(call, serve, 1);
	retype(at(BLOCK), KAAL_OBJECT_ENDPOINT, CSPACE, at(ORIGINAL), 1);
	retype(at(BLOCK), KAAL_OBJECT_REPLY, CSPACE, at(SIBLING), 1);
	must("resume", kaal_sys_thread_resume(thread(FIRST)));
}

int main(void)
{
	start_measuring();
	walk_notification();
	start_pairs();
	walk_yield();
	walk_messages();
	return 0;
}
