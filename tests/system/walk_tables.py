"""Within gdb: runs a system, stops it now and then where pages are mapped and unmapped, and walks the translation tables that there are.

Each stop looks whether TTBR0_EL1 names a space that the kernel knows. Some stops walk all of them: each
entry of each table, and the CPU's registers that give entries their meaning. Prints `PROBLEM ...` lines, and one that begins with `WALKED`.
"""
import collections
from pathlib import Path

import gdb

from kaal.debugger import kernel, memory

KERNEL_HEADER = 0xFFFF_FFFF_8000_0000
DIRECT_MAP, DIRECT_MAP_END = 0xFFFF_FF80_0000_0000, 0xFFFF_FFC0_0000_0000
UPPER_HALF = 0xFFFF_FF80_0000_0000
PAGE = 4096
# Attributes of leaves, Arm ARM DDI 0487, D8.3.2.
ACCESSED, NOT_GLOBAL, GUARDED, PXN, UXN = 1 << 10, 1 << 11, 1 << 50, 1 << 53, 1 << 54
KNOWN = memory.ADDRESS_MASK | 3 | 7 << 2 | memory.USER | memory.READ_ONLY | 3 << 8 | ACCESSED | NOT_GLOBAL | GUARDED | PXN | UXN
NORMAL, DEVICE = 0, 1  # indexes into MAIR_EL1
RAM_BASE = 0x4000_0000  # of QEMU's virt, below which its devices are
RIGHT_READ, RIGHT_WRITE, RIGHT_EXECUTE = 1, 2, 8

# SCTLR_EL1 (Arm ARM D19.2.132): set are M, C, SA, SA0, I, UCT and WXN, clear UMA, E0E, EE, UCI and EnTP2.
SCTLR_SET = 1 << 0 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 12 | 1 << 15 | 1 << 19
SCTLR_CLEAR = 1 << 9 | 1 << 24 | 1 << 25 | 1 << 26 | 1 << 60
SCTLR_SPAN, SCTLR_BT1 = 1 << 23, 1 << 36
# TCR_EL1 (Arm ARM D19.2.139): T0SZ, T1SZ, EPD0, EPD1, TG0, TG1, TBI0, TBI1, HA, HD, HPD0, HPD1.
TCR_MASK = 0x3F | 0x3F << 16 | 1 << 7 | 1 << 23 | 3 << 14 | 3 << 30 | 0xF << 37 | 3 << 41
TCR_WANTED = 25 | 25 << 16 | 2 << 30
# name, bits that matter, their value
REGISTERS = [
    ("MAIR_EL1", 0xFFFFFF, 0x4404FF), ("TCR_EL1", TCR_MASK, TCR_WANTED), ("SCTLR", SCTLR_SET | SCTLR_CLEAR, SCTLR_SET),
    ("CNTKCTL", 0x3FF, 2), ("PMUSERENR_EL0", 0xF, 0), ("MDSCR_EL1", 1 << 12, 1 << 12), ("TPIDRRO_EL0", -1, 0),
]

Leaf = collections.namedtuple("Leaf", "virtual bytes physical bits")


def is_writable(leaf):
    return not leaf.bits & memory.READ_ONLY


class Tables:
    """The leaves and tables below a root."""

    def __init__(self, root, base):
        self.leaves, self.tables, self.strange = [], [], []
        self.walk(root, base, 1)

    def walk(self, at, virtual, level):
        self.tables.append(at)
        size = 1 << memory.LEVEL_BITS[level]
        for index, entry in enumerate(memory.table(at)):
            here = virtual + index * size
            if not entry & memory.VALID:
                if entry:
                    self.strange.append(f"entry {entry:#x} of {here:#x} is not valid, and not 0")
            elif memory.is_table(entry, level):
                if entry & ~(memory.ADDRESS_MASK | 3):
                    self.strange.append(f"entry {entry:#x} of {here:#x} says more than where its table is")
                self.walk(entry & memory.ADDRESS_MASK, here, level + 1)
            elif level == 3 and not entry & memory.IS_TABLE:
                self.strange.append(f"entry {entry:#x} of {here:#x} is reserved")
            else:
                if entry & ~KNOWN:
                    self.strange.append(f"entry {entry:#x} of {here:#x} has bits that the kernel does not set")
                self.leaves.append(Leaf(here, size, (entry & memory.ADDRESS_MASK) & -size, entry & ~memory.ADDRESS_MASK))

    def pages(self, leaf):
        return range(leaf.physical, leaf.physical + leaf.bytes, PAGE)


