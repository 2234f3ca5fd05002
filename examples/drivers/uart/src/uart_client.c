#include "uart_client.h"

#include <string.h>

#include <kaal/message.h>

/* A call; the answer's label becomes a status. */
static kaal_status_t call(struct kaal_service *uart, uint64_t words, enum uart_request request, uint64_t data[KAAL_MESSAGE_REGISTERS])
{
	uint64_t answer;
	kaal_status_t status = kaal_service_call(uart, kaal_message(words, 0, request), data, UINT64_MAX, &answer);

	if (status != KAAL_OK)
		return status;
	switch (kaal_message_label(answer)) {
	case UART_OK:
		return KAAL_OK;
	case UART_SUPERSEDED:
		return KAAL_CANCELLED;
	case UART_BUSY:
		return KAAL_NO_MEMORY;
	default:
		return KAAL_OUT_OF_RANGE;
	}
}

kaal_status_t uart_read(struct kaal_service *uart, void *to, size_t bytes, size_t *count)
{
	uint64_t data[KAAL_MESSAGE_REGISTERS] = {bytes < UART_BYTES_MAX ? bytes : UART_BYTES_MAX};
	kaal_status_t status = call(uart, 1, UART_READ, data);

	*count = 0;
	/* Another program's number: not more than what there is room for, whatever it says. */
	if (status != KAAL_OK || data[0] > bytes || data[0] > UART_BYTES_MAX)
		return status != KAAL_OK ? status : KAAL_OUT_OF_RANGE;
	memcpy(to, &data[1], data[0]);
	*count = data[0];
	return KAAL_OK;
}

kaal_status_t uart_write(struct kaal_service *uart, const void *from, size_t bytes)
{
	const uint8_t *next = from;
	kaal_status_t status = KAAL_OK;

	while (bytes > 0 && status == KAAL_OK) {
		size_t piece = bytes < UART_BYTES_MAX ? bytes : UART_BYTES_MAX;
		uint64_t data[KAAL_MESSAGE_REGISTERS] = {piece};

		memcpy(&data[1], next, piece);
		status = call(uart, UART_WORDS(piece), UART_WRITE, data);
		next += piece;
		bytes -= piece;
	}
	return status;
}

kaal_status_t uart_stats(struct kaal_service *uart, uint64_t stats[UART_STATS_COUNT])
{
	memset(stats, 0, UART_STATS_COUNT * sizeof stats[0]);
	return call(uart, 0, UART_STATS, stats);
}
