/* KaaL: pathconf() is in sdk/libc/file/limits.c. */
