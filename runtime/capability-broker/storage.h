/* What the broker's tables take: known to the root task, too, which gives the memory. */
#ifndef KAAL_CAPABILITY_BROKER_STORAGE_H
#define KAAL_CAPABILITY_BROKER_STORAGE_H

#include <manifest/manifest.h>

/* How many things (broker.h) there are to be in a system, and bytes of storage for so many. */
uint32_t broker_things(const struct kaal_manifest *manifest);
uint64_t broker_storage_bytes(const struct kaal_manifest *manifest, uint32_t things);

#endif
