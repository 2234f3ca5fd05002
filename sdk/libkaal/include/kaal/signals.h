/*
 * Flags of one notification, for a thread that waits for several things: each thing gets a flag of its own, and others signal it.
 * A flag that comes while another is waited for is kept.
 *
 * Rights: what <kaal/broker.h> says. Threads: one at a time uses a set.
 */
#ifndef KAAL_SIGNALS_H
#define KAAL_SIGNALS_H

#include <kaal/broker.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kaal_signals {
	struct kaal_broker_held notification; /* all rights, in slot `first` */
	uint64_t taken;                       /* flags that have an owner */
	uint64_t pending;                     /* flags that have come and were not waited for */
};

/* A notification without owners of its flags. What kaal_broker_object() says. */
KAAL_MUST_CHECK kaal_status_t kaal_signals_start(struct kaal_signals *signals);

/* Gives the notification back; nobody can signal it any more. What kaal_broker_give() says. */
KAAL_MUST_CHECK kaal_status_t kaal_signals_end(struct kaal_signals *signals);

/* Takes a flag, 0..63, that nobody has. NO_MEMORY: all 64 are taken. No system call. */
KAAL_MUST_CHECK kaal_status_t kaal_signals_take(struct kaal_signals *signals, uint32_t *flag);

/* Gives a flag back: it comes no more. OUT_OF_RANGE: nobody has taken it. No system call. */
KAAL_MUST_CHECK kaal_status_t kaal_signals_give(struct kaal_signals *signals, uint32_t flag);

/* A flag, as the broker's requests name it. */
static inline struct kaal_broker_signal kaal_signals_flag(const struct kaal_signals *signals, uint32_t flag)
{
	struct kaal_broker_signal signal = {signals->notification.thing, flag};

	return signal;
}

/*
 * Waits until one of `flags` has come. *came: those of them that have; they are not pending any more.
 *   deadline  counter ticks, absolute; UINT64_MAX: none
 * Returns TIMEOUT, however often other flags come; CANCELLED: the notification has gone. What came besides stays pending.
 */
KAAL_MUST_CHECK kaal_status_t kaal_signals_wait(struct kaal_signals *signals, uint64_t flags, uint64_t deadline, uint64_t *came);

/* Keeps flags that have come on another way, as with a message while the notification was bound. No system call. */
void kaal_signals_keep(struct kaal_signals *signals, uint64_t flags);

#ifdef __cplusplus
}
#endif

#endif
