/* What the file service lets the component have. */
#include "service.h"

#include <errno.h>
#include <limits.h>
#include <sys/statvfs.h>

static int tell(struct statvfs *result)
{
	struct kaal_file_space space;
	int error = files_error(kaal_files_space(&libc_files, &space));

	if (error != 0)
		return error;
	*result = (struct statvfs){
		.f_bsize = KAAL_PAGE_BYTES,
		.f_frsize = KAAL_PAGE_BYTES,
		.f_blocks = space.bytes_max / KAAL_PAGE_BYTES,
		.f_bfree = (space.bytes_max - space.bytes) / KAAL_PAGE_BYTES,
		.f_files = space.files_max,
		.f_ffree = space.files_max - space.files,
		.f_fsid = 1,
		.f_namemax = NAME_MAX,
	};
	result->f_bavail = result->f_bfree;
	result->f_favail = result->f_ffree;
	return 0;
}

int statvfs(const char *restrict path, struct statvfs *restrict result)
{
	const char *name = files_begin(path, ENOENT);
	struct kaal_file_info info;
	int error;

	if (name == NULL)
		return -1;
	error = files_error(kaal_files_look(&libc_files, name, &info));
	return files_end(error != 0 ? error : tell(result));
}

int fstatvfs(int number, struct statvfs *result)
{
	struct regular *file = regular_use(number, ENOSYS);
	struct kaal_file_info info;
	int error;

	if (file == NULL)
		return -1;
	files_lock();
	/* Of a file that the service does not know any more there is nothing to tell. */
	error = files_error(kaal_file_status(&file->file, &info));
	error = files_end(error != 0 ? error : tell(result));
	(void)descriptor_done(&file->base);
	return error;
}
