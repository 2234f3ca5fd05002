#include "talk.h"

BARE_CALL(endpoint_call, KAAL_SYS_ENDPOINT_CALL)
BARE_CALL(endpoint_reply_recv, KAAL_SYS_ENDPOINT_REPLY_RECV)
BARE_CALL(notification_signal, KAAL_SYS_NOTIFICATION_SIGNAL)
BARE_CALL(notification_wait, KAAL_SYS_NOTIFICATION_WAIT)

uint64_t talk_message;
bool talk_with_fp;

void prepare_talk(void (*first)(uint64_t), void (*second)(uint64_t))
{
	prepare_pair(first, second, 1);
	retype(at(BLOCK), KAAL_OBJECT_ENDPOINT, CSPACE, at(ENDPOINT), 1);
	retype(at(BLOCK), KAAL_OBJECT_REPLY, CSPACE, at(REPLY), 1);
	retype(at(BLOCK), KAAL_OBJECT_NOTIFICATION, CSPACE, at(FLAGS), 1);
}

static void use_fp(void)
{
	if (talk_with_fp)
		__asm__ volatile(".arch_extension fp\n\tfmov d0, xzr" : : : "memory");
}

_Noreturn void speak(uint64_t i, bare_call *call, kaal_cap_t to, uint64_t message)
{
	kaal_ignore(kaal_sys_thread_resume(thread(SECOND)));
	note_rounds(i, call, to, message, 0);
	(void)call(to, message, 0, 0, 0, 0);
	stop(i);
}

void receive_first(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge;

	must("recv", kaal_sys_endpoint_recv(at(ENDPOINT), at(REPLY), words, &received, &badge));
}

void talk_call(uint64_t i)
{
	use_fp();
	speak(i, bare_endpoint_call, at(ENDPOINT), talk_message);
}

void talk_serve(uint64_t i)
{
	use_fp();
	receive_first();
	note_rounds(i, bare_endpoint_reply_recv, at(ENDPOINT), talk_message, at(REPLY));
	stop(i);
}

void talk_signal(uint64_t i)
{
	speak(i, bare_notification_signal, at(FLAGS), 0);
}

void talk_wait(uint64_t i)
{
	uint64_t flags;

	kaal_ignore(kaal_sys_notification_wait(at(FLAGS), &flags));
	note_rounds(i, bare_notification_wait, at(FLAGS), 0, 0);
	stop(i);
}
