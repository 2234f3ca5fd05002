/*
 * KaaL: directories of the file service. Entries come in the order in which they were made, without "." and "..".
 */
#ifndef _SYS_DIRENT_H
#define _SYS_DIRENT_H

#include <sys/cdefs.h>
#include <sys/types.h>

#define _DIRENT_HAVE_D_TYPE

#define DT_UNKNOWN 0
#define DT_FIFO 1
#define DT_CHR 2
#define DT_DIR 4
#define DT_BLK 6
#define DT_REG 8
#define DT_LNK 10
#define DT_SOCK 12

struct dirent {
	ino_t d_ino;          /* st_ino of the file */
	unsigned char d_type; /* DT_REG or DT_DIR */
	char d_name[256];     /* NAME_MAX and a NUL */
};

typedef struct __dirstream DIR;

#endif
