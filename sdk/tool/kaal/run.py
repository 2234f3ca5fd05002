"""kaal run: boots a system on this terminal."""
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from . import build, image, machine, packages, place, script

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
NOISE = "icount sleep disabled and no active timers"


def run(options):
    scripted = script.from_options(options)
    with tempfile.TemporaryDirectory(prefix="kaal-run-") as scratch:
        guest_machine = prepare(options, Path(scratch), terminal=scripted is None and sys.stdin.isatty())
        command = guest_machine.command()
        print("+ " + shlex.join(command), flush=True)
        if scripted is not None:
            return scripted.run(guest_machine)
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace") as qemu:
            try:
                for line in qemu.stderr:
                    if NOISE not in line:
                        print(line, end="", file=sys.stderr, flush=True)
                return qemu.wait()
            finally:
                qemu.kill()
