/* What the broker's tables take: known to the root task, too, which gives the memory. */
#ifndef KAAL_CAPABILITY_BROKER_STORAGE_H
#define KAAL_CAPABILITY_BROKER_STORAGE_H

#include <manifest/manifest.h>

#define BROKER_RAM_BLOCKS 64u /* at most, that it is given */
#define BROKER_OWN_SPLITS 64u /* of blocks, for its tables */

/* How many things (broker.h) there are to be in a system; how many blocks its components together may split; nodes for all of them. */
uint32_t broker_things(const struct kaal_manifest *manifest);
uint32_t broker_split_count(const struct kaal_manifest *manifest);
uint32_t broker_nodes(const struct kaal_manifest *manifest);

/* Bytes of storage for all that: nodes first, then the broker's own. */
uint64_t broker_storage_bytes(const struct kaal_manifest *manifest);
uint64_t broker_nodes_bytes(const struct kaal_manifest *manifest);

#endif
