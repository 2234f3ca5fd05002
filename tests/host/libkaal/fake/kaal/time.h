/* The counter, on the host: the test's. */
#ifndef KAAL_TIME_H
#define KAAL_TIME_H

#include <kaal/types.h>

kaal_ticks_t kaal_ticks_now(void);

#endif
