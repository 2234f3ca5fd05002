#include "pl011.h"

#include <string.h>

#include "registers.h"

/* A character takes 10 bit times, 33 ms at 300 baud; a register access takes 50 ns or more. */
#define BUSY_READS_MAX 1000000u
#define QUIET_READS 1000u
#define FIFO_CHARACTERS 16u /* at least: 32 from revision r1p5 on */

#define RECEIVE_INTERRUPTS (PL011_INT_RECEIVE | PL011_INT_TIMEOUT)
#define BAD_CHARACTER (PL011_DR_FRAMING | PL011_DR_PARITY | PL011_DR_BREAK)
#define CONTROL (PL011_CR_ENABLE | PL011_CR_TRANSMIT | PL011_CR_RECEIVE | PL011_CR_REQUEST_TO_SEND)
#define CONTROL_MASK (CONTROL | PL011_CR_INFRARED | PL011_CR_LOOPBACK)

static void set_interrupts(struct pl011 *uart, uint32_t interrupts)
{
	if (uart->interrupts == interrupts)
		return;
	uart->interrupts = interrupts;
	pl011_write(uart->base, PL011_IMSC, interrupts);
}

/* A break comes with framing set, too (DDI 0183, 3.3.1): it is one thing, and counted once. */
static void take(struct pl011 *uart, uint32_t data)
{
	if ((data & (BAD_CHARACTER | PL011_DR_OVERRUN)) != 0)
		pl011_write(uart->base, PL011_ECR, 0);
	uart->overruns += (data & PL011_DR_OVERRUN) != 0;
	if ((data & PL011_DR_BREAK) != 0) {
		uart->breaks++;
	} else if ((data & BAD_CHARACTER) != 0) {
		uart->framing += (data & PL011_DR_FRAMING) != 0;
		uart->parity += (data & PL011_DR_PARITY) != 0;
	} else {
		uart->received++;
		ring_put(&uart->input, (uint8_t)data);
	}
}

/*
 * Empties the receive FIFO, which is also what clears its interrupts: to clear
 * them by ICR would lose a character that has just come. False: the room ran out.
 */
static bool drain(struct pl011 *uart, bool *any)
{
	/* Bad characters need no room, but not more of them than a ring holds are read in one go. */
	for (uint32_t i = 0; i < RING_BYTES; i++) {
		if ((pl011_read(uart->base, PL011_FR) & PL011_FR_RECEIVE_EMPTY) != 0)
			return true;
		if (ring_room(&uart->input) == 0)
			return false;
		take(uart, pl011_read(uart->base, PL011_DR));
		*any = true;
	}
	return ring_room(&uart->input) != 0;
}

static uint32_t receive(struct pl011 *uart)
{
	bool any = false;
	bool room = drain(uart, &any);

	/* An interrupt without a character would come for ever: clear it, and look again for one that came meanwhile. */
	if (room && !any && (pl011_read(uart->base, PL011_RIS) & RECEIVE_INTERRUPTS) != 0) {
		pl011_write(uart->base, PL011_ICR, RECEIVE_INTERRUPTS);
		room = drain(uart, &any);
	}
	return room ? RECEIVE_INTERRUPTS : 0;
}

static void send(struct pl011 *uart, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uart->last = ring_peek(&uart->output, i);
		pl011_write(uart->base, PL011_DR, uart->last);
	}
	ring_drop(&uart->output, count);
	uart->sent += count;
}

/*
 * The interrupt comes when the FIFO goes down to its level, so only after it was filled (DDI 0183, 2.8.2). An empty one
 * is filled without a look in between: a read of the device takes longer than all that the driver does for a character.
 */
static uint32_t transmit(struct pl011 *uart)
{
	uint32_t left;

	if (uart->breaking)
		return 0;
	while ((left = ring_used(&uart->output)) > 0) {
		uint32_t flags = pl011_read(uart->base, PL011_FR);

		if ((flags & PL011_FR_TRANSMIT_FULL) != 0)
			return PL011_INT_TRANSMIT;
		if ((flags & PL011_FR_TRANSMIT_EMPTY) == 0)
			send(uart, 1);
		else
			send(uart, left < FIFO_CHARACTERS ? left : FIFO_CHARACTERS);
	}
	return 0;
}

