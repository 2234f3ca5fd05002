/* Starts, ends and restarts of components, and the loop that answers everybody. */
#ifndef ROOT_TASK_SUPERVISE_H
#define ROOT_TASK_SUPERVISE_H

#include "root.h"

/* Starts a component that does not live. KAAL_OK, or why it could not be; it has then ended with KAAL_END_FAILED. */
kaal_status_t supervise_start(struct component *component);

/* Serves for as long as anybody lives or is to be restarted; then the machine is switched off. */
_Noreturn void supervise_run(void);

#endif
