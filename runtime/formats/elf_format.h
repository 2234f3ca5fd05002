/*
 * What of ELF the reader uses (System V ABI, chapters 4 and 5; for the note,
 * kaal/types.h). Offsets are from the start of the header they belong to.
 */
#ifndef KAAL_FORMATS_ELF_FORMAT_H
#define KAAL_FORMATS_ELF_FORMAT_H

/* ELF header */
#define ELF_EHDR_BYTES 64u
#define ELF_EI_CLASS 4u
#define ELF_EI_DATA 5u
#define ELF_EI_VERSION 6u
#define ELF_E_TYPE 16u
#define ELF_E_MACHINE 18u
#define ELF_E_VERSION 20u
#define ELF_E_ENTRY 24u
#define ELF_E_PHOFF 32u
#define ELF_E_EHSIZE 52u
#define ELF_E_PHENTSIZE 54u
#define ELF_E_PHNUM 56u

#define ELF_CLASS64 2u
#define ELF_DATA_LITTLE 1u
#define ELF_VERSION_CURRENT 1u
#define ELF_TYPE_EXEC 2u
#define ELF_MACHINE_AARCH64 183u

/* Program header */
#define ELF_PHDR_BYTES 56u
#define ELF_P_TYPE 0u
#define ELF_P_FLAGS 4u
#define ELF_P_OFFSET 8u
#define ELF_P_VADDR 16u
#define ELF_P_FILESZ 32u
#define ELF_P_MEMSZ 40u
#define ELF_P_ALIGN 48u

#define ELF_PT_LOAD 1u
#define ELF_PT_DYNAMIC 2u
#define ELF_PT_INTERP 3u
#define ELF_PT_NOTE 4u
#define ELF_PT_TLS 7u
#define ELF_PT_GNU_STACK 0x6474e551u

/* Section headers and symbols, for names of addresses only. */
#define ELF_E_SHOFF 40u
#define ELF_E_SHENTSIZE 58u
#define ELF_E_SHNUM 60u

#define ELF_SHDR_BYTES 64u
#define ELF_SH_TYPE 4u
#define ELF_SH_OFFSET 24u
#define ELF_SH_SIZE 32u
#define ELF_SH_LINK 40u
#define ELF_SHT_SYMTAB 2u

#define ELF_SYM_BYTES 24u
#define ELF_ST_NAME 0u
#define ELF_ST_INFO 4u
#define ELF_ST_VALUE 8u
#define ELF_ST_SIZE 16u
#define ELF_ST_TYPE_MASK 0xfu
#define ELF_STT_FUNC 2u

/* Note: header, owner's name and descriptor, the latter two padded to four bytes */
#define ELF_NOTE_BYTES 12u
#define ELF_NOTE_NAMESZ 0u
#define ELF_NOTE_DESCSZ 4u
#define ELF_NOTE_TYPE 8u

/*
 * Beside the ABI note, owner "KaaL", too: what the program requires, a compiled
 * device tree. Between the SDK (<kaal/requires.h>) and the runtime; the kernel
 * knows nothing of it.
 */
#define ELF_NOTE_TYPE_REQUIREMENTS 2u

#endif
