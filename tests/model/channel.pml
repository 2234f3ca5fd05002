/*
 * One way of a channel, and how its ends wait: sdk/libkaal/queue.c, channel_io.c, and of the broker what happens when an end closes. The queue holds
 * ROOM records of one size; the producer sends MESSAGES, the consumer takes them; either may end at any moment instead.
 *
 * Memory: what a side stores is seen by the other when the side comes to a barrier or enters the kernel, or at any time before (`buffer`). Who
 * waits is not woken but by a flag, which the other side, or the broker, sets.
 *
 * Checked in every state: messages come in order, each once; and nobody waits for ever (no invalid end state), unless there is
 * nobody on the other side, and then not either.
 *
 * Sizes: ROOM=1 MESSAGES=4; ROOM=2 MESSAGES=4; ROOM=3 MESSAGES=5
 * Mutants, each of which must be found wrong: -DNO_BARRIER_COMMIT, -DNO_BARRIER_WANT (the barriers of QUEUE-5), -DNO_SECOND_LOOK (a side that has said
 * what it waits for and waits at once), -DNO_LOOK_AFTER_GONE (what was sent before an end is lost), -DTELL_FIRST (the broker signals before it
 * takes the notification away), -DNO_TELL (it does not signal at all); and -DALL_TAKEN, where the claim is that not all messages come.
 */
#ifndef MESSAGES
#define MESSAGES 4
#endif
#ifndef ROOM
#define ROOM 2
#endif

#define P 0
#define C 1

/* Shared memory: as seen by the other side, and as stored. Counts of records. */
byte written, read_;             /* seen by the other side */
byte wanted, room_wanted;        /* 0: nothing; else count + 1 */
byte stored_written, stored_read, stored_wanted, stored_room_wanted;

byte slot[ROOM];                 /* contents: number of the message */
bool flag[2];                    /* of each side's notification, bound to the channel */
bool there[2] = {true, true};    /* each side's notification: what the other side can signal */
bool ended[2];                   /* the side has closed or died; the broker sees to it */
byte taken;                      /* messages that the consumer has got */
byte sent;

/* Stores of a side become visible: a full barrier. */
inline publish(side)
{
	atomic {
		if
		:: side == P -> written = stored_written; room_wanted = stored_room_wanted
		:: else -> read_ = stored_read; wanted = stored_wanted
		fi
	}
}

/* A store may be seen before its barrier: in the order in which it was made, for these are of different words each seen alone. */
active proctype buffer()
{
	do
	:: written != stored_written -> written = stored_written
	:: read_ != stored_read -> read_ = stored_read
	:: wanted != stored_wanted -> wanted = stored_wanted
	:: room_wanted != stored_room_wanted -> room_wanted = stored_room_wanted
	:: timeout -> break
	od
}

inline signal(other)
{
	atomic {
		if
		:: there[other] -> flag[other] = true
		:: else
		fi
	}
}

/* kaal_signals_wait(): enters the kernel, and sleeps until there is a flag. */
inline wait_for(side)
{
	publish(side);
	atomic { flag[side] -> flag[side] = false }
}

active proctype producer()
{
	byte seen = 0, before, other;
	bool gone = false;

	do
	:: sent == MESSAGES -> break
	:: true -> break             /* it closes, or dies, wherever it is */
	:: sent < MESSAGES ->
		/* kaal_channel_reserve() */
		do
		:: if
		   :: sent - seen == ROOM -> seen = read_
		   :: else
		   fi;
		   if
		   :: sent - seen < ROOM -> break
		   :: else
		   fi;
		   stored_room_wanted = sent + 1 - ROOM + 1;
#ifndef NO_BARRIER_WANT
		   publish(P);
#endif
#ifndef NO_SECOND_LOOK
		   seen = read_;
		   if
		   :: sent - seen < ROOM -> break
		   :: else
		   fi;
#endif
		   if
		   :: !there[C] -> gone = true; break
		   :: else
		   fi;
		   wait_for(P)
		od;
		if
		:: gone -> break
		:: else
		fi;
		/* kaal_channel_commit() */
		assert(sent - read_ < ROOM);
		slot[sent % ROOM] = sent;
		before = sent;
		sent++;
		atomic { stored_written = sent }
#ifndef NO_BARRIER_COMMIT
		publish(P);
#endif
		other = wanted;
		if
		:: other == before + 2 -> signal(C)
		:: else
		fi
	od;
	publish(P);
	ended[P] = true
}

active proctype consumer()
{
	byte seen = 0, other;
	bool gone = false, last = false;

	do
	:: taken == MESSAGES -> break
	:: true -> break
	:: taken < MESSAGES ->
		/* kaal_channel_peek() */
		do
		:: seen = written;
		   if
		   :: seen != taken -> break
		   :: else
		   fi;
		   if
		   :: last -> gone = true; break
		   :: else
		   fi;
		   stored_wanted = taken + 2;
#ifndef NO_BARRIER_WANT
		   publish(C);
#endif
#ifndef NO_SECOND_LOOK
		   seen = written;
		   if
		   :: seen != taken -> break
		   :: else
		   fi;
#endif
		   if
		   :: !there[P] ->
			/* It may have sent something before it went: once more. */
#ifdef NO_LOOK_AFTER_GONE
			gone = true; break
#else
			last = true
#endif
		   :: else -> wait_for(C)
		   fi
		od;
		if
		:: gone ->
			/* Nothing is lost that was sent before the other side's end. */
			assert(taken == sent);
			break
		:: else
		fi;
		assert(slot[taken % ROOM] == taken);
		/* kaal_channel_release() */
		taken++;
		atomic { stored_read = taken }
#ifndef NO_BARRIER_COMMIT
		publish(C);
#endif
		other = room_wanted;
		if
		:: other == taken + 1 -> signal(P)
		:: else
		fi
	od;
#ifdef ALL_TAKEN
	assert(taken < MESSAGES);
#endif
	publish(C);
	ended[C] = true
}

/* The broker: takes an end's notification away, then tells the other end. */
active proctype broker()
{
	byte side = 0;

	do
	:: side < 2 && !(ended[P] && there[P]) && !(ended[C] && there[C]) && there[P] + there[C] == 0 -> break
	:: ended[P] && there[P] -> side = C;
#ifdef TELL_FIRST
		signal(side);
#endif
		there[P] = false;
#if !defined(NO_TELL) && !defined(TELL_FIRST)
		signal(side)
#endif
	:: ended[C] && there[C] -> side = P;
#ifdef TELL_FIRST
		signal(side);
#endif
		there[C] = false;
#if !defined(NO_TELL) && !defined(TELL_FIRST)
		signal(side)
#endif
	od
}
