/*
 * One interrupt line, its handler (two capabilities), two notifications that it may be bound to, and two threads: the driver, which acks, waits and
 * polls, and a manager. Both bind, unbind, delete and revoke; an interrupt stops these calls after each step, and others go on in between.
 *
 * Checked in every state: IQ-1, IQ-2 (a line is unmasked only by an ack since it fired or was bound; without a handler it is masked and
 * bound to nothing), no storm (a line that fires is masked), and nothing is lost: what the device asked for while the line had
 * somebody to tell is pending, or a flag, until it was told. NT-1.
 *
 * Abstracted from: other lines, badges, priorities of threads, other calls that wait; that on GICv3 a mask takes a moment.
 *
 * Sizes: EDGE=1 CALLERS=1; EDGE=0 CALLERS=2; EDGE=1 CALLERS=2
 * Mutants: -DFIRES_UNMASKED, -DENDS_UNMASKED (the last handler), -DBINDING_STAYS (after the last handler), -DBINDS_UNMASKED, -DUNBINDS_UNMASKED,
 * -DBINDS_OVER (a binding that is there), -DSIGNAL_LOST (when nobody waits), -DFORGETS_WAITER (of a notification that ends).
 *
 * Files: kernel/object/irq.c kernel/object/notification.c kernel/core/syscall_irq.c
 *
 * Left out: irq_start notification_start irq_line_ok (there from the beginning)
 * Left out: irq_of irq_count irq_slot check_make find_line (where things lie, arguments)
 * Left out: give_first (part of notification_signal)
 * Left out: give_bound signal_bound notification_take_bound (notifications bound to threads that receive messages)
 */
#ifndef EDGE
#define EDGE 1
#endif
#ifndef CALLERS
#define CALLERS 2 /* 1: the driver makes none of the calls that take steps */
#endif
#define NONE 9

#define READY 0
#define STOPPED 1
#define WAITING 3

/* What a slot holds: nothing; a capability; one that is being deleted, with its children; nothing, until what ended is told. */
#define EMPTY 0
#define FULL 1
#define ZOMBIE 2
#define RESERVED 3

#define DRIVER 0

mtype = { OK, WRONG_TYPE, SLOT_EMPTY, NOT_BOUND, CANCELLED };

/* What a thread is about to go on with. */
#define NOTHING 0
#define BIND 1
#define UNBIND 2
#define DELETE_HANDLER 3
#define DELETE 4
#define REVOKE 5

typedef notification_state { byte slot; byte count; bool flag; bool waited /* the driver waits */ };

notification_state ntfn[2];
byte handler[2];       /* slots */
byte handlers;         /* count */
bool copied;           /* the second is a copy of the first: below it */
byte bound = NONE;     /* the line's slot: a notification; NONE: see bound_slot */
byte bound_slot;
bool below;            /* that capability is below the notification's own slot, not below the memory's */
bool masked = true;
byte worklist[2];      /* notifications that have ended, the next first */
byte ended_ones;
byte state;            /* the driver's */
byte doing[2], with[2];

/* The device, and what the kernel does not know. */
bool asks;             /* level: it has its line up; edge: the controller has seen one */
bool owed;             /* somebody is to be told */
bool acked;

hidden byte i_, step_, done_, n_;
hidden mtype status_[2];
hidden byte flags_;

inline begin()
{
	status_[0] = 0;
	status_[1] = 0;
	flags_ = NONE;
#ifdef TELL_BEFORE
	printf("@");
	tell()
#endif
}

inline tell()
{
	printf(" %d", state);
	if
	:: status_[0] != 0 -> printf("="); printm(status_[0])
	:: else
	fi;
	if
	:: status_[0] != 0 && flags_ != NONE -> printf(":%d", flags_)
	:: else
	fi;
	printf(" -");
	if
	:: status_[1] != 0 -> printf("="); printm(status_[1])
	:: else
	fi;
	printf(" | %d %d %d.%d %d.%d.%d |", masked, handlers, handler[0], handler[1], bound_slot, bound, below);
	i_ = 0;
	do
	:: i_ < 2 -> printf(" %d.%d.%d.%d", ntfn[i_].slot, ntfn[i_].count, ntfn[i_].flag, ntfn[i_].waited); i_++
	:: else -> break
	od;
	printf(" ; %d %d %d %d %d %d.%d %d.%d %d.%d\n", copied, asks, owed, acked, ended_ones, worklist[0], worklist[1], doing[0], with[0], doing[1], with[1])
}

