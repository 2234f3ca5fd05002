#include "message.h"

#include <arch/arch.h>
#include <kaal/message.h>
#include <kaal/status.h>

#include <object/cnode.h>
#include <object/derivation.h>
#include <object/slot.h>

/* The message word's bits that a sender does not choose. */
#define RESERVED_BITS (KAAL_MESSAGE_LABEL_UNIT - 1 - 0xffff)

/* The slot that capability `i` of the sender's message is in; `move`: it is to leave it. */
/*@
	requires kernel_ok && is_thread(sender) && i < KAAL_MESSAGE_CAPS_MAX;
	requires \valid(slot) && \valid(move) && \separated(slot, move) && OUTSIDE_STATE(slot) && OUTSIDE_STATE(move);
	exits \false;
	assigns *slot, *move;
	ensures \result == KAAL_OK ==> word_type(slot_view[*slot].cap.word) % 0x80 != 0;
	ensures \result == KAAL_OK && *move ==> slot_view[*slot].child == 0;
	ensures \result == KAAL_OK && !*move ==> word_type(slot_view[*slot].cap.word) != KAAL_OBJECT_UNTYPED &&
		word_type(slot_view[*slot].cap.word) != KAAL_OBJECT_PAGE_TABLE;
*/
static uint64_t find_source(thread_t sender, uint64_t i, slot_t *slot, bool *move)
{
	const volatile struct kaal_message_buffer *buffer = &buffer_view[thread_view[sender].buffer];
	struct cap root = thread_view[sender].slot[THREAD_SLOT_CSPACE].cap;
	uint32_t rights = 0;
	slot_t found = 0;

	*move = (buffer->move >> i & 1) != 0;
	if (!cnode_look_up(root, buffer->caps[i], &found, &rights))
		return KAAL_INVALID_CAP;
	/* What cap_move and cap_copy would ask for. */
	if ((rights & (*move ? KAAL_RIGHT_WRITE : KAAL_RIGHT_READ)) == 0)
		return KAAL_NO_RIGHT;
	if (cap_is_null(slot_view[found].cap) || cap_is_zombie(slot_view[found].cap))
		return KAAL_SLOT_EMPTY;
	if (!*move && !cap_can_be_copied(slot_view[found].cap))
		return KAAL_NOT_COPYABLE;
	/* A move takes each child along, in time that a message does not have. */
	if (*move && slot_view[found].child != 0)
		return KAAL_HAS_CHILDREN;
	*slot = found;
	return KAAL_OK;
}

uint64_t message_check_long(thread_t sender, uint64_t message, bool may_grant)
{
	uint64_t words = kaal_message_words(message), caps = kaal_message_caps(message);
	uint64_t status = KAAL_OK;

	if ((message & RESERVED_BITS) != 0 || words > KAAL_MESSAGE_WORDS_MAX || caps > KAAL_MESSAGE_CAPS_MAX)
		return KAAL_OUT_OF_RANGE;
	if ((words > KAAL_MESSAGE_REGISTERS || caps != 0) && thread_view[sender].buffer == 0)
		return KAAL_NO_BUFFER;
	if (caps != 0 && !may_grant)
		return KAAL_NO_RIGHT;
	//@ loop invariant i <= caps; loop assigns i, status; loop variant caps - i;
	for (uint64_t i = 0; i < caps && status == KAAL_OK; i++) {
		slot_t slot;
		bool move;

		status = find_source(sender, i, &slot, &move);
	}
	return status;
}

/* The empty slot that the receiver wants capability `i` in; false: there is none. */
/*@
	requires kernel_ok && is_thread(receiver) && i < KAAL_MESSAGE_CAPS_MAX && \valid(slot) && OUTSIDE_STATE(slot);
	exits \false;
	assigns *slot;
	ensures \result ==> word_type(slot_view[*slot].cap.word) == 0;
*/
static bool find_target(thread_t receiver, uint64_t i, slot_t *slot)
{
	const volatile struct kaal_message_buffer *buffer = &buffer_view[thread_view[receiver].buffer];
	uint64_t index = buffer->receive_slot;
	struct cap cnode;

	if (thread_find_cap(&thread_view[receiver], buffer->receive_cnode, KAAL_OBJECT_CNODE, KAAL_RIGHT_WRITE, &cnode) != KAAL_OK)
		return false;
	if (index == 0 || index >> cnode_radix(cnode) != 0 || (index + i) >> cnode_radix(cnode) != 0)
		return false;
	*slot = cnode.object + (slot_t)(index + i);
	return cap_is_null(slot_view[*slot].cap);
}

