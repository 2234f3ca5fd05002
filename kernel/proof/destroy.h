/* Contracts of object/destroy.h. */
#ifndef PROOF_DESTROY_H
#define PROOF_DESTROY_H

/* The objects that count their capabilities. */
#define COUNTED                                                                                                      \
	slot_view[0 .. SLOT_VIEW_END - 1], thread_view[0 .. THREAD_VIEW_END - 1],                                    \
	sched_context_view[0 .. SCHED_CONTEXT_VIEW_END - 1], notification_view[0 .. NOTIFICATION_VIEW_END - 1],      \
	endpoint_view[0 .. ENDPOINT_VIEW_END - 1], reply_view[0 .. REPLY_VIEW_END - 1], vspaces,                     \
	irq_table.handlers[0 .. IRQ_LINES_MAX - 1]
/* Where the count of such an object is. */
#define IS_COUNT(p, object)                                                                                          \
	((p) == &slot_view[object].child || (p) == &thread_view[(object) / 64].count ||                              \
	 (p) == &sched_context_view[(object) / 4].count || (p) == &notification_view[object].count ||                \
	 (p) == &endpoint_view[object].count || ((object) < REPLY_NONE && (p) == &reply_view[object].count) ||       \
	 (\exists integer v; 0 <= v < VSPACES_MAX && (p) == &vspaces.space[v].count) ||                              \
	 (\exists integer l; 0 <= l < IRQ_LINES_MAX && (p) == &irq_table.handlers[l]))

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
bool destroy_slot_step(slot_t slot);
/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// Done when nothing is derived from the slot; what has something derived from it itself is a zombie from now on, and nothing else changes.
	ensures \result <==> \old(slot_view[slot].child) == 0;
	ensures \result ==> same_caps{Pre, Post};
	ensures !\result && \old(slot_view[slot_view[slot].child].child) != 0 ==> same_caps_but{Pre, Post}(\old(slot_view[slot].child)) &&
		slot_view[\old(slot_view[slot].child)].cap.word / 0x80 % 2 == 1;
*/
bool destroy_below_step(slot_t slot);
/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures \result ==> nothing_to_delete;
*/
bool destroy_worklist_step(void);
/*@
	requires kernel_ok && cap_ok(cap);
	exits \false;
	assigns COUNTED;
	ensures same_caps{Pre, Post} && same_parents{Pre, Post}(-1);
	ensures kernel_ok;
	ensures same_words{Pre, Post};
*/
void destroy_count_reference(struct cap cap);

#endif
