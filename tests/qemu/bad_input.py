"""What firmware or a user hands over wrongly ends in one KAAL-FATAL line and a power-off.

usage: bad_input.py IMAGE ARCHIVE    a good archive with a small root task
"""
import struct
import sys
import tempfile
from pathlib import Path

from kaal import guest, machine, qemu
from tap_lines import Tap

# ELF64 header and program header fields: offset in the structure, struct format.
E_TYPE, E_MACHINE, E_ENTRY, E_PHOFF, E_PHNUM = (16, "<H"), (18, "<H"), (24, "<Q"), (32, "<Q"), (56, "<H")
P_TYPE, P_FLAGS, P_OFFSET, P_VADDR, P_FILESZ, P_MEMSZ = (
    (0, "<I"), (4, "<I"), (8, "<Q"), (16, "<Q"), (32, "<Q"), (40, "<Q"))
PHDR_BYTES, PT_LOAD, PT_INTERP = 56, 1, 3


class Archive:
    """A good archive, to be spoilt in place."""

    def __init__(self, path):
        self.bytes = bytearray(Path(path).read_bytes())
        self.elf = self.bytes.index(b"\x7fELF")

    def get(self, field, at=0):
        return struct.unpack_from(field[1], self.bytes, self.elf + at + field[0])[0]

    def put(self, field, value, at=0):
        struct.pack_into(field[1], self.bytes, self.elf + at + field[0], value)

    def segments(self):
        """Offsets of the loadable program headers from the ELF's start."""
        first = self.get(E_PHOFF)
        every = [first + i * PHDR_BYTES for i in range(self.get(E_PHNUM))]
        return [at for at in every if self.get(P_TYPE, at) == PT_LOAD]




def truncated(archive):
    del archive.bytes[len(archive.bytes) // 2:]


def empty(archive):
    archive.bytes[:] = bytes(512)


def renamed(archive):
    at = archive.bytes.index(b"root-task\0")
    archive.bytes[at:at + 9] = b"root-tusk"


def other_machine(archive):
    archive.put(E_MACHINE, 62)


def shared_object(archive):
    archive.put(E_TYPE, 3)


def interpreter(archive):
    first = archive.get(E_PHOFF)
    notes = [first + i * PHDR_BYTES for i in range(archive.get(E_PHNUM))]
    archive.put(P_TYPE, PT_INTERP, next(at for at in notes if archive.get(P_TYPE, at) not in (PT_LOAD, 4)))


def overlapping(archive):
    first, second = archive.segments()[:2]
    archive.put(P_VADDR, archive.get(P_VADDR, first) + archive.get(P_OFFSET, second) % 4096, second)


def beyond_ram(archive):
    archive.put(P_MEMSZ, 1 << 32, archive.segments()[-1])


def beyond_addresses(archive):
    last = archive.segments()[-1]
    archive.put(P_VADDR, 0xffffff8000000000 + archive.get(P_OFFSET, last) % 4096, last)


def under_the_archive(archive):
    last = archive.segments()[-1]
    archive.put(P_VADDR, 0x7f00000000 + archive.get(P_OFFSET, last) % 4096, last)


def writable_code(archive):
    archive.put(P_FLAGS, 7, archive.segments()[1])


def entry_in_data(archive):
    archive.put(E_ENTRY, archive.get(P_VADDR, archive.segments()[-1]))


def other_abi(archive):
    at = archive.bytes.index(b"KaaL\0")
    # Owner, padded to four bytes, then the version.
    struct.pack_into("<I", archive.bytes, at + 8, 0x00630000)


# name, how the archive is spoilt (None: there is no archive), what the line must say
CASES = [
    ("no archive", None, r"elfloader: archive: found no linux,initrd-start .* expected a cpio archive"),
    ("an archive cut in half", truncated, r"elfloader: archive: .* found .* expected"),
    ("512 zeroes instead of an archive", empty, r"elfloader: archive: .*magic.* found .* expected"),
    ("an archive without a root task", renamed, r"elfloader: archive: found no file \"root-task\""),
    ("a root task for x86-64", other_machine, r"elfloader: root-task: e_machine .* found 0x3e, expected 183"),
    ("a position-independent root task", shared_object, r"elfloader: root-task: e_type .* found 0x3, expected"),
    ("a root task with an interpreter", interpreter, r"elfloader: root-task: .* expected"),
    ("segments that overlap", overlapping, r"elfloader: root-task: .*found .* expected"),
    ("a segment larger than RAM", beyond_ram, r"elfloader: root-task: found no room for \d+ bytes in free RAM"),
    ("a segment at a kernel address", beyond_addresses, r"elfloader: root-task: .*found 0xffffff80\w+, expected"),
    ("a segment where the kernel maps the archive", under_the_archive,
     r"kernel: root task: found a segment at 0x7f00\w+, expected all below 0x7f00000000"),
    ("a segment both writable and executable", writable_code, r"elfloader: root-task: .*found .* expected"),
    ("an entry outside the code", entry_in_data, r"elfloader: root-task: e_entry .* found .* expected"),
    ("a root task for another ABI", other_abi, r"elfloader: root-task: .*found 0x630000, expected"),
]


def main(image, good):
    tap = Tap(len(CASES))
    with tempfile.TemporaryDirectory() as folder:
        spoilt = str(Path(folder) / "archive.cpio")
        for name, spoil, pattern in CASES:
            if spoil is not None:
                archive = Archive(good)
                spoil(archive)
                Path(spoilt).write_bytes(archive.bytes)
            result = guest.boot(machine.Machine(image=image, archive=None if spoil is None else spoilt, counted=True,
                                                repeatable=True), 20)
            problem = qemu.fatal_problem(result, pattern, 10000) or qemu.ending_problem(result, 20)
            tap.case(name, problem, result.lines, always=True)
    return tap.status()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
