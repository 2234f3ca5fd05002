/*
 * Capabilities in slots and the derivation tree over them: two threads copy, move, delete, revoke and retype in a few slots; an interrupt stops
 * each call after each step, and the other goes on in between. The first slot holds untyped memory with room for two objects: the first an endpoint
 * or a CNode with one slot, which calls reach through a capability to that CNode for as long as it is there; the second an endpoint.
 *
 * Checked in every state: DT-1 to DT-4; a count is the number of capabilities to an object; an object that has ended has none, and no call
 * reaches it; memory is taken back only when nothing refers to it and no worklist holds it (UT-4, DE-1). When a revoke says that it
 * is done, nothing is left of all that was derived from the capability before or meanwhile. A slot that is being deleted
 * takes nothing new. Each step of a call that is stopped brings its end nearer.
 *
 * Abstracted from: rights and badges, mappings, threads' slots, who waits at an endpoint, zeroing of memory, several objects in one call.
 *
 * Sizes: SLOTS=2; SLOTS=3 CALLERS=1
 * Mutants: -DORPHANS (children of a slot that is emptied stay), -DHALF_MOVED (a move ends while children are left), -DREVOKES_CHILDREN_ONLY,
 * -DLIFTS_FROM_LIVE (a revoke, from capabilities that somebody else can go on with),
 * -DMEMORY_TOO_EARLY (it is taken back before the worklist is empty), -DNOT_RESERVED (a slot that is emptied while its object ends), -DUNCOUNTED (copies),
 * -DSTALE_CNODE (not looked up again when a call goes on), -DRESERVED_FOR_ANY (a move goes on in a slot that another one reserved),
 * -DENDS_EARLY (an object, with a capability left), -DNEVER_CLEARED (a leaf is lifted instead, for ever).
 *
 * Files: kernel/object/derivation.c kernel/object/slot.c kernel/object/destroy.c kernel/core/syscall_cap.c
 *
 * Left out: put slot_put_first (parts of slot_put_derived)
 * Left out: find_two syscall_find_in_cnode check_retype prepare_copy syscall_cap_mint (arguments; a badge)
 * Left out: end_thread end_notification next_notification empty_thread end_mapping (other objects)
 */
#ifndef SLOTS
#define SLOTS 3
#endif
#ifndef CALLERS
#define CALLERS 2 /* who makes calls that take steps; others copy and retype meanwhile */
#endif
#define INNER SLOTS          /* the slot of the CNode that is object 0 */
#define ALL (SLOTS + 1)
#define NONE 9

/* What a slot holds. RESERVED: nothing, and it takes nothing but what it is reserved for. */
#define EMPTY 0
#define UNTYPED 1
#define ENDPOINT 2
#define CNODE 3
#define RESERVED 4
#define IS_NULL(s) (slot[s].type == EMPTY)
#define IS_THERE(s) (slot[s].type != EMPTY && slot[s].type != RESERVED && !slot[s].zombie)

mtype = { OK, WRONG_TYPE, SLOT_EMPTY, SLOT_OCCUPIED };

typedef slot_state { byte type; bool zombie; byte object = NONE; byte parent = NONE; byte child = NONE; byte next = NONE; byte previous = NONE; byte marks };

slot_state slot[ALL];
byte count[2];
byte kind[2];          /* what the object is; EMPTY: not made since the memory was taken back */
byte used;             /* objects made since then */
bool ended[2];         /* in a worklist */
byte ended_last;       /* of two endpoints, the one that is told first */

/* What a thread is about to go on with; by: the slot with the capability to the CNode, where INNER is meant. */
#define NOTHING 0
#define MOVE 1
#define DELETE 2
#define REVOKE 3
byte doing[2], from[2], to[2], by[2];

hidden byte i_, j_, k_, c_, p_, n_, o_, q_, h_, size_, before_;
hidden byte step_, done_, found_;
hidden mtype status_[2];

inline begin()
{
	status_[0] = 0;
	status_[1] = 0;
#ifdef TELL_BEFORE
	printf("@");
	tell()
#endif
}

