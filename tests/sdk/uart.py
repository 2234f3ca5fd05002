#!/usr/bin/env python3
"""
The UART driver and its client, as a project outside the tree: built with nothing but a moved copy of the sysroot, packed and booted by
the sysroot's own tool on each interrupt controller and board, and typed to, also while the driver is killed.

usage: uart.py BUILD SOURCE
"""
import random
import re
import shlex
import shutil
import sys
import zlib
from pathlib import Path

from common import Broken, change, main
from consumers import map_is_clean, variable

sys.dont_write_bytecode = True

MACHINES = {"virt with GICv2": ["--gic", "2"], "virt with GICv3": ["--gic", "3"], "xlnx-versal-virt": ["--board", "xlnx-versal-virt"]}
LINES = {"virt with GICv2": 33, "virt with GICv3": 33, "xlnx-versal-virt": 50}
# Also with a line of the root task's behind it, that came at the same time.
PROMPT = rb"\n> (?:$|(?=\r?\n))"
TIMEOUT_SECONDS = 90
IDLE_SECONDS = 1.5

# More than the FIFO (16), a paste, more than the driver's ring (4096) while nobody reads.
LINE = "".join(chr(33 + i % 94) for i in range(900))
BINARY = bytes(range(256))
PASTE = random.Random(1).randbytes(4096)
HEAP = random.Random(2).randbytes(20000)

STATS = re.compile(r"(\d+) received, (\d+) sent, (\d+) wake-ups, (\d+) overruns, (\d+) framing, (\d+) parity, (\d+) breaks; "
                   r"driver ran (\d+) us, client (\d+) us, of (\d+) us")


# Who kills the driver; goes into the project's own description.
KILLER = """
		killer {
			image = "killer";
			arguments = "%d", "%d";
			privileges = "supervision";

			uses {
				serial {
					service = <&serial>;
					version = <1 0>;
					reconnect;
				};
			};
		};
"""
HALF, REST, ROUNDS = b"half of ", b"a line", 3
SERVED = re.compile(r"killer: served again after (\d+) us")
# Of virtual time, one instruction a nanosecond: an end, the broker's part, a start, the driver's start, and an answer.
SERVED_AGAIN_US_MAX = 1000
CANCELLED = "uart-client: serial: what was waited for has ended, or the waiting thread was stopped"
CRASH = re.compile(r"root-task: uart: crashed at 0x[0-9a-f]+ [a-z_0-9.]+\+0x[0-9a-f]+: "
                   r"write of address 0x123000: nothing is mapped there \[src/pl011\.c:\d+\]")
# A driver with a fault: it crashes when it receives a Ctrl-Z.
FAULT = ("\t\tuart->received++;\n", "\t\tif ((uint8_t)data == 0x1a)\n\t\t\t*(volatile int *)0x123000 = 0;\n\t\tuart->received++;\n")


def pack(sysroot, project, folder, description="system.dts"):
    """Packs the system with the programs of a folder; says nothing but what went in."""
    archive = project / "system.cpio"
    printed = sysroot.run(["kaal", "image", "-o", archive, "--system", description, "--component-path", folder], project)
    if "warning" in printed:
        raise Broken(printed)
    return archive


def with_meson(sysroot, project):
    (project / "meson-maps").mkdir()
    sysroot.run(["meson", "setup", "build", "--cross-file", variable(sysroot, "meson_cross_file"), "--werror",
                 f"-Dc_link_args=-Wl,-Map={project}/meson-maps"], project)
    sysroot.run(["meson", "compile", "-C", "build"], project)
    return pack(sysroot, project, "build/src")


def with_make(sysroot, project):
    (project / "make-maps").mkdir(exist_ok=True)
    sysroot.run(["make", f"LDFLAGS=-Wl,-Map={project}/make-maps"], project)
    return pack(sysroot, project, "build")


def maps_are_clean(sysroot, project, folder, programs=2):
    maps = sorted((project / folder).iterdir())
    if len(maps) != programs:
        raise Broken(f"expected {programs} link maps: {maps}")
    for path in maps:
        map_is_clean(sysroot, project, path)


