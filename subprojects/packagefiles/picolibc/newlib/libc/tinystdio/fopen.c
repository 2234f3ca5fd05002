/* KaaL: fopen() is in sdk/libc/streams.c. */
