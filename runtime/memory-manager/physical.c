#include "physical.h"

#include <stddef.h>

#include "calls.h"
#include "physical_parts.h"

#define NODES_MAX (1u << 24)
#define PAGES_MAX (UINT64_C(1) << 24)

static uint64_t bytes_of(uint32_t bits)
{
	return UINT64_C(1) << bits;
}

/* --- lists of free blocks (PM-2) ---------------------------------------------------- */

/* Blocks with halves go to the end: whoever wants the whole block finds those without first, whoever wants a part the others. */
static void list_insert(struct kaal_physical_memory *physical, uint32_t at)
{
	struct kaal_physical_node *node = physical->node, *block = &node[at];
	uint32_t size = block->bits - KAAL_BLOCK_BITS_MIN;
	struct kaal_physical_list *list = &physical->list[block->device][size];

	block->previous = block->child == 0 ? 0 : list->last;
	block->next = block->child == 0 ? list->first : 0;
	if (block->next != 0)
		node[block->next].previous = at;
	else
		list->last = at;
	if (block->previous != 0)
		node[block->previous].next = at;
	else
		list->first = at;
	physical->filled[block->device] |= 1u << size;
	if (!block->device)
		physical->free_bytes += bytes_of(block->bits);
}

static void list_remove(struct kaal_physical_memory *physical, uint32_t at)
{
	struct kaal_physical_node *node = physical->node, *block = &node[at];
	uint32_t size = block->bits - KAAL_BLOCK_BITS_MIN;
	struct kaal_physical_list *list = &physical->list[block->device][size];

	if (block->next != 0)
		node[block->next].previous = block->previous;
	else
		list->last = block->previous;
	if (block->previous != 0)
		node[block->previous].next = block->next;
	else
		list->first = block->next;
	if (list->first == 0)
		physical->filled[block->device] &= ~(1u << size);
	if (!block->device)
		physical->free_bytes -= bytes_of(block->bits);
	block->next = 0;
	block->previous = 0;
}

/* A block that is in no list becomes free, and its parent, as far as both halves are (PM-1). */
static void make_free(struct kaal_physical_memory *physical, uint32_t at)
{
	struct kaal_physical_node *node = physical->node;

	node[at].state = FREE;
	while (node[at].parent != 0) {
		uint32_t parent = node[at].parent, first = node[parent].child;
		uint32_t other = at == first ? first + 1 : first;

		if (node[other].state != FREE)
			break;
		list_remove(physical, other);
		node[parent].state = FREE;
		at = parent;
	}
	list_insert(physical, at);
}

/* --- halves in the kernel ---------------------------------------------------------- */

/* The kernel has one block again where halves, of halves, were. */
static kaal_status_t merge(struct kaal_physical_memory *physical, uint32_t at)
{
	struct kaal_physical_node *node = physical->node;
	kaal_status_t status = mm_revoke(physical->slots, node[at].cap);

	while (status == KAAL_OK && node[at].child != 0) {
		uint32_t lowest = at, pair;

		for (pair = node[at].child; pair != 0; pair = node[lowest].child) {
			if (node[pair].child == 0 && node[pair + 1].child == 0)
				break;
			lowest = node[pair].child != 0 ? pair : pair + 1;
		}
		pair = node[lowest].child;
		(void)kaal_slots_give(physical->slots, node[pair].cap, 2);
		node[pair].state = UNUSED;
		node[pair + 1].state = UNUSED;
		node[pair].next = physical->unused;
		physical->unused = pair;
		node[lowest].child = 0;
	}
	return status;
}

/* A free block with halves that have none: the lowest one below the smallest in a list. 0: nothing can be merged. */
static uint32_t find_halves(const struct kaal_physical_memory *physical)
{
	const struct kaal_physical_node *node = physical->node;

	for (uint32_t size = 0; size < KAAL_BLOCK_SIZES; size++) {
		for (unsigned device = 0; device < 2; device++) {
			uint32_t at = physical->list[device][size].last;

			while (at != 0 && node[at].child != 0) {
				uint32_t pair = node[at].child;

				if (node[pair].child == 0 && node[pair + 1].child == 0)
					return at;
				at = node[pair].child != 0 ? pair : pair + 1;
			}
		}
	}
	return 0;
}

