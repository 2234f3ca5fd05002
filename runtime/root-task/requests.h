/* What components ask the supervisor for (<kaal/supervisor.h>), and the loop that answers everybody. */
#ifndef ROOT_TASK_REQUESTS_H
#define ROOT_TASK_REQUESTS_H

#include "root.h"

/* The component has ended: who awaits that is answered; it awaits nothing itself and gets no answer. */
void requests_ended(struct component *component);

/* Serves for as long as anybody lives or is to be restarted; then the machine is switched off. */
_Noreturn void requests_serve(void);

#endif
