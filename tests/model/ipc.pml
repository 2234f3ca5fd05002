/*
 * Messages between clients and servers at one endpoint, with two replies: calls, sends, receives and answers, with deadlines and without; any thread is
 * stopped, runs into its deadline, or ends and is made anew, at any moment; endpoint and replies end and are made anew.
 *
 * Checked in every state: nobody waits beside a partner, no message comes twice, to another or not at all while its
 * sender is told OK, a call that is cancelled is never answered, each call ends once; EP-1 to EP-3, RP-1 to RP-3.
 *
 * Abstracted from: what registers, buffers and capabilities a message has (a message says who sends it, and one bit that
 * differs from the call before), who runs (any thread that is ready), when a deadline is (at any moment), faults, and
 * lent time, which lend.pml has.
 *
 * Sizes: CLIENTS=2 SERVERS=1; CLIENTS=1 SERVERS=2
 * Mutants: -DSTAYS_IN_QUEUE (a receiver that has its message), -DREPLY_KEEPS_CALLER (one whose call has ended), -DSERVED_WAITS (a caller whose
 * server ends is not cancelled), -DTWO_RECEIVERS (of one reply), -DRECEIVER_UNSEEN (a sender waits beside a receiver), -DANSWERED_TWICE,
 * -DDEADLINE_STAYS (of a call that has ended), -DDEADLINE_UNSEEN (the fast path may answer a call with one), -DFAST_WITHOUT_REPLY (a receiver whose reply
 * has ended is still one for it), -DENDPOINT_FORGETS (who waits when it ends).
 */
#ifndef CLIENTS
#define CLIENTS 2
#endif
#ifndef SERVERS
#define SERVERS 1
#endif
#define THREADS (CLIENTS + SERVERS)
#define ENDPOINTS 1
#define REPLIES 2
#define EP 0

bit turn[THREADS]; /* the other one with each call */

#define PRIORITY(t) (t == 1)
#define CONTENT(t) (2 * (t) + turn[t])

/* Everybody has time. */
#define LEND_CONTEXT(caller, to) skip
#define LEND_RETURN(t) skip
#define LEND_GIVE_BACK(t) skip
#define LEND_IF_USED_UP(t) skip
#define LEND_UNBIND_OWN(t) skip

#include "messages.inc"

bool ending; /* the endpoint has no capability left; who waits there is told one by one */

inline tell()
{
	tell_messages();
	printf(" | %d ;", ending);
	tell_ghosts();
	i_ = 0;
	do
	:: i_ < THREADS -> printf(" %d", turn[i_]); i_++
	:: else -> break
	od;
	printf("\n")
}

/* Each step begins and ends so. */
inline enter(caller, is_sender)
{
	begin(caller, is_sender);
#ifdef TELL_BEFORE
	printf("@");
	tell()
#endif
}

inline done()
{
	check_messages();
	printf("=");
	tell()
}

#define RUNS(t) (thread[t].is == READY)

/* What happens to a thread, whatever it does. */
#define FATE(t) \
	:: d_step { thread[t].is != STOPPED -> enter(NONE, false); printf("suspend %d\n", t); sched_stop(t); done() } \
	:: d_step { thread[t].is == STOPPED -> enter(NONE, false); printf("resume %d\n", t); sched_ready(t); done() } \
	:: d_step { thread[t].timed -> enter(NONE, false); printf("timeout %d\n", t); sched_expire(t); done() }

proctype client(byte t)
{
	byte deadline = FOREVER;

end:	do
	:: atomic { RUNS(t) && !ending ->
		if
		:: deadline = FOREVER
		:: deadline = UNTIL
		fi;
		d_step {
			enter(t, true); turn[t] = !turn[t]; printf("call %d 0 %d %d\n", t, deadline, CONTENT(t));
			ipc_send(t, EP, true, deadline); done()
		}
		deadline = FOREVER }
	:: atomic { RUNS(t) && !ending ->
		if
		:: deadline = FOREVER
		:: deadline = UNTIL
		:: deadline = AT_ONCE
		fi;
		d_step {
			enter(t, true); turn[t] = !turn[t]; printf("send %d 0 %d %d\n", t, deadline, CONTENT(t));
			ipc_send(t, EP, false, deadline); done()
		}
		deadline = FOREVER }
	FATE(t)
	od
}

proctype server(byte t)
{
	byte deadline = FOREVER, with = NONE;

end:	do
	:: atomic { RUNS(t) && !ending ->
		if
		:: deadline = FOREVER
		:: deadline = UNTIL
		:: deadline = AT_ONCE
		fi;
		if
		:: with = 0
		:: with = 1
		:: with = NONE
		fi;
		d_step {
			enter(t, false); printf("recv %d 0 %d %d\n", t, with, deadline);
			receive_with(t, EP, with, deadline); done()
		}
		deadline = FOREVER; with = NONE }
	:: atomic { RUNS(t) && !ending ->
		if
		:: deadline = FOREVER
		:: deadline = UNTIL
		fi;
		if
		:: with = 0
		:: with = 1
		fi;
		d_step {
			enter(t, false); printf("reply_recv %d 0 %d %d %d\n", t, with, deadline, reply[with].got);
			reply_receive(t, EP, with, deadline); done()
		}
		deadline = FOREVER; with = NONE }
	:: atomic { RUNS(t) ->
		if
		:: with = 0
		:: with = 1
		fi;
		d_step { enter(t, false); printf("reply %d %d %d\n", t, with, reply[with].got); reply_send(t, with); done() }
		with = NONE }
	FATE(t)
	od
}

/* What ends, and is made anew. */
proctype objects()
{
	byte which = NONE;

end:	do
	:: d_step { !ending -> enter(NONE, false); printf("end_endpoint 0\n"); ending = true; done() }
	:: d_step { ending && endpoint[EP].waiting != 0 -> enter(NONE, false); printf("cancel 0\n"); cancel_endpoint_step(EP); done() }
#ifdef ENDPOINT_FORGETS
	:: d_step { ending && endpoint[EP].waiting != 0 ->
		enter(NONE, false); endpoint[EP].is = IDLE; endpoint[EP].waiting = 0; endpoint[EP].queue[0] = 0; ending = false; done() }
#endif
	:: d_step { ending && endpoint[EP].waiting == 0 -> enter(NONE, false); printf("new_endpoint 0\n"); ending = false; done() }
	:: atomic { !ending ->
		if
		:: which = 0
		:: which = 1
		fi;
		d_step { enter(NONE, false); printf("renew_reply %d\n", which); ipc_end_reply(which); done() }
		which = NONE }
	:: atomic { !ending ->
		if
		:: which = 0
		:: which = THREADS - 1
		fi;
		d_step {
			enter(NONE, false); printf("renew_thread %d\n", which);
			sched_forget(which); turn[which] = 0; done()
		}
		which = NONE }
	od
}

init
{
	byte t = 0;

	atomic {
		start_messages();
		printf("world %d %d %d 0 0\n", THREADS, ENDPOINTS, REPLIES);
		do
		:: t < CLIENTS -> run client(t); t++
		:: t >= CLIENTS && t < THREADS -> run server(t); t++
		:: else -> break
		od;
		t = 0;
		run objects()
	}
}
