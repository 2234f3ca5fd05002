/* Calls from inside: with or without a deadline, and what they end with when who is called is gone. */
#ifndef LIBKAAL_CALL_H
#define LIBKAAL_CALL_H

#include <stdbool.h>

#include <kaal/message.h>
#include <kaal/syscall.h>

/* What a call ends with when its endpoint has: while it waited, or before. */
static inline bool call_is_gone(kaal_status_t status)
{
	return status == KAAL_CANCELLED || status == KAAL_WRONG_TYPE;
}

/* Without a deadline the call can take the kernel's short way. */
static inline kaal_status_t call_until(kaal_cap_t endpoint, uint64_t message, kaal_ticks_t deadline, uint64_t words[KAAL_MESSAGE_REGISTERS],
				       uint64_t *answer)
{
	return deadline == UINT64_MAX ? kaal_sys_endpoint_call(endpoint, message, words, answer)
				      : kaal_sys_endpoint_call_until(endpoint, message, deadline, words, answer);
}

/* The status that a typed answer's label is; words that did not come are 0. */
static inline kaal_status_t call_answered(uint64_t answer, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	for (uint64_t i = kaal_message_words(answer); i < KAAL_MESSAGE_REGISTERS; i++)
		words[i] = 0;
	return kaal_message_label(answer);
}

#endif