/*@
	requires kernel_ok && is_thread(sender) && is_thread(receiver);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures same_words{Pre, Post};
	ensures !\result ==> same_caps{Pre, Post};
*/
static bool transfer_cap(thread_t sender, thread_t receiver, uint64_t i)
{
	slot_t from, to;
	bool move;

	kernel_assert(i < KAAL_MESSAGE_CAPS_MAX);
	if (find_source(sender, i, &from, &move) != KAAL_OK || !find_target(receiver, i, &to))
		return false;
	if (move) {
		slot_reserve(to, from);
		slot_finish_move(to, from);
	} else {
		slot_put_derived(to, from, cap_masked(slot_view[from].cap, KAAL_RIGHTS_ALL));
	}
	return true;
}

/* How many came. */
/*@
	requires kernel_ok && is_thread(sender) && is_thread(receiver);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok && \result <= caps;
	ensures same_words{Pre, Post};
	ensures \result == 0 ==> same_caps{Pre, Post};
*/
static uint64_t transfer_caps(thread_t sender, thread_t receiver, uint64_t caps)
{
	uint64_t came = 0;

	if (thread_view[sender].buffer == 0 || thread_view[receiver].buffer == 0)
		return 0;
	/*@
		loop invariant kernel_ok && came <= caps && (came == 0 ==> same_caps{Pre, Here});
		loop invariant same_words{Pre, Here};
		loop assigns came, KERNEL_STATE;
		loop variant caps - came;
	*/
	while (came < caps && transfer_cap(sender, receiver, came))
		came++;
	return came;
}

/* Words 0..7 always, the others as many as there are and both buffers allow: how many came. */
/*@
	requires kernel_ok && is_thread(sender) && is_thread(receiver);
	exits \false;
	assigns thread_view[receiver].frame.word[0 .. 7], buffer_view[thread_view[receiver].buffer].words[0 .. words - 9];
	ensures kernel_ok;
	ensures \forall integer i; 0 <= i < 8 ==>
		thread_view[receiver].frame.word[i] == \old(thread_view[sender].frame.word[i]);
	ensures \result ==
		(words > 8 && (thread_view[sender].buffer == 0 || thread_view[receiver].buffer == 0) ? 8 : words);
*/
static uint64_t transfer_words(thread_t sender, thread_t receiver, uint64_t words)
{
	buffer_t from = thread_view[sender].buffer, to = thread_view[receiver].buffer;

	arch_frame_copy_words(&thread_view[receiver].frame, &thread_view[sender].frame);
	if (words <= KAAL_MESSAGE_REGISTERS)
		return words;
	if (from == 0 || to == 0)
		return KAAL_MESSAGE_REGISTERS;
	kernel_assert(words <= KAAL_MESSAGE_WORDS_MAX);
	/*@
		loop invariant i <= words - KAAL_MESSAGE_REGISTERS;
		loop assigns i, buffer_view[to].words[0 .. words - 9];
		loop variant words - KAAL_MESSAGE_REGISTERS - i;
	*/
	for (uint64_t i = 0; i < words - KAAL_MESSAGE_REGISTERS; i++)
		buffer_view[to].words[i] = buffer_view[from].words[i];
	return words;
}

