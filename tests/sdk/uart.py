#!/usr/bin/env python3
"""
The UART driver, as a project outside the tree: built with nothing but a moved copy of the sysroot, booted by the
sysroot's own tool on each interrupt controller and board, and typed to.

usage: uart.py BUILD SOURCE
"""
import random
import re
import shlex
import shutil
import sys
import zlib
from pathlib import Path

from common import Broken, main
from consumers import map_is_clean, variable

sys.dont_write_bytecode = True

MACHINES = {"virt with GICv2": ["--gic", "2"], "virt with GICv3": ["--gic", "3"], "xlnx-versal-virt": ["--board", "xlnx-versal-virt"]}
DEVICES = {"virt with GICv2": ("0x9000000", 33), "virt with GICv3": ("0x9000000", 33), "xlnx-versal-virt": ("0xff000000", 50)}
TIMEOUT_SECONDS = 90
IDLE_SECONDS = 1.5

# More than the FIFO (16), a paste, more than the driver's ring (4096) while nobody reads.
LINE = "".join(chr(33 + i % 94) for i in range(900))
BINARY = bytes(range(256))
PASTE = random.Random(1).randbytes(4096)
HEAP = random.Random(2).randbytes(20000)

STATS = re.compile(r"(\d+) received, (\d+) sent, (\d+) wake-ups, (\d+) overruns, (\d+) framing, (\d+) parity, (\d+) breaks; "
                   r"driver ran (\d+) us, client (\d+) us, of (\d+) us")


def with_meson(sysroot, project):
    sysroot.run(["meson", "setup", "build", "--cross-file", variable(sysroot, "meson_cross_file"), "--werror",
                 f"-Dc_link_args=-Wl,-Map={project}/meson.map"], project)
    sysroot.run(["meson", "compile", "-C", "build"], project)
    return project / "build/src/uart"


def with_make(sysroot, project):
    sysroot.run(["make", f"LDFLAGS=-Wl,-Map={project}/make.map"], project)
    return project / "build/uart"


class Talk:
    """A conversation with the booted program: what is to be typed, and what came of it."""

    def __init__(self, sysroot, project, program, options, terminal=False):
        # The installed half of the tool: the test brings none of its own.
        sys.path.insert(0, str(sysroot.root / "share/kaal/tool"))
        from kaal import guest
        self.guest, self.sysroot, self.project, self.steps = guest, sysroot, project, []
        self.command = ["kaal", "run", *options, str(program)]
        if terminal:  # script(1) brings a terminal
            self.command = ["script", "-qefc", shlex.join(self.command), "/dev/null"]

    def type(self, text, after=rb"\r\n> $", pause=0):
        self.steps.append(self.guest.Step(after, text, pause))

    def take(self, word, data):
        self.type(f"{word} {len(data)}\r".encode())
        self.type(data, rb"ready\r\n$")

    def end(self, last=b"end\r", after=rb"\r\n> $"):
        """Types what ends the program; returns what was printed, as lines, once the machine is off."""
        self.type(last, after)
        result = self.guest.talk([*self.sysroot.hidden, *self.command], TIMEOUT_SECONDS, steps=self.steps,
                                 cwd=self.project, env=self.sysroot.env)
        if not result.powered_off or not result.typed:
            raise Broken(f"timed out: {result.timed_out}, status {result.status}, all typed: {result.typed}\n"
                         + "\n".join([*result.lines, result.stderr]))
        return result.lines

    @property
    def typed(self):
        return sum(len(step.text) for step in self.steps)


def expect(lines, wanted):
    """Each of these lines was printed, in this order."""
    rest = iter(lines)
    for line in wanted:
        if line not in rest:
            raise Broken(f"no line, in this order: {line[:80]}\n" + "\n".join(lines))


def sum_of(data):
    return f"{len(data)} bytes, CRC {zlib.crc32(data):08x}"