/* Merges two halves that nobody uses. */
static bool merge_one(struct kaal_physical_memory *physical)
{
	uint32_t at = find_halves(physical);
	bool listed = at != 0 && (physical->node[at].parent == 0 || physical->node[physical->node[at].parent].state == SPLIT);

	/* Its place in the list depends on whether it has halves. */
	if (listed)
		list_remove(physical, at);
	if (at == 0 || merge(physical, at) != KAAL_OK) {
		if (listed)
			list_insert(physical, at);
		return false;
	}
	if (listed)
		list_insert(physical, at);
	return true;
}

kaal_status_t kaal_physical_take_slots(struct kaal_physical_memory *physical, uint32_t count, kaal_cap_t *index)
{
	kaal_status_t status;

	do {
		status = kaal_slots_take(physical->slots, count, index);
	} while (status == KAAL_NO_MEMORY && merge_one(physical));
	return status;
}

kaal_status_t kaal_physical_trim(struct kaal_physical_memory *physical)
{
	for (unsigned device = 0; device < 2; device++) {
		for (uint32_t size = 0; size < KAAL_BLOCK_SIZES; size++) {
			uint32_t at;

			while ((at = physical->list[device][size].last) != 0 && physical->node[at].child != 0) {
				kaal_status_t status;

				list_remove(physical, at);
				status = merge(physical, at);
				list_insert(physical, at);
				if (status != KAAL_OK)
					return status;
			}
		}
	}
	return KAAL_OK;
}

/* A pair of nodes; 0: none. */
static uint32_t take_pair(struct kaal_physical_memory *physical)
{
	uint32_t pair;

	while (physical->unused == 0) {
		if (!merge_one(physical))
			return 0;
	}
	pair = physical->unused;
	physical->unused = physical->node[pair].next;
	return pair;
}

/* Makes the halves of a free block that has none. */
static kaal_status_t make_halves(struct kaal_physical_memory *physical, uint32_t at)
{
	struct kaal_physical_node *node = physical->node;
	uint32_t pair = take_pair(physical), bits = node[at].bits - 1u, made;
	kaal_status_t status;
	kaal_cap_t cap = 0;

	if (pair == 0)
		return KAAL_NO_MEMORY;
	status = kaal_physical_take_slots(physical, 2, &cap);
	if (status == KAAL_OK) {
		status = mm_retype(node[at].cap, mm_what(KAAL_OBJECT_UNTYPED, bits), physical->slots->cnode,
				   kaal_slots_slot(physical->slots, cap), 2, &made);
		/* The revoke also takes back the memory of a first half. */
		if (status != KAAL_OK && (made == 0 || mm_revoke(physical->slots, node[at].cap) == KAAL_OK))
			(void)kaal_slots_give(physical->slots, cap, 2);
	}
	if (status != KAAL_OK) {
		node[pair].next = physical->unused;
		physical->unused = pair;
		return status;
	}
	for (uint32_t half = 0; half < 2; half++) {
		node[pair + half] = (struct kaal_physical_node){
			.base = node[at].base + half * bytes_of(bits), .cap = cap + half, .parent = at,
			.bits = (uint8_t)bits, .state = FREE, .device = node[at].device};
	}
	node[at].child = pair;
	return KAAL_OK;
}

/* --- taking ------------------------------------------------------------------------ */

/* Which half of a block to go on with: the one that holds the address, or, if any will do, one that saves a call. */
static uint32_t choose(const struct kaal_physical_memory *physical, uint32_t at, uint32_t bits, const uint64_t *base)
{
	const struct kaal_physical_node *node = physical->node;
	uint32_t pair = node[at].child;
	bool has_halves = node[pair].bits > bits;

	if (base != NULL)
		return pair + (uint32_t)(*base >> node[pair].bits & 1);
	return (node[pair].child != 0) != has_halves && (node[pair + 1].child != 0) == has_halves ? pair + 1 : pair;
}

