/*
 * Uses the file service.
 *   client   first start: writes files and fails; second: finds them; then kills the service, which is found again, empty, and stopped
 *   other    a second client: reads the first one's files, and has quotas of its own
 *   hostile  COUNT SEED: anything as requests and messages; the service goes on
 */
#include "broker_memory.h"

#include <stdlib.h>
#include <string.h>

#include <kaal/file.h>
#include <kaal/supervisor.h>
#include <kaal/syscall.h>
#include <kaal/thread.h>
#include <kaal/time.h>

#include "../../qemu/random.h"

#define USE "files"
#define BUFFER_BYTES 16384u
#define DATA_BYTES 100000u
#define QUOTA_BYTES 131072u /* as files.dts says */
#define READ_WRITE (KAAL_FILE_FLAG_READ | KAAL_FILE_FLAG_WRITE)

static struct kaal_files files;
static uint8_t data[DATA_BYTES], came[DATA_BYTES];

/* A refusal by the service, for this reason. */
static void expect_refusal(kaal_status_t status, kaal_status_t expected, enum kaal_file_reason reason, const char *what)
{
	if (status != expected || kaal_files_reason(&files) != reason)
		printf("wrong: %s: status %u, %s\n", what, (unsigned)status, kaal_file_reason_text(kaal_files_reason(&files)));
}

static void check(bool good, const char *what)
{
	if (!good)
		printf("wrong: %s\n", what);
}

