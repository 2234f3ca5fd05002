/*
 * Room of the file system: the component's quota of its file service (the use `files`), in blocks of f_frsize bytes.
 */
#ifndef _SYS_STATVFS_H
#define _SYS_STATVFS_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ST_RDONLY 1
#define ST_NOSUID 2

struct statvfs {
	unsigned long f_bsize, f_frsize;
	fsblkcnt_t f_blocks, f_bfree, f_bavail;
	unsigned long f_files, f_ffree, f_favail; /* files and directories */
	unsigned long f_fsid, f_flag, f_namemax;
};

/* Of any path that is there, or anything that is open. Errors: as stat() and fstat(); ENOSYS of a console. */
int statvfs(const char *__restrict path, struct statvfs *__restrict result);
int fstatvfs(int descriptor, struct statvfs *result);

#ifdef __cplusplus
}
#endif

#endif
