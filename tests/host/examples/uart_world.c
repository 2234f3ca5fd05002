#include "uart_world.h"

#include <criterion/criterion.h>

#include <string.h>

#include <kaal/supervisor.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "driver.h"
#include "pl011_model.h"

#define NOBODY 0u
#define WAKE_UPS_MAX 10000u

struct uart_world kernel;
union uart_world_ring console_page;

/* --- the root task ------------------------------------------------------------------------- */

void put_console(const char *text)
{
	for (; *text != '\0'; text++)
		console_page.log.text[console_page.log.written++ % KAAL_CONSOLE_RING_BYTES] = *text;
	kernel.said = true;
}

/* --- the kernel ---------------------------------------------------------------------------- */

static unsigned *caller_in(kaal_cap_t reply)
{
	cr_assert(reply >= REPLIES && reply < REPLIES + CALLS_REPLY_COUNT, "%u is a reply",
		  (unsigned)reply);
	return &kernel.caller[reply - REPLIES];
}

/* All words travel: those that the message word does not count must tell the client nothing. */
static kaal_status_t answer(kaal_cap_t reply, uint64_t message, const uint64_t *words)
{
	unsigned call = *caller_in(reply);

	if (call == NOBODY)
		return KAAL_NO_CALLER;
	for (uint64_t i = kaal_message_words(message); i < KAAL_MESSAGE_REGISTERS; i++)
		cr_assert(words[i] == 0 || words[i] == kernel.asked[call][i], "word %u of call %u's answer", (unsigned)i, call);
	kernel.answer[call].times++;
	kernel.answer[call].after = kernel.done;
	kernel.answer[call].message = message;
	memcpy(kernel.answer[call].words, words, sizeof kernel.answer[call].words);
	*caller_in(reply) = NOBODY;
	return KAAL_OK;
}

static void vanish(unsigned call)
{
	unsigned found = 0;

	for (unsigned i = 0; i < CALLS_REPLY_COUNT; i++) {
		found += kernel.caller[i] == call;
		if (kernel.caller[i] == call)
			kernel.caller[i] = NOBODY;
	}
	cr_assert_eq(found, 1, "call %u waits", call);
}

/* What happens beside calls. */
static void happen(const struct step *step)
{
	if (step->kind == TYPE)
		model_arrive_text(step->text);
	else if (step->kind == LINE)
		put_console(step->text);
	else if (step->kind == BREAK)
		model_arrive(PL011_DR_BREAK | PL011_DR_FRAMING);
	else if (step->kind == VANISH)
		vanish(step->call);
	else if (step->kind == PASS)
		kernel.now += step->call * 1000;
	else
		kernel.flows = true;
	model_pause();
}

static kaal_status_t receive(kaal_cap_t reply, kaal_ticks_t deadline, uint64_t *words, uint64_t *received, uint64_t *badge)
{
	cr_assert_eq(*caller_in(reply), NOBODY, "a call waits in the reply object that is received with");
	for (;;) {
		const struct step *step = &kernel.steps[kernel.done];

		if (model_interrupts() != 0 && kernel.acked) {
			cr_assert_lt(kernel.wake_ups++, WAKE_UPS_MAX, "interrupts without end");
			kernel.acked = false;
			*received = KAAL_MESSAGE_NOTIFICATION;
			*badge = 1u << UART_FLAG_INTERRUPT;
			return KAAL_OK;
		}
		if (kernel.said) {
			kernel.said = false;
			*received = KAAL_MESSAGE_NOTIFICATION;
			*badge = 1u << UART_FLAG_CONSOLE;
			return KAAL_OK;
		}
		if (kernel.flows && model.out_waiting > 0) {
			model_carry(FIFO);
			continue;
		}
		if (kernel.now >= deadline)
			return KAAL_TIMEOUT;
		if (kernel.done == kernel.count)
			return KAAL_CANCELLED;
		kernel.done++;
		if (step->kind == CALL) {
			*caller_in(reply) = step->call;
			memcpy(kernel.asked[step->call], step->words, sizeof step->words);
			memcpy(words, step->words, sizeof step->words);
			*received = step->message;
			*badge = step->badge;
			return KAAL_OK;
		}
		happen(step);
	}
}

/* --- the broker ---------------------------------------------------------------------------- */

uint64_t ended[3 * KAAL_BROKER_BADGES];
uint32_t ended_count;
static uint32_t ended_told;

kaal_status_t kaal_broker_ended(uint64_t service, uint64_t badges[KAAL_BROKER_BADGES], uint32_t *count)
{
	cr_assert_eq(service, SERVICE);
	for (*count = 0; *count < KAAL_BROKER_BADGES && ended_told < ended_count; ended_told++)
		badges[(*count)++] = ended[ended_told];
	return KAAL_OK;
}

kaal_status_t kaal_sys_endpoint_recv(kaal_cap_t ep, kaal_cap_t reply, uint64_t *words, uint64_t *received, uint64_t *badge)
{
	cr_assert_eq(ep, ENDPOINT);
	return receive(reply, UINT64_MAX, words, received, badge);
}

kaal_status_t kaal_sys_endpoint_recv_until(kaal_cap_t ep, kaal_cap_t reply, uint64_t deadline, uint64_t *words, uint64_t *received, uint64_t *badge)
{
	cr_assert_eq(ep, ENDPOINT);
	return receive(reply, deadline, words, received, badge);
}

kaal_ticks_t kaal_ticks_now(void)
{
	return kernel.now;
}

kaal_status_t kaal_sys_endpoint_reply_recv(kaal_cap_t ep, uint64_t message, kaal_cap_t reply, uint64_t *words, uint64_t *received,
				       uint64_t *badge)
{
	cr_assert_neq(*caller_in(reply), NOBODY, "nobody is answered");
	(void)answer(reply, message, words);
	return kaal_sys_endpoint_recv(ep, reply, words, received, badge);
}

kaal_status_t kaal_sys_reply_send(kaal_cap_t reply, uint64_t message, const uint64_t *words)
{
	return answer(reply, message, words);
}

kaal_status_t kaal_sys_irq_ack(kaal_cap_t handler)
{
	cr_assert_eq(handler, HANDLER);
	if (kernel.acks_left-- == 0)
		return KAAL_INVALID_CAP;
	kernel.acked = true;
	return KAAL_OK;
}

kaal_status_t kaal_sys_sched_consumed(kaal_cap_t context, uint64_t *ticks)
{
	cr_assert_eq(context, CONTEXT);
	*ticks = RAN;
	return KAAL_OK;
}
