"""kaal size: what the components of a system take at their start, beside what they may have."""
import tempfile
from pathlib import Path

from . import archive, build, image, place

HELP = "list code and RAM of each component of a system, beside its ceiling"
DESCRIPTION = """Lists for each component of SYSTEM (an archive that kaal-image made, or an executable), in bytes, whole pages of 4096:
  code, constants, data   of its executable; data with what is zero at the start
  stack                   of its first thread
  RAM                     all of these, in memory when it has started
  ceiling                 memory-max of the system's description, and how much of it RAM is
Buffers, page tables and kernel objects come on top (some 40 KiB for a small component), and what the program asks for as it runs; the ceiling bounds
all together. Root task and broker have no ceiling."""
COLUMNS = ("code", "constants", "data", "stack", "RAM", "ceiling")


def add_arguments(parser):
    parser.add_argument("system", metavar="SYSTEM", help="archive or executable")


def ram(component):
    return component.code + component.constants + component.data + component.stack


def rows(components):
    """The table's lines as texts, the last one the totals."""
    for one in components:
        share = f"{100 * ram(one) // one.memory_max} %" if one.memory_max else ""
        yield [one.name, *map(str, (one.code, one.constants, one.data, one.stack, ram(one))), str(one.memory_max) if one.memory_max else "none", share]
    totals = [sum(sizes) for sizes in zip(*((one.code, one.constants, one.data, one.stack, ram(one), one.memory_max) for one in components))]
    yield ["total", *map(str, totals), ""]


def run(options):
    if place.TREE:
        build.build()
    with tempfile.TemporaryDirectory(prefix="kaal-size-") as scratch:
        components = archive.components(image.archive_of(options.system, Path(scratch)))
    lines = [["component", *COLUMNS, ""], *rows(components)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for name, *figures in lines:
        print("  ".join([name.ljust(widths[0]), *(text.rjust(width) for text, width in zip(figures, widths[1:]))]).rstrip())
    return 0
