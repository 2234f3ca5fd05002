/* Who causes how many blocks to be split (PM-5). */
#include "physical_parts.h"

/* Where it is said whether an account has something in the halves of a split block. */
static uint64_t *holders_of(const struct kaal_physical_memory *physical, uint32_t split, const struct kaal_account *account)
{
	uint64_t pair = physical->node[split].child / 2u;

	return &physical->holders[pair * physical->holder_words + account->index / 64u];
}

static bool holds(const struct kaal_physical_memory *physical, uint32_t split, const struct kaal_account *account)
{
	return (*holders_of(physical, split, account) >> account->index % 64u & 1) != 0;
}

/* The block that this one is a half of, if its split is counted; 0: no. */
static uint32_t counted_parent(const struct kaal_physical_memory *physical, uint32_t at, const struct kaal_account *account)
{
	uint32_t parent = physical->node[at].parent;

	return account->limit_splits != 0 && physical->node[parent].bits <= physical->counted_bits ? parent : 0;
}

bool mm_may_split(const struct kaal_physical_memory *physical, uint32_t at, uint32_t bits, const struct kaal_account *account)
{
	uint32_t top = physical->node[at].bits, needed;

	if (account->limit_splits == 0)
		return true;
	top = top < physical->counted_bits ? top : physical->counted_bits;
	needed = top > bits ? top - bits : 0;
	for (uint32_t parent = at; (parent = counted_parent(physical, parent, account)) != 0 && !holds(physical, parent, account);)
		needed++;
	return account->used_splits <= account->limit_splits && needed <= account->limit_splits - account->used_splits;
}

void mm_count_splits(struct kaal_physical_memory *physical, uint32_t at, struct kaal_account *account)
{
	while ((at = counted_parent(physical, at, account)) != 0 && !holds(physical, at, account)) {
		*holders_of(physical, at, account) |= UINT64_C(1) << account->index % 64u;
		account->used_splits++;
	}
}

void mm_discount_splits(struct kaal_physical_memory *physical, uint32_t at, struct kaal_account *account)
{
	const struct kaal_physical_node *node = physical->node;

	/* It has something in a split block only if it has it in the other half. */
	for (uint32_t split; (split = counted_parent(physical, at, account)) != 0; at = split) {
		uint32_t other = at == node[split].child ? at + 1 : at - 1;

		if ((node[other].state == TAKEN && node[other].account == account) || (node[other].state == SPLIT && holds(physical, other, account)))
			return;
		*holders_of(physical, split, account) &= ~(UINT64_C(1) << account->index % 64u);
		account->used_splits--;
	}
}

void kaal_physical_count_splits(struct kaal_physical_memory *physical, uint32_t bits, uint64_t *holders, uint32_t accounts)
{
	physical->counted_bits = bits;
	physical->holders = holders;
	physical->holder_words = (accounts + 63u) / 64u;
}

uint64_t kaal_physical_splits_above(const struct kaal_physical_memory *physical, uint32_t bits)
{
	uint64_t splits = 0;

	for (uint32_t at = physical->roots; at != 0; at = physical->node[at].next_root) {
		const struct kaal_physical_node *root = &physical->node[at];

		if (!root->device && root->bits > bits)
			splits += (UINT64_C(1) << (root->bits - bits)) - 1;
	}
	return splits;
}
