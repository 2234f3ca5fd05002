/* The root task has number 1, a component its index in the system description and 2. */
#include <kaal/startup.h>
#include <unistd.h>

pid_t getpid(void)
{
	return kaal_startup() == NULL ? 1 : (pid_t)kaal_startup()->component + 2;
}
