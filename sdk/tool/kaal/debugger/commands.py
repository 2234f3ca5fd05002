"""The commands that `kaal gdb` adds to gdb."""
import json
import os

import gdb

from .. import crashes
from . import memory
from .kernel import RIGHTS, UNIT_BYTES, Kernel
from .system import BROKER, ROOT, System

state = None  # a Debugger


class Debugger:
    """What the commands share. One component's symbols are loaded at a time: all are linked to the same addresses."""

    def __init__(self, images):
        self.images, self.loaded, self.kernel = images, None, Kernel()
        self.select(ROOT)
        self.system = System(self.kernel)

    def select(self, name):
        """Loads a component's symbols in place of those that are loaded."""
        if name not in self.images:
            raise gdb.GdbError(f"no component {name}; there are {', '.join(sorted(self.images))}")
        if name == self.loaded:
            return
        if self.loaded is not None:
            gdb.execute(f"remove-symbol-file {self.images[self.loaded]}", to_string=True)
        self.loaded = name
        gdb.execute(f"add-symbol-file {self.images[name]}", to_string=True)

    def follow(self):
        """The symbols are those of who runs; tells what it has changed."""
        if not self.kernel.in_user_mode():
            return
        try:
            name = self.system.running()
        except (memory.NotThere, gdb.error):  # so early that nobody runs
            return
        if name in self.images and name != self.loaded:
            self.select(name)
            print(f"component {name}")
            gdb.execute("frame")

    def place(self, name, address):
        """FUNCTION and FILE:LINE of an address in a component."""
        if address >> 63:
            return "in the kernel"
        function, where = crashes.symbol(self.images.get(name), address)
        return f"{function or '?'}{f' at {where}' if where else ''}"


class ComponentBreakpoint(gdb.Breakpoint):
    """Stops at an address in one component; others run other code there."""

    def __init__(self, component, address):
        super().__init__(f"*{address:#x}", gdb.BP_HARDWARE_BREAKPOINT)
        self.component = component

    def stop(self):
        try:
            return state.system.running() == self.component
        except memory.NotThere:
            return False


class Command(gdb.Command):
    """A command `kaal NAME`; its help is the class's text, its arguments are `words`."""

    name, words, least, most = None, "", 0, 0

    def __init__(self):
        super().__init__(f"kaal {self.name}", gdb.COMMAND_USER)

    def invoke(self, argument, _from_tty):
        arguments = gdb.string_to_argv(argument)
        if not self.least <= len(arguments) <= self.most:
            raise gdb.GdbError(f"usage: kaal {self.name} {self.words}; `help kaal {self.name}` tells more")
        self.do(*arguments)

    def complete(self, text, word):
        return sorted(name for name in state.images if name.startswith(word)) if self.most > 0 and " " not in text else gdb.COMPLETE_NONE


class Component(Command):
    """kaal component [NAME]: takes NAME's symbols in place of another component's. Without NAME: whose are loaded, and who runs.

All components are linked to the same addresses, so gdb knows the symbols of one at a time; when it stops in a component it takes those."""
    name, words, most = "component", "[NAME]", 1

    def do(self, name=None):
        if name is not None:
            state.select(name)
            return
        print(f"symbols of {state.loaded}; {state.system.running() or 'nobody'} runs")


class Break(Command):
    """kaal break NAME LOCATION: a breakpoint in the component NAME only. LOCATION: a function, FILE:LINE, or another that gdb takes.

It may be set before the component has started, and stays over its restarts."""
    name, words, least, most = "break", "NAME LOCATION", 2, 2

    def do(self, name, location):
        state.select(name)
        probe = gdb.Breakpoint(location, internal=True)
        addresses = [place.address for place in probe.locations if not place.address >> 63]
        probe.delete()
        if not addresses:
            raise gdb.GdbError(f"component {name} has no {location}; `info functions` lists what it has")
        for address in addresses:
            ComponentBreakpoint(name, address)


class Threads(Command):
    """kaal threads: each thread of each component: handle, state, priority, where it stands."""
    name = "threads"

    def do(self):
        for one in state.system.live():
            for index, handle in enumerate(one.threads):
                thread = state.kernel.thread(handle)
                print(f"{one.name:24} {index:3}  {thread.state:14} priority {thread.priority:3}  {thread.pc:#x} {state.place(one.name, thread.pc)}")


