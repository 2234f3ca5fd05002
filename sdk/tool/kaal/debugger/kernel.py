"""The kernel's objects, read by its debug information while the machine stands still."""
import collections
import struct
import subprocess

import gdb

from . import memory

NONE = 0xFFFF_FFFF  # a handle of nothing
UNIT_BYTES = 32  # of what slots and objects are named in
ROOT_SLOT_CNODE, ROOT_SLOT_THREAD, ROOT_SLOT_VSPACE = 1, 2, 3  # <kaal/bootinfo.h>
RIGHTS = "RWGX"
RADIX_MAX = 20

# type: enum kaal_object_type; aux: what the type says; parent: handle of the slot that it came from
Cap = collections.namedtuple("Cap", "type rights aux data object parent")
Thread = collections.namedtuple("Thread", "handle state priority pc space cspace_first cspace_slots")


def enum_names(name, prefix):
    return {field.enumval: field.name.removeprefix(prefix) for field in gdb.lookup_type(f"enum {name}").fields()}


def symbols(executable):
    """{symbol: address}; gdb holds some for optimized out that are not."""
    printed = subprocess.run(["aarch64-linux-gnu-nm", "--defined-only", executable], text=True, stdout=subprocess.PIPE, check=True).stdout
    rows = (line.split() for line in printed.splitlines())
    return {row[2]: int(row[0], 16) for row in rows if len(row) == 3}


class Kernel:
    """Made while the kernel's symbols are the only ones, so that nobody else's are taken for them."""

    def __init__(self):
        addresses = symbols(gdb.objfiles()[0].filename)
        self.cpu_address = addresses["cpu"]
        first = next(field.bitpos // 8 for field in gdb.lookup_type("struct irq_table").fields() if field.name == "first")
        self.lines_address = addresses["irq_table"] + first
        self.cpu_type, self.thread_type = gdb.lookup_type("struct cpu"), gdb.lookup_type("struct thread")
        self.types = enum_names("kaal_object_type", "KAAL_OBJECT_")
        self.states = enum_names("thread_state", "THREAD_")
        if gdb.lookup_type("struct slot").sizeof != UNIT_BYTES:
            raise gdb.GdbError("these symbols are not this tool's kernel's: take both from one sysroot")
        self.slots_offset = next(field.bitpos // 8 for field in self.thread_type.fields() if field.name == "slot")

    @staticmethod
    def read(address, count):
        """Bytes of the kernel's own memory; NotThere before it runs."""
        root = memory.register("TTBR1_EL1") & memory.ADDRESS_MASK
        if root == 0:
            raise memory.NotThere("the kernel does not run yet; continue to a breakpoint first")
        return memory.read_virtual(root, address, count)

    def cpu(self):
        """struct cpu."""
        return gdb.Value(self.read(self.cpu_address, self.cpu_type.sizeof), self.cpu_type)

    def current(self):
        """The handle of the thread that runs, or ran last."""
        cpu = self.cpu()
        handle = next((int(cpu[name]) for name in ("current", "loaded") if int(cpu[name]) != NONE), None)
        if handle is None:
            raise memory.NotThere("no thread has run yet; continue to a breakpoint first")
        return handle

    def in_user_mode(self):
        return memory.register("cpsr") & 0xC == 0

    def loaded_space(self):
        """The root table of the address space that the CPU translates user addresses with."""
        return memory.register("TTBR0_EL1") & memory.ADDRESS_MASK

    # --- capabilities ------------------------------------------------------------------------

    def caps(self, first, count):
        """The Caps in slots in a row."""
        found = []
        for data, thing, word, parent, *_ in struct.iter_unpack("<QIIIIII", memory.read(first * UNIT_BYTES, count * UNIT_BYTES)):
            found.append(Cap(word & 0xFF, word >> 8 & 0xF, word >> 16, data, thing, parent))
        return found

    def cap(self, slot):
        return self.caps(slot, 1)[0]

    def type_name(self, cap):
        return self.types.get(cap.type, f"type {cap.type}")

    def is_a(self, cap, name):
        return self.types.get(cap.type) == name

    def line_of(self, cap):
        """The interrupt line that a handler's capability names."""
        return cap.object - int.from_bytes(self.read(self.lines_address, 4), "little")

    def cnode_around(self, slot):
        """(first slot, slots) of the CSpace that a slot lies in, if its slot 1 names it as the root task's and components' do; or None."""
        for radix in range(1, RADIX_MAX + 1):
            base = slot >> radix << radix
            cap = self.cap(base + ROOT_SLOT_CNODE)
            if self.is_a(cap, "CNODE") and cap.object == base and cap.aux % 32 == radix:
                return base, 1 << radix
        return None

    def root_cspace(self):
        """(first slot, slots) of the root task's CSpace: all capabilities have come from there."""
        found, slot = None, self.thread_slot(self.current(), 0)
        while slot != 0:
            found = self.cnode_around(slot) or found
            slot = self.cap(slot).parent
        if found is None:
            raise memory.NotThere("the root task's capabilities are not there yet; continue to a breakpoint first")
        return found

    # --- threads -----------------------------------------------------------------------------

    def thread_slot(self, handle, index):
        return (handle * self.thread_type.sizeof + self.slots_offset) // UNIT_BYTES + index

    def thread(self, handle):
        size = self.thread_type.sizeof
        value = gdb.Value(memory.read(handle * size, size), self.thread_type)
        space = self.cap(self.thread_slot(handle, 1)).object * UNIT_BYTES
        runs = self.in_user_mode() and handle == self.current()
        pc = memory.register("pc") if runs else int(value["frame"]["pc"])
        state = "RUNNING" if runs else self.states.get(int(value["state"]), "?")
        return Thread(handle, state, int(value["priority"]), pc, space, int(value["cspace_first"]), int(value["cspace_slots"]))

    def thread_of(self, cap):
        return cap.object // (self.thread_type.sizeof // UNIT_BYTES)