inline check()
{
	assert(handlers == (handler[0] == FULL || handler[0] == ZOMBIE) + (handler[1] == FULL));
	/* IQ-1, IQ-2 */
	assert((bound_slot == FULL) == (bound != NONE));
	assert(handlers != 0 || (masked && bound == NONE));
	assert(masked || acked);
	/* Nothing is lost. */
	assert(!owed || asks || ntfn[0].flag || ntfn[1].flag);
	i_ = 0;
	do
	:: i_ < 2 ->
		assert(ntfn[i_].count == (ntfn[i_].slot == FULL || ntfn[i_].slot == ZOMBIE) + (bound == i_));
		assert(!ntfn[i_].waited || !ntfn[i_].flag); /* NT-1 */
		/* Who waits for what has ended is told soon. */
		assert(!ntfn[i_].waited || ntfn[i_].count != 0 || (ended_ones > 0 && worklist[0] == i_) || (ended_ones > 1 && worklist[1] == i_));
		i_++
	:: else -> break
	od;
	assert((state == WAITING) == (ntfn[0].waited || ntfn[1].waited))
}

inline done()
{
	check();
	printf("=");
	tell()
}

inline finish(t, status)
{
	assert(status_[t] == 0);
	status_[t] = status;
	doing[t] = NOTHING;
	with[t] = 0
}

/* --- notifications --------------------------------------------------------------------- */

inline notification_take(n) /* kernel: notification_take */
{
	flags_ = ntfn[n].flag;
	if
	:: ntfn[n].flag -> owed = false
	:: else
	fi;
	ntfn[n].flag = false
}

/* The driver's wait ends. */
inline end_wait(n, how, flags) /* kernel: end_wait, finish_wait, sched_ready */
{
	ntfn[n].waited = false;
	state = READY;
	flags_ = flags;
	finish(DRIVER, how)
}

inline notification_signal(n) /* kernel: notification_signal */
{
	if
	:: ntfn[n].waited -> end_wait(n, OK, 1); owed = false
#ifdef SIGNAL_LOST
	:: else
#else
	:: else -> ntfn[n].flag = true
#endif
	fi
}

inline end_notification(n) /* kernel: end_notification */
{
	/* Nobody can be told any more. */
	if
	:: ntfn[n].flag -> owed = false
	:: else
	fi;
	ntfn[n].flag = false;
	worklist[1] = worklist[0];
	worklist[0] = n;
	ended_ones++
}

inline drop_reference(n) /* kernel: drop_reference, end_object */
{
	ntfn[n].count--;
	if
	:: ntfn[n].count == 0 -> end_notification(n)
	:: else
	fi
}

/* done_: there was nothing left. */
inline destroy_worklist_step() /* kernel: destroy_worklist_step, notification_cancel_step, notification_leave */
{
	done_ = (ended_ones == 0);
	if
#ifndef FORGETS_WAITER
	:: ended_ones != 0 && ntfn[worklist[0]].waited -> n_ = worklist[0]; end_wait(n_, CANCELLED, 0)
	:: ended_ones != 0 && !ntfn[worklist[0]].waited -> worklist[0] = worklist[1]; worklist[1] = 0; ended_ones--
#else
	:: ended_ones != 0 -> worklist[0] = worklist[1]; worklist[1] = 0; ended_ones--
#endif
	:: else
	fi
}

/* --- slots: step_ says whether the step was the last ----------------------------------------- */

inline clear_binding() /* kernel: clear_one */
{
	n_ = bound;
	bound = NONE;
	bound_slot = EMPTY;
	below = false;
	if
	:: n_ != NONE -> drop_reference(n_)
	:: else
	fi
}

/* A slot has been emptied: it stays reserved while the worklist is not. */
#define RESERVE_IF_ENDED(slot) \
	step_ = (ended_ones == 0); \
	slot = (ended_ones == 0 -> EMPTY : RESERVED)

#define LEAVE_RESERVED(slot) \
	destroy_worklist_step(); \
	step_ = done_; \
	slot = (done_ -> EMPTY : RESERVED)

