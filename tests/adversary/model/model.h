/*
 * What system calls mean, as a program to be read: capabilities in slots, a tree of who was derived from whom, queues as lists,
 * time and interrupts as events. It knows nothing of the kernel's files; tests/adversary/twin.c compares the two after each step.
 *
 * Left out:
 *   budgets: a context is configured, without a limit, or not; nobody's time ends, and consumed ticks are not told
 *   mappings: frames and page tables are capabilities; what map, unmap and protect answer is believed
 *   address spaces but as capabilities, and thus faults but when an event says so
 *   a call that deletes a capability it is made by, and is interrupted: made again, it is not found
 *   preemption inside a call: how much of a retype was made before an interrupt is an input (model_interrupted)
 *   registers beyond arguments, words, PC, SP and TLS; the fast path has no meaning of its own
 *   Debug's output and counters; SystemControl, which nobody has
 *
 * Nothing is given back before model_start(): objects that have ended stay where they are, without capabilities.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/message.h>
#include <kaal/status.h>
#include <kaal/types.h>

#define MODEL_PRIORITIES 256u
#define MODEL_LOANS_MAX 64u
#define MODEL_LINES 96u
#define MODEL_LINE_FIRST 16u  /* that has a handler */
#define MODEL_LINE_TIMER 27u  /* and one that has none */
#define MODEL_OBJECTS_MAX 4096u
#define MODEL_FOREVER UINT64_MAX

struct m_object;
struct m_thread;

/* A capability. Its type says which fields mean something. RESERVED: no capability, but the slot is not free either. */
enum { M_RESERVED = 0x80 };
struct m_cap {
	unsigned type; /* enum kaal_object_type, or M_RESERVED */
	unsigned rights;
	struct m_object *object;
	uint64_t data;       /* badge; of a CNode the guard's value */
	unsigned guard_bits; /* of a CNode */
};

/* A place for one, and in the tree: the newest child first. */
struct m_slot {
	struct m_cap cap;
	struct m_slot *parent, *child, *next;
	struct m_thread *thread; /* whose own slot it is, or NULL */
	uint64_t number;         /* of a CNode's: its address in units of 32 bytes */
};

/* Threads in the order in which their turn comes. */
struct m_queue {
	struct m_thread *first;
};

enum m_memory { M_CACHED, M_DEVICE, M_UNCACHED };

/* An object of any type; `caps` counts capabilities. */
struct m_object {
	unsigned type;
	uint64_t address;   /* bytes */
	unsigned size_bits; /* log2 of bytes; of a CNode log2 of slots */
	unsigned caps;
	struct m_object *next_ended;
	struct m_slot *slots;        /* CNode: 2^size_bits */
	uint64_t used;               /* untyped: bytes */
	bool device;                 /* untyped */
	enum m_memory memory;        /* frame */
	struct m_queue waiting;      /* endpoint, notification */
	uint64_t flags;              /* notification */
	struct m_thread *bound;      /* notification */
	struct m_thread *caller;     /* reply: who waits for the answer */
	struct m_thread *receiver;   /* reply: who receives, or has received, with it */
	struct m_thread *home, *holder; /* context */
	bool configured;             /* context */
	struct m_thread *thread;     /* of a thread's object */
	unsigned line;               /* handler */
};

enum m_state { M_READY, M_STOPPED, M_SLEEPING, M_WAITING, M_SENDING, M_CALLING, M_RECEIVING, M_AWAITING_REPLY };

enum m_own_slot { M_CSPACE, M_VSPACE, M_BUFFER, M_NOTIFICATION, M_FAULTS, M_TIMEOUTS, M_OWN_SLOTS };

struct m_thread {
	struct m_object *object;
	enum m_state state;
	unsigned priority, ceiling;
	struct m_slot slot[M_OWN_SLOTS];
	uint64_t buffer;               /* address in bytes; 0: none */
	struct m_object *own;          /* context whose home it is */
	struct m_object *context;      /* that it runs on, or has lent */
	unsigned loans;                /* how often that was lent to come here */
	struct m_object *reply;        /* that it receives, or has received, with */
	struct m_object *waiting_for;
	struct m_thread *next;         /* in the queue that it waits in, or in its ready queue */
	bool queued;                   /* ready, and in the ready queue */
	uint64_t until;                /* deadline; MODEL_FOREVER: none */
	uint64_t badge;                /* of the capability that it sends through */
	bool may_grant;
	unsigned fault;                /* enum kaal_fault */
	uint64_t fault_address, fault_syndrome;
	bool ended;
	/* What the program sees. */
	uint64_t argument[6];          /* [0] is the status, [1] to [3] are results, when the call has ended */
	uint64_t word[KAAL_MESSAGE_REGISTERS];
	uint64_t pc, sp, tls;
};

