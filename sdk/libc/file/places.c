/* More places in the table of descriptors, and what copies them. */
#include "../descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* Taking the place of the few that are there from the start. The caller holds the lock. */
static void grow(void)
{
	static struct place all[OPEN_MAX];

	if (libc_places.place == all)
		return;
	memcpy(all, libc_places.place, (size_t)libc_places.count * sizeof all[0]);
	libc_places.place = all;
	libc_places.count = OPEN_MAX;
}

int descriptor_reserve(int least, bool close_on_exec)
{
	int number = least;

	kaal_lock_take(&libc_places.lock);
	grow();
	while (number < libc_places.count && (libc_places.place[number].file != NULL || libc_places.place[number].reserved))
		number++;
	if (number < libc_places.count)
		libc_places.place[number] = (struct place){.reserved = true, .close_on_exec = close_on_exec};
	kaal_lock_give(&libc_places.lock);
	return number < libc_places.count ? number : libc_fail(EMFILE);
}

void descriptor_fill(int number, struct open_file *file)
{
	bool reserved;

	kaal_lock_take(&libc_places.lock);
	reserved = libc_places.place[number].reserved;
	if (reserved) {
		libc_places.place[number].reserved = false;
		libc_places.place[number].file = file;
	}
	kaal_lock_give(&libc_places.lock);
	/* Somebody's dup2() took the place, without knowing what it is: as if it had come a little later. */
	if (!reserved && file != NULL)
		(void)descriptor_done(file);
}

static int copy(int number, int least, bool close_on_exec)
{
	struct open_file *file = descriptor_use(number);
	int other;

	if (file == NULL)
		return -1;
	if (least < 0 || least >= OPEN_MAX) {
		(void)descriptor_done(file);
		return libc_fail(EINVAL);
	}
	other = descriptor_reserve(least, close_on_exec);
	if (other < 0)
		(void)descriptor_done(file);
	else
		descriptor_fill(other, file);
	return other;
}

int dup(int number)
{
	return copy(number, 0, false);
}

int dup2(int number, int other)
{
	struct open_file *file, *replaced = NULL;

	if (other < 0 || other >= OPEN_MAX)
		return libc_fail(EBADF);
	file = descriptor_use(number);
	if (file == NULL)
		return -1;
	kaal_lock_take(&libc_places.lock);
	grow();
	if (number != other) {
		replaced = libc_places.place[other].file;
		libc_places.place[other] = (struct place){.file = file};
	}
	kaal_lock_give(&libc_places.lock);
	if (number == other)
		(void)descriptor_done(file);
	if (replaced != NULL)
		(void)descriptor_done(replaced);
	return other;
}

/* The flag of the descriptor itself. */
static int close_on_exec(int number, bool set, int value)
{
	int result = -1;

	kaal_lock_take(&libc_places.lock);
	if (descriptor_is_open(number)) {
		struct place *place = &libc_places.place[number];

		result = place->close_on_exec && !set ? FD_CLOEXEC : 0;
		if (set)
			place->close_on_exec = (value & FD_CLOEXEC) != 0;
	}
	kaal_lock_give(&libc_places.lock);
	return result >= 0 ? result : libc_fail(EBADF);
}

/* Of an open file's flags only O_NONBLOCK can be changed, and means nothing: nothing here waits for other than its service. */
static int status_flags(int number, bool set, int value)
{
	static const int changeable = O_NONBLOCK, kept = O_APPEND | O_SYNC;
	struct open_file *file = descriptor_use(number);
	int result = 0;

	if (file == NULL)
		return -1;
	kaal_lock_take(&libc_places.lock);
	if (!set)
		result = file->flags;
	else if ((file->flags & kept) != (value & kept))
		result = -1;
	else
		file->flags = (file->flags & ~changeable) | (value & changeable);
	kaal_lock_give(&libc_places.lock);
	(void)descriptor_done(file);
	return result >= 0 ? result : libc_fail(EINVAL);
}

int fcntl(int number, int command, ...)
{
	va_list arguments;
	int value;

	va_start(arguments, command);
	value = command == F_GETFD || command == F_GETFL ? 0 : va_arg(arguments, int);
	va_end(arguments);
	switch (command) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return copy(number, value, command == F_DUPFD_CLOEXEC);
	case F_GETFD:
	case F_SETFD:
		return close_on_exec(number, command == F_SETFD, value);
	case F_GETFL:
	case F_SETFL:
		return status_flags(number, command == F_SETFL, value);
	default:
		return libc_fail(EINVAL);
	}
}