inline tell_status(t)
{
	printf(" -");
	if
	:: status_[t] != 0 -> printf("="); printm(status_[t])
	:: else
	fi
}

inline tell()
{
	tell_status(0);
	tell_status(1);
	printf(" |");
	i_ = 0;
	do
	:: i_ < ALL ->
		printf(" %d.%d.%d.%d.%d.%d.%d", slot[i_].type, slot[i_].zombie, (slot[i_].type == UNTYPED -> used : slot[i_].object), slot[i_].parent, slot[i_].child,
			slot[i_].next, slot[i_].previous);
		i_++
	:: else -> break
	od;
	printf(" | %d.%d %d.%d ; %d %d.%d %d", count[0], ended[0], count[1], ended[1], ended_last, kind[0], kind[1], used);
	i_ = 0;
	do
	:: i_ < 2 -> printf(" %d.%d.%d.%d", doing[i_], from[i_], to[i_], by[i_]); i_++
	:: else -> break
	od;
	i_ = 0;
	do
	:: i_ < ALL -> printf(" %d", slot[i_].marks); i_++
	:: else -> break
	od;
	printf("\n")
}

/* --- what holds in every state ------------------------------------------------------------------ */

/* k_: how many slots are above this one. */
inline depth_of(s)
{
	k_ = 0;
	p_ = slot[s].parent;
	do
	:: p_ != NONE && k_ <= ALL -> p_ = slot[p_].parent; k_++
	:: else -> break
	od
}

inline check_links(s)
{
	/* DT-3 */
	assert(!IS_NULL(s) || (slot[s].parent == NONE && slot[s].child == NONE && slot[s].next == NONE && slot[s].previous == NONE));
	assert(!IS_NULL(s) || slot[s].object == NONE);
	/* DT-1, DT-2 */
	assert(slot[s].child == NONE || (slot[slot[s].child].parent == s && slot[slot[s].child].previous == NONE));
	assert(slot[s].next == NONE || (slot[slot[s].next].previous == s && slot[slot[s].next].parent == slot[s].parent));
	assert(slot[s].previous == NONE || slot[slot[s].previous].next == s);
	assert(slot[s].parent == NONE || slot[s].previous != NONE || slot[slot[s].parent].child == s);
	/* DT-4 */
	depth_of(s);
	assert(k_ <= ALL);
	/* A capability is the memory's, or a copy; or is on its way under another slot. */
	assert(slot[s].object == NONE || slot[s].parent == NONE || slot[slot[s].parent].type == UNTYPED || slot[slot[s].parent].type == RESERVED ||
	       slot[slot[s].parent].object == slot[s].object)
}

inline check_objects()
{
	o_ = 0;
	do
	:: o_ < 2 ->
		n_ = 0;
		i_ = 0;
		do
		:: i_ < ALL -> n_ = n_ + (slot[i_].object == o_); i_++
		:: else -> break
		od;
		assert(count[o_] == n_);
		assert(!ended[o_] || count[o_] == 0);
		assert((kind[o_] != EMPTY) == (o_ < used));
		assert(kind[o_] != EMPTY || (count[o_] == 0 && !ended[o_]));
		o_++
	:: else -> break
	od;
	/* DE-1: what is in a CNode is reached by a capability, or will be emptied. */
	assert(IS_NULL(INNER) || (kind[0] == CNODE && (count[0] != 0 || ended[0])))
}

inline check()
{
	j_ = 0;
	do
	:: j_ < ALL -> check_links(j_); j_++
	:: else -> break
	od;
	check_objects()
}

inline done()
{
	check();
	printf("=");
	tell()
}

/*
 * How much there is to do for what a thread is doing: each of its steps makes it less. A delete or revoke clears slots, brings them nearer to the
 * root, or takes what has ended from a worklist, and a delete first reserves a slot that was empty; a move takes child after child.
 */
