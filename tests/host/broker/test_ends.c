/* The end of a component in every state, and the kernel's refusals at every call. */
#include "broker_fixture.h"

#include <arch/arch.h>
#include <host.h>

TestSuite(ends, .init = broker_fixture_start);

static uint64_t notification(unsigned component, unsigned slot)
{
	return ask(component, OBJECT, slot, KAAL_OBJECT_NOTIFICATION).words[0];
}

/* What a component can have done before it ends. */
static void take_memory(void)
{
	granted(ask(DRIVER, MEMORY, 20, 14));
}

static void take_memory_and_forget_it(void)
{
	granted(ask(DRIVER, MEMORY, 20, 14));
	drop(DRIVER, 20);
}

static void leave_memory_undelivered(void)
{
	granted(ask(DRIVER, MEMORY, 0, 14));
}

static void take_some_dma(void)
{
	granted(ask(DRIVER, DMA, 20, DMA_MAX, 0));
}

static void take_all_dma(void)
{
	struct answer dma = ask(DRIVER, DMA, 20, DMA_MAX, KAAL_BROKER_UNCACHED);

	granted(ask(DRIVER, MORE, 23, dma.words[0], 3));
}

static void take_device(void)
{
	granted(ask_name(DRIVER, KAAL_BROKER_DEVICE, "uart", 20, 0, 0, 0));
}

static void take_devices(void)
{
	granted(ask_name(DRIVER, KAAL_BROKER_DEVICE, "disk", 0, 0, 0, 0));
	granted(ask_name(DRIVER, KAAL_BROKER_DEVICE, "clock", 20, 0, 0, 0));
	granted(ask_name(DRIVER, KAAL_BROKER_DEVICE, "card", 0, 0, 0, 0));
}

static void take_objects(void)
{
	for (unsigned i = 0; i < 5; i++)
		granted(ask(DRIVER, OBJECT, 20 + i, i % 2 == 0 ? KAAL_OBJECT_ENDPOINT : KAAL_OBJECT_NOTIFICATION));
}

static void serve_all(void)
{
	uint64_t told = notification(DRIVER, 30);

	granted(ask_name(DRIVER, KAAL_BROKER_SERVE, "serial", 20, told, 1, 0));
	granted(ask_name(DRIVER, KAAL_BROKER_SERVE, "spare", 21, told, 2, 0));
}

static void everything(void)
{
	take_memory();
	take_objects();
	take_device();
	take_devices();
	serve_all();
	take_some_dma();
}

static void (*const doings[])(void) = {take_memory,  take_memory_and_forget_it, leave_memory_undelivered, take_some_dma, take_all_dma,
				       take_device,  take_devices,           take_objects,             serve_all,     everything};
#define DOINGS (sizeof doings / sizeof doings[0])

Test(ends, everything_comes_back)
{
	struct state before, after;

	broker_state(&before);
	for (unsigned i = 0; i < DOINGS; i++) {
		doings[i]();
		broker_check();
		end(DRIVER);
		cr_assert_eq(broker_purge(&broker), 1);
		cr_assert_eq(broker_purge(&broker), 0, "once");
		purge();
		broker_state(&after);
		state_equal(&before, &after, "ended");
	}
}

/* All of it in the middle of a purge that the kernel stops at each of its calls. */
Test(ends, purge_goes_on)
{
	struct state before, after;
	unsigned stopped = 0;

	broker_state(&before);
	for (unsigned i = 0; i < DOINGS; i++) {
		bool failed = true;

		for (unsigned at = 1; failed; at++) {
			doings[i]();
			end(DRIVER);
			calls = (struct calls){.fail_at = at, .status = KAAL_NO_REPLY};
			(void)broker_purge(&broker);
			failed = calls.failed;
			calls = (struct calls){0};
			stopped += purged[DRIVER] != epochs[DRIVER];
			purge();
			broker_state(&after);
			state_equal(&before, &after, "ended");
		}
	}
	cr_assert_gt(stopped, 20);
}

