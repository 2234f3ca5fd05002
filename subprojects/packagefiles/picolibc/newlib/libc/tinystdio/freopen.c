/* KaaL: freopen() is in sdk/libc/streams.c. */
