"""Sizes of an executable, by kind of memory."""
import struct

from .errors import Failure

SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4
SHT_NOBITS = 8


def sizes(path):
    """{text, rodata, data, bss}: bytes of the sections of a 64-bit little-endian ELF file."""
    data = path.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise Failure(f"{path}: no 64-bit little-endian ELF file")
    (offset,), (entry_bytes, count) = struct.unpack_from("<Q", data, 40), struct.unpack_from("<HH", data, 58)
    result = dict.fromkeys(("text", "rodata", "data", "bss"), 0)
    for index in range(count):
        _, kind, flags, _, _, size = struct.unpack_from("<IIQQQQ", data, offset + index * entry_bytes)
        if not flags & SHF_ALLOC:
            continue
        if kind == SHT_NOBITS:
            result["bss"] += size
        elif flags & SHF_EXECINSTR:
            result["text"] += size
        else:
            result["data" if flags & SHF_WRITE else "rodata"] += size
    return result
