"""Boots as other firmware than QEMU's own would: any device tree, image and archive anywhere in RAM.

usage: firmware.py IMAGE ARCHIVE    the archive of tests/qemu/boot.c

A few instructions in flash stand for the firmware. The tree is QEMU's for 1 GiB
of RAM, changed with fdtput.
"""
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from kaal import guest, machine, qemu
from tap_lines import Tap

MIB = 1 << 20
RAM = 0x40000000
RAM_BYTES = 1024 * MIB
IMAGE, TREE, ARCHIVE = RAM + 2 * MIB, RAM + 48 * MIB, RAM + 32 * MIB


def firmware(tree, image):
    """ldr x0, tree; ldr x4, image; msr tpidrro_el0, x4, which boot.c must not find; br x4 (Arm ARM C6.2: LDR (literal), MSR, BR)."""
    return struct.pack("<4I2Q", 0x58000080, 0x580000a4, 0xd51bd064, 0xd61f0080, tree, image)


def cells(*numbers):
    """Numbers as pairs of cells, as fdtput -t x wants them."""
    return [f"{part:x}" for number in numbers for part in (number >> 32, number & 0xffffffff)]


class Board:
    """What one case changes; the defaults boot."""

    def __init__(self, folder, archive_bytes):
        self.tree_file = Path(folder) / "board.dtb"
        self.image, self.tree, self.archive, self.archive_bytes = IMAGE, TREE, ARCHIVE, archive_bytes
        self.edits = []
        self.loads_archive = True

    def put(self, node, name, *numbers):
        self.edits.append(["-t", "x", ..., node, name, *cells(*numbers)])

    def put_text(self, node, name, text):
        self.edits.append(["-t", "s", ..., node, name, text])

    def remove(self, node):
        self.edits.append(["-r", ..., node])

    def create(self, node):
        self.edits.append(["-c", ..., node])

    def banks(self, *banks):
        self.put("/memory@40000000", "reg", *[number for bank in banks for number in bank])

    def make_tree(self, base):
        self.tree_file.write_bytes(base)
        self.put("/chosen", "linux,initrd-start", self.archive)
        self.put("/chosen", "linux,initrd-end", self.archive + self.archive_bytes)
        for words in self.edits:
            subprocess.run(["fdtput", *[str(self.tree_file) if word is ... else word for word in words]], check=True)


def two_banks(board):
    board.banks((RAM, 64 * MIB), (RAM + 256 * MIB, 128 * MIB))


def sixteen_banks(board):
    board.banks(*[(RAM + i * 64 * MIB, 60 * MIB) for i in range(16)])


def seventeen_banks(board):
    board.banks(*[(RAM + i * 32 * MIB, 16 * MIB) for i in range(17)])


def ragged_banks(board):
    board.banks((RAM + 0x1234, 100 * MIB + 0x777), (RAM + 200 * MIB + 0x10, 33 * MIB))


def no_memory(board):
    board.remove("/memory@40000000")


def overlapping_banks(board):
    board.banks((RAM, 128 * MIB), (RAM + 64 * MIB, 128 * MIB))


def archive_at_end(board):
    board.archive = RAM + RAM_BYTES - board.archive_bytes


def archive_in_second_bank(board):
    two_banks(board)
    board.archive = RAM + 300 * MIB


def archive_unaligned(board):
    board.archive = ARCHIVE + 0x123


def archive_at_start(board):
    # QEMU leaves a tree of its own at the board's first byte.
    board.banks((RAM + MIB, 200 * MIB))
    board.archive = RAM + MIB


def archive_outside_ram(board):
    board.banks((RAM, 64 * MIB))
    board.archive = RAM + 512 * MIB


def archive_over_image(board):
    board.archive = IMAGE + 0x1000
    board.loads_archive = False


def archive_backwards(board):
    board.archive_bytes = -board.archive_bytes