inline measure(t)
{
	size_ = 2 * (ended[0] + ended[1]) + (IS_NULL(from[t]) -> 4 : 0);
	j_ = 0;
	do
	:: j_ < ALL && doing[t] == MOVE -> size_ = size_ + (slot[j_].parent == from[t] && j_ != to[t] -> 1 : 0) + (j_ == to[t] && IS_NULL(j_) -> 1 : 0); j_++
	:: j_ < ALL && doing[t] != MOVE -> depth_of(j_); size_ = size_ + (IS_NULL(j_) -> 0 : k_ + (slot[j_].type == RESERVED -> 3 : 10)); j_++
	:: else -> break
	od
}

/* --- what is derived from a capability that is being revoked: bit t for thread t's revoke ----------- */

#define REVOKES(t, s) (doing[t] == REVOKE && from[t] == s)
#define MARKS_BELOW(p) (slot[p].marks | (REVOKES(0, p) -> 1 : 0) | (REVOKES(1, p) -> 2 : 0))

inline mark_below(s, mark)
{
	i_ = 0;
	do
	:: i_ < ALL ->
		p_ = slot[i_].parent;
		do
		:: p_ != NONE && p_ != s -> p_ = slot[p_].parent
		:: else -> break
		od;
		slot[i_].marks = slot[i_].marks | (p_ == s -> mark : 0);
		i_++
	:: else -> break
	od
}

/* The capability leaves the slot: whoever revokes there does so no longer. */
inline unmark(s)
{
	slot[s].marks = 0;
	k_ = 3 - (REVOKES(0, s) -> 1 : 0) - (REVOKES(1, s) -> 2 : 0);
	i_ = 0;
	do
	:: i_ < ALL -> slot[i_].marks = slot[i_].marks & k_; i_++
	:: else -> break
	od
}

inline finish(t, status)
{
	assert(status_[t] == 0);
	i_ = 0;
	do
	:: i_ < ALL ->
		assert(doing[t] != REVOKE || status != OK || (slot[i_].marks & (1 << t)) == 0);
		slot[i_].marks = slot[i_].marks & (3 - (1 << t));
		i_++
	:: else -> break
	od;
	status_[t] = status;
	doing[t] = NOTHING;
	from[t] = 0;
	to[t] = 0;
	by[t] = 0
}

/* --- the tree ---------------------------------------------------------------------------------- */

inline unlink_siblings(s) /* kernel: unlink_siblings */
{
	if
	:: slot[s].next != NONE -> slot[slot[s].next].previous = slot[s].previous
	:: else
	fi;
	if
	:: slot[s].previous != NONE -> slot[slot[s].previous].next = slot[s].next
	:: slot[s].previous == NONE && slot[s].parent != NONE -> slot[slot[s].parent].child = slot[s].next
	:: else
	fi
}

inline link_first(s, p) /* kernel: link_first */
{
	n_ = NONE;
	if
	:: p != NONE -> n_ = slot[p].child
	:: else
	fi;
	slot[s].parent = p;
	slot[s].next = n_;
	slot[s].previous = NONE;
	if
	:: n_ != NONE -> slot[n_].previous = s
	:: else
	fi;
	if
	:: p != NONE -> slot[p].child = s
	:: else
	fi
}

inline derivation_insert(s, p) /* kernel: derivation_insert */
{
	assert(slot[s].parent == NONE);
	link_first(s, p)
}

inline derivation_remove(s) /* kernel: derivation_remove */
{
	assert(slot[s].child == NONE);
	unlink_siblings(s);
	slot[s].parent = NONE;
	slot[s].next = NONE;
	slot[s].previous = NONE
}

inline derivation_reparent(s, p) /* kernel: derivation_reparent */
{
	unlink_siblings(s);
	link_first(s, p)
}

/* --- slots ---------------------------------------------------------------------------------------- */

inline slot_put_derived(s, p, what, which) /* kernel: slot_put_derived, destroy_count_reference */
{
	slot[s].type = what;
	slot[s].object = which;
	derivation_insert(s, p);
	slot[s].marks = MARKS_BELOW(p);
#ifndef UNCOUNTED
	count[which]++
#else
	count[which] = (count[which] == 0 -> 1 : count[which])
#endif
}