class Talk:
    """A conversation with the booted program: what is to be typed, and what came of it."""

    def __init__(self, sysroot, project, program, options, terminal=False, prompt=PROMPT):
        # The installed half of the tool: the test brings none of its own.
        sys.path.insert(0, str(sysroot.root / "share/kaal/tool"))
        from kaal import guest
        self.guest, self.sysroot, self.project, self.steps, self.prompt = guest, sysroot, project, [], prompt
        self.command = ["kaal", "run", *options, str(program)]
        if terminal:  # script(1) brings a terminal
            self.command = ["script", "-qefc", shlex.join(self.command), "/dev/null"]

    def type(self, text, after=None, pause=0):
        self.steps.append(self.guest.Step(after or self.prompt, text, pause))

    def take(self, word, data):
        self.type(f"{word} {len(data)}\r".encode())
        self.type(data, rb"ready\r\n$")

    def end(self, last=b"end\r", after=None):
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
    expect(lines, [f"uart: PL011, interrupt line {LINES[name]}", "type; `end` ends", "> hello, driver",
                   "you typed 13 bytes: hello, driver", f"you typed 900 bytes: {LINE}", "you typed 3 bytes: abd",
                   sum_of(BINARY), sum_of(PASTE), sum_of(HEAP)])
    return [tuple(map(int, match.groups())) for text in lines if (match := STATS.match(text))], before_first


def early_typing_arrives(sysroot, project, program, name):
    """What is typed before there is a driver waits for it: more than the FIFO takes, and while the driver sets the device up."""
    talk = Talk(sysroot, project, program, MACHINES[name])
    talk.type(LINE.encode() + b"\r", after=b"")
    expect(talk.end(), ["type; `end` ends", f"> {LINE}", f"you typed 900 bytes: {LINE}"])


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


def copy_of(sysroot, project, name):
    """The project once more, not built, to change it."""
    other = sysroot.scratch / name
    shutil.copytree(project, other, ignore=shutil.ignore_patterns("build"))
    return other


def with_killer(sysroot, project, source):
    """The project with the program that kills."""
    other = copy_of(sysroot, project, "killed")
    shutil.copy(source / "tests/examples/uart/killer.c", other / "src")
    with_make(sysroot, other)
    sysroot.run(["sh", "-ec", 'aarch64-kaal-gcc -std=gnu11 -O2 -Wall -Wextra -Werror src/killer.c -o build/killer '
                 '$(aarch64-kaal-pkg-config --cflags --libs kaal-sdk)'], other)
    return other


def system_with_killer(sysroot, project, bytes_wanted, rounds, reconnect=True):
    shutil.copy(project / "system.dts", project / "killed.dts")
    change(project / "killed.dts", "reconnect;\n", "reconnect;\n" if reconnect else "\n")
    change(project / "killed.dts", "\n\t\tuart-client {", f"{KILLER % (bytes_wanted, rounds)}\n\t\tuart-client {{")
    return pack(sysroot, project, "build", "killed.dts")


def goes_on_after_kills(sysroot, project, name):
    """The driver is killed while half a line is typed, several times: each line comes out whole."""
    talk = Talk(sysroot, project, system_with_killer(sysroot, project, len(HALF), ROUNDS), MACHINES[name])
    for _ in range(ROUNDS):
        talk.type(HALF)
        talk.type(REST + b"\r", rb"killer: served again after [^\n]*\n")
    lines = talk.end()
    expect(lines, [f"> {HALF.decode()}", "root-task: uart: killed", "root-task: uart: restarted",
                   f"uart: PL011, interrupt line {LINES[name]}", f"you typed {len(HALF + REST)} bytes: {(HALF + REST).decode()}"] * ROUNDS
           + ["root-task: uart: stopped", "root-task: uart-client: exit code 0"])
    if sum(bool(SERVED.match(line)) for line in lines) != ROUNDS:
        raise Broken("\n".join(lines))


