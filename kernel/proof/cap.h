/* Contracts of object/cap.h. */
#ifndef PROOF_CAP_H
#define PROOF_CAP_H

/*@
	requires 0 <= type < 0x80 && rights <= 0xf && aux <= 0xffff;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == type + 0x100 * rights + 0x10000 * aux;
*/
static inline uint32_t cap_word(enum kaal_object_type type, uint32_t rights, uint32_t aux);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> cap.word / CAP_ZOMBIE % 2 == 1;
*/
static inline bool cap_is_zombie(struct cap cap);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == word_type(cap.word);
*/
static inline enum kaal_object_type cap_type(struct cap cap);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == word_rights(cap.word);
*/
static inline uint32_t cap_rights(struct cap cap);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == word_aux(cap.word);
*/
static inline uint32_t cap_aux(struct cap cap);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> word_type(cap.word) == 0;
*/
static inline bool cap_is_null(struct cap cap);
/*@
	requires 0 <= type < 0x80 && rights <= 0xf;
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> (word_type(word) == type && (word_rights(word) & rights) == rights);
*/
static inline bool cap_word_is(uint32_t word, enum kaal_object_type type, uint32_t rights);

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==>
		word_type(cap.word) != KAAL_OBJECT_UNTYPED && word_type(cap.word) != KAAL_OBJECT_PAGE_TABLE;
*/
bool cap_can_be_copied(struct cap cap);

/* A badge is given once, and is not 0; the object, its type and the rights stay. */
/*@
	requires \valid(cap) && \valid(status) && \separated(cap, status);
	terminates \true; exits \false;
	assigns cap->data, cap->word, *status;
	ensures \result <==> *status == KAAL_OK;
	ensures cap->object == \old(cap->object);
	ensures word_type(cap->word) == word_type(\old(cap->word));
	ensures word_rights(cap->word) == word_rights(\old(cap->word));
	ensures \result ==> word_type(cap->word) == KAAL_OBJECT_NOTIFICATION || word_type(cap->word) == KAAL_OBJECT_ENDPOINT ||
		word_type(cap->word) == KAAL_OBJECT_CNODE;
	ensures \result && word_type(cap->word) != KAAL_OBJECT_CNODE ==>
		\old(cap->data) == 0 && data != 0 && cap->data == data && cap->word == \old(cap->word);
	// A CNode's guard, bits and value; how many slots it has stays, and that a thread's slot had it is forgotten.
	ensures \result && word_type(cap->word) == KAAL_OBJECT_CNODE ==>
		word_aux(cap->word) / 32 == data % 64 && cap->data == data / 64 &&
		word_aux(cap->word) % 32 == word_aux(\old(cap->word)) % 32 && cap->word / 0x1000 % 0x10 == 0;
	ensures cnode_ok(\old(*cap)) ==> cnode_ok(*cap);
*/
bool cap_with_data(struct cap *cap, uint64_t data, uint64_t *status);

/* CAP-2: exactly the rights that both have; the object, its type and what else is in the word stay. */
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result.object == cap.object;
	ensures word_type(\result.word) == word_type(cap.word);
	ensures \result.word == cap.word - 0x100 * (word_rights(cap.word) - (word_rights(cap.word) & (rights_mask & 0xf)));
	ensures word_rights(\result.word) == (word_rights(cap.word) & (rights_mask & 0xf));
	ensures word_aux(\result.word) == word_aux(cap.word);
	ensures word_kind(\result.word) == word_kind(cap.word);
	ensures \result.data == (word_type(cap.word) == KAAL_OBJECT_FRAME ? 0 : cap.data);
*/
struct cap cap_masked(struct cap cap, uint64_t rights_mask);

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <= 0xff;
*/
uint32_t cap_size_bits(struct cap cap);

#endif
