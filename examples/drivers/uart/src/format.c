#include "format.h"

#include <kaal/serial_protocol.h>

#include "registers.h"

#define CLOCK_MAX (UINT64_C(1) << 32)
#define DIVISOR_MIN 64u               /* 1 */
#define DIVISOR_MAX (65535u * 64u)

/*
 * A bit is 16 cycles of the clock, divided (DDI 0183, 3.3.6): divisor = clock / (16 * rate), here times 64; so it is at
 * most half of 1/64 off.
 */
bool format_divisor(uint64_t clock, uint64_t *rate, uint32_t *divisor)
{
	uint64_t quarters = 4 * clock, wanted = *rate, made;

	if (clock == 0 || clock > CLOCK_MAX || wanted == 0)
		return false;
	made = (quarters + wanted / 2) / wanted;
	if (made < DIVISOR_MIN || made > DIVISOR_MAX)
		return false;
	*divisor = (uint32_t)made;
	*rate = (quarters + made / 2) / made;
	return true;
}

bool format_line(uint64_t data_bits, uint64_t parity, uint64_t stop_bits, uint32_t *line)
{
	if (data_bits < 5 || data_bits > 8 || parity > KAAL_SERIAL_PARITY_EVEN || stop_bits < 1 || stop_bits > 2)
		return false;
	*line = PL011_LCR_H_BITS((uint32_t)data_bits) | (parity != KAAL_SERIAL_PARITY_NONE ? PL011_LCR_H_PARITY : 0) |
		(parity == KAAL_SERIAL_PARITY_EVEN ? PL011_LCR_H_EVEN : 0) | (stop_bits == 2 ? PL011_LCR_H_TWO_STOPS : 0);
	return true;
}