inline slot_reserve(s, f) /* kernel: slot_reserve */
{
	slot[s].type = RESERVED;
	derivation_insert(s, f);
	slot[s].marks = MARKS_BELOW(f)
}

inline slot_finish_move(s, f) /* kernel: slot_finish_move, derivation_replace */
{
	assert(slot[f].child == s && slot[s].next == NONE);
	p_ = slot[f].parent;
	slot[f].child = NONE;
	derivation_remove(f);
	link_first(s, p_);
	slot[s].type = slot[f].type;
	slot[s].object = slot[f].object;
	slot[s].marks = slot[f].marks;
	slot[f].type = EMPTY;
	slot[f].object = NONE;
	unmark(f)
}

/* --- ends: step_ says whether the step was the last ------------------------------------------------- */

inline end_object(o) /* kernel: end_object, end_endpoint */
{
	ended[o] = true;
	ended_last = (kind[o] == ENDPOINT -> o : ended_last)
}

inline drop_reference(o) /* kernel: drop_reference, count_of, set_count */
{
	assert(count[o] != 0);
	count[o]--;
	if
#ifdef ENDS_EARLY
	:: count[o] <= 1 -> end_object(o)
#else
	:: count[o] == 0 -> end_object(o)
#endif
	:: else
	fi
}

inline clear(s) /* kernel: clear, clear_one */
{
	derivation_remove(s);
	o_ = slot[s].object;
	slot[s].type = EMPTY;
	slot[s].zombie = false;
	slot[s].object = NONE;
	unmark(s);
	if
	:: o_ != NONE -> drop_reference(o_)
	:: else
	fi
}

inline empty_slot_step(s) /* kernel: empty_slot_step, make_zombie */
{
	c_ = slot[s].child;
	step_ = true;
	if
	:: IS_NULL(s)
	:: !IS_NULL(s) && c_ == NONE -> clear(s)
	:: else ->
#ifdef ORPHANS
		slot[c_].parent = NONE;
		slot[s].child = slot[c_].next;
		slot[c_].next = NONE;
#else
		p_ = slot[s].parent;
		derivation_reparent(c_, p_);
#endif
		slot[s].zombie = (slot[s].type != RESERVED);
		step_ = false
	fi
}

/* done_: the worklists are empty. Endpoints go before CNodes; a CNode when its slot is empty. */
inline destroy_worklist_step() /* kernel: destroy_worklist_step, cancel_endpoint_step, empty_cnode_step */
{
	done_ = !(ended[0] || ended[1]);
	h_ = ((ended[0] && kind[0] == ENDPOINT && (!ended[1] || ended_last == 0)) -> 0 : (ended[1] -> 1 : 0));
	if
	:: done_
	:: !done_ && kind[h_] == CNODE && !IS_NULL(INNER) -> q_ = step_; empty_slot_step(INNER); step_ = q_
	:: else -> ended[h_] = false; ended_last = 0
	fi
}

inline destroy_slot_step(s) /* kernel: destroy_slot_step, worklists_are_empty */
{
	if
	:: slot[s].type == RESERVED && slot[s].child == NONE ->
		destroy_worklist_step();
		step_ = done_;
		if
		:: done_ -> derivation_remove(s); slot[s].type = EMPTY; unmark(s)
		:: else
		fi
	:: else ->
		empty_slot_step(s);
		if
		:: step_ && (ended[0] || ended[1]) ->
#ifndef NOT_RESERVED
			slot[s].type = RESERVED;
#endif
			step_ = false
		:: else
		fi
	fi
}