/*@
	requires kernel_ok && is_thread(sender) && is_thread(receiver);
	exits \false;
	assigns thread_view[receiver].frame.word[0 .. 7];
	ensures kernel_ok;
	ensures \result == KAAL_FAULT_WORDS + KAAL_MESSAGE_FAULT;
	ensures thread_view[receiver].frame.word[KAAL_FAULT_WORD_KIND] == thread_view[sender].fault;
	ensures thread_view[receiver].frame.word[KAAL_FAULT_WORD_ADDRESS] == thread_view[sender].fault_details.address;
	ensures thread_view[receiver].frame.word[KAAL_FAULT_WORD_PC] == thread_view[sender].frame.pc;
	ensures thread_view[receiver].frame.word[KAAL_FAULT_WORD_SYNDROME] == thread_view[sender].fault_details.syndrome;
	ensures thread_view[receiver].frame.word[KAAL_FAULT_WORD_SP] == thread_view[sender].frame.sp;
	ensures \forall integer i; KAAL_FAULT_WORDS <= i < 8 ==> thread_view[receiver].frame.word[i] == 0;
*/
static uint64_t transfer_fault(thread_t sender, thread_t receiver)
{
	arch_frame_set_word(&thread_view[receiver].frame, KAAL_FAULT_WORD_KIND, thread_view[sender].fault);
	arch_frame_set_word(&thread_view[receiver].frame, KAAL_FAULT_WORD_ADDRESS, thread_view[sender].fault_details.address);
	arch_frame_set_word(&thread_view[receiver].frame, KAAL_FAULT_WORD_PC, arch_frame_pc(&thread_view[sender].frame));
	arch_frame_set_word(&thread_view[receiver].frame, KAAL_FAULT_WORD_SYNDROME, thread_view[sender].fault_details.syndrome);
	arch_frame_set_word(&thread_view[receiver].frame, KAAL_FAULT_WORD_SP, arch_frame_sp(&thread_view[sender].frame));
	/*@
		loop invariant kernel_ok && KAAL_FAULT_WORDS <= i <= KAAL_MESSAGE_REGISTERS;
		loop invariant \forall integer k; KAAL_FAULT_WORDS <= k < i ==> thread_view[receiver].frame.word[k] == 0;
		loop assigns i, thread_view[receiver].frame.word[KAAL_FAULT_WORDS .. 7];
		loop variant KAAL_MESSAGE_REGISTERS - i;
	*/
	for (unsigned i = KAAL_FAULT_WORDS; i < KAAL_MESSAGE_REGISTERS; i++)
		arch_frame_set_word(&thread_view[receiver].frame, i, 0);
	return KAAL_FAULT_WORDS | KAAL_MESSAGE_FAULT;
}

/*@
	requires kernel_ok && is_thread(receiver);
	terminates \true;
	exits \false;
	assigns thread_view[receiver].frame.argument[0 .. 2];
	ensures thread_view[receiver].frame.argument[0] == KAAL_OK;
	ensures thread_view[receiver].frame.argument[1] == message && thread_view[receiver].frame.argument[2] == badge;
	ensures kernel_ok;
*/
static void finish_receive(thread_t receiver, uint64_t message, uint64_t badge)
{
	arch_frame_set_status(&thread_view[receiver].frame, KAAL_OK);
	//@ assert kernel_ok;
	arch_frame_set_result(&thread_view[receiver].frame, 1, message);
	//@ assert kernel_ok;
	arch_frame_set_result(&thread_view[receiver].frame, 2, badge);
}

void message_transfer(thread_t sender, thread_t receiver, uint64_t badge, bool may_grant)
{
	uint64_t message = arch_frame_argument(&thread_view[sender].frame, 1);
	uint64_t words = kaal_message_words(message), caps = may_grant ? kaal_message_caps(message) : 0;
	uint64_t came;

	if (thread_view[sender].fault != KAAL_FAULT_NONE) {
		message = transfer_fault(sender, receiver);
	} else {
		came = transfer_words(sender, receiver, words);
		message = kaal_message(came, transfer_caps(sender, receiver, caps), kaal_message_label(message)) |
			  (came < words ? KAAL_MESSAGE_TRUNCATED : 0);
	}
	finish_receive(receiver, message, badge);
}

/* Words of struct kaal_registers, in its order. */
enum { WORD_SP = 31, WORD_PC = 32, WORD_PSTATE = 33, WORD_TLS = 34 };

_Static_assert(sizeof(struct kaal_registers) == (WORD_TLS + 1) * sizeof(uint64_t), "all registers are words");

void message_put_registers(buffer_t buffer, const struct kaal_registers *registers)
{
	//@ loop invariant i <= WORD_SP; loop assigns i, buffer_view[buffer].words[0 .. 34]; loop variant WORD_SP - i;
	for (unsigned i = 0; i < WORD_SP; i++)
		buffer_view[buffer].words[i] = registers->x[i];
	buffer_view[buffer].words[WORD_SP] = registers->sp;
	buffer_view[buffer].words[WORD_PC] = registers->pc;
	buffer_view[buffer].words[WORD_PSTATE] = registers->pstate;
	buffer_view[buffer].words[WORD_TLS] = registers->tls;
}

void message_get_registers(buffer_t buffer, struct kaal_registers *registers)
{
	//@ loop invariant i <= WORD_SP; loop assigns i, registers->x[0 .. 30]; loop variant WORD_SP - i;
	for (unsigned i = 0; i < WORD_SP; i++)
		registers->x[i] = buffer_view[buffer].words[i];
	registers->sp = buffer_view[buffer].words[WORD_SP];
	registers->pc = buffer_view[buffer].words[WORD_PC];
	registers->pstate = buffer_view[buffer].words[WORD_PSTATE];
	registers->tls = buffer_view[buffer].words[WORD_TLS];
}
