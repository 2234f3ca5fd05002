/* KaaL: fpathconf() is in sdk/libc/file/limits.c. */
