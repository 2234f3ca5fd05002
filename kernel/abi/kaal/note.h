/*
 * The note that says which ABI an executable was built for (<kaal/types.h>). KAAL_ABI_NOTE stands once in it, outside functions; its linker script
 * keeps .note.kaal. Programs have it from the object that they start with.
 */
#ifndef KAAL_NOTE_H
#define KAAL_NOTE_H

#include <kaal/types.h>

/* An ELF note: header, owner, contents, each padded to 4 bytes. */
struct kaal_abi_note {
	uint32_t owner_bytes, contents_bytes, type;
	char owner[(sizeof KAAL_NOTE_OWNER + 3u) & ~3u];
	uint32_t abi_version;
};

#define KAAL_ABI_NOTE                                                                                              \
	static const struct kaal_abi_note kaal_abi_note __attribute__((section(".note.kaal"), aligned(4), used)) = { \
		sizeof KAAL_NOTE_OWNER, sizeof(uint32_t), KAAL_NOTE_TYPE_ABI, KAAL_NOTE_OWNER, KAAL_ABI_VERSION,    \
	}

#endif
