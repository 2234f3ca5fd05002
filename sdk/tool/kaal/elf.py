"""Sizes of an executable, by kind of memory."""
import struct

from .errors import Failure

SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4
SHT_NOBITS = 8
PT_LOAD = 1


def read(path):
    data = path.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise Failure(f"{path}: no 64-bit little-endian ELF file")
    return data


def loaded_bytes(path):
    """Bytes of an executable up to the last that is loaded: what is left of it without symbols and debugging information."""
    data = read(path)
    (offset,), (entry_bytes, count) = struct.unpack_from("<Q", data, 32), struct.unpack_from("<HH", data, 54)
    end = 0
    for index in range(count):
        kind, _, at, _, _, size = struct.unpack_from("<IIQQQQ", data, offset + index * entry_bytes)
        end = max(end, at + size) if kind == PT_LOAD else end
    return end


def sizes(path):
    """{text, rodata, data, bss}: bytes of the sections of a 64-bit little-endian ELF file."""
    data = read(path)
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
