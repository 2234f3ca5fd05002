/* KaaL: remove() is in sdk/libc/file/paths.c. */