def every_byte_arrives(sysroot, project, program, name):
    """Lines, long input, binary input, input that heaps up: the client gets all of it; returns what was printed."""
    talk = Talk(sysroot, project, program, MACHINES[name])
    talk.type(b"hello, driver\r")
    talk.type(LINE.encode() + b"\n")
    talk.type(b"abcX\x7f\x08d\r")
    talk.take("take", BINARY)
    talk.take("take", PASTE)
    talk.take("later", HEAP)
    before_first = talk.typed
    talk.type(b"stats\r")
    talk.type(b"stats\r", pause=IDLE_SECONDS)
    lines = talk.end()
    address, line = DEVICES[name]
    expect(lines, [f"uart: arm,pl011 at {address}, interrupt line {line}", "type; `end` ends", "> hello, driver",
                   "you typed 13 bytes: hello, driver", f"you typed 900 bytes: {LINE}", "you typed 3 bytes: abd",
                   sum_of(BINARY), sum_of(PASTE), sum_of(HEAP)])
    return [tuple(map(int, match.groups())) for text in lines if (match := STATS.match(text))], before_first


def counts_are_right(stats, typed):
    """The driver counted each byte that was typed, no error, and was woken no more often than that."""
    received, sent, wake_ups, *errors = stats[0][:7]
    if received != typed + len(b"stats\r") or any(errors):
        raise Broken(f"{typed + 6} bytes typed: {stats[0]}")
    if not 0 < wake_ups <= received or sent < len(LINE):
        raise Broken(f"{stats[0]}")


def idle_sleeps(stats):
    """While nothing is typed nobody runs: no wake-up but those for the bytes of the next line, and next to no CPU time."""
    first, second = stats
    received, wake_ups = second[0] - first[0], second[2] - first[2]
    driver, client, elapsed = (second[i] - first[i] for i in (7, 8, 9))
    if received != len(b"stats\r") or not 1 <= wake_ups <= received:
        raise Broken(f"{received} bytes, {wake_ups} wake-ups: {stats}")
    if elapsed < IDLE_SECONDS * 1e6 or driver + client > elapsed / 10:
        raise Broken(f"of {elapsed} us the driver ran {driver}, the client {client}")


def nothing_is_lost_to_who_gave_up(sysroot, project, source):
    """A client that has given up a read gets all of what is typed then with the next one."""
    other = sysroot.scratch / "impatient"
    shutil.copytree(project, other, ignore=shutil.ignore_patterns("build"))
    shutil.copy(source / "tests/examples/uart/impatient.c", other / "src/client.c")
    lines = Talk(sysroot, other, with_make(sysroot, other), []).end(b"what was not lost\r", rb"gave up\r\n$")
    expect(lines, ["gave up", "then came: what was not lost"])


def readme_is_right(sysroot, project, program):
    """What the README shows is what appears on a terminal: its lines behind `> ` are typed there."""
    shown = re.findall(r"^    (?!\$)(.*)$", (project / "README.md").read_text().partition("## What it does")[2], re.M)
    talk = Talk(sysroot, project, program, [], terminal=True)
    for line in shown:
        if line.startswith("> ") and line != "> end":
            talk.type(line[2:].encode() + b"\r")
        elif line.startswith("ready"):
            talk.type(b"12345", rb"ready\r+\n$")  # the terminal adds a CR of its own
    if not talk.steps:
        raise Broken("README.md shows nothing")
    expect(talk.end(), shown)


def driver(tap, sysroot, _build, source):
    project = sysroot.scratch / "uart"
    shutil.copytree(source / "examples/drivers/uart", project)
    tap.check("make: builds", with_make, sysroot, project)
    tap.check("make: link map names only the sysroot and libgcc.a", map_is_clean, sysroot, project, project / "make.map")
    shutil.rmtree(project / "build", ignore_errors=True)
    program = tap.check("meson: builds, without a warning", with_meson, sysroot, project)
    tap.check("meson: link map names only the sysroot and libgcc.a", map_is_clean, sysroot, project, project / "meson.map")
    for name in MACHINES:
        stats, typed = tap.check(f"{name}: every byte arrives", every_byte_arrives, sysroot, project, program, name) or ([], 0)
        tap.check(f"{name}: the driver counted them", counts_are_right, stats, typed)
        tap.check(f"{name}: while nothing is typed the machine sleeps", idle_sleeps, stats)
    tap.check("a reader that gives up takes nothing along", nothing_is_lost_to_who_gave_up, sysroot, project, source)
    tap.check("on a terminal it does what README.md shows", readme_is_right, sysroot, project, program)


if __name__ == "__main__":
    main(__doc__, driver)
