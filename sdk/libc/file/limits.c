/* Limits of files, the same for all of them. */
#include "service.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

static long limit(int name)
{
	switch (name) {
	case _PC_NAME_MAX:
		return NAME_MAX;
	case _PC_PATH_MAX:
		return PATH_MAX;
	case _PC_LINK_MAX:
	case _PC_CHOWN_RESTRICTED:
	case _PC_NO_TRUNC:
		return 1;
	case _PC_FILESIZEBITS:
		return 42; /* KAAL_FILE_BYTES_MAX in a signed number */
	case _PC_ALLOC_SIZE_MIN:
		return KAAL_PAGE_BYTES;
	case _PC_VDISABLE:
		return 0;
	/* What there is not: no error. */
	case _PC_ASYNC_IO:
	case _PC_MAX_CANON:
	case _PC_MAX_INPUT:
	case _PC_PIPE_BUF:
	case _PC_PRIO_IO:
	case _PC_SYMLINK_MAX:
	case _PC_SYNC_IO:
	case _PC_2_SYMLINKS:
		return -1;
	default:
		return libc_fail(EINVAL);
	}
}

long pathconf(const char *path, int name)
{
	return access(path, F_OK) == 0 ? limit(name) : -1;
}

long fpathconf(int number, int name)
{
	struct open_file *file = descriptor_use(number);

	if (file == NULL)
		return -1;
	(void)descriptor_done(file);
	return limit(name);
}
