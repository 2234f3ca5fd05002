#!/usr/bin/env python3
"""How deep each of the kernel's stacks can get, from the instructions of kernel.elf: no way through the code, however rare, is left out.

usage: stack_depth.py OBJDUMP KERNEL...      TAP; the deepest way of each stack is printed with it

Each function is followed from its first instruction along all branches, with the bytes that it has below SP there. What cannot be
followed is refused: recursion, a call through a register that CALLS does not list, an instruction that sets SP in a way not known here.
"""
import re
import subprocess
import sys
from collections import namedtuple

# Who calls through a register, and whom: all functions whose addresses the code takes are here, or the test fails. Compilers differ in
# what they make part of its caller: translation_map of boot_kernel (clang), syscall_run_steps of all of its (gcc).
CALLS = {
    "go_through": {"map_one", "protect_one", "unmap_one"},
    "syscall_run_steps": {"destroy_below_step", "destroy_slot_step", "untyped_reset_step"},
    "translation_map": {"take_table"},
    "boot_kernel": {"take_table"},
}
TAKEN_AS_DATA = {"kernel_header", "vectors"}  # an image's start, and what VBAR_EL1 names
# They set SP to a thread's frame, which is where it stands when a vector is entered, and where the fast path's stack ends.
FRAME_SETTERS = {"fast_leave", "user_return", "fast_switch_fp", "fastpath_call", "fastpath_reply_recv"}
VECTOR_BYTES, VECTORS = 128, 16
FAST_STACK_BYTES = 128  # struct thread's fast_stack
MARGIN = 4  # a quarter of each stack that has a guard page stays free: another compiler, and changes, have room before this fails

LINE = re.compile(r"^([0-9a-f]{16}):\s+(\S+)\s*(.*)$")
HEADING = re.compile(r"^([0-9a-f]{16}) <(.*)>:$")
NUMBER = r"#(-?(?:0x)?[0-9a-f]+)"
PRE_INDEXED = re.compile(rf"\[sp, {NUMBER}\]!$")
POST_INDEXED = re.compile(rf"\[sp\], {NUMBER}$")
MOVED = re.compile(rf"^sp, (sp|x\d+), {NUMBER}$")
ADDED = re.compile(rf"^(sp|x\d+), (x\d+), {NUMBER}$")
ADDRESS = re.compile(r"(?:^|, )([0-9a-f]{4,16}) <")
PUSHES = {"stp", "str", "ldp", "ldr"}
CONDITIONAL = re.compile(r"^(b\.\w+|cbn?z|tbn?z)$")
READS_SP_ONLY = {"cmp", "cmn", "msr"}

# Where a stack pointer stands: `base` is the stack ("entry": the caller's, at the function's first instruction), `depth` bytes below.
State = namedtuple("State", "base depth")
Edge = namedtuple("Edge", "callee base depth")


class Refused(Exception):
    """The code cannot be followed; the text says where and why."""


class Code:
    """The instructions of a program, by address, and the function that each is part of."""

    def __init__(self, disassembly, stacks):
        self.stacks = stacks  # {address: name} of their ends
        self.instructions, self.owner, self.names, self.following = {}, {}, {}, {}
        function = previous = None
        for line in disassembly.splitlines():
            if heading := HEADING.match(line):
                function = int(heading[1], 16)
                self.names[function] = heading[2].split(".")[0]
            elif (found := LINE.match(line)) and function is not None:
                address = int(found[1], 16)
                self.instructions[address] = (found[2], re.sub(r"\s*//.*", "", found[3]).strip())
                self.owner[address] = function
                if previous is not None:
                    self.following[previous] = address
                previous = address

    def where(self, address):
        return f"{self.names[self.owner[address]]} at {address:x}: {' '.join(self.instructions[address])}"

    def constants(self):
        """(instruction, register, value) of each address that two instructions or one make; value: an address."""
        pages = {}
        for address, (name, operands) in self.instructions.items():
            target = ADDRESS.search(operands)
            if name in ("adr", "adrp") and target:
                register = operands.split(",")[0]
                pages[register] = int(target[1], 16)
                yield address, register, pages[register]
            elif name == "add" and (added := ADDED.match(operands)) and added[2] in pages:
                pages[added[1]] = pages[added[2]] + int(added[3], 0)
                yield address, added[1], pages[added[1]]
            elif name == "mov" and operands.startswith("sp, ") and operands[4:] in pages:
                yield address, "sp", pages[operands[4:]]
            elif name in ("bl", "blr", "ret", "eret"):
                pages.clear()

    def taken(self, words):
        """Functions whose addresses the code takes or the words of its data hold."""
        values = {value for _, register, value in self.constants() if register != "sp"} | set(words)
        return {self.names[value] for value in values if value in self.names} - TAKEN_AS_DATA


