/* Memory for tests that make objects. */
#ifndef UNTYPED_H
#define UNTYPED_H

#include <kaal/types.h>

/* The capability of the largest untyped block of RAM. */
kaal_cap_t memory(void);

#endif