/* The same of what is given back alone: the rest stays, and a second try does what is left. */
Test(ends, giving_goes_on)
{
	bool failed = true;

	for (unsigned at = 1; failed; at++) {
		uint64_t told = notification(DRIVER, 30);
		struct answer served = ask_name(DRIVER, KAAL_BROKER_SERVE, "serial", 20, told, 1, 0), given;

		granted(served);
		calls = (struct calls){.fail_at = at, .status = KAAL_NO_REPLY};
		given = ask(DRIVER, GIVE, 0, served.words[0]);
		failed = calls.failed;
		calls = (struct calls){0};
		if (given.status != KAAL_OK)
			granted(ask(DRIVER, GIVE, 0, served.words[0]));
		broker_check();
		cr_assert_eq(type_at(DRIVER, 30), KAAL_OBJECT_NOTIFICATION, "of the same page as the service's endpoint");
		granted(ask(DRIVER, GIVE, 0, told));
		broker_check();
	}
}

/* A request that another has sent in its name comes when it has ended. */
Test(ends, requests_of_the_past)
{
	const uint64_t words[KAAL_MESSAGE_REGISTERS] = {14};
	uint64_t before = kaal_broker_caller(CLIENT, epochs[CLIENT]);
	struct broker_answer answer;

	broker_request(&broker, before, kaal_message(1, 0, KAAL_BROKER_MEMORY), words, &answer);
	cr_assert_eq(kaal_message_label(answer.message), KAAL_OK);
	end(CLIENT);
	purge();
	broker_request(&broker, before, kaal_message(1, 0, KAAL_BROKER_MEMORY), words, &answer);
	cr_assert_eq(answer.words[0], KAAL_BROKER_RULE_CALLER);
	broker_request(&broker, before + (UINT64_C(2) << 32), kaal_message(1, 0, KAAL_BROKER_MEMORY), words, &answer);
	cr_assert_eq(answer.words[0], KAAL_BROKER_RULE_CALLER);
	cr_assert_eq(broker.component[CLIENT].account.used_bytes, START_BYTES);
	granted(ask(CLIENT, MEMORY, 20, 12));
}

Test(ends, epochs_pass)
{
	end(CLIENT);
	end(CLIENT);
	end(OTHER);
	cr_assert_eq(broker_purge(&broker), 2);
	cr_assert_eq(purged[CLIENT], CLIENT + 2);
	cr_assert_eq(purged[DRIVER], DRIVER);
	/* 2^32 is near. */
	epochs[CLIENT] = UINT32_MAX;
	purge();
	epochs[CLIENT]++;
	purge();
	cr_assert_eq(purged[CLIENT], 0);
}

/* A line that a dead driver has left unmasked is masked, and the next driver's. */
Test(ends, line_is_masked)
{
	uint64_t made;

	granted(ask_name(DRIVER, KAAL_BROKER_DEVICE, "uart", 20, 0, 0, 0));
	/* As the driver would, with handlers and notification that the test has. */
	ok(kaal_sys_untyped_retype(46, KAAL_OBJECT_NOTIFICATION, OWN, 48, 1, &made));
	ok(kaal_sys_irq_handler_bind(41, 48));
	ok(kaal_sys_irq_ack(41));
	cr_assert(host.unmasked[UART_LINE]);
	end(DRIVER);
	purge();
	cr_assert(!host.unmasked[UART_LINE]);
	says(kaal_sys_irq_handler_unbind(41), KAAL_NOT_BOUND);
	granted(ask_name(DRIVER, KAAL_BROKER_DEVICE, "uart", 20, 0, 0, 0));
	cr_assert_eq(type_at(DRIVER, 22), KAAL_OBJECT_IRQ_HANDLER);
	/* So is each line of several. */
	granted(ask_name(DRIVER, KAAL_BROKER_DEVICE, "card", 0, 0, 0, 0));
	ok(kaal_sys_irq_handler_bind(CARD_HANDLER + 1, 48));
	ok(kaal_sys_irq_ack(CARD_HANDLER + 1));
	cr_assert(host.unmasked[CARD_LINE + 1]);
	end(DRIVER);
	purge();
	cr_assert(!host.unmasked[CARD_LINE + 1]);
}

