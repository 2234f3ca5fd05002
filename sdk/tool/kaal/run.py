"""kaal run: boots a system on this terminal."""
import contextlib
import os
import select
import selectors
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from . import build, image, machine, packages, place, script
from .crashes import Crashes, Stream
from .errors import Failure

HELP = "build what is missing and boot on this terminal" if place.TREE else "boot a system on this terminal"
DESCRIPTION = f"""Boots the default system, which is a shell, or SYSTEM: an archive that kaal-image made, or an executable, which is
then packed as the only program. The machine's serial line is this terminal: all keys are its own, but for Ctrl-A X, which ends it."""


def add_boot_arguments(parser):
    """What every command that boots a system has."""
    parser.add_argument("system", nargs="?", metavar="SYSTEM", help="archive or executable")
    parser.add_argument("--image", metavar="FILE", help="kernel image (default: the one of this tree or sysroot)")
    parser.add_argument("--counted", action="store_true", help="one instruction a virtual nanosecond, repeatable")
    if place.TREE:
        build.add_arguments(parser)
    machine.add_arguments(parser)


def add_arguments(parser):
    add_boot_arguments(parser)
    parser.add_argument("--gdb", metavar="SOCKET", help="wait at the first instruction for `kaal gdb --attach SOCKET`, in another terminal")
    script.add_arguments(parser)


def prepare(options, scratch, **more):
    """The Machine for these options; what has to be packed goes to the folder `scratch`."""
    if place.TREE:
        build.build(options.compiler)
    else:
        packages.ensure_package("qemu-system-arm")
    archive = image.archive_of(options.system, scratch) if options.system else place.default_archive()
    kernel = options.image or (None if options.firmware else place.image())
    return machine.from_arguments(options, image=kernel and str(kernel), archive=str(archive),
                                  counted=options.counted, **more)


# QEMU says so now and then while a counted machine switches itself off; it means nothing.
NOISE = b"icount sleep disabled and no active timers"


def write(stream, data):
    """All of it, also where QEMU has made the terminal, which is one for input and output, one that does not wait."""
    while data:
        try:
            data = data[os.write(stream, data):]
        except BlockingIOError:
            select.select([], [stream], [])


def show(qemu, crashes):
    """Shows what QEMU and its machine say, until they end."""
    console, warnings = Stream(crashes), b""
    with selectors.DefaultSelector() as selector:
        selector.register(qemu.stdout, selectors.EVENT_READ, 1)
        selector.register(qemu.stderr, selectors.EVENT_READ, 2)
        while selector.get_map():
            for key, _ in selector.select():
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.data == 1:
                    write(1, console.feed(data))
                else:
                    *lines, warnings = (warnings + data).split(b"\n")
                    write(2, b"".join(line + b"\n" for line in lines if NOISE not in line))
    write(2, warnings)


def end(qemu):
    """Ends QEMU, which is given time to leave the terminal as it was."""
    qemu.terminate()
    try:
        qemu.wait(timeout=2)
    except subprocess.TimeoutExpired:
        qemu.kill()
    if sys.stdin is not None:
        os.set_blocking(sys.stdin.fileno(), True)


def waits_for(options):
    """The socket that a debugger comes to, or None."""
    if options.gdb is None:
        return None
    socket = Path(options.gdb)
    if socket.exists():
        raise Failure(f"--gdb {socket}: there is such a file already; choose another name or remove it")
    if any(character in str(socket) for character in ",\n"):
        raise Failure(f"--gdb {socket}: QEMU takes no comma in the name; choose another")
    print(f"kaal: the machine waits for: {place.NAME} gdb --attach {socket} {options.system or ''}".rstrip(), flush=True)
    return str(socket)


def run(options):
    scripted = script.from_options(options)
    with tempfile.TemporaryDirectory(prefix="kaal-run-") as scratch, contextlib.ExitStack() as removed:
        guest_machine = prepare(options, Path(scratch), gdb=waits_for(options), terminal=scripted is None and sys.stdin.isatty())
        command = guest_machine.command()
        print("+ " + shlex.join(command), flush=True)
        if guest_machine.gdb is not None:
            removed.callback(Path(guest_machine.gdb).unlink, missing_ok=True)
        with Crashes(guest_machine.archive) as crashes:
            if scripted is not None:
                return scripted.run(guest_machine, crashes.note)
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as qemu:
                try:
                    show(qemu, crashes)
                    return qemu.wait()
                finally:
                    end(qemu)
