/* Contracts of object/irq.h. */
#ifndef PROOF_IRQ_H
#define PROOF_IRQ_H

/*@
	requires table + lines <= SLOT_VIEW_END;
	exits \false;
	assigns irq_table;
	ensures irq_table.first == table && irq_table.lines == lines && lines_ok;
	ensures \forall integer i; 0 <= i < lines ==> irq_table.handlers[i] == 0;
*/
void irq_start(slot_t table, uint32_t lines);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result ==> IRQ_FIRST <= line < irq_table.lines;
*/
bool irq_line_ok(uint64_t line);
/*@
	requires line < IRQ_LINES_MAX;
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> irq_table.handlers[line] == 0;
*/
bool irq_is_free(irq_t line);
/*@
	requires lines_ok && line < irq_table.lines;
	terminates \true; exits \false; assigns line_is_edge[line];
	ensures line_is_edge[line] == (edge ? 1 : 0);
	ensures \result.object == irq_table.first + line && \result.data == 0;
	ensures \result.word ==
		KAAL_OBJECT_IRQ_HANDLER + 0x100 * (KAAL_RIGHT_READ + KAAL_RIGHT_WRITE + KAAL_RIGHT_GRANT);
	ensures cap_ok(\result);
*/
struct cap irq_handler_start(irq_t line, bool edge);
/*@
	requires irq_table.first <= cap.object;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == cap.object - irq_table.first;
*/
irq_t irq_of(struct cap cap);
/*@
	requires line < IRQ_LINES_MAX;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == &irq_table.handlers[line];
*/
uint32_t *irq_count(irq_t line);
/*@
	requires lines_ok && line < irq_table.lines;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == irq_table.first + line;
*/
slot_t irq_slot(irq_t line);
/*@
	requires kernel_ok && line < irq_table.lines;
	exits \false;
	assigns KERNEL_STATE;
	ensures slot_view[irq_table.first + line].cap == \old(slot_view[from].cap);
	ensures slot_view[irq_table.first + line].parent == from;
	ensures word_type(\old(slot_view[irq_table.first + line].cap.word)) == 0;
	ensures kernel_ok;
*/
void irq_bind(irq_t line, slot_t from);
/*@
	terminates \true; exits \false;
	assigns line_is_masked[line];
	ensures line_is_masked[line] == 1;
*/
void irq_end(irq_t line);
/*@
	requires kernel_ok && is_claimed(line);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// Nobody is told of it: it stays silent.
	ensures line >= \old(irq_table.lines) || word_type(\old(slot_view[irq_table.first + line].cap.word)) != KAAL_OBJECT_NOTIFICATION ==>
		line_is_masked[line] == 1 && same_caps{Pre, Post};
*/
void irq_fire(irq_t line);

#endif
