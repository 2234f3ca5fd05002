"""kaal gdb: boots with a debugger attached before the first instruction."""
import subprocess
import tempfile
from pathlib import Path

from . import console, guest, image, packages, place, run as boot

HELP = "boot under the debugger"
DESCRIPTION = """Starts QEMU stopped before its first instruction and gdb-multiarch connected to it, with the
symbols of the kernel and of the program. The serial line is printed between gdb's lines."""


def add_arguments(parser):
    boot.add_boot_arguments(parser)
    parser.add_argument("--symbols", metavar="ELF", action="append", default=[], help="further symbols")
    parser.add_argument("--exec", metavar="CMD", action="append", default=[], dest="commands",
                        help="a gdb command; with any of these gdb ends after the last")


def symbol_files(options):
    """The kernel's, the program's if it is known, and what the user named."""
    kernel = place.build_folder() / "kernel/kernel.elf" if place.TREE else place.SYSROOT / "share/kaal/boards/kernel.elf"
    files = [kernel]
    if options.system is None:
        files.append(place.build_folder() / "runtime/root-task/root-task")
    elif image.is_executable(options.system):
        files.append(Path(options.system))
    return [str(file) for file in files if file.exists()] + options.symbols


def run(options):
    packages.ensure_package("gdb-multiarch")
    with tempfile.TemporaryDirectory(prefix="kaal-gdb-") as scratch:
        socket = f"{scratch}/gdb"
        machine = boot.prepare(options, Path(scratch), gdb=socket)
        first, *others = symbol_files(options)
        command = ["gdb-multiarch", "-q", first]
        if place.TREE:  # debug information names the tree /kaal, wherever it was built
            command += ["-ex", f"set substitute-path /kaal {place.TREE}"]
        for file in others:
            command += ["-ex", f"add-symbol-file {file}"]
        command += ["-ex", f"target remote {socket}"]
        for word in options.commands:
            command += ["-ex", word]
        if options.commands:
            command.append("-batch")
        # A group of its own: Ctrl-C is gdb's.
        with subprocess.Popen(machine.command(), stdin=subprocess.DEVNULL, process_group=0) as qemu:
            try:
                guest.wait_for_debugger_socket(socket, qemu)
                return console.run(command, check=False)
            finally:
                qemu.kill()