def archive_reserved(board):
    board.create("/reserved-memory")
    for name in ("#address-cells", "#size-cells"):
        board.edits.append(["-t", "x", ..., "/reserved-memory", name, "2"])
    board.edits.append(["-t", "x", ..., "/reserved-memory", "ranges"])
    board.create("/reserved-memory/loader@42000000")
    board.put("/reserved-memory/loader@42000000", "reg", ARCHIVE, MIB // 4)


def image_high(board):
    board.image = RAM + 700 * MIB


def image_in_second_bank(board):
    two_banks(board)
    board.image = RAM + 320 * MIB


def console_by_alias(board):
    board.create("/aliases")
    board.put_text("/aliases", "serial0", "/pl011@9000000")
    board.put_text("/chosen", "stdout-path", "serial0:115200n8")


def no_interrupt_controller(board):
    board.remove("/intc@8000000")


def no_timer(board):
    board.remove("/timer")


def no_cpus(board):
    board.remove("/cpus")


BOOTS = None
# name, change, what the KAAL-FATAL line must say, or BOOTS
CASES = [
    ("one bank", lambda board: None, BOOTS),
    ("two banks", two_banks, BOOTS),
    ("sixteen banks, all that the tables hold", sixteen_banks, BOOTS),
    ("banks that are no whole pages", ragged_banks, BOOTS),
    ("archive at the end of RAM", archive_at_end, BOOTS),
    ("archive at the start of RAM", archive_at_start, BOOTS),
    ("archive in the second bank", archive_in_second_bank, BOOTS),
    ("archive at no particular alignment", archive_unaligned, BOOTS),
    ("archive in memory that the tree reserves", archive_reserved, BOOTS),
    ("image in the middle of RAM", image_high, BOOTS),
    ("image in the second bank", image_in_second_bank, BOOTS),
    ("console named by an alias with options", console_by_alias, BOOTS),
    ("a tree without memory", no_memory, r"elfloader: device tree: memory banks .* found 0x0, expected at least one"),
    ("more banks than the tables hold", seventeen_banks,
     r"elfloader: device tree: memory banks .* found 0x11, expected at most 16"),
    ("banks that overlap", overlapping_banks, r"elfloader: device tree: memory bank .* expected banks that do not overlap"),
    ("an archive outside RAM", archive_outside_ram, r"elfloader: archive: found it at 0x60000000\.\.\w+, expected it in RAM"),
    ("an archive over the image", archive_over_image, r"elfloader: archive: found it at 0x40201000\.\.\w+, expected it in RAM"),
    ("an archive that ends before it starts", archive_backwards, r"elfloader: device tree: linux,initrd-end .* expected no less"),
    ("a tree without interrupt controller", no_interrupt_controller, r"elfloader: device tree: interrupt controller .* expected a GIC"),
    ("a tree without timer", no_timer, r"elfloader: device tree: timer interrupts .* expected an arm,armv8-timer"),
    ("a tree without CPUs", no_cpus, r"elfloader: device tree: cpus .* expected at least one"),
]


def boots_problem(result):
    """The guest's own TAP decides."""
    fatal = [line for line in result.lines if line.startswith("KAAL-FATAL")]
    plan = [line for line in result.lines if re.fullmatch(r"1\.\.\d+", line)]
    bad = [line for line in result.lines if line.startswith("not ok")]
    if fatal or bad or len(plan) != 1:
        return f"expected a boot with all tests passed, found {fatal + bad or 'no plan'}"
    return None


def dump_tree(folder, memory):
    """QEMU's own device tree for the board."""
    path = Path(folder) / "qemu.dtb"
    command = machine.Machine(memory=memory, gic=2, repeatable=True).command()
    command[command.index("-machine") + 1] += f",dumpdtb={path}"
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return path.read_bytes()


def main(image, archive):
    tap = Tap(len(CASES))
    archive_bytes = Path(archive).stat().st_size
    with tempfile.TemporaryDirectory() as folder:
        base = dump_tree(folder, "1G")
        flash = Path(folder) / "firmware.bin"
        for name, change, pattern in CASES:
            board = Board(folder, archive_bytes)
            change(board)
            board.make_tree(base)
            flash.write_bytes(firmware(board.tree, board.image))
            load = [f"{image}@{board.image:#x}", f"{board.tree_file}@{board.tree:#x}"]
            if board.loads_archive:
                load.append(f"{archive}@{board.archive:#x}")
            result = guest.boot(machine.Machine(memory="1G", gic=2, counted=True, repeatable=True, firmware=str(flash),
                                                load=tuple(load)), 20)
            problem = boots_problem(result) if pattern is BOOTS else qemu.fatal_problem(result, pattern, 10000)
            problem = problem or qemu.ending_problem(result, 20)
            tap.case(f"{'boots with' if pattern is BOOTS else 'refuses'} {name}", problem, result.lines,
                     always=pattern is not BOOTS)
    return tap.status()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
