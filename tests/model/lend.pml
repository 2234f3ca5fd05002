/*
 * Scheduling contexts that are lent along with calls: a client, a server that calls another server, which has no context at first; the first server
 * has two replies, so that it can defer an answer. Budgets run out and come back, contexts are bound and unbound, threads are stopped, run
 * into deadlines, end; replies end; all at any moment.
 *
 * Checked in every state: a context that is bound has one holder, and who else has its word has lent it on the way there; TH-3,
 * LN-1, SC-1, and what messages.inc says. LN-2 is not met: chains are as long as there are threads.
 *
 * Abstracted from: refills (a budget is there or not), priorities, what messages say, the end of a budget as a message (timeout handler).
 *
 * Sizes: CONTEXTS=2 DEFERRED=0
 * Sizes: CONTEXTS=2 DEFERRED=1
 * Sizes: CONTEXTS=3 DEFERRED=1
 * Mutants: -DHOLDER_STAYS (a context that comes back), -DBORROWER_KEEPS (its word), -DGIVES_NOTHING_BACK (before it receives),
 * -DUNBOUND_BUT_USED (by whom it was lent to), -DLOANS_UNCOUNTED, -DOWN_FORGOTTEN (by who loses a lent one).
 *
 * Files: kernel/core/lend.c kernel/core/sched_budget.c kernel/object/sched_context.c
 *
 * Left out: sched_context_start sched_context_next sched_context_end sched_context_charge take join_small drop_first add_last add_slice is_unlimited has_budget sched_consumed sched_use_budget (refills)
 * Left out: set_home set_own set_context (parts of sched_bind)
 */
#define CLIENTS 1
#ifndef DEFERRED
#define DEFERRED 1 /* whether the first server has a second reply */
#endif
#ifndef CONTEXTS
#define CONTEXTS 2
#endif
#define THREADS (CLIENTS + 2)
#define SERVER CLIENTS
#define LAST (CLIENTS + 1)
#define ENDPOINTS 2
#define REPLIES (2 + DEFERRED)
#define LIMITED 2 /* contexts whose budget ends */

#define PRIORITY(t) (t == 1)
#define CONTENT(t) (t)

#define LEND_CONTEXT(caller, to) lend_context(caller, to)
#define LEND_RETURN(t) lend_return(t)
#define LEND_GIVE_BACK(t) lend_give_back(t)
#define LEND_IF_USED_UP(t) lend_if_used_up(t)
#define LEND_UNBIND_OWN(t) unbind_own(t)

byte context[THREADS]; /* what it runs on, or has lent */
byte loans[THREADS];   /* how often that has been lent to come here */
byte own[THREADS];
byte home[CONTEXTS];
byte holder[CONTEXTS];
bool has_budget[CONTEXTS];
bit sooner; /* if both contexts whose budget ends are used up: which comes back first */
/* 1: there; 2: it comes back before the other. */
#define BUDGET(c) (has_budget[c] -> 1 : ((c < LIMITED && !has_budget[1 - c] && sooner == c) -> 2 : 0))

hidden byte context_, at_, next_, caller_, unbound_;

#include "messages.inc"

/* Ready, and in a ready queue rather than waiting for budget. */
#define RUNS(t) (thread[t].is == READY && context[t] != NONE && has_budget[context[t]])

inline sched_use(t, sc, times) /* kernel: sched_use, use_ready, hold */
{
	context[t] = sc;
	loans[t] = times;
	if
	:: sc != NONE -> holder[sc] = t
	:: else
	fi
}

/* Its own context, if that is not lent. */
inline use_own(t) /* kernel: own_word */
{
	if
	:: own[t] != NONE && holder[own[t]] == t -> sched_use(t, own[t], 0)
	:: else -> sched_use(t, NONE, 0)
	fi
}

inline lose(t) /* kernel: lose */
{
	if
	:: thread[t].is == AWAITING -> sched_use(t, NONE, 0)
#ifdef OWN_FORGOTTEN
	:: else -> sched_use(t, NONE, 0)
#else
	:: else -> use_own(t)
#endif
	fi
}

#define CALLED_BY(t) reply[thread[t].waiting_for].receiver /* kernel: called_by */

inline lend_context(caller, to) /* kernel: lend_context, sched_context_ready */
{
	context_ = context[caller];
	if
	:: context_ == NONE || holder[context_] != caller -> skip
	:: else ->
		if
		:: own[to] != NONE && !has_budget[context_] -> skip
#ifdef LOANS_UNCOUNTED
		:: else -> sched_use(to, context_, 1)
#else
		:: else -> sched_use(to, context_, loans[caller] + 1)
#endif
		fi
	fi
}

