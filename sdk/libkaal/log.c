#include <kaal/log.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include <kaal/startup.h>
#include <kaal/syscall.h>
#include <kaal/thread.h>

void kaal_log_put(struct kaal_log *log, uint32_t capacity, uint32_t at, const char *text, uint32_t bytes)
{
	uint32_t place = at % capacity;
	uint32_t first = bytes < capacity - place ? bytes : capacity - place;

	memcpy(log->text + place, text, first);
	memcpy(log->text, text + first, bytes - first);
	/* Pairs with the acquire of the reader: the text is there before its length. */
	atomic_store_explicit((_Atomic(uint32_t) *)&log->written, at + bytes, memory_order_release);
}

/* One thread at a time writes the ring. */
static struct kaal_lock lock;

kaal_status_t kaal_log_write(const char *text, size_t bytes)
{
	const struct kaal_range *range = &kaal_startup()->log;
	struct kaal_log *log = (struct kaal_log *)(uintptr_t)range->address;
	uint32_t capacity = (uint32_t)(range->bytes - sizeof *log);
	uint32_t used, room, taken;

	kaal_lock_take(&lock);
	used = log->written - atomic_load_explicit((_Atomic(uint32_t) *)&log->read, memory_order_acquire);
	room = used < capacity ? capacity - used : 0;
	taken = bytes < room ? (uint32_t)bytes : room;

	log->dropped += (uint32_t)(bytes - taken);
	kaal_log_put(log, capacity, log->written, text, taken);
	kaal_lock_give(&lock);
	/* The reader prints whole lines: it is told of them, and before the room ends. */
	if (memchr(text, '\n', bytes) == NULL && used + taken <= capacity / 2)
		return KAAL_OK;
	return kaal_notification_signal(KAAL_SLOT_LOG);
}
