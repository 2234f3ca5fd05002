"""Who is who: the components of a system, as the root task's own tables tell."""
import collections

import gdb

from . import memory
from .kernel import ROOT_SLOT_THREAD, ROOT_SLOT_VSPACE

ROOT, BROKER = "root-task", "capability-broker"
# space: root table, 0 while it does not live; threads: handles
Live = collections.namedtuple("Live", "name space threads")


def offset_of(type_name, path):
    """Of a member, and its size."""
    kind, offset = gdb.lookup_type(type_name), 0
    for name in path.split("."):
        field = next(field for field in kind.strip_typedefs().fields() if field.name == name)
        offset, kind = offset + field.bitpos // 8, field.type
    return offset, kind.sizeof


class System:
    """Made while the root task's symbols are there. A root task of somebody's own has no such tables, and is alone."""

    FIELDS = {"name": "description.name", "threads": "description.threads_max", "thread": "thread", "state": "state"}

    def __init__(self, kernel):
        self.kernel = kernel
        try:
            self.address = int(gdb.parse_and_eval("(unsigned long)&root_system"))
            self.table, self.count = offset_of("struct system", "components"), offset_of("struct system", "count")
            self.size = gdb.lookup_type("struct component").sizeof
            self.fields = {name: offset_of("struct component", path) for name, path in self.FIELDS.items()}
            self.bytes = gdb.lookup_type("struct system").sizeof
        except (gdb.error, StopIteration):
            self.address = None

    @staticmethod
    def number(data, where):
        offset, size = where
        return int.from_bytes(data[offset:offset + size], "little")

    def live(self):
        """A Live for the root task and each component that lives, by what the machine's memory says now."""
        first, slots = self.kernel.root_cspace()
        caps = self.kernel.caps(first, slots)
        space = caps[ROOT_SLOT_VSPACE].object * 32
        found = [Live(ROOT, space, [self.kernel.thread_of(caps[ROOT_SLOT_THREAD])])]
        if self.address is None:
            return found
        try:
            found += self.components(space, caps)
        except memory.NotThere:  # the root task has not come so far yet
            pass
        return found

    def components(self, space, caps):
        system = memory.read_virtual(space, self.address, self.bytes)
        count, table = self.number(system, self.count), self.number(system, self.table)
        if table == 0 or count > 257:
            return
        data = memory.read_virtual(space, table, count * self.size)
        for at in range(0, count * self.size, self.size):
            values = {name: self.number(data[at:at + self.size], where) for name, where in self.fields.items()}
            mine = caps[values["thread"]:values["thread"] + max(1, values["threads"])] if 0 < values["thread"] < len(caps) else []
            threads = [self.kernel.thread_of(cap) for cap in mine if self.kernel.is_a(cap, "THREAD")]
            if values["name"] == 0 or values["state"] != 1 or not threads:
                continue
            yield Live(memory.read_text(space, values["name"], 32), self.kernel.thread(threads[0]).space, threads)

    def running(self):
        """The name of the component whose address space the CPU has; None: nobody's."""
        space = self.kernel.loaded_space()
        return next((one.name for one in self.live() if one.space == space), None)

    def named(self, name):
        live = self.live()
        found = next((one for one in live if one.name == name), None)
        if found is None:
            raise gdb.GdbError(f"no component {name} lives; there are {', '.join(one.name for one in live)}")
        return found