/*
 * Takes 2^bits bytes out of a free block that is in a list: any, or those at *base. After a failure the block is
 * free as before, if with more halves (PM-3).
 */
static kaal_status_t take_from(struct kaal_physical_memory *physical, uint32_t at, uint32_t bits, const uint64_t *base,
			       struct kaal_account *account, kaal_block_t *block)
{
	struct kaal_physical_node *node = physical->node;
	kaal_status_t status = KAAL_OK;

	if (!mm_may_split(physical, at, bits, account)) {
		account->splits_refused = true;
		return KAAL_NO_MEMORY;
	}
	list_remove(physical, at);
	while (status == KAAL_OK && node[at].bits > bits) {
		uint32_t half;

		if (node[at].child == 0)
			status = make_halves(physical, at);
		if (status != KAAL_OK)
			break;
		node[at].state = SPLIT;
		half = choose(physical, at, bits, base);
		list_insert(physical, half == node[at].child ? half + 1 : half - 1);
		at = half;
	}
	if (status == KAAL_OK && node[at].child != 0)
		status = merge(physical, at);
	if (status != KAAL_OK) {
		make_free(physical, at);
		return status;
	}
	node[at].state = TAKEN;
	node[at].account = account;
	account->used_bytes += bytes_of(bits);
	mm_count_splits(physical, at, account);
	*block = at;
	return KAAL_OK;
}

/* The node below `at` that holds 2^bits bytes at `base`: free, or in the way. */
static uint32_t find_below(const struct kaal_physical_memory *physical, uint32_t at, uint64_t base, uint32_t bits)
{
	const struct kaal_physical_node *node = physical->node;

	while (node[at].state == SPLIT && node[at].bits > bits)
		at = node[at].child + (uint32_t)(base >> (node[at].bits - 1u) & 1);
	return at;
}

/* log2 of the largest block that begins at `base`, as its alignment allows, and does not end behind `end`. */
static uint32_t piece_bits(uint64_t base, uint64_t end)
{
	uint32_t bits = KAAL_BLOCK_BITS_MIN;

	while (bits < KAAL_BLOCK_BITS_MAX && (base >> bits & 1) == 0 && end - base >= bytes_of(bits + 1))
		bits++;
	return bits;
}

/* Takes [base, end), which lies in node `at`. Whether all of it is free is seen before any is taken. */
static kaal_status_t take_range(struct kaal_physical_memory *physical, uint32_t at, uint64_t base, uint64_t end,
				struct kaal_account *account, kaal_block_t *blocks)
{
	kaal_block_t chain = 0, block, last = 0;
	uint32_t bits;

	for (uint64_t piece = base; piece < end; piece += bytes_of(bits)) {
		bits = piece_bits(piece, end);
		if (physical->node[find_below(physical, at, piece, bits)].state != FREE)
			return KAAL_IN_USE;
	}
	for (uint64_t piece = base; piece < end; piece += bytes_of(bits)) {
		kaal_status_t status;

		bits = piece_bits(piece, end);
		status = take_from(physical, find_below(physical, at, piece, bits), bits, &piece, account, &block);
		if (status != KAAL_OK) {
			(void)kaal_physical_give(physical, &chain);
			return status;
		}
		if (last != 0)
			physical->node[last].next = block;
		else
			chain = block;
		last = block;
	}
	*blocks = chain;
	return KAAL_OK;
}

static bool can_pay(const struct kaal_account *account, uint64_t bytes)
{
	return account->used_bytes <= account->limit_bytes && bytes <= account->limit_bytes - account->used_bytes;
}

