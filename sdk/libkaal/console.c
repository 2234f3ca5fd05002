#include <kaal/bootinfo.h>
#include <kaal/console.h>
#include <kaal/syscall.h>
#include <string.h>

enum { PIECE_BYTES = KAAL_MESSAGE_REGISTERS * sizeof(uint64_t) };

kaal_status_t kaal_console_write(const void *bytes, size_t length, size_t *written)
{
	const char *next = bytes;
	size_t left = length;
	kaal_status_t status = KAAL_OK;

	while (left > 0 && status == KAAL_OK) {
		uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
		size_t piece = left < PIECE_BYTES ? left : PIECE_BYTES;
		uint64_t accepted;

		memcpy(words, next, piece);
		status = kaal_sys_debug_write(KAAL_SLOT_DEBUG, piece, words, &accepted);
		if (status == KAAL_OK) {
			next += accepted;
			left -= accepted;
		}
	}
	if (written)
		*written = length - left;
	return status;
}
