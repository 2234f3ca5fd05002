"""Adds to a crash report on the console where in the sources it happened."""
import os
import re
import subprocess
import tempfile
from pathlib import Path

from . import archive
from .errors import Failure

ADDR2LINE = "aarch64-linux-gnu-addr2line"
CRASH = re.compile(r"root-task: ([a-z0-9-]+): (?:thread \d+: )?crashed at 0x([0-9a-f]+)")
CALLER = re.compile(r"root-task:   called from 0x([0-9a-f]+)")


def symbol(executable, address):
    """(function, FILE:LINE) of an address, the file as seen from here; None for what the executable does not tell."""
    try:
        done = subprocess.run([ADDR2LINE, "-f", "-e", str(executable), f"{address:#x}"], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        return None, None
    if done.returncode != 0:
        return None, None
    function, place, *_ = done.stdout.splitlines()
    file, _, line = place.rpartition(":")
    line = line.partition(" ")[0]  # "12 (discriminator 3)"
    if Path(file).is_relative_to(Path.cwd()):
        file = os.path.relpath(file)
    return function if function != "??" else None, f"{file}:{line}" if file != "??" and line not in ("?", "0") else None


class Crashes:
    """Reads a console's lines; a context manager, for the executables that it takes out of the archive."""

    def __init__(self, system):
        self.system, self.images, self.crashed = system, None, None

    def __enter__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="kaal-symbols-")
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()

    def image_of(self, component):
        if self.images is None:
            try:
                self.images = archive.extract_images(self.system, self.scratch.name)
            except (Failure, OSError):  # an archive that the machine reads and the tool does not: then addresses must do
                self.images = {}
        return self.images.get(component)

    def note(self, line):
        """What is to be added to a line of the console; mostly nothing."""
        crash, caller = CRASH.match(line), CALLER.match(line)
        if crash is not None:
            self.crashed, address = crash[1], int(crash[2], 16)
        elif caller is not None and self.crashed is not None:
            address = int(caller[1], 16) - 4  # the call, not where it returns to
        else:
            return ""
        image = self.image_of(self.crashed)
        where = image and symbol(image, address)[1]
        return f" [{where}]" if where else ""


class Stream:
    """The same for a console as it comes, in pieces of bytes. Only a line of the root task's is kept back, from its CR to its LF."""

    def __init__(self, crashes):
        self.crashes, self.line, self.held = crashes, b"", b""

    def feed(self, data):
        """What is to be shown for the next piece."""
        shown, data, self.held = b"", self.held + data, b""
        for piece in re.split(rb"(?<=\n)", data):
            self.line += piece
            body = piece.rstrip(b"\r\n")
            end = piece[len(body):]
            if piece.endswith(b"\n"):
                body += self.crashes.note(self.line.decode("utf-8", "replace").rstrip("\r\n")).encode()
                self.line = b""
            elif end and self.line.startswith(b"root-task: "):
                self.line = self.line[:-len(end)]
                self.held, end = end, b""
            shown += body + end
        return shown
