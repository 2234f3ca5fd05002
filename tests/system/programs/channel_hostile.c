/*
 * Writes into its channels with `bulk` what cannot be, and signals without end. The server must find each of them broken, or refuse it, and
 * serve on. Usage: channel_hostile ROUNDS SEED
 */
#include "channel.h"

#include "../../qemu/random.h"

static struct kaal_service bulk;
static struct kaal_signals signals;
static uint8_t buffer[256];
static uint64_t broken;

static void get_counts(uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	expect(kaal_service_request(&bulk, COUNTS, 0, words, FOREVER), KAAL_OK, "counts");
}

static void open_channel(struct kaal_channel *channel, uint64_t purpose)
{
	struct kaal_channel_setup setup = {0x1000, 0x1000, purpose};

	expect(kaal_channel_open(channel, &bulk, &signals, &setup, FOREVER), KAAL_OK, "opening a channel");
}

/* --- what a channel is made of ------------------------------------------------------------- */

/* Tells the server of memory with such a head. */
static kaal_status_t offer(uint64_t magic, uint32_t version, uint64_t there, uint64_t back)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, ECHO};
	struct kaal_broker_held memory, table;
	volatile struct kaal_channel_head *head;
	kaal_status_t status;

	expect(kaal_broker_memory(15, &table), KAAL_OK, "memory");
	expect(kaal_broker_open("bulk", 0x3000, (struct kaal_broker_signal){0}, &memory), KAAL_OK, "channel memory");
	head = (volatile struct kaal_channel_head *)(volatile void *)map_page(table.first, memory.first);
	head->magic = magic;
	head->version = version;
	head->bytes[0] = there;
	head->bytes[1] = back;
	words[0] = memory.thing;
	status = kaal_service_request(&bulk, KAAL_CHANNEL_CONNECT, KAAL_CHANNEL_WORDS, words, FOREVER);
	expect(kaal_broker_give(&memory), KAAL_OK, "giving it back");
	expect(kaal_broker_give(&table), KAAL_OK, "giving it back");
	return status;
}

static void offers(void)
{
	static const uint64_t sizes[][2] = {{0, 0}, {0x1000, 0x2000}, {0x3000, 0}, {0x800, 0x1800}, {0x1000, 0xfff},
		{0, UINT64_MAX - 0xfff}, {UINT64_MAX - 0xfff, 0x3000}, {UINT64_C(1) << 63, UINT64_C(1) << 63}, {0x1000000, 0x1000}};
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {12345, ECHO};

	for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		expect(offer(KAAL_CHANNEL_MAGIC, KAAL_CHANNEL_VERSION, sizes[i][0], sizes[i][1]), KAAL_OUT_OF_RANGE, "sizes that do not fit");
	expect(offer(KAAL_CHANNEL_MAGIC + 1, KAAL_CHANNEL_VERSION, 0x1000, 0x1000), KAAL_OUT_OF_RANGE, "no magic number");
	expect(offer(KAAL_CHANNEL_MAGIC, KAAL_CHANNEL_VERSION + 1, 0x1000, 0x1000), KAAL_NOT_SUPPORTED, "another version");
	expect(offer(KAAL_CHANNEL_MAGIC, KAAL_CHANNEL_VERSION, 0x1000, 0x1000), KAAL_OK, "one without a notification");
	expect(kaal_service_request(&bulk, KAAL_CHANNEL_CONNECT, KAAL_CHANNEL_WORDS, words, FOREVER), KAAL_OUT_OF_RANGE, "no channel");
	expect(kaal_service_request(&bulk, KAAL_CHANNEL_CONNECT, 1, words, FOREVER), KAAL_OUT_OF_RANGE, "too few words");
	get_counts(words);
	printf("%u offers refused\n", (unsigned)words[COUNT_REFUSED]);
}

/* --- what lies in it ------------------------------------------------------------------------ */

/* The server finds a number broken that this one writes. */
static void breaks(const char *what, uint64_t head_word, uint64_t value, uint64_t data_word, uint64_t data)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], got;
	struct kaal_channel channel;

	open_channel(&channel, ECHO);
	expect(kaal_channel_send(&channel, buffer, 24, FOREVER), KAAL_OK, "an honest message");
	expect(kaal_channel_receive(&channel, buffer, sizeof buffer, FOREVER, &got), KAAL_OK, "its answer");
	((volatile uint64_t *)channel.out.data)[data_word] = data;
	((volatile uint64_t *)(uintptr_t)channel.address)[head_word] = value;
	expect(kaal_sys_notification_signal(channel.peer.slot), KAAL_OK, "a signal");
	get_counts(words);
	if (words[COUNT_BROKEN] != ++broken)
		printf("wrong: %s: the server found %u broken, not %u\n", what, (unsigned)words[COUNT_BROKEN], (unsigned)broken);
	broken = words[COUNT_BROKEN];
	expect(kaal_channel_send(&channel, buffer, 8, 0), KAAL_OK, "nobody takes it");
	expect(kaal_channel_receive(&channel, buffer, sizeof buffer, FOREVER, &got), KAAL_CANCELLED, "closed for that");
	expect(kaal_channel_close(&channel), KAAL_OK, "closing");
}

