"""kaal gdb: boots with a debugger attached before the first instruction, or attaches to a machine that waits for one."""
import json
import subprocess
import tempfile
from pathlib import Path

from . import archive, console, guest, packages, place, run as boot
from .errors import Failure

HELP = "boot under the debugger"
DESCRIPTION = """Starts QEMU stopped before its first instruction and gdb-multiarch connected to it, with the symbols of the kernel and of
every component. The serial line is printed between gdb's lines. In gdb, beside gdb's own commands:

  kaal break NAME LOCATION   a breakpoint in the component NAME only, e.g. kaal break my-driver main
  kaal component [NAME]      whose symbols are loaded; they follow whoever runs when gdb stops
  kaal threads               all threads, by component
  kaal caps NAME             the capabilities that a component holds
  kaal maps NAME             what its address space maps

A system of a single program: gdb's own `break` is all that is needed."""


def add_arguments(parser):
    boot.add_boot_arguments(parser)
    parser.add_argument("--symbols", metavar="ELF", action="append", default=[], help="further symbols")
    parser.add_argument("--exec", metavar="CMD", action="append", default=[], dest="commands",
                        help="a gdb command; with any of these gdb ends after the last, or the first that fails, with exit status 1")
    parser.add_argument("--attach", metavar="SOCKET", help="to a machine that `kaal run --gdb SOCKET` has started with the same SYSTEM")


def kernel_symbols():
    kernel = place.build_folder() / "kernel/kernel.elf" if place.TREE else place.SYSROOT / "share/kaal/boards/kernel.elf"
    if not kernel.exists():
        raise Failure(f"the kernel's symbols are missing: {kernel}; build or install again")
    return kernel


def gdb_command(options, images, socket):
    command = ["gdb-multiarch", "-q", kernel_symbols()]
    if place.TREE:  # debug information names the tree /kaal, wherever it was built
        command += ["-ex", f"set substitute-path /kaal {place.TREE}"]
    for file in options.symbols:
        command += ["-ex", f"add-symbol-file {file}"]
    setup = json.dumps({"images": {name: str(path) for name, path in images.items()}, "target": socket, "ends": options.attach is None,
                        "commands": options.commands})
    tool = Path(__file__).resolve().parents[1]
    command += ["-ex", f"python import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {str(tool)!r}); "
                       f"from kaal.debugger import commands; commands.main({setup!r})"]
    return command + (["-batch"] if options.commands else [])


def run(options):
    packages.ensure_package("gdb-multiarch")
    with tempfile.TemporaryDirectory(prefix="kaal-gdb-") as scratch:
        socket = options.attach or f"{scratch}/gdb"
        machine = boot.prepare(options, Path(scratch), gdb=socket)
        command = gdb_command(options, archive.extract_images(machine.archive, scratch), socket)
        console.say(f"gdb-multiarch with symbols of {options.image or place.image()} and {machine.archive}; `help kaal` lists more commands")
        if options.attach is not None:
            return subprocess.run(command, check=False).returncode
        # A group of its own: Ctrl-C is gdb's.
        with subprocess.Popen(machine.command(), stdin=subprocess.DEVNULL, process_group=0) as qemu:
            try:
                guest.wait_for_debugger_socket(socket, qemu)
                return subprocess.run(command, check=False).returncode
            finally:
                qemu.kill()
