/* A pair that talks: FIRST speaks, SECOND, who is more urgent, listens, and answers calls. */
#ifndef BENCH_TALK_H
#define BENCH_TALK_H

#include "pair.h"

#include <stdbool.h>

#define ENDPOINT (DEVICE_SCRATCH + 1)
#define REPLY (DEVICE_SCRATCH + 2)
#define FLAGS (DEVICE_SCRATCH + 3)
#define AFTER_TALK (DEVICE_SCRATCH + 4) /* the first slot that is free for more */

/* The message word of calls and answers, and whether both threads have used FP. */
extern uint64_t talk_message;
extern bool talk_with_fp;

/* A pair with an endpoint, a reply and a notification; then what the two can do. */
void prepare_talk(void (*first)(uint64_t), void (*second)(uint64_t));
void talk_call(uint64_t i);
void talk_serve(uint64_t i);
void talk_signal(uint64_t i);
void talk_wait(uint64_t i);

/* What they are made of: lets SECOND listen, makes a call each round, and once more, so that the last listening ends. */
_Noreturn void speak(uint64_t i, bare_call *call, kaal_cap_t to, uint64_t message);
/* Receives the message that is not measured. */
void receive_first(void);

#endif
