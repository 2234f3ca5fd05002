/* KaaL: fflush() is in sdk/libc/stdio.c. */
