/*
 * A server: one thread that answers the requests of many clients on the endpoint of a service, at once or later, and hears of all else by flags
 * of one notification (<kaal/signals.h>), which is bound to the thread: ends of clients, channels (<kaal/channel.h>), interrupts.
 *
 * What a client sends is checked as far as a table of methods says. Clients are told apart by their badges (<kaal/broker.h>): whatever a
 * server keeps of a client, it keeps by badge, and drops when it is told of its end.
 *
 * SERVER-1: each reply object is in one place: free, or with a call that waits; one is free at least, to receive with
 * SERVER-2: no handler is called while another one is; each runs in the server's thread
 *
 * For all functions: rights as <kaal/broker.h>, and WRITE on the thread's own capability. One thread, the one that starts it; handlers may call all of them but
 * kaal_server_start(), kaal_server_run() and kaal_server_end().
 */
#ifndef KAAL_SERVER_H
#define KAAL_SERVER_H

#include <kaal/message.h>
#include <kaal/signals.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KAAL_SERVER_DEFERRED_MAX 127u

/* A request; words 8.. lie in the message buffer, until the next call. */
struct kaal_request {
	uint64_t badge;                         /* of the client */
	uint64_t message;                       /* message word: label, words, capabilities */
	uint64_t words[KAAL_MESSAGE_REGISTERS]; /* that came, and 0; then the answer's */
	kaal_cap_t caps;                        /* slot of the first capability that came; emptied when the method returns: move what is to stay */
};

/* What a method returns, if not the message word of its answer. */
#define KAAL_SERVER_LATER UINT64_MAX

/* The message word of an answer: a status as its label, and so many words. */
static inline uint64_t kaal_answer(kaal_status_t status, uint64_t words)
{
	return kaal_message(words, 0, (uint32_t)status);
}

struct kaal_server;

/* A kind of request. */
struct kaal_method {
	uint32_t label;
	uint32_t words; /* it has so many, 0..64, or more */
	uint32_t caps;  /* it has so many, 0..3 */
	/* Returns the answer's message word, or KAAL_SERVER_LATER after kaal_server_defer(). A label that is no status is fine. */
	uint64_t (*answer)(struct kaal_server *server, struct kaal_request *request);
};

struct kaal_server_setup {
	const char *service; /* name in the description */
	const struct kaal_method *methods;
	uint32_t method_count;
	uint32_t deferred_max; /* calls that can wait for their answers, 0..KAAL_SERVER_DEFERRED_MAX */
	/* A client has ended, and those with the same lower half of the badge and a smaller upper half with it; NULL: not of interest. */
	void (*ended)(struct kaal_server *server, uint64_t badge);
	void *context; /* the program's own */
};

/* A call whose answer comes later; zero: none. */
struct kaal_deferred {
	kaal_reply_t reply;
};

/* A server; but for `signals`, and `setup.context`, the fields are the library's. */
struct kaal_server {
	struct kaal_server_setup setup;
	struct kaal_signals signals;
	struct kaal_broker_held service, memory;
	struct {
		void (*come)(struct kaal_server *server, void *context);
		void *context;
	} flags[64];
	uint64_t deadline; /* UINT64_MAX: none */
	void (*due)(struct kaal_server *server, void *context);
	void *due_context;
	uint8_t free[KAAL_SERVER_DEFERRED_MAX + 1]; /* reply objects, as their places from `replies` on; the last one is received with */
	uint32_t free_count;
	kaal_cap_t replies, caps;
	uint32_t ended; /* flag */
	bool bound, stopped;
};

/*
 * Makes what a server needs, about a page of memory, and serves: clients can call. `setup` is copied, what it names is lent until the
 * end. Errors as kaal_broker_serve(), kaal_broker_object(), kaal_broker_memory(), kaal_slot_take(), kaal_sys_thread_bind_notification() (BOUND: the thread has
 * one already); OUT_OF_RANGE: deferred_max. Nothing is left of it then.
 */
KAAL_MUST_CHECK kaal_status_t kaal_server_start(struct kaal_server *server, const struct kaal_server_setup *setup);

/*
 * Serves until kaal_server_stop() (KAAL_OK), or CANCELLED: the endpoint has gone. Requests without method are answered with NOT_SUPPORTED, those
 * with too few words or other capabilities with OUT_OF_RANGE; an answer that the kernel does not take is one without words and capabilities, with
 * the kernel's status. Blocks: while there is nothing to do.
 */
KAAL_MUST_CHECK kaal_status_t kaal_server_run(struct kaal_server *server);

/* kaal_server_run() returns after the handler that calls this; its answer is given. */
void kaal_server_stop(struct kaal_server *server);

/* Ends the service and gives all back. Calls that wait end with CANCELLED. What kaal_broker_give() and kaal_slot_drop() say; it can be made again. */
KAAL_MUST_CHECK kaal_status_t kaal_server_end(struct kaal_server *server);

/*
 * Has a handler called when a flag of `server->signals`, 0..63, has come; NULL: none. Flags that came before it are told of, too.
 * OUT_OF_RANGE: no flag, or one that nobody has taken.
 */
KAAL_MUST_CHECK kaal_status_t kaal_server_on(struct kaal_server *server, uint32_t flag, void (*come)(struct kaal_server *server, void *context), void *context);

/*
 * Has a handler called once, as soon as the counter is at `deadline` (ticks, absolute; one that has passed: before the next request) and the server has
 * nothing else in hand. UINT64_MAX: no handler. Of several calls the last one holds. No system call.
 */
void kaal_server_at(struct kaal_server *server, uint64_t deadline, void (*come)(struct kaal_server *server, void *context), void *context);

/*
 * In a method: the request's answer comes later, and the method returns KAAL_SERVER_LATER. NO_MEMORY: deferred_max calls wait already; the method
 * must answer.
 */
KAAL_MUST_CHECK kaal_status_t kaal_server_defer(struct kaal_server *server, struct kaal_deferred *deferred);

/*
 * Answers a call that was deferred; *deferred is zero. words: as the message word says, up to 8; others are taken from the message buffer.
 * NO_CALLER: it does not wait any more. NOT_BOUND: there is none. Others: the kernel does not take the answer; the caller has
 * got one without words and capabilities, with that status.
 */
KAAL_MUST_CHECK kaal_status_t kaal_server_answer(struct kaal_server *server, struct kaal_deferred *deferred, uint64_t message, const uint64_t *words);

#ifdef __cplusplus
}
#endif

#endif
