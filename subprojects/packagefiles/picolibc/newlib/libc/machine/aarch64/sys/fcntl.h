/* KaaL: as include/sys/fcntl.h, which is installed: there is one kind of files, and no O_BINARY. */
#include <sys/_default_fcntl.h>