inline destroy_binding_step() /* kernel: destroy_slot_step, empty_slot_step */
{
	if
	:: bound_slot == RESERVED -> LEAVE_RESERVED(bound_slot)
	:: else -> clear_binding(); RESERVE_IF_ENDED(bound_slot)
	fi
}

inline destroy_handler_step(h) /* kernel: clear, irq_end, irq_is_free */
{
	if
	:: handler[h] == RESERVED -> LEAVE_RESERVED(handler[h])
	:: handler[h] != RESERVED && h == 0 && copied -> handler[h] = ZOMBIE; copied = false; step_ = false
	:: else ->
		if
		:: handler[h] != EMPTY ->
			handlers--;
			handler[h] = EMPTY;
			copied = false;
			if
			:: handlers == 0 ->
#ifndef ENDS_UNMASKED
				masked = true;
#endif
				acked = false;
#ifndef BINDING_STAYS
				clear_binding()
#endif
			:: else
			fi
		:: else
		fi;
		RESERVE_IF_ENDED(handler[h])
	fi
}

inline destroy_notification_step(n)
{
	if
	:: ntfn[n].slot == RESERVED -> LEAVE_RESERVED(ntfn[n].slot)
	:: ntfn[n].slot != RESERVED && bound == n && below -> ntfn[n].slot = ZOMBIE; below = false; step_ = false
	:: else ->
		if
		:: ntfn[n].slot != EMPTY -> ntfn[n].slot = EMPTY; drop_reference(n)
		:: else
		fi;
		RESERVE_IF_ENDED(ntfn[n].slot)
	fi
}

inline destroy_below_step(n) /* kernel: destroy_below_step */
{
	if
	:: bound == n && below -> clear_binding(); step_ = false
	:: else -> step_ = true
	fi
}

/* After a step: done_ says whether the call goes on without being made again. */
inline run_worklist() /* kernel: syscall_run_steps */
{
	if
	:: step_ -> destroy_worklist_step()
	:: else -> done_ = false
	fi
}

/* --- calls: again from the beginning, each time that an interrupt has stopped them ------------- */

inline irq_handler_bind(t, n) /* kernel: syscall_irq_handler_bind, irq_bind */
{
	if
	:: handler[0] != FULL || ntfn[n].slot != FULL -> finish(t, WRONG_TYPE)
	:: else ->
#ifndef BINDS_UNMASKED
		masked = true;
#endif
		acked = false;
#ifdef BINDS_OVER
		done_ = true;
#else
		destroy_binding_step();
		run_worklist();
#endif
		if
		:: done_ ->
			assert(bound_slot == EMPTY);
			bound = n;
			bound_slot = FULL;
			below = true;
			ntfn[n].count++;
			finish(t, OK)
		:: else
		fi
	fi
}

inline irq_handler_unbind(t) /* kernel: syscall_irq_handler_unbind */
{
	if
	:: handler[0] != FULL -> finish(t, WRONG_TYPE)
	:: handler[0] == FULL && bound_slot == EMPTY -> finish(t, NOT_BOUND)
	:: else ->
#ifndef UNBINDS_UNMASKED
		masked = true;
#endif
		acked = false;
		destroy_binding_step();
		run_worklist();
		if
		:: done_ -> finish(t, OK)
		:: else
		fi
	fi
}

inline delete_handler(t, h)
{
	destroy_handler_step(h);
	run_worklist();
	if
	:: done_ -> finish(t, OK)
	:: else
	fi
}

inline delete_notification(t, n)
{
	destroy_notification_step(n);
	run_worklist();
	if
	:: done_ -> finish(t, OK)
	:: else
	fi
}

inline revoke_notification(t, n)
{
	if
	:: ntfn[n].slot != FULL -> finish(t, SLOT_EMPTY)
	:: else ->
		destroy_below_step(n);
		run_worklist();
		if
		:: done_ -> finish(t, OK)
		:: else
		fi
	fi
}

inline go_on(t)
{
	if
	:: doing[t] == BIND -> irq_handler_bind(t, with[t])
	:: doing[t] == UNBIND -> irq_handler_unbind(t)
	:: doing[t] == DELETE_HANDLER -> delete_handler(t, with[t])
	:: doing[t] == DELETE -> delete_notification(t, with[t])
	:: doing[t] == REVOKE -> revoke_notification(t, with[t])
	fi
}

#define CAN_CALL(t) (doing[t] == NOTHING && (t != DRIVER || state == READY))