inline lend_return(t) /* kernel: lend_return */
{
	context_ = context[t];
	next_ = (context_ == NONE -> t : holder[context_]);
	at_ = t;
	assert(thread[t].is == AWAITING);
	if
	:: context_ == NONE -> use_own(t)
#ifndef HOLDER_STAYS
	:: else -> holder[context_] = t
#else
	:: else
#endif
	fi;
#ifndef BORROWER_KEEPS
	do
	:: at_ != next_ ->
		at_ = CALLED_BY(at_);
		lose(at_)
	:: else -> break
	od
#endif
}

inline lend_give_back(t) /* kernel: lend_give_back */
{
#ifndef GIVES_NOTHING_BACK
	caller_ = (thread[t].reply == NONE -> NONE : REPLY_CALLER(thread[t].reply));
	if
	:: caller_ != NONE -> lend_return(caller_)
	:: else
	fi
#else
	skip
#endif
}

/* kernel: lend_is_used_up, thread_context, thread_own */
#define IS_USED_UP(t) (context[t] != own[t] && context[t] != NONE && own[t] != NONE && !has_budget[context[t]] && \
	(has_budget[own[t]] || own[t] == sooner))

inline lend_if_used_up(t)
{
	if
	:: IS_USED_UP(t) -> lend_give_back(t)
	:: else
	fi
}

inline lend_end(sc) /* kernel: lend_end, sched_unbind, leave */
{
	at_ = home[sc];
	caller_ = holder[sc];
	assert(at_ != NONE);
	own[at_] = NONE;
	home[sc] = NONE;
	holder[sc] = NONE;
	do
	:: next_ = (at_ == caller_ -> NONE : CALLED_BY(at_));
#ifdef UNBOUND_BUT_USED
	   if
	   :: context[at_] == sc && thread[at_].is != READY -> lose(at_)
	   :: else
	   fi;
#else
	   if
	   :: context[at_] == sc -> lose(at_)
	   :: else
	   fi;
#endif
	   if
	   :: next_ == NONE -> break
	   :: else -> at_ = next_
	   fi
	od
}

inline unbind_own(t)
{
	unbound_ = own[t];
	if
	:: unbound_ != NONE -> lend_end(unbound_)
	:: else
	fi;
	assert(context[t] == NONE)
}

inline sched_bind(sc, t) /* kernel: sched_bind */
{
	home[sc] = t;
	holder[sc] = t;
	own[t] = sc;
	if
	:: context[t] == NONE -> context[t] = sc; loans[t] = 0
	:: else
	fi
}

/* A budget ends while a thread runs on it. */
inline end_budget(t) /* kernel: sched_end_budget, charge, charge_limited */
{
	has_budget[context[t]] = false;
	sooner = (has_budget[1 - context[t]] -> 0 : 1 - context[t]);
	lend_if_used_up(t)
}

/* --- what holds after each step ---------------------------------------------------------------- */

/* TH-3, LN-1 */
inline check_context(t)
{
	context_ = context[t];
	assert(own[t] == NONE || home[own[t]] == t);
	if
	:: context_ == NONE -> assert(own[t] == NONE || thread[t].is == AWAITING)
	:: else ->
		assert(home[context_] != NONE);
		/* The holder, or one who lent it on the way there. */
		at_ = t;
		n_ = 0;
		do
		:: at_ != holder[context_] ->
			assert(thread[at_].is == AWAITING && context[at_] == context_ && n_ < THREADS);
			at_ = CALLED_BY(at_);
			assert(at_ != NONE);
			n_++
		:: else -> break
		od;
		if
		:: own[t] == context_ -> assert(loans[t] == 0)
		:: else ->
			assert(thread[t].reply != NONE);
			caller_ = REPLY_CALLER(thread[t].reply);
			assert(caller_ != NONE && context[caller_] == context_ && loans[t] == loans[caller_] + 1)
		fi
	fi
}

/* SC-1 */
inline check_holder(sc)
{
	assert((home[sc] == NONE) == (holder[sc] == NONE));
	if
	:: home[sc] != NONE ->
		assert(own[home[sc]] == sc);
		/* Who has it at home may run on one that was lent to it. */
		assert(holder[sc] == home[sc] || (context[holder[sc]] == sc && context[home[sc]] == sc))
	:: else
	fi
}

inline check_all()
{
	check_messages();
	j_ = 0;
	do
	:: j_ < THREADS -> check_context(j_); j_++
	:: else -> break
	od;
	j_ = 0;
	do
	:: j_ < CONTEXTS -> check_holder(j_); j_++
	:: else -> break
	od
}

inline tell()
{
	tell_messages();
	printf(" |");
	i_ = 0;
	do
	:: i_ < THREADS -> printf(" %d.%d.%d", context[i_], loans[i_], own[i_]); i_++
	:: else -> break
	od;
	printf(" |");
	i_ = 0;
	do
	:: i_ < CONTEXTS -> printf(" %d.%d.%d", home[i_], holder[i_], BUDGET(i_)); i_++
	:: else -> break
	od;
	printf(" ;");
	tell_ghosts();
	printf("\n")
}

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
	check_all();
	printf("=");
	tell()
}

