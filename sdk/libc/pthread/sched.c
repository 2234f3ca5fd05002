#include <errno.h>
#include <sched.h>
#include <stddef.h>

#include <kaal/startup.h>
#include <kaal/syscall.h>

int sched_yield(void)
{
	kaal_ignore(kaal_sys_sched_yield());
	return 0;
}

static int fail(int error)
{
	errno = error;
	return -1;
}

/* Threads of every policy run by priority. */
static int is_policy(int policy)
{
	return policy == SCHED_OTHER || policy == SCHED_FIFO || policy == SCHED_RR;
}

int sched_get_priority_max(int policy)
{
	if (!is_policy(policy))
		return fail(EINVAL);
	return kaal_startup() == NULL ? UINT8_MAX : (int)kaal_startup()->priority_ceiling;
}

int sched_get_priority_min(int policy)
{
	return is_policy(policy) ? 0 : fail(EINVAL);
}
