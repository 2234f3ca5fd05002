/* Rate and format of the line, as the PL011's registers have them. Knows neither device nor system call. */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The divisor for a rate in bits a second, in 64ths, from a clock (UARTCLK) of so many Hz, 1..2^32; *rate: the one that
 * it makes, rounded, which is within 1 % of it. False: there is none.
 */
bool format_divisor(uint64_t clock, uint64_t *rate, uint32_t *divisor);

/* Bits of LCR_H for so many data bits, 5..8, a parity (enum kaal_serial_parity), and stop bits, 1..2. False: out of range. */
bool format_line(uint64_t data_bits, uint64_t parity, uint64_t stop_bits, uint32_t *line);

#endif
