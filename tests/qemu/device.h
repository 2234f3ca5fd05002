/* Device memory for tests and benchmarks that drive a device. */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/types.h>

/*
 * Makes 4 KiB frames of 2^size_bits bytes of device memory at a physical address that is a
 * multiple of them, from slot `frames` on. Uses up to 64 slots from `scratch` on. Once an address and untyped block.
 */
bool device_frames(uint64_t physical, uint32_t size_bits, kaal_cap_t frames, kaal_cap_t scratch);

/* Maps a 4 KiB frame readable and writable at an address of the caller's space, with tables from slots `scratch` on. */
bool device_map(kaal_cap_t frame, uint64_t address, kaal_cap_t memory, kaal_cap_t scratch);

#endif
