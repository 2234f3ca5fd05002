#include <freestanding/board.h>
#include <freestanding/format.h>

/* PL011 registers and bits: Arm DDI 0183, 3.3.1 (UARTDR), 3.3.3 (UARTFR). */
#define UART_DATA 0x00u
#define UART_FLAGS 0x18u
#define UART_FLAGS_FULL (1u << 5)
/* A dead UART must not stop a panic: so many polls are longer than any line speed needs. */
#define UART_POLLS_MAX 1000000u

static uintptr_t console;
static enum psci_conduit psci;

void board_set_console(uintptr_t pl011)
{
	console = pl011;
}

void board_set_psci(enum psci_conduit conduit)
{
	psci = conduit;
}

static volatile uint32_t *uart_register(uintptr_t offset)
{
	return (volatile uint32_t *)(console + offset);
}

static void put_raw(char character)
{
	for (unsigned polls = 0; (*uart_register(UART_FLAGS) & UART_FLAGS_FULL) != 0; polls++) {
		if (polls == UART_POLLS_MAX)
			return;
	}
	*uart_register(UART_DATA) = (unsigned char)character;
}

void board_put(char character)
{
	if (console == 0)
		return;
	if (character == '\n')
		put_raw('\r');
	put_raw(character);
}

static void put_sink(void *context, char character)
{
	(void)context;
	board_put(character);
}

void board_vprint(const char *format, va_list arguments)
{
	format_text(put_sink, 0, format, arguments);
}

void board_print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	board_vprint(format, arguments);
	va_end(arguments);
}

uint64_t board_ticks(void)
{
	uint64_t ticks;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

uint64_t board_ticks_hz(void)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz;
}

/* SMC calling convention (Arm DEN0028, 2.6): x0..x17 may change. */
void board_psci(uint32_t function)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = 0;
	register uint64_t x2 __asm__("x2") = 0;
	register uint64_t x3 __asm__("x3") = 0;

#define PSCI_CALL(instruction)                                                                                       \
	__asm__ volatile(instruction " #0"                                                                           \
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)                                                    \
			 :                                                                                           \
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",      \
			   "x17", "memory")
	if (psci == PSCI_HVC)
		PSCI_CALL("hvc");
	else if (psci == PSCI_SMC)
		PSCI_CALL("smc");
#undef PSCI_CALL
}

void board_end(uint32_t psci_function, const char *format, va_list arguments)
{
	uint64_t ticks = board_ticks(), hz = board_ticks_hz();

	board_print("KAAL-FATAL ");
	board_vprint(format, arguments);
	/* In two steps, so that no product overflows. */
	if (hz != 0)
		board_print(" [%lu us]", ticks / hz * 1000000 + ticks % hz * 1000000 / hz);
	board_print("\n");
	board_psci(psci_function);
	for (;;)
		__asm__ volatile("wfi");
}

void board_fatal(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	board_end(PSCI_SYSTEM_OFF, format, arguments);
}
