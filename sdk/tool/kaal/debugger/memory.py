"""The machine's memory by physical address, and translation tables, whatever the CPU translates with at present."""
import struct

import gdb

# Arm ARM DDI 0487, D8.3: 4 KiB granule, three levels, 39-bit addresses.
PAGE_BYTES = 4096
ENTRIES = 512
LEVEL_BITS = {1: 30, 2: 21, 3: 12}  # log2 of the bytes that an entry covers
ADDRESS_MASK = 0x0000_FFFF_FFFF_F000
VALID, IS_TABLE = 1, 2
USER, READ_ONLY, USER_EXECUTE_NEVER = 1 << 6, 1 << 7, 1 << 54
MEMORY = {0: "memory", 1: "device", 2: "uncached"}  # by the attribute index that the kernel uses


class NotThere(gdb.GdbError):
    """Nothing is mapped where something should be read."""


def read(physical, count):
    """Bytes of physical memory, as QEMU's stub gives them in its mode for that."""
    gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
    try:
        return bytes(gdb.selected_inferior().read_memory(physical, count))
    finally:
        gdb.execute("maintenance packet Qqemu.PhyMemMode:0", to_string=True)


def register(name):
    return int(gdb.parse_and_eval(f"${name}")) & 0xFFFF_FFFF_FFFF_FFFF


def table(physical):
    return struct.unpack(f"<{ENTRIES}Q", read(physical, PAGE_BYTES))


def is_table(entry, level):
    return level < 3 and entry & (VALID | IS_TABLE) == VALID | IS_TABLE


def translate(root, virtual):
    """The physical address of a virtual one, by the tables below `root`."""
    at = root
    for level, bits in LEVEL_BITS.items():
        index = virtual >> bits & ENTRIES - 1
        entry, = struct.unpack("<Q", read(at + 8 * index, 8))
        if not entry & VALID:
            break
        if not is_table(entry, level):
            return (entry & ADDRESS_MASK) >> bits << bits | virtual & (1 << bits) - 1
        at = entry & ADDRESS_MASK
    raise NotThere(f"nothing is mapped at {virtual:#x}")


def read_virtual(root, virtual, count):
    """Bytes at a virtual address in the space of these tables."""
    data = b""
    while len(data) < count:
        at = virtual + len(data)
        data += read(translate(root, at), min(count - len(data), PAGE_BYTES - at % PAGE_BYTES))
    return data


def read_text(root, virtual, most=256):
    """The text that ends with NUL at a virtual address."""
    data = b""
    while b"\0" not in data and len(data) < most:
        at = virtual + len(data)
        data += read_virtual(root, at, min(PAGE_BYTES - at % PAGE_BYTES, most - len(data)))
    return data.partition(b"\0")[0].decode("utf-8", "replace")


def mappings(root, at=0, level=1):
    """(virtual, bytes, physical, attributes of the entry) of what a space's tables map for user mode."""
    for index, entry in enumerate(table(root)):
        virtual = at + (index << LEVEL_BITS[level])
        if not entry & VALID:
            continue
        if is_table(entry, level):
            yield from mappings(entry & ADDRESS_MASK, virtual, level + 1)
        elif entry & USER:
            yield virtual, 1 << LEVEL_BITS[level], entry & ADDRESS_MASK, entry & ~ADDRESS_MASK


def rights_text(attributes):
    return "r" + ("-" if attributes & READ_ONLY else "w") + ("-" if attributes & USER_EXECUTE_NEVER else "x")


def ranges(root):
    """What a space maps, in ranges: [virtual, bytes, physical, rights, kind]; a range's physical memory is in a row."""
    found = []
    for virtual, size, physical, attributes in mappings(root):
        what = [rights_text(attributes), MEMORY.get(attributes >> 2 & 7, "unknown")]
        last = found[-1] if found else None
        if last and last[0] + last[1] == virtual and last[2] + last[1] == physical and last[3:] == what:
            last[1] += size
        else:
            found.append([virtual, size, physical, *what])
    return found