/* A free block of RAM, of the smallest size that will do; 0: none. */
static uint32_t find_free(const struct kaal_physical_memory *physical, uint32_t bits)
{
	uint32_t sizes = physical->filled[0] >> (bits - KAAL_BLOCK_BITS_MIN);
	uint32_t found;

	if (sizes == 0)
		return 0;
	found = bits - KAAL_BLOCK_BITS_MIN + (uint32_t)__builtin_ctz(sizes);
	return (sizes & 1) != 0 ? physical->list[0][found].first : physical->list[0][found].last;
}

/* The same for an account: if it may not split that one, any that it may. */
static uint32_t find_for(const struct kaal_physical_memory *physical, uint32_t bits, const struct kaal_account *account)
{
	uint32_t found = find_free(physical, bits);

	if (found == 0 || mm_may_split(physical, found, bits, account))
		return found;
	for (uint32_t size = bits - KAAL_BLOCK_BITS_MIN; size < KAAL_BLOCK_SIZES; size++) {
		for (uint32_t at = physical->list[0][size].first; at != 0; at = physical->node[at].next) {
			if (mm_may_split(physical, at, bits, account))
				return at;
		}
	}
	return found;
}

kaal_status_t kaal_physical_take(struct kaal_physical_memory *physical, struct kaal_account *account, uint32_t bits, kaal_block_t *block)
{
	uint32_t at;

	if (bits < KAAL_BLOCK_BITS_MIN || bits > KAAL_BLOCK_BITS_MAX)
		return KAAL_OUT_OF_RANGE;
	at = find_for(physical, bits, account);
	if (at == 0 || !can_pay(account, bytes_of(bits)))
		return KAAL_NO_MEMORY;
	return take_from(physical, at, bits, NULL, account, block);
}

kaal_status_t kaal_physical_take_pages(struct kaal_physical_memory *physical, struct kaal_account *account, uint64_t pages,
				       kaal_block_t *blocks)
{
	uint32_t bits = KAAL_BLOCK_BITS_MIN, at;
	uint64_t bytes = pages * KAAL_PAGE_BYTES;

	if (pages == 0 || pages > PAGES_MAX)
		return KAAL_OUT_OF_RANGE;
	while (bytes_of(bits) < bytes)
		bits++;
	at = find_free(physical, bits);
	if (at == 0 || !can_pay(account, bytes))
		return KAAL_NO_MEMORY;
	if (bytes_of(bits) == bytes)
		return take_from(physical, at, bits, NULL, account, blocks);
	return take_range(physical, at, physical->node[at].base, physical->node[at].base + bytes, account, blocks);
}

kaal_status_t kaal_physical_take_at(struct kaal_physical_memory *physical, struct kaal_account *account, uint64_t base, uint64_t pages,
				    kaal_block_t *blocks)
{
	uint32_t at = physical->roots;

	if (pages == 0 || pages > PAGES_MAX || base % KAAL_PAGE_BYTES != 0)
		return KAAL_OUT_OF_RANGE;
	while (at != 0 && base - physical->node[at].base >= bytes_of(physical->node[at].bits))
		at = physical->node[at].next_root;
	if (at == 0 || pages * KAAL_PAGE_BYTES > bytes_of(physical->node[at].bits) - (base - physical->node[at].base))
		return KAAL_OUT_OF_RANGE;
	if (!can_pay(account, pages * KAAL_PAGE_BYTES))
		return KAAL_NO_MEMORY;
	return take_range(physical, at, base, base + pages * KAAL_PAGE_BYTES, account, blocks);
}

kaal_status_t kaal_physical_give(struct kaal_physical_memory *physical, kaal_block_t *blocks)
{
	while (*blocks != 0) {
		uint32_t at = *blocks;
		struct kaal_physical_node *block = &physical->node[at];
		kaal_status_t status = mm_revoke(physical->slots, block->cap);

		if (status != KAAL_OK)
			return status;
		*blocks = block->next;
		block->next = 0;
		block->account->used_bytes -= bytes_of(block->bits);
		mm_discount_splits(physical, at, block->account);
		block->account = NULL;
		make_free(physical, at);
	}
	return KAAL_OK;
}

/* --- the rest ---------------------------------------------------------------------- */