/* --- what happens --------------------------------------------------------------------------------- */

proctype client(byte t)
{
	byte deadline = FOREVER;

end:	do
	:: atomic { RUNS(t) ->
		if
		:: deadline = FOREVER
		:: deadline = UNTIL
		fi;
		d_step { enter(t, true); printf("call %d 0 %d %d\n", t, deadline, CONTENT(t)); ipc_send(t, 0, true, deadline); done() }
		deadline = FOREVER }
	od
}

/* At endpoint e, with the replies from `first` to `last`. */
proctype server(byte t; byte e; byte first; byte last)
{
	byte with = NONE;

end:	do
	:: atomic { RUNS(t) ->
		if
		:: with = first
		:: with = last
		fi;
		d_step { enter(t, false); printf("recv %d %d %d 0\n", t, e, with); receive_with(t, e, with, FOREVER); done() }
		with = NONE }
	:: atomic { RUNS(t) ->
		if
		:: with = first
		:: with = last
		fi;
		d_step {
			enter(t, false); printf("reply_recv %d %d %d 0 %d\n", t, e, with, reply[with].got);
			reply_receive(t, e, with, FOREVER); done()
		}
		with = NONE }
	:: atomic { RUNS(t) ->
		if
		:: with = first
		:: with = last
		fi;
		d_step { enter(t, false); printf("reply %d %d %d\n", t, with, reply[with].got); reply_send(t, with); done() }
		with = NONE }
	:: d_step { e == 0 && RUNS(t) ->
		enter(t, true); printf("call %d 1 0 %d\n", t, CONTENT(t)); ipc_send(t, 1, true, FOREVER); done() }
	od
}

/* What happens to threads and objects. */
proctype others()
{
	byte who = NONE, which = NONE;

end:	do
	:: atomic { true ->
		if
		:: who = 0
		:: who = SERVER
		:: who = LAST
		fi;
		if
		:: d_step { thread[who].is == STOPPED -> enter(NONE, false); printf("resume %d\n", who); sched_ready(who); done() }
		:: d_step { thread[who].is != STOPPED -> enter(NONE, false); printf("suspend %d\n", who); sched_stop(who); done() }
		:: d_step { thread[who].timed -> enter(NONE, false); printf("timeout %d\n", who); sched_expire(who); done() }
		:: d_step { RUNS(who) && context[who] < LIMITED -> enter(NONE, false); printf("use_up %d\n", who); end_budget(who); done() }
		:: d_step { enter(NONE, false); printf("renew_thread %d\n", who); sched_forget(who); done() }
		:: d_step { who < REPLIES -> enter(NONE, false); printf("renew_reply %d\n", who); ipc_end_reply(who); done() }
		fi;
		who = NONE }
	:: atomic { true ->
		if
		:: which = 0
		:: which = 1
		:: CONTEXTS > 2 -> which = CONTEXTS - 1
		fi;
		if
		:: d_step { home[which] != NONE -> enter(NONE, false); printf("unbind %d\n", which); lend_end(which); done() }
		:: d_step { home[which] == NONE && own[which] == NONE -> enter(NONE, false); printf("bind %d %d\n", which, which); sched_bind(which, which); done() }
		:: d_step { home[which] == NONE && own[LAST] == NONE && which != LAST ->
			enter(NONE, false); printf("bind %d %d\n", which, LAST); sched_bind(which, LAST); done() }
		:: d_step { !has_budget[which] -> enter(NONE, false); printf("refill %d\n", which); has_budget[which] = true; sooner = 0; done() } /* kernel: sched_configure, sched_context_configure, sched_requeue */
		:: else -> skip
		fi;
		which = NONE }
	od
}

init
{
	byte at = 0;

	atomic {
		start_messages();
		do
		:: at < CONTEXTS -> has_budget[at] = true; home[at] = NONE; holder[at] = NONE; at++
		:: else -> break
		od;
		at = 0;
		do
		:: at < THREADS -> own[at] = NONE; context[at] = NONE; at++
		:: else -> break
		od;
		at = 0;
		do
		:: at < LIMITED -> sched_bind(at, at); at++
		:: else -> break
		od;
		printf("world %d %d %d %d %d\n", THREADS, ENDPOINTS, REPLIES, CONTEXTS, LIMITED);
		at = 0;
		do
		:: at < CLIENTS -> run client(at); at++
		:: else -> break
		od;
		at = 0;
		run server(SERVER, 0, 0, DEFERRED);
		run server(LAST, 1, 1 + DEFERRED, 1 + DEFERRED);
		run others()
	}
}
