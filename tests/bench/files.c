/* What it takes to read and write a file of the file service, warm, for 4 KiB: copied, in place, and in larger pieces. */
#include "told.h"

#include <kaal/file.h>

#define FILE_BYTES UINT64_C(0x100000)
#define BUFFER_BYTES UINT64_C(0x20000)
#define PIECE UINT64_C(4096)

static uint8_t bytes[FILE_BYTES];
static struct kaal_files files;
static struct kaal_file file;

/* Instructions for 4 KiB of the file, of both sides and the kernel. */
static void measure(const char *name, uint64_t piece, void (*move)(uint64_t position, uint64_t piece))
{
	kaal_ticks_t start = 0;

	for (unsigned round = 0; round < 2; round++) {
		start = kaal_ticks_now();
		for (uint64_t at = 0; at < FILE_BYTES; at += piece)
			move(at, piece);
	}
	print_row(name, instructions(kaal_ticks_now() - start) / (FILE_BYTES / PIECE), "instructions");
}

static void whole(uint64_t wanted, uint64_t got)
{
	must("bytes", got == wanted ? KAAL_OK : KAAL_OUT_OF_RANGE);
}

static void copy(uint64_t position, uint64_t piece)
{
	uint64_t got;

	must("read", kaal_file_read(&file, position, bytes, piece, &got));
	whole(piece, got);
}

static void look(uint64_t position, uint64_t piece)
{
	const void *data;
	uint64_t got;

	must("peek", kaal_file_peek(&file, position, piece, &data, &got));
	whole(piece, got);
}

static void write(uint64_t position, uint64_t piece)
{
	uint64_t got;

	must("write", kaal_file_write(&file, &position, bytes, piece, &got));
	whole(piece, got);
}

int main(void)
{
	must("connect", kaal_files_connect(&files, "files", BUFFER_BYTES, UINT64_MAX));
	must("open", kaal_file_open(&files, "/file", KAAL_FILE_FLAG_READ | KAAL_FILE_FLAG_WRITE | KAAL_FILE_FLAG_CREATE, &file));
	measure("file.write.4096", PIECE, write);
	measure("file.read.4096", PIECE, copy);
	measure("file.peek.4096", PIECE, look);
	measure("file.read.65536", 16 * PIECE, copy);
	measure("file.peek.65536", 16 * PIECE, look);
	kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
	return EXIT_SUCCESS;
}
