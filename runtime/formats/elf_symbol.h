/*
 * Names of addresses: the symbol table of an executable, where it has one. Takes any bytes, like elf.h.
 */
#ifndef KAAL_FORMATS_ELF_SYMBOL_H
#define KAAL_FORMATS_ELF_SYMBOL_H

#include <formats/elf.h>

/* Bounds that keep the work on a hostile file small. */
#define KAAL_ELF_SECTIONS_MAX 256u
#define KAAL_ELF_SYMBOLS_MAX 65536u

/*
 * The function that an address lies in.
 *   elf     an executable that kaal_elf_read() accepted, with its bytes
 *   name    set to its name, NUL-terminated, in the file
 *   offset  set to the address's distance from its start, bytes
 * Returns false if there is none, no symbol table, or one that cannot be read.
 */
bool kaal_elf_symbol(const struct kaal_elf *elf, uint64_t address, const char **name, uint64_t *offset);

#endif
