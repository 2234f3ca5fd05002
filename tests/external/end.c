/* When nobody else has anything to do: stops the file service, and with the last component the machine goes off. */
#include <stdlib.h>

#include <kaal/status.h>
#include <kaal/supervisor.h>

int main(void)
{
	uint32_t service;

	return kaal_supervisor_find("service", &service) == KAAL_OK && kaal_supervisor_stop(service) == KAAL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