class Pieces:
    """Pieces of physical memory that must lie in no address space, with what is there."""

    def __init__(self):
        self.at = {}

    def add(self, first, count, what):
        for page in range(first & -PAGE, first + count, PAGE):
            self.at[page] = what

    def found_in(self, leaf):
        if leaf.bytes <= 512 * PAGE:
            return next((what for page in range(leaf.physical, leaf.physical + leaf.bytes, PAGE) if (what := self.at.get(page))), None)
        return next((what for page, what in self.at.items() if leaf.physical <= page < leaf.physical + leaf.bytes), None)


class Walker:
    """One look at everything."""

    def __init__(self, the_kernel, symbols, ram_bytes):
        self.kernel, self.symbols, self.ram = the_kernel, symbols, range(RAM_BASE, RAM_BASE + ram_bytes)
        self.problems, self.counts, self.roots = [], collections.Counter(), set()
        self.thread_slots = next(field.type.range()[1] + 1 for field in self.kernel.thread_type.fields() if field.name == "slot")

    def wrong(self, where, leaf, what):
        self.problems.append(f"{where}: {leaf.bytes:#x} at {leaf.virtual:#x}, physical {leaf.physical:#x}, attributes {leaf.bits:#x}: {what}")

    def expect(self, condition, where, leaf, what):
        if not condition:
            self.wrong(where, leaf, what)

    # --- registers ----------------------------------------------------------------------------------

    def look_at_registers(self, has_pan, has_bti):
        wanted = REGISTERS + [("SCTLR", SCTLR_SPAN, 0 if has_pan else SCTLR_SPAN), ("SCTLR", SCTLR_BT1, SCTLR_BT1 if has_bti else 0)]
        for name, mask, value in wanted:
            found = memory.register(name)
            if (found ^ value) & mask & 0xFFFF_FFFF_FFFF_FFFF:
                self.problems.append(f"{name} is {found:#x}, of {mask:#x} expected {value:#x}")
        if memory.register("TTBR1_EL1") & ~memory.ADDRESS_MASK:
            self.problems.append("TTBR1_EL1 has an ASID")

    # --- the kernel's half -----------------------------------------------------------------------------

    def section(self, leaf):
        """(name, whether writable, whether executable) of a page of the image; None: nothing may be there."""
        at, s = leaf.virtual, self.symbols
        if at < s["kernel_rodata"]:
            return "text", False, True
        if at < s["kernel_data"]:
            return "rodata", False, False
        guards = [range(s[name], s[name] + PAGE) for name in ("kernel_stack_guard", "emergency_stack_guard")]
        if at >= s["kernel_end"] or any(at in guard for guard in guards):
            return None
        return "data", True, False

    def look_at_image(self, leaf, has_bti):
        wanted = self.section(leaf)
        if wanted is None:
            self.wrong("kernel", leaf, "mapped, where a stack's guard page or the image's end is")
            return
        name, writable, executable = wanted
        self.expect(is_writable(leaf) == writable, "kernel", leaf, f"of {name}, is {'' if writable else 'not '}to be writable")
        self.expect((not leaf.bits & PXN) == executable, "kernel", leaf, f"of {name}, is {'' if executable else 'not '}to be executable")
        self.expect(bool(leaf.bits & GUARDED) == (executable and has_bti), "kernel", leaf, "guarded, or not, against what the CPU has")
        self.expect(leaf.physical - self.image == leaf.virtual - KERNEL_HEADER, "kernel", leaf, "not where the image lies")
        self.counts[name] += leaf.bytes

    def look_at_kernel(self, has_bti):
        kernel_tables = Tables(memory.register("TTBR1_EL1") & memory.ADDRESS_MASK, UPPER_HALF)
        self.image = next(leaf.physical for leaf in kernel_tables.leaves if leaf.virtual == KERNEL_HEADER)
        self.problems += kernel_tables.strange
        seen = {}
        for leaf in kernel_tables.leaves:
            kind = leaf.bits >> 2 & 7
            self.expect(leaf.bits & UXN and not leaf.bits & memory.USER, "kernel", leaf, "open to EL0")
            self.expect(not leaf.bits & NOT_GLOBAL and leaf.bits & ACCESSED, "kernel", leaf, "not global, or to fault when accessed")
            self.expect(leaf.bits & PXN or not is_writable(leaf), "kernel", leaf, "writable and executable")
            in_ram = leaf.physical in self.ram and leaf.physical + leaf.bytes - 1 in self.ram
            self.expect(kind == (NORMAL if in_ram else DEVICE), "kernel", leaf, "RAM as device or a device as RAM")
            for page in kernel_tables.pages(leaf):
                self.expect(page not in seen, "kernel", leaf, f"mapped at {seen.get(page, 0):#x}, too")
                seen[page] = leaf.virtual
            if leaf.virtual >= KERNEL_HEADER:
                self.look_at_image(leaf, has_bti)
            elif leaf.virtual >= DIRECT_MAP_END:
                self.expect(kind == DEVICE and leaf.bits & PXN, "kernel", leaf, "no device, or executable, among the devices")
                self.counts["devices"] += leaf.bytes
            else:
                self.expect(leaf.physical == leaf.virtual - DIRECT_MAP and leaf.bits & PXN and kind == NORMAL, "kernel", leaf,
                            "not what the direct map should have there")
                self.counts["direct"] += leaf.bytes
        wanted = self.symbols["kernel_end"] - KERNEL_HEADER - 2 * PAGE
        if self.counts["text"] + self.counts["rodata"] + self.counts["data"] != wanted:
            self.problems.append(f"of the image {wanted:#x} bytes should be mapped")
        return kernel_tables

    # --- capabilities ------------------------------------------------------------------------------------

    def find_objects(self):
        """All kernel objects that a capability names, and all frames: {(physical, bytes): rights and kind of any}."""
        pieces, frames = Pieces(), {}
        first, count = self.kernel.root_cspace()
        todo, seen = [(first, count)], set()
        while todo:
            first, count = todo.pop()
            if first in seen:
                continue
            seen.add(first)
            pieces.add(first * 32, count * 32, "a CNode, or a thread's slots")
            for cap in self.kernel.caps(first, count):
                name, at = self.kernel.type_name(cap), cap.object * 32
                if name == "CNODE":
                    todo.append((cap.object, 1 << cap.aux % 32))
                elif name == "THREAD":
                    handle = self.kernel.thread_of(cap)
                    pieces.add(handle * self.kernel.thread_type.sizeof, self.kernel.thread_type.sizeof, "a thread")
                    todo.append((self.kernel.thread_slot(handle, 0), self.thread_slots))
                elif name in ("VSPACE", "PAGE_TABLE"):
                    pieces.add(at, PAGE, "a table")
                elif name in ("ENDPOINT", "REPLY", "NOTIFICATION", "SCHED_CONTEXT"):
                    pieces.add(at, 1, "an object of the kernel's")
                elif name == "FRAME":
                    key = (at, 1 << (cap.aux & 0xFF), cap.aux >> 8)
                    frames[key] = frames.get(key, 0) | cap.rights
                self.counts[name] += 1
        return pieces, frames

    # --- address spaces ------------------------------------------------------------------------------------

    def spaces(self):
        """{root table: number} of all that the kernel knows."""
        kind = gdb.lookup_type("struct space")
        count = gdb.lookup_type("struct vspaces").fields()[0].type.range()[1] + 1
        data = self.kernel.read(self.symbols["vspaces"], count * kind.sizeof)
        tables = {number: int.from_bytes(data[at:at + 4], "little") for number, at in enumerate(range(0, len(data), kind.sizeof))}
        return {table * PAGE: number for number, table in tables.items() if table}

    def look_at_space(self, number, tables, is_root, pieces, frames):
        where = f"space {number}"
        self.problems += [f"{where}: {text}" for text in tables.strange]
        for leaf in tables.leaves:
            kind, executable = leaf.bits >> 2 & 7, not leaf.bits & UXN
            self.expect(leaf.bits & PXN, where, leaf, "executable by the kernel")
            self.expect(leaf.bits & memory.USER and leaf.bits & NOT_GLOBAL and leaf.bits & ACCESSED, where, leaf, "not EL0's, global, or to fault")
            self.expect(not (executable and is_writable(leaf)), where, leaf, "writable and executable")
            self.expect(kind == NORMAL or not executable, where, leaf, "executable, but a device or uncached")
            in_ram = leaf.physical in self.ram and leaf.physical + leaf.bytes - 1 in self.ram
            self.expect((kind == DEVICE) == (not in_ram), where, leaf, "RAM as device or a device as RAM")
            shown = pieces.found_in(leaf)
            self.expect(shown is None, where, leaf, f"shows {shown}")
            self.counts["executable" if executable else "writable" if is_writable(leaf) else "readable"] += leaf.bytes // PAGE
            self.counts["of devices"] += kind == DEVICE
            rights = frames.get((leaf.physical, leaf.bytes, kind))
            if rights is None:
                self.expect(is_root, where, leaf, "of no capability")
                continue
            used = RIGHT_READ | (RIGHT_WRITE if is_writable(leaf) else 0) | (RIGHT_EXECUTE if executable else 0)
            self.expect(used & ~rights == 0, where, leaf, "more than any capability's rights")
            self.counts["by capabilities"] += 1

    def look_at_both(self, spaces):
        """What one may write is not what the same or another executes, under another address."""
        writable, executable = set(), {}
        for number, tables in spaces.items():
            for leaf in tables.leaves:
                if is_writable(leaf):
                    writable.update(tables.pages(leaf))
                elif not leaf.bits & UXN:
                    executable.update((page, (number, leaf)) for page in tables.pages(leaf))
        for number, leaf in {executable[page] for page in writable & executable.keys()}:
            self.wrong(f"space {number}", leaf, "executable, and writable elsewhere")

    def walk(self, has_pan, has_bti):
        self.look_at_registers(has_pan, has_bti)
        kernel_tables = self.look_at_kernel(has_bti)
        pieces, frames = self.find_objects()
        pieces.add(self.image, self.symbols["kernel_end"] - KERNEL_HEADER, "the kernel's image")
        numbers, empty = self.spaces(), int.from_bytes(self.kernel.read(self.symbols["empty_root"], 8), "little")
        spaces = {number: Tables(root, 0) for root, number in numbers.items()}
        self.roots = {*numbers, empty}
        root_space = numbers.get(self.kernel.caps(self.kernel.root_cspace()[0], 4)[kernel.ROOT_SLOT_VSPACE].object * 32)
        for tables in [kernel_tables, *spaces.values()]:
            for table in tables.tables:
                pieces.add(table, PAGE, "a table")
        for leaf in kernel_tables.leaves:
            if leaf.physical not in self.ram:
                pieces.add(leaf.physical, leaf.bytes, "a device of the kernel's")
        for number, tables in spaces.items():
            self.look_at_space(number, tables, number == root_space, pieces, frames)
        self.look_at_both(spaces)
        if any(memory.table(empty)):
            self.problems.append("the empty space is not empty")
        self.counts["spaces"] = len(spaces)
        self.counts["tables"] = sum(len(tables.tables) for tables in [kernel_tables, *spaces.values()])


