/* System calls that the client library makes, on the host: the fixture makes them as the component that asks. */
#ifndef CLIENT_CALLS_H
#define CLIENT_CALLS_H

#include <kaal/types.h>

#define host_call client_call
#include <host_calls.h>
#undef host_call

kaal_status_t kaal_sys_endpoint_call(kaal_cap_t ep, uint64_t message, uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t *answer);
kaal_status_t kaal_sys_endpoint_call_until(kaal_cap_t ep, uint64_t message, uint64_t deadline, uint64_t words[KAAL_MESSAGE_REGISTERS],
				       uint64_t *answer);

#endif