inline destroy_below_step(s) /* kernel: destroy_below_step */
{
	c_ = slot[s].child;
	step_ = (c_ == NONE);
	if
	:: c_ == NONE
#ifdef REVOKES_CHILDREN_ONLY
	:: c_ != NONE && slot[c_].child != NONE -> step_ = true
#else
	:: c_ != NONE && slot[c_].child != NONE ->
#ifndef LIFTS_FROM_LIVE
		slot[c_].zombie = (slot[c_].type != RESERVED);
#endif
		q_ = slot[c_].child;
		derivation_reparent(q_, s)
#endif
#ifdef NEVER_CLEARED
	:: c_ != NONE && slot[c_].child == NONE -> derivation_reparent(c_, s)
#else
	:: c_ != NONE && slot[c_].child == NONE -> clear(c_)
#endif
	fi
}

/* step_: all children but `s` itself are with it. */
inline derivation_adopt_step(s, f) /* kernel: derivation_adopt_step */
{
	c_ = slot[f].child;
	c_ = (c_ == s -> slot[s].next : c_);
	step_ = (c_ == NONE);
	if
#ifdef HALF_MOVED
	:: c_ != NONE && slot[c_].next != NONE -> derivation_reparent(c_, s); step_ = true
	:: c_ != NONE && slot[c_].next == NONE -> derivation_reparent(c_, s)
#else
	:: c_ != NONE -> derivation_reparent(c_, s)
#endif
	:: else
	fi
}

/* --- calls: again from the beginning, each time that an interrupt has stopped them ------------------- */

/* found_: the call's slots are reached. */
inline look_up(t)
{
	found_ = (from[t] != INNER && to[t] != INNER) || (slot[by[t]].type == CNODE && !slot[by[t]].zombie);
#ifdef STALE_CNODE
	found_ = true;
#endif
	assert(!found_ || (from[t] != INNER && to[t] != INNER) || (kind[0] == CNODE && count[0] != 0 && !ended[0]))
}

#ifdef RESERVED_FOR_ANY
#define IS_RESERVED_FOR(s, f) (slot[s].type == RESERVED)
#else
#define IS_RESERVED_FOR(s, f) (slot[s].type == RESERVED && slot[s].parent == f) /* kernel: slot_is_reserved_for */
#endif

inline cap_move(t, s, f) /* kernel: syscall_cap_move */
{
	look_up(t);
	if
	:: !found_ -> finish(t, WRONG_TYPE)
	:: found_ && !IS_THERE(f) -> finish(t, SLOT_EMPTY)
	:: found_ && IS_THERE(f) && !IS_NULL(s) && !IS_RESERVED_FOR(s, f) -> finish(t, SLOT_OCCUPIED)
	:: else ->
		if
		:: IS_NULL(s) -> slot_reserve(s, f)
		:: else
		fi;
		derivation_adopt_step(s, f);
		if
		:: step_ -> slot_finish_move(s, f); finish(t, OK)
		:: else
		fi
	fi
}

inline cap_delete(t, s) /* kernel: syscall_cap_delete, syscall_run_steps */
{
	look_up(t);
	if
	:: !found_ -> finish(t, WRONG_TYPE)
	:: else ->
		destroy_slot_step(s);
		if
		:: step_ -> destroy_worklist_step(); assert(done_); finish(t, OK)
		:: else -> assert(!IS_NULL(s))
		fi
	fi
}

/* The memory is taken back. */
inline untyped_reset() /* kernel: untyped_reset_step */
{
	assert(count[0] == 0 && count[1] == 0 && !ended[0] && !ended[1] && IS_NULL(INNER));
	used = 0;
	kind[0] = EMPTY;
	kind[1] = EMPTY
}

inline cap_revoke(t, s) /* kernel: syscall_cap_revoke */
{
	look_up(t);
	if
	:: !found_ -> finish(t, WRONG_TYPE)
	:: found_ && !IS_THERE(s) -> finish(t, SLOT_EMPTY)
	:: else ->
		destroy_below_step(s);
		if
#ifdef MEMORY_TOO_EARLY
		:: step_ -> done_ = true
#else
		:: step_ -> destroy_worklist_step()
#endif
		:: else -> done_ = false
		fi;
		if
		:: done_ && slot[s].type == UNTYPED -> untyped_reset(); finish(t, OK)
		:: done_ && slot[s].type != UNTYPED -> finish(t, OK)
		:: else
		fi
	fi
}