static void connect(void)
{
	expect(kaal_files_connect(&files, USE, BUFFER_BYTES, UINT64_MAX), KAAL_OK, "connecting");
	for (unsigned i = 0; i < DATA_BYTES; i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
}

/* All of the file that the first start has written. */
static void read_all(void)
{
	struct kaal_file file;
	const void *there;
	uint64_t got;

	expect(kaal_file_open(&files, "/data/bytes", KAAL_FILE_FLAG_READ, &file), KAAL_OK, "opening");
	expect(kaal_file_read(&file, 0, came, sizeof came, &got), KAAL_OK, "reading");
	printf("%u of %u bytes, %s\n", (unsigned)got, DATA_BYTES, memcmp(came, data, sizeof came) == 0 ? "all right" : "wrong");
	expect(kaal_file_peek(&file, 5000, 8192, &there, &got), KAAL_OK, "reading in place");
	check(got == 8192 && memcmp(there, data + 5000, got) == 0, "bytes in place");
	expect(kaal_file_peek(&file, DATA_BYTES, 1, &there, &got), KAAL_OK, "reading at the end");
	check(got == 0, "the end");
	expect(kaal_file_close(&file), KAAL_OK, "closing");
	expect(kaal_file_close(&file), KAAL_NOT_BOUND, "closing twice");
}

static void write_files(void)
{
	struct kaal_file file, append;
	struct kaal_file_info info;
	uint64_t position = 0, written;

	expect(kaal_files_make_directory(&files, "/data"), KAAL_OK, "a directory");
	expect_refusal(kaal_files_make_directory(&files, "/data"), KAAL_IN_USE, KAAL_FILE_REASON_EXISTS, "the same again");
	expect(kaal_file_open(&files, "/data/new", READ_WRITE | KAAL_FILE_FLAG_CREATE, &file), KAAL_OK, "making a file");
	expect(kaal_file_write(&file, &position, data, 60000, &written), KAAL_OK, "writing");
	check(written == 60000 && position == 60000, "how much was written");
	expect(kaal_file_open(&files, "/data/new", KAAL_FILE_FLAG_WRITE | KAAL_FILE_FLAG_APPEND, &append), KAAL_OK, "opening again");
	expect(kaal_file_write(&append, &position, data + 60000, DATA_BYTES - 60000, &written), KAAL_OK, "appending");
	expect(kaal_file_sync(&append), KAAL_OK, "sync");
	expect(kaal_file_status(&file, &info), KAAL_OK, "status");
	check(info.kind == KAAL_FILE_KIND_FILE && info.bytes == DATA_BYTES && info.changed_ns != 0, "what status tells");
	expect(kaal_files_rename(&files, "/data/new", "/data/../data/bytes"), KAAL_OK, "a new name");
	expect_refusal(kaal_files_look(&files, "/data/new", &info), KAAL_OUT_OF_RANGE, KAAL_FILE_REASON_NOT_THERE, "the old name");
	printf("written, and left open\n");
}

static void find_files(void)
{
	struct kaal_file_space space;
	struct kaal_file directory;
	struct kaal_file_entry entries[4];
	uint64_t cursor = 0, count;

	read_all();
	expect(kaal_files_space(&files, &space), KAAL_OK, "space");
	printf("%u of %u bytes, %u files, %u handles\n", (unsigned)space.bytes, (unsigned)space.bytes_max, (unsigned)space.files, (unsigned)space.handles);
	expect(kaal_file_open(&files, "/data", KAAL_FILE_FLAG_DIRECTORY, &directory), KAAL_OK, "opening a directory");
	expect(kaal_file_list(&directory, &cursor, entries, 4, &count), KAAL_OK, "listing");
	check(count == 1 && strcmp(entries[0].name, "bytes") == 0, "an entry");
	expect(kaal_file_list(&directory, &cursor, entries, 4, &count), KAAL_OK, "listing on");
	check(count == 0, "no more entries");
	expect_refusal(kaal_files_remove(&files, "/data", KAAL_FILE_KIND_DIRECTORY), KAAL_HAS_CHILDREN, KAAL_FILE_REASON_NOT_EMPTY, "a full directory");
	expect(kaal_file_close(&directory), KAAL_OK, "closing");
}

/* Its own quota, however much the first client has. */
static void use_up(void)
{
	struct kaal_file file, more[4];
	uint64_t position = QUOTA_BYTES, written;

	expect(kaal_file_open(&files, "/mine", READ_WRITE | KAAL_FILE_FLAG_CREATE, &file), KAAL_OK, "a file");
	expect(kaal_file_resize(&file, QUOTA_BYTES), KAAL_OK, "all bytes");
	expect_refusal(kaal_file_write(&file, &position, data, 1, &written), KAAL_NO_MEMORY, KAAL_FILE_REASON_BYTES_MAX, "a byte more");
	check(written == 0, "nothing written");
	for (unsigned i = 0; i < 3; i++)
		expect(kaal_file_open(&files, "/data/bytes", KAAL_FILE_FLAG_READ, &more[i]), KAAL_OK, "a handle");
	expect_refusal(kaal_file_open(&files, "/mine", KAAL_FILE_FLAG_READ, &more[3]), KAAL_NO_MEMORY, KAAL_FILE_REASON_HANDLES_MAX, "a handle more");
	expect(kaal_files_disconnect(&files), KAAL_OK, "leaving");
	connect();
	expect(kaal_file_open(&files, "/mine", KAAL_FILE_FLAG_READ, &file), KAAL_OK, "handles that came back");
	expect(kaal_files_remove(&files, "/mine", KAAL_FILE_KIND_FILE), KAAL_OK, "removing");
	printf("kept to its quotas\n");
}

static uint32_t service(void)
{
	uint32_t component = 0;

	expect(kaal_supervisor_find("service", &component), KAAL_OK, "the service's component");
	return component;
}

/* The service ends: handles and files are gone, the connection is made again. */
static void outlive(void)
{
	struct kaal_file file, old;
	struct kaal_file_info info;
	uint64_t got;

	expect(kaal_file_open(&files, "/data/bytes", KAAL_FILE_FLAG_READ, &old), KAAL_OK, "opening");
	expect(kaal_supervisor_kill(service()), KAAL_OK, "killing the service");
	expect(kaal_file_read(&old, 0, came, 1, &got), KAAL_CANCELLED, "reading from who has ended");
	expect_refusal(kaal_files_look(&files, "/data", &info), KAAL_OUT_OF_RANGE, KAAL_FILE_REASON_NOT_THERE, "what was there");
	expect(kaal_file_open(&files, "/again", READ_WRITE | KAAL_FILE_FLAG_CREATE, &file), KAAL_OK, "a file again");
	expect(kaal_file_read(&old, 0, came, 1, &got), KAAL_CANCELLED, "an old handle");
	expect(kaal_file_close(&old), KAAL_CANCELLED, "closing an old handle");
	expect(kaal_file_close(&file), KAAL_OK, "closing");
	expect(kaal_files_disconnect(&files), KAAL_OK, "leaving");
	printf("outlived the service\n");
}

/* --- hostile ------------------------------------------------------------------------------- */

static uint64_t state;

static uint64_t random_below(uint64_t bound)
{
	return next_random(&state) % bound;
}

/* Few values, so that many are right. */
static uint64_t any_word(void)
{
	static const uint64_t words[] = {0, 1, 2, 3, 7, 64, 4095, 4096, 131072, UINT64_C(1) << 40, UINT64_MAX};

	return words[random_below(sizeof words / sizeof words[0])];
}

static void send_anything(struct kaal_channel *channel)
{
	static const char *const texts[] = {"/", "/h", "/h/i", "/h/../h/./i", "h", "/h//", "/h/i/j", "/../..", ""};
	uint8_t bytes[2048];
	const char *text = texts[random_below(sizeof texts / sizeof texts[0])];

	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)random_below(256);
	if (random_below(2) == 0)
		kaal_ignore(kaal_channel_send(channel, text, strlen(text), 0));
	else
		kaal_ignore(kaal_channel_send(channel, bytes, random_below(sizeof bytes), 0));
}

