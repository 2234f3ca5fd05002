/* The boot console: the serial line that the kernel prints on. */
#ifndef KAAL_CONSOLE_H
#define KAAL_CONSOLE_H

#include <kaal/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Writes length bytes to the boot console as they are: no translation of line
 * ends, no buffer.
 *
 * bytes:   may be NULL only if length is 0
 * length:  any number of bytes; 0 does nothing and succeeds
 * written: NULL, or receives how many bytes have been written, also on failure
 *
 * Rights: WRITE on the Debug capability in slot KAAL_SLOT_DEBUG.
 * Blocks: never; polls the line, so it takes the time that the characters take
 * on the wire. Pieces of 64 bytes are written one after the other: another
 * thread's output may stand between two of them.
 * Ownership: reads bytes during the call only.
 * Errors: those of kaal_sys_debug_write(): INVALID_CAP, WRONG_TYPE, NO_RIGHT. The
 * bytes before the failing piece have been written.
 * Any context.
 */
KAAL_MUST_CHECK kaal_status_t kaal_console_write(const void *bytes, size_t length, size_t *written);

#ifdef __cplusplus
}
#endif

#endif