/* All there is. */
struct model {
	struct m_thread *current; /* runs, or did when it ended or blocked */
	struct m_queue ready[MODEL_PRIORITIES];
	struct m_object line[MODEL_LINES]; /* handlers; caps 0: free */
	struct m_slot binding[MODEL_LINES];
	bool unmasked[MODEL_LINES];
	struct m_object *ended_threads, *ended_endpoints, *ended_notifications, *ended_cnodes;
	uint64_t now;
	uint64_t believed_status, believed_result; /* what the kernel answered to what is left out */
	uint64_t interrupted;      /* objects that a retype had made when an interrupt came; UINT64_MAX: none came */
	uint8_t *memory;           /* what message buffers hold; the twin's */
	/* All that there ever were. */
	struct m_thread *thread[MODEL_OBJECTS_MAX];
	struct m_object *object[MODEL_OBJECTS_MAX];
	unsigned threads, objects;
};

extern struct model model;

/* --- objects.c: memory, capabilities, derivation, the end of things ------------------------ */

/* Nothing but an empty CNode and a thread without capabilities, which runs. */
void model_start(void);
/* Memory that lives until model_start(), zeroed. */
void *model_take(uint64_t bytes);

struct m_object *model_object(unsigned type, uint64_t address, unsigned size_bits);
struct m_slot *model_slot(struct m_object *cnode, uint64_t index);
/* The slot that an index of the thread's CSpace addresses, or NULL; *rights: those of the CNode that it was reached through. */
struct m_slot *model_look_up(const struct m_thread *thread, uint64_t index, unsigned *rights);

bool model_is_empty(const struct m_slot *slot);
bool model_can_be_copied(struct m_cap cap);
void model_put(struct m_slot *slot, struct m_slot *parent, struct m_cap cap);
void model_reparent(struct m_slot *slot, struct m_slot *parent);
void model_move(struct m_slot *to, struct m_slot *from);

/* Delete and revoke, up to the end of all that ends with it, unless the caller is among that. False: it is. */
bool model_delete(struct m_slot *slot);
bool model_revoke(struct m_slot *slot);
/* What is left of what has ended. */
void model_drain(void);

/* --- threads.c: who runs, on which context, who waits ---------------------------------------- */

void model_ready(struct m_thread *thread, bool first);
void model_stop(struct m_thread *thread);
void model_block(struct m_thread *thread, enum m_state state, struct m_object *object, uint64_t until);
void model_yield(void);
void model_set_priority(struct m_thread *thread, unsigned priority);
void model_bind(struct m_object *context, struct m_thread *thread);
void model_unbind(struct m_object *context);
void model_configure(struct m_object *context);
void model_lend(struct m_thread *caller, struct m_thread *receiver);
void model_take_back(struct m_thread *caller);
void model_give_back(struct m_thread *receiver);
void model_end_thread(struct m_thread *thread);
/* A thread waits no longer: out of its queue, its call ended with the status. Its state is the caller's to change. */
void model_end_waiting(struct m_thread *thread, uint64_t status);
void model_cancel(struct m_thread *thread);
/* Whose turn it is. */
void model_choose(void);
/* Time has come to `now`: whose deadlines have passed go on, the earliest first. */
void model_pass(uint64_t now);

/* --- messages.c ------------------------------------------------------------------------------- */

uint64_t model_check_message(const struct m_thread *sender, uint64_t message, bool may_grant);
void model_send(struct m_thread *sender, struct m_object *endpoint, bool call, uint64_t until);
void model_receive(struct m_thread *receiver, struct m_object *endpoint, struct m_object *reply, uint64_t until);
void model_reply(struct m_thread *replier, struct m_object *reply, bool may_grant);
void model_set_receiver(struct m_object *reply, struct m_thread *receiver);
void model_end_reply(struct m_object *reply);
void model_signal(struct m_object *notification, uint64_t flags);
uint64_t model_take_flags(struct m_object *notification);
/* The running thread faults. */
void model_fault(unsigned kind, uint64_t address, uint64_t syndrome);
void model_fault_unhandled(struct m_thread *thread);
/* An interrupt of a line that is not masked. */
void model_fire(unsigned line);

#define MODEL_AT_ONCE (UINT64_MAX - 1)

/* --- calls.c ---------------------------------------------------------------------------------- */

/* The running thread makes a call; its arguments and words are set. */
void model_call(uint32_t number);

#endif
