/*
 * Shows a region allocator over the memory manager's pages: a list and an array that grows in one region, another that
 * is in use meanwhile, and what the component is charged for before, with, and after them.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <kaal/broker.h>

#include "region.h"

#define CHUNK_BYTES 65536u
#define NODES 20000u
#define NUMBERS 100000u

struct node {
	struct node *next;
	uint64_t number;
};

static void must(const char *what, bool good)
{
	if (good)
		return;
	printf("%s: it failed\n", what);
	exit(EXIT_FAILURE);
}

/* What the component is charged for, in KiB. */
static unsigned used(void)
{
	struct kaal_broker_account account;

	must("account", kaal_broker_account(&account) == KAAL_OK);
	return (unsigned)(account.memory_used / 1024);
}

/* 0, 1, 2, ... in a list; returns their sum, read back. */
static uint64_t fill_list(struct region *region)
{
	struct node *first = NULL;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < NODES; i++) {
		struct node *node = region_take(region, sizeof *node, _Alignof(struct node));

		must("node", node != NULL);
		*node = (struct node){first, i};
		first = node;
	}
	for (; first != NULL; first = first->next)
		sum += first->number;
	return sum;
}

/* The same in an array that becomes twice as large whenever it is full. */
static uint64_t fill_array(struct region *region)
{
	size_t room = 16;
	uint64_t *numbers = region_take(region, room * sizeof *numbers, _Alignof(uint64_t)), sum = 0;

	must("array", numbers != NULL);
	for (size_t i = 0; i < NUMBERS; i++) {
		if (i == room) {
			numbers = region_grow(region, numbers, room * sizeof *numbers, 2 * room * sizeof *numbers, _Alignof(uint64_t));
			must("array", numbers != NULL);
			room *= 2;
		}
		numbers[i] = i;
	}
	for (size_t i = 0; i < NUMBERS; i++)
		sum += numbers[i];
	return sum;
}

int main(void)
{
	struct region kept, region;
	uint64_t *number;
	unsigned before;

	region_start(&kept, 4096);
	number = region_take(&kept, sizeof *number, _Alignof(uint64_t));
	must("number", number != NULL);
	*number = 42;
	before = used();
	for (unsigned round = 0; round < 2; round++) {
		uint64_t list, array;

		region_start(&region, CHUNK_BYTES);
		list = fill_list(&region);
		array = fill_array(&region);
		printf("sums %llu and %llu; %u KiB more than before are used\n", (unsigned long long)list, (unsigned long long)array,
		       used() - before);
		must("free", region_free(&region) == KAAL_OK);
		printf("all is given back; %u KiB more than before are used\n", used() - before);
	}
	/* More than the component may have: that is said, and changes nothing. */
	must("too much", region_take(&region, (size_t)1 << 30, 1) == NULL);
	printf("1 GiB: %s\n", kaal_broker_rule_text(kaal_broker_rule()));
	printf("%llu is still there; %u KiB more than before are used\n", (unsigned long long)*number, used() - before);
	must("free", region_free(&kept) == KAAL_OK);
	return EXIT_SUCCESS;
}
