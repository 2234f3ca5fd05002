/* The capability broker, as the root task starts it and tells it of the dead (capability-broker/policy.h). */
#ifndef ROOT_TASK_BROKER_H
#define ROOT_TASK_BROKER_H

#include "root.h"

/* What the broker is planned with: bytes that it is given to read; slots and splits of memory that its start takes. */
uint64_t broker_extra_bytes(void);
uint64_t broker_slots(void);

/* Bytes of memory that it takes for its tables and objects, beside what it shares out. */
uint64_t broker_own_bytes(void);
uint64_t broker_splits(void);

/* Makes the endpoint, and each component's capability of it. Fatal if it cannot. */
void broker_prepare(void);

/* Starts it: with the pages of all devices, and with what is left of RAM as far as components may ask for it. Fatal if it cannot. */
void broker_run(void);

/* A component has ended: the broker is told. */
void broker_purge(const struct component *component);

/* Whether the broker has taken back what the component held. */
bool broker_has_purged(const struct component *component);

#endif
