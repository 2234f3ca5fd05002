/* KaaL: fdopen() is in sdk/libc/streams.c. */