class Caps(Command):
    """kaal caps NAME: the capabilities that a component holds: slot, type, rights, and what of.

An endpoint or a notification is named by who may receive from it."""
    name, words, least, most = "caps", "NAME", 1, 1

    def do(self, name):
        state.system.named(name)
        names = Names()
        for slot, cap in enumerate(names.held[name]):
            if slot == 0 or cap.type == 0:
                continue
            rights = "".join(letter if cap.rights >> bit & 1 else "-" for bit, letter in enumerate(RIGHTS))
            print(f"{slot:5}  {state.kernel.type_name(cap):14} {rights}  {names.of(cap)}".rstrip())


class Names:
    """What objects are called, by the components that have them."""

    def __init__(self):
        self.held, self.spaces, self.threads, self.cspaces, self.receivers = {}, {}, {}, {}, {}
        for one in state.system.live():
            first = state.kernel.thread(one.threads[0])
            self.held[one.name] = state.kernel.caps(first.cspace_first, first.cspace_slots)
            self.spaces[one.space // UNIT_BYTES], self.cspaces[first.cspace_first] = one.name, one.name
            self.threads |= {handle: f"{one.name}, thread {index}" for index, handle in enumerate(one.threads)}
        # Who has made an object for others may hold it, too: those come first, and are written over.
        for name in sorted(self.held, key=lambda name: (name != ROOT, name != BROKER)):
            for cap in self.held[name]:
                if state.kernel.type_name(cap) in ("ENDPOINT", "NOTIFICATION") and cap.rights & 1:
                    self.receivers[cap.object] = name

    def of(self, cap):
        kernel, address = state.kernel, f"{cap.object * UNIT_BYTES:#x}"
        match kernel.type_name(cap):
            case "THREAD":
                return self.threads.get(kernel.thread_of(cap), address)
            case "VSPACE":
                return self.spaces.get(cap.object, address)
            case "CNODE":
                return f"{self.cspaces.get(cap.object, address)}, {1 << cap.aux % 32} slots"
            case "UNTYPED":
                return f"{address}, 2^{cap.aux % 256} bytes{' of a device' if cap.aux >= 256 else ''}"
            case "ENDPOINT" | "NOTIFICATION":
                return f"{address}, {self.receivers.get(cap.object, 'nobody')} receives{f', badge {cap.data:#x}' if cap.data else ''}"
            case "IRQ_HANDLER":
                return f"line {kernel.line_of(cap)}"
            case _:
                return address if cap.object else ""


class Maps(Command):
    """kaal maps NAME: what a component's address space maps: addresses, rights, kind of memory, physical address."""
    name, words, least, most = "maps", "NAME", 1, 1

    def do(self, name):
        for virtual, size, physical, rights, kind in memory.ranges(state.system.named(name).space):
            print(f"{virtual:#012x}..{virtual + size:#012x}  {rights}  {kind:8} at {physical:#x}, {size} bytes")


def start(images):
    """The commands are there from now on; images: {component: path of its executable}."""
    global state
    gdb.execute("set confirm off")
    state = Debugger(images)
    gdb.Command("kaal", gdb.COMMAND_USER, gdb.COMPLETE_NONE, True)
    for command in (Component, Break, Threads, Caps, Maps):
        command()
    gdb.events.stop.connect(lambda _event: state.follow())


def main(setup):
    """Called by `kaal gdb` with JSON: the images, what gdb connects to, whether that ends with it, and commands, after which, if there are any, gdb
    ends. One that fails is the last."""
    setup, failed = json.loads(setup), False
    try:
        start(setup["images"])
        for command in [f"target remote {setup['target']}", *setup["commands"]]:
            gdb.execute(command)
    except (gdb.error, gdb.GdbError) as error:
        print(f"kaal gdb: {error}", flush=True)
        failed = True
    if setup["commands"] or state is None:
        if setup["ends"]:  # gdb's own way out would let the machine go on, and it would print
            gdb.flush()
            os._exit(int(failed))
        gdb.execute(f"quit {int(failed)}")
