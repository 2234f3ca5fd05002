#include "elf_image.h"

#include "../../../runtime/formats/elf_format.h"

#include <kaal/types.h>
#include <stdlib.h>
#include <string.h>

void image_put16(uint8_t *image, size_t at, uint16_t value)
{
	image[at] = (uint8_t)value;
	image[at + 1] = (uint8_t)(value >> 8);
}

void image_put32(uint8_t *image, size_t at, uint32_t value)
{
	image_put16(image, at, (uint16_t)value);
	image_put16(image, at + 2, (uint16_t)(value >> 16));
}

void image_put64(uint8_t *image, size_t at, uint64_t value)
{
	image_put32(image, at, (uint32_t)value);
	image_put32(image, at + 4, (uint32_t)(value >> 32));
}

size_t image_field(unsigned header, unsigned field)
{
	return ELF_EHDR_BYTES + header * ELF_PHDR_BYTES + field;
}

struct header {
	uint32_t type, flags;
	uint64_t offset, address, file_bytes, memory_bytes, alignment;
};

static void put_header(uint8_t *image, unsigned index, const struct header *header)
{
	image_put32(image, image_field(index, ELF_P_TYPE), header->type);
	image_put32(image, image_field(index, ELF_P_FLAGS), header->flags);
	image_put64(image, image_field(index, ELF_P_OFFSET), header->offset);
	image_put64(image, image_field(index, ELF_P_VADDR), header->address);
	image_put64(image, image_field(index, ELF_P_FILESZ), header->file_bytes);
	image_put64(image, image_field(index, ELF_P_MEMSZ), header->memory_bytes);
	image_put64(image, image_field(index, ELF_P_ALIGN), header->alignment);
}

uint8_t *image_make(void)
{
	static const struct header headers[IMAGE_HEADERS] = {
		[IMAGE_TEXT] = { ELF_PT_LOAD, 5, 0x1000, 0x401000, 0x20, 0x20, 0x1000 },
		[IMAGE_DATA] = { ELF_PT_LOAD, 6, 0x2000, 0x402000, 0x20, 0x100, 0x1000 },
		[IMAGE_NOTE] = { ELF_PT_NOTE, 4, IMAGE_NOTE_AT, 0, 24, 24, 4 },
		[IMAGE_STACK] = { ELF_PT_GNU_STACK, 6, 0, 0, 0, 0x8000, 16 },
		[IMAGE_TLS] = { ELF_PT_TLS, 4, 0x2000, 0x402000, 8, 16, 8 },
	};
	uint8_t *image = calloc(1, IMAGE_BYTES);

	memcpy(image, "\177ELF\2\1\1", 7);
	image_put16(image, ELF_E_TYPE, ELF_TYPE_EXEC);
	image_put16(image, ELF_E_MACHINE, ELF_MACHINE_AARCH64);
	image_put32(image, ELF_E_VERSION, 1);
	image_put64(image, ELF_E_ENTRY, 0x401010);
	image_put64(image, ELF_E_PHOFF, ELF_EHDR_BYTES);
	image_put16(image, ELF_E_EHSIZE, ELF_EHDR_BYTES);
	image_put16(image, ELF_E_PHENTSIZE, ELF_PHDR_BYTES);
	image_put16(image, ELF_E_PHNUM, IMAGE_HEADERS);
	for (unsigned i = 0; i < IMAGE_HEADERS; i++)
		put_header(image, i, &headers[i]);
	image_put32(image, IMAGE_NOTE_AT + ELF_NOTE_NAMESZ, sizeof(KAAL_NOTE_OWNER));
	image_put32(image, IMAGE_NOTE_AT + ELF_NOTE_DESCSZ, 4);
	image_put32(image, IMAGE_NOTE_AT + ELF_NOTE_TYPE, KAAL_NOTE_TYPE_ABI);
	memcpy(image + IMAGE_NOTE_AT + ELF_NOTE_BYTES, KAAL_NOTE_OWNER, sizeof(KAAL_NOTE_OWNER));
	image_put32(image, IMAGE_NOTE_DESCRIPTOR_AT, KAAL_ABI_VERSION);
	return image;
}
