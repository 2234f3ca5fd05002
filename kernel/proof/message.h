/* Contracts of core/message.h. */
#ifndef PROOF_MESSAGE_H
#define PROOF_MESSAGE_H

/*@
	requires kernel_ok && is_thread(sender);
	exits \false;
	assigns \nothing;
*/
uint64_t message_check_long(thread_t sender, uint64_t message, bool may_grant);

/*@
	requires kernel_ok && is_thread(sender);
	exits \false;
	assigns \nothing;
*/
static inline uint64_t message_check(thread_t sender, uint64_t message, bool may_grant);

/*@
	requires kernel_ok && is_thread(sender) && is_thread(receiver);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void message_transfer(thread_t sender, thread_t receiver, uint64_t badge, bool may_grant);

/*@
	requires buffer < BUFFER_VIEW_END && \valid_read(registers);
	exits \false;
	assigns buffer_view[buffer].words[0 .. 34];
*/
void message_put_registers(buffer_t buffer, const struct kaal_registers *registers);

/*@
	requires buffer < BUFFER_VIEW_END && \valid(registers);
	exits \false;
	assigns *registers;
*/
void message_get_registers(buffer_t buffer, struct kaal_registers *registers);

#endif
