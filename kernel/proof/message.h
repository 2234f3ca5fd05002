/* Contracts of core/message.h. */
#ifndef PROOF_MESSAGE_H
#define PROOF_MESSAGE_H

/*@
	// What a message word may say of words and capabilities.
	predicate message_ok(integer m) =
		m % 0x100 <= KAAL_MESSAGE_WORDS_MAX && m / 0x100 % 0x100 <= KAAL_MESSAGE_CAPS_MAX;
	// The thread's call has been checked, or it has none: it has faulted.
	predicate can_send{L}(integer t) =
		thread_view[t].fault != KAAL_FAULT_NONE || message_ok(thread_view[t].frame.argument[1]);
	predicate sends{L}(integer t) = thread_view[t].fault == KAAL_FAULT_NONE;
	predicate all_come{L}(integer t, integer receiver) =
		thread_view[t].frame.argument[1] % 0x100 <= KAAL_MESSAGE_REGISTERS ||
		(thread_view[t].buffer != 0 && thread_view[receiver].buffer != 0);
*/

/*@
	requires words <= 0xff && caps <= 0xff;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == words + caps * 0x100 + label * 0x100000000;
*/
static inline uint64_t kaal_message(uint64_t words, uint64_t caps, uint32_t label);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == message % 0x100;
*/
static inline uint64_t kaal_message_words(uint64_t message);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == message / 0x100 % 0x100;
*/
static inline uint64_t kaal_message_caps(uint64_t message);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == message / 0x100000000;
*/
static inline uint32_t kaal_message_label(uint64_t message);

/*@
	requires kernel_ok && is_thread(sender);
	exits \false;
	assigns \nothing;
	ensures \result == KAAL_OK ==> message_ok(message) && (message / 0x100 % 0x100 != 0 ==> may_grant);
	ensures !message_ok(message) ==> \result == KAAL_OUT_OF_RANGE;
	ensures \result == KAAL_OK && (message % 0x100 > KAAL_MESSAGE_REGISTERS || message / 0x100 % 0x100 != 0) ==>
		thread_view[sender].buffer != 0;
*/
uint64_t message_check_long(thread_t sender, uint64_t message, bool may_grant);

/*@
	requires kernel_ok && is_thread(sender);
	exits \false;
	assigns \nothing;
	ensures \result == KAAL_OK ==> message_ok(message) && (message / 0x100 % 0x100 != 0 ==> may_grant);
	ensures message % 0x100000000 <= KAAL_MESSAGE_REGISTERS ==> \result == KAAL_OK;
	ensures !message_ok(message) ==> \result == KAAL_OUT_OF_RANGE;
*/
static inline uint64_t message_check(thread_t sender, uint64_t message, bool may_grant);

/*@
	requires kernel_ok && is_thread(sender) && is_thread(receiver);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures thread_view[receiver].frame.argument[0] == KAAL_OK && thread_view[receiver].frame.argument[2] == badge;
	ensures \old(thread_view[sender].fault) == KAAL_FAULT_NONE ==>
		\forall integer w; 0 <= w < 8 ==>
			thread_view[receiver].frame.word[w] == \old(thread_view[sender].frame.word[w]);
	ensures \old(thread_view[sender].fault) != KAAL_FAULT_NONE ==>
		thread_view[receiver].frame.argument[1] == KAAL_FAULT_WORDS + KAAL_MESSAGE_FAULT &&
		thread_view[receiver].frame.word[KAAL_FAULT_WORD_KIND] == \old(thread_view[sender].fault);
	// All words come, or as many as registers hold: then a bit says so. The label is the sender's.
	ensures \old(sends(sender)) && all_come{Pre}(sender, receiver) ==>
		thread_view[receiver].frame.argument[1] % 0x100 == \old(thread_view[sender].frame.argument[1]) % 0x100;
	ensures \old(sends(sender)) && all_come{Pre}(sender, receiver) ==>
		thread_view[receiver].frame.argument[1] / 0x100000000 == \old(thread_view[sender].frame.argument[1]) / 0x100000000;
	ensures \old(sends(sender)) && all_come{Pre}(sender, receiver) && !may_grant ==>
		thread_view[receiver].frame.argument[1] / 0x100 % 0x100 == 0;
	ensures \old(sends(sender)) && !all_come{Pre}(sender, receiver) ==>
		thread_view[receiver].frame.argument[1] >= KAAL_MESSAGE_TRUNCATED;
	// Without GRANT no slot's capability changes.
	ensures !may_grant ==> same_caps{Pre, Post};
*/
void message_transfer(thread_t sender, thread_t receiver, uint64_t badge, bool may_grant);

/*@
	requires buffer < BUFFER_VIEW_END && \valid_read(registers);
	terminates \true;
	exits \false;
	assigns buffer_view[buffer].words[0 .. 34];
*/
void message_put_registers(buffer_t buffer, const struct kaal_registers *registers);

/*@
	requires buffer < BUFFER_VIEW_END && \valid(registers);
	terminates \true;
	exits \false;
	assigns *registers;
*/
void message_get_registers(buffer_t buffer, struct kaal_registers *registers);

#endif
