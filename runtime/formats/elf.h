/*
 * Reader of components' executables: 64-bit little-endian AArch64, static, with
 * KaaL's ABI note. Takes any bytes; reads nothing outside them, allocates
 * nothing, and its work is bounded by the limits below.
 */
#ifndef KAAL_FORMATS_ELF_H
#define KAAL_FORMATS_ELF_H

#include <formats/format_error.h>

/* Bounds that keep the work on a hostile file small. */
#define KAAL_ELF_HEADERS_MAX 64u
#define KAAL_ELF_NOTE_BYTES_MAX 16384u /* of one PT_NOTE */

/* Access that a segment asks for; never WRITE and EXECUTE together. */
#define KAAL_ELF_EXECUTE (1u << 0)
#define KAAL_ELF_WRITE (1u << 1)
#define KAAL_ELF_READ (1u << 2) /* always set */

/* A range of memory that the file describes. No two segments share a page. */
struct kaal_elf_segment {
	uint64_t address;      /* user-virtual; the same as file_offset modulo the page size */
	uint64_t memory_bytes; /* more than 0; what exceeds file_bytes is zero */
	const uint8_t *data;   /* file_bytes of contents, any alignment */
	uint64_t file_bytes;
	uint64_t file_offset; /* of data */
	uint32_t access;      /* KAAL_ELF_* */
};

/* Initial contents of thread-local storage. memory_bytes is 0 where there is none. */
struct kaal_elf_tls {
	uint64_t address; /* user-virtual, of the initial contents, inside a segment */
	uint64_t file_bytes;
	uint64_t memory_bytes;
	uint64_t alignment_bytes; /* a power of two, at most a page */
};

/* A file that kaal_elf_read() accepted. Borrows the bytes. */
struct kaal_elf {
	const uint8_t *data;
	uint64_t bytes;        /* of all of the file */
	uint64_t entry;        /* user-virtual, 4-byte aligned, inside an executable segment */
	uint64_t headers;      /* offset of the program headers */
	uint32_t header_count;
	uint32_t segment_count;
	uint64_t stack_bytes; /* size of the first thread's stack, any number; 0 where the file names none */
	uint32_t abi_version; /* from the ABI note; runs on this ABI (kaal/types.h) */
	struct kaal_elf_tls tls;
	const uint8_t *requirements; /* contents of the note of requirements, any bytes, any alignment; NULL without one */
	uint32_t requirements_bytes;
};

/*
 * Checks the file as far as loading it needs.
 *   data          bytes of the file, any alignment; may be NULL if bytes is 0
 *   segments_max  more segments than this are refused
 *   error         filled on failure: offsets count from `data`
 * Returns false if the file is truncated, corrupt, for another machine, not
 * static, made for another ABI, or if its segments overlap, are writable and
 * executable at once or lie outside the user's addresses.
 */
bool kaal_elf_read(struct kaal_elf *elf, const void *data, uint64_t bytes, uint32_t segments_max,
		   struct kaal_format_error *error);

/* The segment of this index, in ascending order of address. Returns false from segment_count on. */
bool kaal_elf_segment(const struct kaal_elf *elf, uint32_t index, struct kaal_elf_segment *segment);

#endif
