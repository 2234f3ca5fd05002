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
*/
uint64_t message_check_long(thread_t sender, uint64_t message, bool may_grant);

/*@
	requires kernel_ok && is_thread(sender);
	exits \false;
	assigns \nothing;
	ensures \result == KAAL_OK ==> message_ok(message) && (message / 0x100 % 0x100 != 0 ==> may_grant);
*/
static inline uint64_t message_check(thread_t sender, uint64_t message, bool may_grant);

/*@
	requires kernel_ok && is_thread(sender) && is_thread(receiver) && can_send(sender);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures thread_view[receiver].frame.argument[0] == KAAL_OK && thread_view[receiver].frame.argument[2] == badge;
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
