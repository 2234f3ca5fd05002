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
	uint32_t unread;

	kaal_lock_take(&lock);
	for (size_t done = 0; done < bytes;) {
		uint32_t piece = KAAL_LOG_PIECE(capacity);

		if (bytes - done < piece)
			piece = (uint32_t)(bytes - done);
		kaal_log_put(log, capacity, log->written, text + done, piece);
		done += piece;
	}
	unread = log->written - atomic_load_explicit((_Atomic(uint32_t) *)&log->read, memory_order_acquire);
	kaal_lock_give(&lock);
	/* The reader prints whole lines: it is told of them, and before the oldest are written over. */
	if (memchr(text, '\n', bytes) == NULL && unread <= capacity / 2)
		return KAAL_OK;
	return kaal_sys_notification_signal(KAAL_SLOT_LOG);
}
