/* Memory and objects from the broker, for the programs of several tests. */
#ifndef BROKER_MEMORY_H
#define BROKER_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <kaal/broker.h>
#include <kaal/slot.h>
#include <kaal/startup.h>
#include <kaal/syscall.h>

/* Says what has not come out as it should; the console shows it. */
static inline void expect(kaal_status_t status, kaal_status_t expected, const char *what)
{
	if (status != expected)
		printf("wrong: %s: status %u, rule %s\n", what, (unsigned)status, kaal_broker_rule_text(kaal_broker_rule()));
}

/* An object made of memory that the broker has given. */
static inline kaal_cap_t make(kaal_cap_t memory, uint64_t type)
{
	kaal_cap_t slot = 0;
	uint64_t made;

	expect(kaal_slot_take(1, &slot), KAAL_OK, "a slot");
	expect(kaal_sys_untyped_retype(memory, type, KAAL_SLOT_CNODE, slot, 1, &made), KAAL_OK, "an object");
	return slot;
}

/* A reply to serve with. */
static inline kaal_cap_t make_reply(void)
{
	struct kaal_broker_held reply = {0};

	expect(kaal_broker_object(KAAL_OBJECT_REPLY, &reply), KAAL_OK, "a reply");
	return reply.first;
}

/* Maps a page where nothing lies, with tables of its own. */
static inline volatile uint64_t *map_page(kaal_cap_t memory, kaal_cap_t frame)
{
	static uint64_t next;
	uint64_t mapped;
	kaal_status_t status;

	if (next == 0)
		next = kaal_startup()->free_addresses.address;
	while ((status = kaal_sys_frame_map(frame, KAAL_SLOT_VSPACE, next, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 1, &mapped)) == KAAL_NO_TABLE)
		expect(kaal_sys_page_table_map(make(memory, KAAL_OBJECT_PAGE_TABLE), KAAL_SLOT_VSPACE, next), KAAL_OK, "a page table");
	expect(status, KAAL_OK, "a page");
	next += KAAL_PAGE_BYTES;
	return (volatile uint64_t *)(uintptr_t)(next - KAAL_PAGE_BYTES);
}

#endif