/* Pairs start at even numbers; node 0 is none. */
static void add_pairs(struct kaal_physical_memory *physical, uint32_t first)
{
	struct kaal_physical_node *node = physical->node;

	for (uint32_t pair = (physical->nodes - 2) / 2 * 2; pair >= first; pair -= 2) {
		node[pair] = node[pair + 1] = (struct kaal_physical_node){.state = UNUSED};
		node[pair].next = physical->unused;
		physical->unused = pair;
	}
}

kaal_status_t kaal_physical_start(struct kaal_physical_memory *physical, struct kaal_slots *slots, struct kaal_physical_node *node,
				  uint32_t count)
{
	if (count < 4 || count > NODES_MAX)
		return KAAL_OUT_OF_RANGE;
	*physical = (struct kaal_physical_memory){.slots = slots, .node = node, .nodes = count};
	node[0] = (struct kaal_physical_node){.state = UNUSED};
	add_pairs(physical, 2);
	return KAAL_OK;
}

kaal_status_t kaal_physical_extend(struct kaal_physical_memory *physical, struct kaal_physical_node *node, uint32_t count)
{
	uint32_t before = physical->nodes;

	if (count < before || count > NODES_MAX)
		return KAAL_OUT_OF_RANGE;
	for (uint32_t at = 0; at < before; at++)
		node[at] = physical->node[at];
	physical->node = node;
	physical->nodes = count;
	add_pairs(physical, before / 2 * 2);
	return KAAL_OK;
}

kaal_status_t kaal_physical_add(struct kaal_physical_memory *physical, kaal_cap_t untyped, uint64_t base, uint32_t size_bits, bool device)
{
	uint64_t type, rights, bits;
	kaal_status_t status = kaal_sys_cap_identify(untyped, &type, &rights, &bits);
	uint32_t at;

	if (status != KAAL_OK)
		return status;
	if (type != KAAL_OBJECT_UNTYPED)
		return KAAL_WRONG_TYPE;
	if (bits != size_bits || bits < KAAL_BLOCK_BITS_MIN || bits > KAAL_BLOCK_BITS_MAX || base % bytes_of(size_bits) != 0)
		return KAAL_OUT_OF_RANGE;
	for (at = physical->roots; at != 0; at = physical->node[at].next_root) {
		const struct kaal_physical_node *root = &physical->node[at];

		if (base < root->base + bytes_of(root->bits) && root->base < base + bytes_of(size_bits))
			return KAAL_IN_USE;
	}
	at = take_pair(physical);
	if (at == 0)
		return KAAL_NO_MEMORY;
	physical->node[at] = (struct kaal_physical_node){.base = base, .cap = untyped, .next_root = physical->roots,
							 .bits = (uint8_t)size_bits, .state = FREE, .device = device};
	physical->roots = at;
	list_insert(physical, at);
	return KAAL_OK;
}

kaal_cap_t kaal_physical_cap(const struct kaal_physical_memory *physical, kaal_block_t block)
{
	return physical->node[block].cap;
}

uint64_t kaal_physical_base(const struct kaal_physical_memory *physical, kaal_block_t block)
{
	return physical->node[block].base;
}

uint32_t kaal_physical_bits(const struct kaal_physical_memory *physical, kaal_block_t block)
{
	return physical->node[block].bits;
}

kaal_block_t kaal_physical_next(const struct kaal_physical_memory *physical, kaal_block_t block)
{
	return physical->node[block].next;
}

void kaal_physical_chain(struct kaal_physical_memory *physical, kaal_block_t *blocks, kaal_block_t more)
{
	uint32_t last = *blocks;

	if (last == 0) {
		*blocks = more;
		return;
	}
	while (physical->node[last].next != 0)
		last = physical->node[last].next;
	physical->node[last].next = more;
}

uint32_t kaal_physical_largest_bits(const struct kaal_physical_memory *physical)
{
	return physical->filled[0] == 0 ? 0 : KAAL_BLOCK_BITS_MIN + 31u - (uint32_t)__builtin_clz(physical->filled[0]);
}