proctype caller(byte t)
{
	byte what = NOTHING, which = 0;

end:	do
	:: atomic { CAN_CALL(t) ->
		if
		:: which = 0
		:: which = 1
		fi;
		if
		:: handler[0] == FULL && ntfn[which].slot == FULL -> what = BIND
		:: handler[0] == FULL && which == 0 -> what = UNBIND
		:: handler[which] == FULL -> what = DELETE_HANDLER
		:: ntfn[which].slot != EMPTY && t != DRIVER -> what = DELETE
		:: ntfn[which].slot == FULL && t != DRIVER -> what = REVOKE
		:: else -> what = NOTHING
		fi;
		if
		:: d_step { what != NOTHING -> begin(); printf("plan %d %d %d\n", t, what, which); doing[t] = what; with[t] = which; done() }
		:: else
		fi;
		what = NOTHING;
		which = 0 }
	:: d_step { doing[t] != NOTHING && (t != DRIVER || state == READY) ->
		begin(); printf("go %d %d %d\n", t, doing[t], with[t]); go_on(t); done() }
	od
}

/* What else the driver does. */
proctype driver()
{
end:	do
	:: d_step { CAN_CALL(DRIVER) && handler[0] == FULL -> /* kernel: syscall_irq_ack */
		begin(); printf("ack\n"); masked = false; acked = true; finish(DRIVER, OK); done() }
	:: d_step { CAN_CALL(DRIVER) && handler[0] == FULL && ntfn[0].slot == FULL -> /* kernel: syscall_irq_ack_wait, notification_wait */
		begin();
		printf("ack_wait\n");
		masked = false;
		acked = true;
		notification_take(0);
		if
		:: flags_ == 0 -> ntfn[0].waited = true; state = WAITING; flags_ = NONE
		:: else -> finish(DRIVER, OK)
		fi;
		done() }
	:: d_step { CAN_CALL(DRIVER) && ntfn[1].slot == FULL -> begin(); printf("poll\n"); notification_take(1); finish(DRIVER, OK); done() }
	:: d_step { state == WAITING -> /* kernel: sched_stop */
		begin(); printf("suspend\n"); n_ = (ntfn[0].waited -> 0 : 1); end_wait(n_, CANCELLED, 0); state = STOPPED; done() }
	:: d_step { state == STOPPED -> begin(); printf("resume\n"); state = READY; done() }
	od
}

/* The device, the controller, and what the manager makes anew. */
proctype others()
{
end:	do
	:: d_step { !asks -> begin(); printf("asks\n"); asks = true; owed = (bound != NONE); done() }
	:: d_step { asks && !EDGE -> begin(); printf("served\n"); asks = false; owed = (owed && (ntfn[0].flag || ntfn[1].flag)); done() }
	:: d_step { asks && !masked -> /* kernel: irq_fire, interrupt_handle */
		begin();
		printf("fire\n");
#ifndef FIRES_UNMASKED
		masked = true;
#endif
		acked = false;
		asks = (EDGE -> false : asks);
		if
		:: bound != NONE -> n_ = bound; notification_signal(n_)
		:: else -> owed = false
		fi;
		done() }
	:: d_step { handlers == 0 && handler[0] == EMPTY -> /* kernel: syscall_irq_handler_make, irq_handler_start */
		begin(); printf("make %d\n", EDGE); handlers = 1; handler[0] = FULL; masked = true; acked = false;
		asks = (EDGE -> false : asks); owed = (owed && asks); done() }
	:: d_step { handler[0] == FULL && handler[1] == EMPTY -> begin(); printf("copy\n"); handlers++; handler[1] = FULL; copied = true; done() }
	:: d_step { ntfn[0].slot == EMPTY && ntfn[0].count == 0 && ended_ones == 0 -> begin(); printf("new 0\n"); ntfn[0].slot = FULL; ntfn[0].count = 1; done() }
	:: d_step { ntfn[1].slot == EMPTY && ntfn[1].count == 0 && ended_ones == 0 -> begin(); printf("new 1\n"); ntfn[1].slot = FULL; ntfn[1].count = 1; done() }
	od
}

init
{
	atomic {
		printf("world\n");
		if
		:: CALLERS == 2 -> run caller(0)
		:: else
		fi;
		run caller(1);
		run driver();
		run others()
	}
}
