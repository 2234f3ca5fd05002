#include "calls.h"

#include <stddef.h>

#define RWG (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT)

uint64_t call_find_line(struct m_object **line)
{
	struct m_slot *slot;
	uint64_t status = call_find(0, KAAL_OBJECT_IRQ_HANDLER, KAAL_RIGHT_WRITE, &slot);

	*line = status == KAAL_OK ? slot->cap.object : NULL;
	return status;
}

uint64_t call_line_make(void)
{
	struct m_slot *control, *to;
	uint64_t line = call_arg(1), status = call_find(0, KAAL_OBJECT_IRQ_CONTROL, KAAL_RIGHT_WRITE, &control);

	if (status == KAAL_OK)
		status = call_find_in_cnode(3, KAAL_RIGHT_WRITE, &to);
	if (status != KAAL_OK)
		return status;
	if (line < MODEL_LINE_FIRST || line >= MODEL_LINES || line == MODEL_LINE_TIMER || call_arg(2) > 1)
		return KAAL_OUT_OF_RANGE;
	if (model.line[line].caps != 0)
		return KAAL_IN_USE;
	if (!model_is_empty(to))
		return KAAL_SLOT_OCCUPIED;
	model.unmasked[line] = false;
	model_put(to, control, (struct m_cap){.type = KAAL_OBJECT_IRQ_HANDLER, .rights = RWG, .object = &model.line[line]});
	return KAAL_OK;
}

uint64_t call_line_bind(void)
{
	struct m_object *line;
	struct m_slot *notification;
	uint64_t status = call_find_line(&line);

	if (status == KAAL_OK)
		status = call_find(1, KAAL_OBJECT_NOTIFICATION, KAAL_RIGHT_WRITE, &notification);
	if (status != KAAL_OK)
		return status;
	model.unmasked[line->line] = false;
	if (call_replace(&model.binding[line->line]))
		model_put(&model.binding[line->line], notification, notification->cap);
	return status;
}

uint64_t call_line_unbind(void)
{
	struct m_object *line;
	uint64_t status = call_find_line(&line);

	if (status == KAAL_OK && model_is_empty(&model.binding[line->line]))
		status = KAAL_NOT_BOUND;
	if (status != KAAL_OK)
		return status;
	model.unmasked[line->line] = false;
	(void)call_replace(&model.binding[line->line]);
	return status;
}

uint64_t call_line_ack(void)
{
	struct m_object *line;
	uint64_t status = call_find_line(&line);

	if (status == KAAL_OK)
		model.unmasked[line->line] = true;
	return status;
}
