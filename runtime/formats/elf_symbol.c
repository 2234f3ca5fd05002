#include <formats/elf_symbol.h>

#include "bytes.h"
#include "elf_format.h"

struct table {
	uint64_t offset; /* in the file, all of it inside */
	uint64_t bytes;
};

/* Contents of a section; false if some of it lies outside the file. */
static bool section_table(const struct kaal_elf *elf, const uint8_t *header, struct table *table)
{
	*table = (struct table){bytes_u64(header + ELF_SH_OFFSET), bytes_u64(header + ELF_SH_SIZE)};
	return table->offset <= elf->bytes && table->bytes <= elf->bytes - table->offset;
}

/* The first symbol table and the texts that it refers to. */
static bool find_tables(const struct kaal_elf *elf, struct table *symbols, struct table *texts)
{
	uint64_t headers = bytes_u64(elf->data + ELF_E_SHOFF);
	uint32_t count = bytes_u16(elf->data + ELF_E_SHNUM);

	if (count > KAAL_ELF_SECTIONS_MAX || bytes_u16(elf->data + ELF_E_SHENTSIZE) != ELF_SHDR_BYTES || headers > elf->bytes ||
	    count * (uint64_t)ELF_SHDR_BYTES > elf->bytes - headers)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *header = elf->data + headers + i * (uint64_t)ELF_SHDR_BYTES;
		uint32_t link = bytes_u32(header + ELF_SH_LINK);

		if (bytes_u32(header + ELF_SH_TYPE) == ELF_SHT_SYMTAB && link < count)
			return section_table(elf, header, symbols) &&
			       section_table(elf, elf->data + headers + link * (uint64_t)ELF_SHDR_BYTES, texts);
	}
	return false;
}

/* The text at `offset` of a table, if it ends inside. */
static const char *text_at(const struct kaal_elf *elf, const struct table *texts, uint64_t offset)
{
	const char *text = (const char *)elf->data + texts->offset + offset;

	for (uint64_t i = offset; i < texts->bytes; i++) {
		if (text[i - offset] == '\0')
			return text;
	}
	return NULL;
}

bool kaal_elf_symbol(const struct kaal_elf *elf, uint64_t address, const char **name, uint64_t *offset)
{
	struct table symbols, texts;

	if (!find_tables(elf, &symbols, &texts) || symbols.bytes / ELF_SYM_BYTES > KAAL_ELF_SYMBOLS_MAX)
		return false;
	for (uint64_t at = 0; symbols.bytes - at >= ELF_SYM_BYTES; at += ELF_SYM_BYTES) {
		const uint8_t *symbol = elf->data + symbols.offset + at;
		uint64_t value = bytes_u64(symbol + ELF_ST_VALUE);
		const char *text;

		if ((symbol[ELF_ST_INFO] & ELF_ST_TYPE_MASK) != ELF_STT_FUNC || address < value ||
		    address - value >= bytes_u64(symbol + ELF_ST_SIZE))
			continue;
		text = text_at(elf, &texts, bytes_u32(symbol + ELF_ST_NAME));
		if (text == NULL)
			return false;
		*name = text;
		*offset = address - value;
		return true;
	}
	return false;
}