/* Each step of what is not done brings its end nearer. */
inline go_on(t)
{
	measure(t);
	before_ = size_;
	if
	:: doing[t] == MOVE -> cap_move(t, to[t], from[t])
	:: doing[t] == DELETE -> cap_delete(t, from[t])
	:: doing[t] == REVOKE -> cap_revoke(t, from[t])
	fi;
	if
	:: doing[t] != NOTHING -> measure(t); assert(size_ < before_)
	:: else
	fi
}

#define REACHES(s, w) (s != INNER || (slot[w].type == CNODE && !slot[w].zombie))

proctype caller(byte t)
{
	byte what = NOTHING, f = 0, s = 0, w = 0;

end:	do
	:: atomic { doing[t] == NOTHING ->
		do
		:: f < INNER -> f++
		:: break
		od;
		do
		:: s < INNER -> s++
		:: break
		od;
		do
		:: w < SLOTS - 1 -> w++
		:: break
		od;
		if
		:: REACHES(f, w) && REACHES(s, w) && IS_THERE(f) && IS_NULL(s) && (w == 0 || f == INNER || s == INNER) -> what = MOVE
		:: REACHES(f, w) && s == 0 && !IS_NULL(f) && (w == 0 || f == INNER) -> what = DELETE
		:: REACHES(f, w) && s == 0 && IS_THERE(f) && (w == 0 || f == INNER) -> what = REVOKE
		:: else -> what = NOTHING
		fi;
		if
		:: d_step { what != NOTHING ->
			begin();
			printf("plan %d %d %d %d %d\n", t, what, f, s, w);
			doing[t] = what;
			from[t] = f;
			to[t] = s;
			by[t] = w;
			if
			:: what == REVOKE -> mark_below(f, (1 << t))
			:: else
			fi;
			done() }
		:: else
		fi;
		what = NOTHING;
		f = 0;
		s = 0;
		w = 0 }
	:: d_step { doing[t] != NOTHING ->
		begin(); printf("go %d %d %d %d %d\n", t, doing[t], from[t], to[t], by[t]); go_on(t); done() }
	od
}

/* Calls of one step, by one or the other: to slot `s`, from slot `f`. */
proctype others()
{
	byte f = 0, s = 0, w = 0, what = 0;

end:	do
	:: atomic { true ->
		do
		:: f < INNER -> f++
		:: break
		od;
		do
		:: s < INNER -> s++
		:: break
		od;
		do
		:: w < SLOTS - 1 -> w++
		:: break
		od;
		if
		:: REACHES(f, w) && REACHES(s, w) && (w == 0 || f == INNER || s == INNER) && IS_NULL(s) && IS_THERE(f) && slot[f].type != UNTYPED -> /* kernel: syscall_cap_copy */
			d_step { begin(); printf("copy %d %d %d\n", f, s, w); slot_put_derived(s, f, slot[f].type, slot[f].object); done() }
		:: w == 0 && s != INNER && f != INNER && IS_NULL(s) && IS_THERE(f) && slot[f].type == UNTYPED && used < 2 -> /* kernel: syscall_untyped_retype */
			if
			:: what = ENDPOINT
			:: used == 0 -> what = CNODE
			fi;
			d_step {
				begin();
				printf("retype %d %d %d\n", f, s, what);
				assert(count[used] == 0 && !ended[used]);
				kind[used] = what;
				slot_put_derived(s, f, what, used);
				used++;
				done() }
		:: else
		fi;
		f = 0;
		s = 0;
		w = 0;
		what = 0 }
	od
}

init
{
	atomic {
		slot[0].type = UNTYPED;
		printf("world %d\n", SLOTS);
		run caller(0);
		if
		:: CALLERS == 2 -> run caller(1)
		:: else
		fi;
		run others()
	}
}