class Depths:
    """What all functions of some code need of the stack that they are called on, and what each stack switched to needs."""

    def __init__(self, code, calls):
        self.code, self.calls = code, calls
        self.switches = {address: code.stacks.get(value) for address, register, value in code.constants() if register == "sp"}
        self.returning, self.edges, self.own = set(), {}, {}
        while True:  # a function returns if its end can be reached, which calls of functions that do not return cut off
            before = set(self.returning)
            for function in code.names:
                self._follow(function, self._starts(function))
            if self.returning == before:
                break
        self._needs = {}

    def _starts(self, function):
        if self.code.names[function] == "vectors":
            return [function + index * VECTOR_BYTES for index in range(VECTORS)]
        return [function] if function in self.code.instructions else []

    def _follow(self, function, starts):
        states, work = {}, [(start, State("entry", 0)) for start in starts]
        self.edges[function], self.own[function] = set(), {}
        while work:
            address, state = work.pop()
            if self.code.owner.get(address) != function:
                self._leave(function, address, state)
            elif address not in states:
                states[address] = state
                work += self._step(function, address, state)
            elif states[address] != state:
                raise Refused(f"{self.code.where(address)}: reached with {states[address]} and {state}")

    def _leave(self, function, address, state):
        """A jump to another function, or on into it: a call whose return is this function's."""
        if address not in self.code.names:
            raise Refused(f"{self.code.names[function]}: a jump into the middle of a function, {address:x}")
        self.edges[function].add(Edge(address, *state))
        if address in self.returning:
            self.returning.add(function)

    def _step(self, function, address, state):
        """The instructions that come next, with the state there."""
        name, operands = self.code.instructions[address]
        target = ADDRESS.search(operands)
        after = self._moved(address, name, operands, state)
        self.own[function][after.base] = max(self.own[function].get(after.base, 0), after.depth)
        following = [(self.code.following.get(address), after)]
        if name in ("ret", "eret", "udf", "brk"):
            if name == "ret":
                self._return(function, address, after)
            return []
        if name == "b":
            return [(int(target[1], 16), after)]
        if CONDITIONAL.match(name):
            return [(int(target[1], 16), after)] + following
        if name == "bl":
            callee = int(target[1], 16)
            self.edges[function].add(Edge(callee, *after))
            return following if callee in self.returning else []
        if name == "blr" or (name == "br" and not self._is_switch(address, operands)):
            self._call_through(function, address, after)
            return following if name == "blr" else []
        if name == "br":  # it lands on this function's pads for jumps, or a CPU with BTI refuses it
            return [(pad, after) for pad, owner in self.code.owner.items()
                    if owner == function and self.code.instructions[pad] in (("bti", "j"), ("bti", "jc"))]
        return following

    def _return(self, function, address, state):
        if state != State("entry", 0):
            raise Refused(f"{self.code.where(address)}: returns with {state}")
        self.returning.add(function)

    def _is_switch(self, address, register):
        """Whether the register was made by adding an entry of a table of offsets, and is no pointer to a function."""
        for before in (address - 4, address - 8):
            name, operands = self.code.instructions.get(before, ("", ""))
            if re.match(rf"{register},", operands):  # who wrote it last
                return name == "add" and re.match(rf"{register}, x\d+, [wx]\d+", operands) is not None
        return False

    def _call_through(self, function, address, state):
        caller = self.code.names[function]
        if caller not in self.calls:
            raise Refused(f"{self.code.where(address)}: a call through a register that is not listed")
        self.edges[function] |= {Edge(callee, *state) for callee, name in self.code.names.items() if name in self.calls[caller]}
        if self.code.instructions[address][0] == "br":
            self.returning.add(function)

    def _moved(self, address, name, operands, state):
        """The state behind one instruction."""
        if (pre := PRE_INDEXED.search(operands)) and name in PUSHES:
            return State(state.base, state.depth - int(pre[1], 0))
        if (post := POST_INDEXED.search(operands)) and name in PUSHES:
            return State(state.base, state.depth - int(post[1], 0))
        if not operands.startswith("sp,") or name in READS_SP_ONLY:
            if re.search(r"\[sp\S*\]!|\[sp\],", operands):
                raise Refused(f"{self.code.where(address)}: moves SP")
            return state
        if self.switches.get(address):
            return State(self.switches[address], 0)
        moved = MOVED.match(operands)
        if moved and moved[1] == "sp" and name in ("add", "sub"):
            return State(state.base, state.depth + (int(moved[2], 0) if name == "sub" else -int(moved[2], 0)))
        if self.code.names[self.code.owner[address]] in FRAME_SETTERS:
            return State("thread", 0)
        raise Refused(f"{self.code.where(address)}: sets SP")

    def need(self, function, path=()):
        """(bytes, the functions on the way) below SP at the function's first instruction."""
        if function in path:
            raise Refused("recursion: " + " > ".join(self.code.names[each] for each in path[path.index(function):] + (function,)))
        if function not in self._needs:
            self._needs[function] = self._deepest(function, "entry", path)
        return self._needs[function]

    def _deepest(self, function, base, path=()):
        best = (self.own[function].get(base, 0), (self.code.names[function],))
        for edge in sorted(self.edges[function]):
            below, way = self.need(edge.callee, path + (function,))
            if edge.base == base:
                best = max(best, (edge.depth + below, (self.code.names[function],) + way))
        return best

    def stack(self, name):
        """(bytes, the functions on the way) of a stack that functions switch to."""
        return max(self._deepest(function, name) for function in self.edges if name in self.own[function])


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def symbols(objdump, kernel):
    return {line.split()[-1]: int(line.split()[0], 16) for line in run(objdump, "-t", kernel).splitlines() if re.match(r"^[0-9a-f]{16} ", line)}