#define WORD(queue, field) ((offsetof(struct kaal_channel_head, counts) + (queue) * sizeof(struct kaal_queue_counts) + offsetof(struct kaal_queue_counts, field)) / 8)

static void numbers(void)
{
	breaks("more written than fits", WORD(0, written), 32 + 0x1008, 4, 0);
	breaks("written goes back", WORD(0, written), 0, 4, 0);
	breaks("a part of a head", WORD(0, written), 33, 4, 0);
	breaks("a length without end", WORD(0, written), 64, 4, UINT64_MAX);
	breaks("a length beyond what is there", WORD(0, written), 64, 4, 25);
	printf("%u channels broken\n", (unsigned)broken);
}

/* What the server sends is read before it was sent: it finds that out when it has no room. */
static void reads(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS];
	struct kaal_channel channel;
	kaal_status_t status = KAAL_OK;

	open_channel(&channel, ECHO);
	((volatile uint64_t *)(uintptr_t)channel.address)[WORD(1, read)] = UINT64_C(1) << 40;
	for (unsigned i = 0; i < 100 && status == KAAL_OK; i++)
		status = kaal_channel_send(&channel, buffer, 248, FOREVER);
	expect(status, KAAL_CANCELLED, "closed for what was not read");
	get_counts(words);
	broken++;
	if (words[COUNT_BROKEN] != broken)
		printf("wrong: %u broken, not %u\n", (unsigned)words[COUNT_BROKEN], (unsigned)broken);
	expect(kaal_channel_close(&channel), KAAL_OK, "closing");
}

/* The server waits for a message, with a deadline, and gets signals. */
static void signal_without_end(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], count = 0;
	struct kaal_channel channel;
	kaal_ticks_t end;

	open_channel(&channel, LISTEN);
	expect(kaal_channel_send(&channel, buffer, 8, FOREVER), KAAL_OK, "the first message");
	end = deadline_in(2 * DEADLINE_NS);
	while (kaal_ticks_now() < end)
		count += kaal_sys_notification_signal(channel.peer.slot) == KAAL_OK;
	get_counts(words);
	printf("more than 100 signals %s, the server's wait ended %s: %s\n", count > 100 ? "given" : "missing",
	       words[COUNT_LATE] < LATE_NS ? "in time" : "late", kaal_status_text(words[COUNT_STATUS]));
	expect(kaal_channel_close(&channel), KAAL_OK, "closing");
}

/* Anything anywhere. */
static void scribble(uint64_t rounds, uint64_t seed)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], state = seed * 2 + 1, opened = 0;
	struct kaal_channel channel = {0};

	for (uint64_t i = 0; i < rounds; i++) {
		uint64_t number = next_random(&state), what = number >> 8 & 7, *at, value = next_random(&state);

		if (kaal_channel_state(&channel) == KAAL_CHANNEL_CLOSED) {
			open_channel(&channel, 1 + (number >> 16 & 1));
			opened++;
		}
		kaal_ignore(kaal_channel_send(&channel, buffer, value >> 32 & 63, 0));
		at = what < 4 ? (uint64_t *)(uintptr_t)channel.address + (number >> 16) % (sizeof(struct kaal_channel_head) / 8)
			      : (uint64_t *)(void *)channel.out.data + (number >> 16) % 512;
		*(volatile uint64_t *)at = what & 1 ? value >> (value & 63) : *at + (value & 15) * 8 - 64;
		if (kaal_sys_notification_signal(channel.peer.slot) != KAAL_OK || what == 0)
			expect(kaal_channel_close(&channel), KAAL_OK, "closing");
	}
	if (kaal_channel_state(&channel) != KAAL_CHANNEL_CLOSED)
		expect(kaal_channel_close(&channel), KAAL_OK, "closing");
	get_counts(words);
	printf("scribbled %u times, seed %u, into %u channels: %u broken, %u open, start %u\n", (unsigned)rounds, (unsigned)seed, (unsigned)opened,
	       (unsigned)(words[COUNT_BROKEN] - broken), (unsigned)words[COUNT_OPEN], (unsigned)words[COUNT_START]);
}

int main(int argc, char **argv)
{
	expect(kaal_service_open(&bulk, "bulk", FOREVER), KAAL_OK, "bulk");
	expect(kaal_signals_start(&signals), KAAL_OK, "signals");
	offers();
	numbers();
	reads();
	signal_without_end();
	scribble(argc > 1 ? strtoull(argv[1], NULL, 10) : 1, argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
	return 0;
}
