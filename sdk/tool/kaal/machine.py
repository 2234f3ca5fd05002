"""The machines KaaL boots on under QEMU: the one place that makes a QEMU command line."""
import dataclasses
import shutil

from .errors import Failure

QEMU = "qemu-system-aarch64"
BOARDS = {
    # name: CPU (None: the board brings its own), GIC versions, knows virtualization= and dtb-randomness=
    "virt": {"cpu": "cortex-a53", "gic": (2, 3), "options": True},
    "xlnx-versal-virt": {"cpu": None, "gic": (3,), "options": False},
}


@dataclasses.dataclass
class Machine:
    """What is booted. Paths are as QEMU should see them."""
    image: str | None = None  # arm64 Image; None where firmware or load replaces it
    archive: str | None = None  # the initrd
    board: str = "virt"
    cpu: str | None = None  # None: the board's usual one
    gic: int = 3
    memory: str = "128M"
    el2: bool = False  # enter at EL2
    counted: bool = False  # one instruction is one virtual nanosecond; the run repeats bit by bit
    repeatable: bool = False  # no random seeds in the device tree
    dtb: str | None = None
    firmware: str | None = None  # loaded as -bios
    load: tuple[str, ...] = ()  # FILE@ADDRESS, raw bytes put into memory
    append: str | None = None  # kernel command line, in the device tree's /chosen
    gdb: str | None = None  # wait for a debugger on this socket
    terminal: bool = False  # a person sits at the serial line: all keys but QEMU's Ctrl-A are the machine's
    extra: tuple[str, ...] = ()

    def board_argument(self):
        board = BOARDS.get(self.board)
        if board is None:
            raise Failure(f"no board {self.board}; there are {', '.join(BOARDS)}")
        if self.gic not in board["gic"]:
            raise Failure(f"board {self.board} has no GICv{self.gic}")
        if not board["options"]:
            return self.board
        options = [self.board, f"gic-version={self.gic}"]
        if self.el2:
            options.append("virtualization=on")
        if self.repeatable:
            options.append("dtb-randomness=off")
        return ",".join(options)

    def command(self):
        """The QEMU command line as a list."""
        if shutil.which(QEMU) is None:
            raise Failure(f"{QEMU} is missing; `kaal doctor` says how to get it")
        command = [QEMU, "-machine", self.board_argument()]
        if cpu := self.cpu or (BOARDS[self.board]["cpu"]):
            command += ["-cpu", cpu]
        command += ["-m", self.memory]
        # No network: an option ROM it would need is not in Debian's package.
        command += ["-nic", "none", "-no-reboot", "-display", "none", "-monitor", "none", "-serial", "mon:stdio" if self.terminal else "stdio"]
        if self.counted:
            command += ["-icount", "shift=0,sleep=off"]
        for option, value in (("-bios", self.firmware), ("-kernel", self.image), ("-initrd", self.archive),
                              ("-dtb", self.dtb), ("-append", self.append)):
            if value is not None:
                command += [option, value]
        for load in self.load:
            path, at, address = load.rpartition("@")
            if not at:
                raise Failure(f"--load {load}: write FILE@ADDRESS")
            command += ["-device", f"loader,file={path},addr={address},force-raw=on"]
        if self.gdb:
            command += ["-S", "-gdb", f"unix:{self.gdb},server=on,wait=off"]
        return command + list(self.extra)


def add_arguments(parser):
    """The options every command that boots has in common."""
    group = parser.add_argument_group("machine")
    group.add_argument("--board", default="virt", choices=list(BOARDS))
    group.add_argument("--cpu", help="QEMU's name of the CPU (default: the board's usual one)")
    group.add_argument("--gic", type=int, default=3, choices=[2, 3], help="version of the interrupt controller")
    group.add_argument("--memory", default="128M", help="RAM, as QEMU writes it (default 128M)")
    group.add_argument("--el2", action="store_true", help="enter at EL2")
    group.add_argument("--dtb", metavar="FILE", help="device tree blob instead of the board's")
    group.add_argument("--firmware", metavar="FILE", help="start this as -bios instead of an image")
    group.add_argument("--load", metavar="FILE@ADDRESS", action="append", default=[],
                       help="put a file's bytes into memory (may be repeated)")
    group.add_argument("--extra", metavar="WORD", action="append", default=[],
                       help="further word for QEMU (may be repeated): --extra=-rtc --extra=base=2026-01-01")
    group.add_argument("--append", metavar="TEXT", help="command line for the device tree's /chosen")


def from_arguments(arguments, **more):
    """A Machine from parsed options; `more` overrides."""
    return Machine(board=arguments.board, cpu=arguments.cpu, gic=arguments.gic, memory=arguments.memory,
                   el2=arguments.el2, dtb=arguments.dtb, firmware=arguments.firmware,
                   load=tuple(arguments.load), append=arguments.append, extra=tuple(arguments.extra), **more)
