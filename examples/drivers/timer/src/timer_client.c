#include "timer_client.h"

#include <stddef.h>

#include <kaal/thread.h>

kaal_status_t timer_now(struct kaal_service *service, uint64_t *ns)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_status_t status = kaal_service_request(service, TIMER_NOW, 0, words, UINT64_MAX);

	*ns = words[0];
	return status;
}

kaal_status_t timer_start(struct kaal_service *service, uint32_t timer, uint64_t ns, uint64_t period_ns, uint32_t flags,
			  uint64_t *first)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {timer, ns, period_ns, flags};
	kaal_status_t status = kaal_service_request(service, TIMER_START, 4, words, UINT64_MAX);

	if (status == KAAL_OK && first != NULL)
		*first = words[0];
	return status;
}

kaal_status_t timer_stop(struct kaal_service *service, uint32_t timer)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {timer};

	return kaal_service_request(service, TIMER_STOP, 1, words, UINT64_MAX);
}

static kaal_status_t ask(struct kaal_service *service, uint32_t flags, uint64_t deadline, struct timer_told *told)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {flags};
	kaal_status_t status = kaal_service_request(service, TIMER_WAIT, 1, words, deadline);

	*told = (struct timer_told){0};
	if (status == KAAL_OK)
		*told = (struct timer_told){(uint32_t)words[0], words[1], words[2], words[3]};
	return status;
}

kaal_status_t timer_wait(struct kaal_service *service, uint64_t deadline, struct timer_told *told)
{
	return ask(service, 0, deadline, told);
}

kaal_status_t timer_poll(struct kaal_service *service, struct timer_told *told)
{
	return ask(service, TIMER_POLL, UINT64_MAX, told);
}

kaal_status_t timer_signal(struct kaal_service *service, kaal_notification_t notification)
{
	struct kaal_message_buffer *buffer = kaal_message_buffer();
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, answer;
	kaal_status_t status;

	buffer->caps[0] = notification.slot;
	buffer->move = 0;
	status = kaal_service_call(service, kaal_message(0, 1, TIMER_SIGNAL), words, UINT64_MAX, &answer);
	return status == KAAL_OK ? kaal_message_label(answer) : status;
}