/* --- the kernel refuses ------------------------------------------------------------------- */

static uint64_t clients_notification, drivers_notification, channel, badge;

static struct answer memory(void)
{
	return ask(CLIENT, MEMORY, 30, 13);
}

static struct answer dma(void)
{
	return ask(DRIVER, DMA, 30, 3 * PAGE, 0);
}

static struct answer uart(void)
{
	return ask_name(DRIVER, KAAL_BROKER_DEVICE, "uart", 30, 0, 0, 0);
}

static struct answer clock_pages(void)
{
	return ask_name(DRIVER, KAAL_BROKER_DEVICE, "clock", 40, 0, 0, 0);
}

static struct answer card(void)
{
	return ask_name(DRIVER, KAAL_BROKER_DEVICE, "card", 44, 0, 0, 0);
}

static struct answer disk(void)
{
	return ask_name(DRIVER, KAAL_BROKER_DEVICE, "disk", 30, 0, 0, 0);
}

static struct answer object(void)
{
	return ask(OTHER, OBJECT, 30, KAAL_OBJECT_ENDPOINT);
}

static struct answer serve(void)
{
	return ask_name(DRIVER, KAAL_BROKER_SERVE, "spare", 30, drivers_notification, 0, 0);
}

static struct answer find(void)
{
	return ask_name(CLIENT, KAAL_BROKER_FIND, "serial", 30, 0, 0, 0);
}

static struct answer watch(void)
{
	return ask_name(CLIENT, KAAL_BROKER_WATCH, "serial", 0, clients_notification, 3, 0);
}

static struct answer open_it(void)
{
	return ask_name(CLIENT, KAAL_BROKER_OPEN, "serial", 30, 3 * PAGE, clients_notification, 0);
}

static struct answer accept_it(void)
{
	return ask(DRIVER, ACCEPT, 30, badge, channel, drivers_notification, 0);
}

/* Each request, each of its calls refused: nothing has changed, and it is granted afterwards. */
Test(ends, the_kernel_refuses)
{
	static struct answer (*const request[])(void) = {memory, dma, uart, clock_pages, card, disk, object, serve,
						  find, watch, open_it, accept_it};
	unsigned tried = 0;

	clients_notification = notification(CLIENT, 20);
	drivers_notification = notification(DRIVER, 20);
	granted(ask_name(DRIVER, KAAL_BROKER_SERVE, "serial", 21, 0, 0, 0));
	channel = ask_name(CLIENT, KAAL_BROKER_OPEN, "serial", 22, PAGE, 0, 0).words[0];
	badge = (uint64_t)epochs[CLIENT] << 32 | (CLIENT + 1) << 16 | 1;
	for (unsigned i = 0; i < sizeof request / sizeof request[0]; i++) {
		for (unsigned at = 1;; at++) {
			struct state before, after;
			struct answer answer;

			broker_state(&before);
			calls = (struct calls){.fail_at = at, .status = KAAL_NO_REPLY, .spared = true};
			answer = request[i]();
			if (!calls.failed) {
				calls = (struct calls){0};
				granted(answer);
				break;
			}
			calls = (struct calls){0};
			rule_is(answer, KAAL_BROKER_RULE_KERNEL);
			cr_assert_eq(answer.status, KAAL_NO_REPLY);
			broker_check();
			broker_state(&after);
			state_equal(&before, &after, "refused");
			tried++;
		}
	}
	cr_assert_gt(tried, 15);
	broker_check();
}