/* A driver that has ended has left them so, as a rule: then nothing is changed, and nothing that comes meanwhile is lost. */
static bool line_is_set(uint32_t control, uint32_t line, uintptr_t base)
{
	return (control & CONTROL_MASK) == CONTROL && (line & (PL011_LCR_H_BREAK | PL011_LCR_H_FIFOS)) == PL011_LCR_H_FIFOS &&
	       pl011_read(base, PL011_IFLS) == PL011_IFLS_LEVELS && pl011_read(base, PL011_DMACR) == 0;
}

/* A device that is switched off receives nothing; QEMU's does, so it is switched over when nothing has come for a while. */
static void drain_until_quiet(struct pl011 *uart)
{
	uint64_t received = uart->received;
	bool any = false;

	for (uint32_t i = 0; i < QUIET_READS; i = received == uart->received ? i + 1 : 0) {
		received = uart->received;
		(void)drain(uart, &any);
	}
}

/* Takes what comes until the last character is out; false: that takes too long. */
static bool drain_until_sent(struct pl011 *uart)
{
	bool any = false;

	for (uint32_t i = 0; i < BUSY_READS_MAX; i++) {
		if ((pl011_read(uart->base, PL011_FR) & PL011_FR_BUSY) == 0)
			return true;
		(void)drain(uart, &any);
	}
	return false;
}

/*
 * DDI 0183, 3.3.8: the order in which control registers are changed. What a driver that has crashed may have left on, and
 * firmware does not use, is switched off. To switch the FIFOs on empties them, so what waits is taken before, while nothing more comes.
 */
static void set_line(struct pl011 *uart)
{
	uint32_t control = pl011_read(uart->base, PL011_CR), line = pl011_read(uart->base, PL011_LCR_H);

	if (line_is_set(control, line, uart->base))
		return;
	(void)drain_until_sent(uart);
	control &= ~CONTROL_MASK;
	pl011_write(uart->base, PL011_CR, control);
	pl011_write(uart->base, PL011_DMACR, 0);
	pl011_write(uart->base, PL011_IFLS, PL011_IFLS_LEVELS);
	drain_until_quiet(uart);
	pl011_write(uart->base, PL011_LCR_H, (line & ~PL011_LCR_H_BREAK) | PL011_LCR_H_FIFOS);
	pl011_write(uart->base, PL011_CR, control | CONTROL);
}

void pl011_start(struct pl011 *uart, uintptr_t base, bool line_control)
{
	memset(uart, 0, sizeof *uart);
	uart->base = base;
	uart->last = '\n';
	pl011_write(base, PL011_IMSC, 0);
	if (line_control)
		set_line(uart);
	pl011_write(base, PL011_ICR, PL011_INT_ALL);
	pl011_service(uart);
}

void pl011_service(struct pl011 *uart)
{
	uint32_t interrupts = receive(uart);

	set_interrupts(uart, interrupts | transmit(uart));
}

/* Whether the line is idle, or will be as soon as the last character is out, which is waited for. */
static bool is_quiet(struct pl011 *uart)
{
	return !uart->breaking && ring_used(&uart->output) == 0 && drain_until_sent(uart);
}

/* The divisor is taken over with LCR_H, which comes last (DDI 0183, 3.3.6); the FIFOs stay on, and so keep what was received. */
bool pl011_set_line(struct pl011 *uart, uint32_t divisor, uint32_t line)
{
	uint32_t control = pl011_read(uart->base, PL011_CR);

	if (!is_quiet(uart))
		return false;
	pl011_write(uart->base, PL011_CR, control & ~CONTROL_MASK);
	pl011_write(uart->base, PL011_IBRD, divisor / 64);
	pl011_write(uart->base, PL011_FBRD, divisor % 64);
	pl011_write(uart->base, PL011_LCR_H, line | PL011_LCR_H_FIFOS);
	pl011_write(uart->base, PL011_CR, control);
	return true;
}

bool pl011_begin_break(struct pl011 *uart)
{
	if (!is_quiet(uart))
		return false;
	uart->breaking = true;
	pl011_write(uart->base, PL011_LCR_H, pl011_read(uart->base, PL011_LCR_H) | PL011_LCR_H_BREAK);
	return true;
}

void pl011_end_break(struct pl011 *uart)
{
	uart->breaking = false;
	pl011_write(uart->base, PL011_LCR_H, pl011_read(uart->base, PL011_LCR_H) & ~PL011_LCR_H_BREAK);
}