static void attack(unsigned count)
{
	unsigned good = 0, refused = 0, broken = 0;

	for (unsigned i = 0; i < count; i++) {
		uint64_t words[KAAL_MESSAGE_REGISTERS], answer;

		if (random_below(3) != 0)
			send_anything(&files.channel);
		for (unsigned word = 0; word < KAAL_MESSAGE_REGISTERS; word++)
			words[word] = any_word();
		if (random_below(10) != 0)
			words[0] = files.channel.held.thing;
		expect(kaal_service_call(&files.service, kaal_message(random_below(8), 0, (uint32_t)random_below(15)), words, UINT64_MAX, &answer), KAAL_OK, "a call");
		*(kaal_message_label(answer) == KAAL_OK ? &good : &refused) += 1;
		if (random_below(3) == 0)
			kaal_ignore(kaal_channel_release(&files.channel));
		if (random_below(200) == 0) {
			/* Its own counts, as they cannot be. */
			((struct kaal_channel_head *)(uintptr_t)files.channel.address)->counts[0].written = any_word() * 8;
			broken++;
			words[0] = files.channel.held.thing;
			kaal_ignore(kaal_service_call(&files.service, kaal_message(1, 0, KAAL_FILE_LOOK), words, UINT64_MAX, &answer));
			expect(kaal_channel_reset(&files.channel, UINT64_MAX), KAAL_OK, "a channel again");
		}
	}
	printf("%u requests carried out, %u refused, %u channels broken\n", good, refused, broken);
}

static void open_many(void)
{
	struct kaal_files more[KAAL_FILE_CONNECTIONS];

	for (unsigned i = 1; i < KAAL_FILE_CONNECTIONS; i++)
		expect(kaal_files_connect(&more[i], USE, KAAL_PAGE_BYTES, UINT64_MAX), KAAL_OK, "a connection more");
	expect(kaal_files_connect(&more[0], USE, KAAL_PAGE_BYTES, UINT64_MAX), KAAL_NO_MEMORY, "too many connections");
	expect(kaal_files_connect(&more[0], USE, KAAL_PAGE_BYTES - 1, UINT64_MAX), KAAL_OUT_OF_RANGE, "too small a buffer");
	for (unsigned i = 1; i < KAAL_FILE_CONNECTIONS; i++)
		expect(kaal_files_disconnect(&more[i]), KAAL_OK, "leaving");
}

/* --- who ----------------------------------------------------------------------------------- */

static int be_client(void)
{
	if (kaal_startup()->start == 0) {
		write_files();
		return EXIT_FAILURE;
	}
	find_files();
	/* The others have come to their ends. */
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_ns_to_ticks(UINT64_C(1000000000), kaal_ticks_hz())));
	find_files();
	outlive();
	expect(kaal_supervisor_stop(service()), KAAL_OK, "stopping the service");
	return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
	struct kaal_file_info info;

	(void)count;
	connect();
	if (strcmp(arguments[1], "client") == 0)
		return be_client();
	if (strcmp(arguments[1], "other") == 0) {
		while (kaal_files_look(&files, "/data/bytes", &info) != KAAL_OK)
			kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_ns_to_ticks(1000000, kaal_ticks_hz())));
		read_all();
		use_up();
		return EXIT_SUCCESS;
	}
	state = strtoull(arguments[3], NULL, 0);
	open_many();
	attack((unsigned)strtoul(arguments[2], NULL, 0));
	return EXIT_SUCCESS;
}