def serves_again_in_time(sysroot, project):
    """Counted: from the kill until another client's pending call, which is made again, has its answer."""
    talk = Talk(sysroot, project, system_with_killer(sysroot, project, 0, ROUNDS), ["--counted"])
    times = [int(match[1]) for line in talk.end(after=rb"killer: exit code 0\r?\n") if (match := SERVED.match(line))]
    if len(times) != ROUNDS or max(times) > SERVED_AGAIN_US_MAX:
        raise Broken(f"served again after {times} us")
    print(f"# served again after {times} us")


def without_reconnect_it_is_told(sysroot, project):
    """A client that may not reconnect: its pending read ends with a status, and it ends."""
    talk = Talk(sysroot, project, system_with_killer(sysroot, project, len(HALF), 1, reconnect=False), [])
    lines = talk.end(HALF)
    expect(lines, [f"> {HALF.decode()}", "root-task: uart: killed", CANCELLED])
    expect(lines, ["root-task: uart: killed", "root-task: uart-client: exit code 1"])


def goes_on_after_a_fault(sysroot, project, name):
    """The driver crashes while half a line is typed: that is reported, and the line comes out whole."""
    talk = Talk(sysroot, project, project / "system.cpio", MACHINES[name])
    talk.type(b"ab")
    talk.type(b"\x1a", rb"ab$")
    talk.type(b"cd\r", rb"root-task: uart: restarted\r?\n")
    lines = talk.end()
    crash = next((line for line in lines if line.startswith("root-task: uart: crashed at ")), "no crash")
    if not CRASH.fullmatch(crash):
        raise Broken(f"{crash}\n" + "\n".join(lines))
    expect(lines, ["> ab", crash, "root-task: uart: restarted", "cd", "you typed 4 bytes: abcd"])
    if not any(re.match("root-task:   called from 0x[0-9a-f]+ main", line) for line in lines):
        raise Broken("no backtrace\n" + "\n".join(lines))


def with_fault(sysroot, project):
    other = copy_of(sysroot, project, "faulty")
    change(other / "src/pl011.c", *FAULT)
    with_make(sysroot, other)
    return other


def nothing_is_lost_to_who_gave_up(sysroot, project, source):
    """A client that has given up a read gets all of what is typed then with the next one."""
    other = copy_of(sysroot, project, "impatient")
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
    tap.check("make: link maps name only the sysroot and libgcc.a", maps_are_clean, sysroot, project, "make-maps")
    shutil.rmtree(project / "build", ignore_errors=True)
    program = tap.check("meson: builds, without a warning", with_meson, sysroot, project)
    tap.check("meson: link maps name only the sysroot and libgcc.a", maps_are_clean, sysroot, project, "meson-maps")
    killed = tap.check("one more program, which kills the driver", with_killer, sysroot, project, source)
    faulty = tap.check("a driver with a fault", with_fault, sysroot, project)
    for name in MACHINES:
        stats, typed = tap.check(f"{name}: every byte arrives", every_byte_arrives, sysroot, project, program, name) or ([], 0)
        tap.check(f"{name}: what is typed before the driver runs arrives", early_typing_arrives, sysroot, project, program, name)
        tap.check(f"{name}: the driver counted them", counts_are_right, stats, typed)
        tap.check(f"{name}: while nothing is typed the machine sleeps", idle_sleeps, stats)
        tap.check(f"{name}: the driver is killed and the client goes on", goes_on_after_kills, sysroot, killed, name)
        tap.check(f"{name}: the driver crashes and the client goes on", goes_on_after_a_fault, sysroot, faulty, name)
    tap.check("after a kill it serves again in time", serves_again_in_time, sysroot, killed)
    tap.check("a client that does not reconnect is told", without_reconnect_it_is_told, sysroot, killed)
    tap.check("a reader that gives up takes nothing along", nothing_is_lost_to_who_gave_up, sysroot, project, source)
    tap.check("on a terminal it does what README.md shows", readme_is_right, sysroot, project, program)


if __name__ == "__main__":
    main(__doc__, driver)