def words(objdump, kernel):
    """The 64-bit words of the constants and variables that have values at the start."""
    for line in run(objdump, "-s", "-j", ".rodata", "-j", ".data", kernel).splitlines():
        if re.match(r"^ [0-9a-f]{16} ", line):
            data = bytes.fromhex("".join(line[18:53].split()))
            yield from (int.from_bytes(data[at:at + 8], "little") for at in range(0, len(data) - 7, 8))


def limits(symbol):
    """{stack: (its bytes, those that may be used)}."""
    sizes = {name: symbol[f"{name}_stack_end"] - symbol[f"{name}_stack_guard"] - 4096 for name in ("kernel", "emergency")}
    return {name: (size, size - size // MARGIN) for name, size in sizes.items()} | {"thread": (FAST_STACK_BYTES, FAST_STACK_BYTES)}


def look_at(objdump, kernel):
    """(text, good, remark) of each test of one kernel."""
    symbol = symbols(objdump, kernel)
    code = Code(run(objdump, "-d", "--no-show-raw-insn", kernel), {symbol[f"{name}_stack_end"]: name for name in ("kernel", "emergency")})
    depths = Depths(code, CALLS)
    taken, listed = code.taken(words(objdump, kernel)), set().union(*CALLS.values())
    yield "every function whose address is taken is listed", taken <= listed, " ".join(sorted(taken - listed))
    entries = {name: depths.stack(name) for name in ("kernel", "emergency", "thread")}
    by_name = {name: function for function, name in code.names.items()}
    entries["thread"] = max(entries["thread"], depths.need(by_name["vectors"]))
    for name, (size, most) in limits(symbol).items():
        deepest, way = entries[name]
        yield f"the {name} stack: {deepest} of {size} bytes at most, {most} allowed", deepest <= most, " > ".join(way)
    yield "nothing is pushed before there is a stack", depths.need(by_name["kernel_entry"])[0] == 0, ""


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    print(f"1..{5 * len(sys.argv[2:])}")
    for at, kernel in enumerate(sys.argv[2:]):
        name = kernel.rpartition("/")[2]
        try:
            for number, (text, good, remark) in enumerate(look_at(sys.argv[1], kernel), 1 + 5 * at):
                print(f"{'ok' if good else 'not ok'} {number} - {name}: {text}" + (f"\n# {remark}" if remark else ""))
        except Refused as refusal:
            print(f"Bail out! {name}: {refusal}")
            sys.exit(1)


if __name__ == "__main__":
    main()
