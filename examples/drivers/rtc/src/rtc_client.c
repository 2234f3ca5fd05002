#include "rtc_client.h"

#include <stddef.h>

/* A request with a time, or none; the answer's time, unless NULL. */
static kaal_status_t request(struct kaal_service *rtc, enum rtc_request request, uint64_t count, uint32_t asked, uint64_t deadline,
			     uint32_t *seconds)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {asked};
	kaal_status_t status = kaal_service_request(rtc, request, count, words, deadline);

	if (status == KAAL_OK && seconds != NULL)
		*seconds = (uint32_t)words[0];
	return status;
}

kaal_status_t rtc_read(struct kaal_service *rtc, uint32_t *seconds)
{
	return request(rtc, RTC_READ, 0, 0, UINT64_MAX, seconds);
}

kaal_status_t rtc_set(struct kaal_service *rtc, uint32_t seconds)
{
	return request(rtc, RTC_SET, 1, seconds, UINT64_MAX, NULL);
}

kaal_status_t rtc_wait(struct kaal_service *rtc, uint32_t until, uint64_t deadline, uint32_t *seconds)
{
	return request(rtc, RTC_WAIT, 1, until, deadline, seconds);
}
