/* Where the adversary's threads live: made anew for each round, and taken apart by one revoke. */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "attack.h"

/* What stays through all rounds: memory for the copy of the program, the device, the endpoint that faults are sent to. Once. */
void world_prepare(void);

/* Endpoint for faults, unbadged, and the reply to receive them with. */
kaal_cap_t world_faults(void);
kaal_cap_t world_faults_reply(void);

/* A round begins: copy, spaces, objects, threads, which run. Its seed is not 0. */
void world_start(uint64_t seed);

/* What the copy's threads see, in the program's own space. */
struct attack *world_attack(void);

/* Caller `who` waits for nothing any more; or begins anew, with all that it had. A victim gets harmless registers. */
void world_wake(uint64_t who);
void world_revive(uint64_t who);
void world_revive_victim(uint64_t which, uint64_t seed);

/* Some of the capabilities that they had in the beginning, and have no longer, are there again. */
void world_give_again(uint64_t *random);

/* The device asserts its line, or does not. */
void world_assert(bool asserted);

/* All that the round's threads had is gone. */
void world_end(void);

#endif
