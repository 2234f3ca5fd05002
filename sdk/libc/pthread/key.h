/* The end of a thread's own values. */
#ifndef PTHREAD_KEY_H
#define PTHREAD_KEY_H

#include <pthread.h>

/* Calls the destructors of the calling thread's values, again for those that they set, PTHREAD_DESTRUCTOR_ITERATIONS times at most. */
void key_destroy_values(void);

#endif