class Snapshot:
    """RAM at one moment, in place of many questions to QEMU's stub."""

    def __init__(self, path, ram_bytes):
        gdb.execute(f"monitor pmemsave {RAM_BASE:#x} {ram_bytes:#x} \"{path}\"", to_string=True)
        self.data = Path(path).read_bytes()
        if len(self.data) != ram_bytes:
            raise gdb.GdbError(f"QEMU has written {len(self.data):#x} bytes of RAM, expected {ram_bytes:#x}")

    def read(self, physical, count):
        return self.data[physical - RAM_BASE:physical - RAM_BASE + count]


class Stops(gdb.Breakpoint):
    """Stops now and then on the way of a system call: which table did its thread run with?"""

    roots, count = set(), 0

    def __init__(self, address, every):
        super().__init__(f"*{address:#x}", type=gdb.BP_HARDWARE_BREAKPOINT)
        self.every = every

    def stop(self):
        Stops.count += 1
        Stops.roots.add(memory.register("TTBR0_EL1") & memory.ADDRESS_MASK)
        return Stops.count % self.every == 0


class Samples(gdb.Breakpoint):
    """After each walk, the kernel's next ways out to EL0: with which table?"""

    def __init__(self, address, count):
        super().__init__(f"*{address:#x}", type=gdb.BP_HARDWARE_BREAKPOINT)
        self.count = self.left = count
        self.enabled = False

    def start(self):
        self.left, self.enabled = self.count, True

    def stop(self):
        Stops.roots.add(memory.register("TTBR0_EL1") & memory.ADDRESS_MASK)
        self.left -= 1
        self.enabled = self.left > 0
        return False


