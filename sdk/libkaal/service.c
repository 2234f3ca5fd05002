#include <kaal/service.h>

#include <string.h>

#include <kaal/slot.h>
#include <kaal/thread.h>

#include "call.h"

static void forget(struct kaal_service *service)
{
	if (service->endpoint.slot != 0)
		kaal_ignore(kaal_slot_drop(service->endpoint.slot, 1));
	service->endpoint.slot = 0;
}

static kaal_status_t find(struct kaal_service *service)
{
	struct kaal_broker_found found;
	kaal_status_t status = kaal_broker_find(service->name, &found);

	if (status != KAAL_OK)
		return status;
	service->endpoint = found.endpoint;
	service->badge = found.badge;
	service->version_major = found.version_major;
	service->version_minor = found.version_minor;
	service->reconnect = found.reconnect;
	service->connections++;
	return KAAL_OK;
}

/* Waits for a change, of which none is missed from the first time on. */
static kaal_status_t wait(struct kaal_service *service, uint64_t deadline)
{
	struct kaal_broker_held held;
	kaal_status_t status;
	uint64_t flags;
	bool there;

	if (service->changed.thing != 0)
		return kaal_sys_notification_wait_until(service->changed.first, deadline, &flags);
	status = kaal_broker_object(KAAL_OBJECT_NOTIFICATION, &held);
	if (status != KAAL_OK)
		return status;
	status = kaal_broker_watch(service->name, (struct kaal_broker_signal){held.thing, 0}, &there);
	if (status != KAAL_OK) {
		kaal_ignore(kaal_broker_give(&held));
		return status;
	}
	service->changed = held;
	return there ? KAAL_OK : kaal_sys_notification_wait_until(held.first, deadline, &flags);
}

/* Finds the service, when it is there. */
static kaal_status_t find_when(struct kaal_service *service, uint64_t deadline)
{
	kaal_status_t status = find(service);

	while (status == KAAL_WOULD_BLOCK) {
		status = wait(service, deadline);
		if (status == KAAL_OK)
			status = find(service);
	}
	return status;
}

kaal_status_t kaal_service_await(struct kaal_service *service, uint64_t deadline)
{
	forget(service);
	return find_when(service, deadline);
}

kaal_status_t kaal_service_open(struct kaal_service *service, const char *name, uint64_t deadline)
{
	size_t length = strlen(name);
	kaal_status_t status;

	*service = (struct kaal_service){0};
	if (length >= sizeof service->name)
		return KAAL_OUT_OF_RANGE;
	memcpy(service->name, name, length);
	status = find_when(service, deadline);
	if (status != KAAL_OK)
		kaal_ignore(kaal_service_close(service));
	return status;
}

/* For a call whose words and capabilities lie in the message buffer, which looking it up uses. */
static kaal_status_t find_for_call(struct kaal_service *service, uint64_t deadline)
{
	struct kaal_message_buffer *buffer = kaal_message_buffer();
	struct kaal_message_buffer kept = *buffer;
	kaal_status_t status = service->reconnect ? find_when(service, deadline) : find(service);

	*buffer = kept;
	return status;
}

kaal_status_t kaal_service_call(struct kaal_service *service, uint64_t message, uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t deadline,
				uint64_t *answer)
{
	uint64_t asked[KAAL_MESSAGE_REGISTERS];
	kaal_status_t status;

	memcpy(asked, words, sizeof asked);
	for (;;) {
		*answer = 0;
		status = service->endpoint.slot != 0 ? KAAL_OK : find_for_call(service, deadline);
		if (status != KAAL_OK)
			return status;
		status = call_until(service->endpoint.slot, message, deadline, words, answer);
		if (!call_is_gone(status))
			return status;
		forget(service);
		if (!service->reconnect)
			return KAAL_CANCELLED;
		memcpy(words, asked, sizeof asked);
	}
}

kaal_status_t kaal_service_request(struct kaal_service *service, uint32_t request, uint64_t count, uint64_t words[KAAL_MESSAGE_REGISTERS],
				   uint64_t deadline)
{
	uint64_t answer;
	kaal_status_t status;

	if (count > KAAL_MESSAGE_REGISTERS)
		return KAAL_OUT_OF_RANGE;
	memset(words + count, 0, (KAAL_MESSAGE_REGISTERS - count) * sizeof *words);
	status = kaal_service_call(service, kaal_message(count, 0, request), words, deadline, &answer);
	if (status != KAAL_OK)
		return status;
	return call_answered(answer, words);
}

kaal_status_t kaal_service_close(struct kaal_service *service)
{
	kaal_status_t status = KAAL_OK;
	bool there;

	forget(service);
	if (service->changed.thing != 0) {
		kaal_ignore(kaal_broker_watch(service->name, (struct kaal_broker_signal){0}, &there));
		status = kaal_broker_give(&service->changed);
	}
	if (status == KAAL_OK)
		*service = (struct kaal_service){0};
	return status;
}
