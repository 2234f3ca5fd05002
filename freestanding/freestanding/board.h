/*
 * The least of a board that early code needs: a polled console, the counter,
 * and a way to switch off. Used by the loader at physical addresses and by the
 * kernel at its own mapping.
 */
#ifndef FREESTANDING_BOARD_H
#define FREESTANDING_BOARD_H

#include <stdarg.h>
#include <stdint.h>

/* How firmware is called (PSCI, Arm DEN0022, 5.2). */
enum psci_conduit { PSCI_NONE = 0, PSCI_HVC = 1, PSCI_SMC = 2 };

#define PSCI_SYSTEM_OFF   UINT32_C(0x84000008)
#define PSCI_SYSTEM_RESET UINT32_C(0x84000009)

/* Where the PL011's registers are mapped; 0: no console, output is dropped. */
void board_set_console(uintptr_t pl011);
void board_set_psci(enum psci_conduit conduit);

/* Writes one character, polling; a newline is sent as CR LF. */
void board_put(char character);
void board_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void board_vprint(const char *format, va_list arguments);

/* Ticks of the virtual counter (CNTVCT_EL0), and of a second (CNTFRQ_EL0). */
uint64_t board_ticks(void);
uint64_t board_ticks_hz(void);

/* Calls firmware; returns only when there is no PSCI or it refused. */
void board_psci(uint32_t function);

/*
 * Ends with one line: "KAAL-FATAL " + text + " [N us]", N being microseconds
 * since reset; then calls firmware (PSCI_SYSTEM_OFF or PSCI_SYSTEM_RESET), or
 * waits for ever where there is none.
 */
_Noreturn __attribute__((cold)) void board_end(uint32_t psci_function, const char *format, va_list arguments);

/* board_end() with PSCI_SYSTEM_OFF. */
_Noreturn void board_fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