def goes_on():
    """Lets the machine run to the next stop; False: it has ended."""
    try:
        gdb.execute("continue", to_string=True)
    except gdb.error:  # QEMU closes the connection
        return False
    return gdb.selected_inferior().pid != 0


def main(ram_bytes, every, walks_max, has_pan, has_bti, scratch):
    the_kernel = kernel.Kernel()
    symbols = kernel.symbols(gdb.objfiles()[0].filename)
    # Where mappings have come and gone; both are called by pointer, so that they are functions in every build.
    for name in ("map_one", "unmap_one"):
        Stops(symbols[name], every)
    samples = Samples(symbols["user_return"], 2 * every)
    known, problems, counts, walks = set(), [], collections.Counter(), 0
    while walks < walks_max and goes_on():
        memory.read = Snapshot(scratch, ram_bytes).read
        walker = Walker(the_kernel, symbols, ram_bytes)
        walker.walk(has_pan, has_bti)
        known |= walker.roots
        problems += [problem for problem in walker.problems if problem not in problems]
        counts |= walker.counts
        walks += 1
        samples.start()
    problems += [f"TTBR0_EL1 named {root:#x}, which was no space" for root in Stops.roots - known]
    for problem in problems[:40]:
        print(f"PROBLEM {problem}")
    print(f"WALKED {walks} times, {Stops.count} stops, {len(Stops.roots)} tables in TTBR0_EL1; at most "
          + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())), flush=True)
    if gdb.selected_inferior().pid:
        gdb.execute("kill")
