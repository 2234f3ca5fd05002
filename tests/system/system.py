"""Boots a system and looks for what its console must show.

usage: system.py IMAGE ARCHIVE PATTERNS [--gic 2|3] [--extra=WORD ...]
                 [--press=PATTERN] [--tree OLD NEW | --put NODE/PROPERTY=CELLS ...]

PATTERNS holds a regular expression a line, for whole lines of the console, in this order; others may stand between them. A line that
begins with `never ` is one that must not come at all. Empty lines and lines that begin with # are passed over.
--extra: a further word for QEMU.
--press: the machine's power key is pressed after each line of this pattern.
--tree: the machine's device tree has the bytes NEW where OLD, which stand there once, were; both are hexadecimal.
--put: the machine's device tree has these cells, hexadecimal, in a property.
"""
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from kaal import guest, machine

TIMEOUT_SECONDS = 60


def read_patterns(path):
    lines = [line for line in Path(path).read_text().splitlines() if line and not line.startswith("#")]
    wanted = [line for line in lines if not line.startswith("never ")]
    return wanted, [line.removeprefix("never ") for line in lines if line.startswith("never ")]


def change(tree, options):
    """Changes a device tree as --tree or --put says."""
    if options[0] == "--tree":
        data, old, new = tree.read_bytes(), bytes.fromhex(options[1]), bytes.fromhex(options[2])
        assert data.count(old) == 1
        tree.write_bytes(data.replace(old, new))
        return
    for put in options[1:]:
        name, cells = put.split("=")
        node, prop = name.rsplit("/", 1)
        subprocess.run(["fdtput", "-t", "x", tree, node, prop, *cells.split()], check=True)


class PowerKey:
    """Presses the power key, by QEMU's monitor, after lines that match."""

    def __init__(self, pattern, socket_path):
        self.pattern, self.path = pattern, socket_path
        self.words = ("-monitor", f"unix:{socket_path},server=on,wait=off")

    def __call__(self, line):
        if not re.fullmatch(self.pattern, line):
            return
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.connect(self.path)
            monitor.sendall(b"system_powerdown\n")
            answer = b""
            while answer.count(b"(qemu) ") < 2:  # what it greets with, and after the command
                answer += monitor.recv(4096) or b"(qemu) (qemu) "


def boot_pressing(target, pattern):
    with tempfile.TemporaryDirectory(prefix="kaal-system-") as scratch:
        key = PowerKey(pattern, f"{scratch}/monitor")
        target.extra += key.words
        return guest.boot(target, TIMEOUT_SECONDS, key)


def boot(target, options):
    """Boots, with a changed tree if there are options."""
    if not options:
        return guest.boot(target, TIMEOUT_SECONDS)
    with tempfile.TemporaryDirectory(prefix="kaal-system-") as scratch:
        tree = Path(scratch) / "tree.dtb"
        command = machine.Machine(gic=target.gic, repeatable=True).command()
        command[command.index("-machine") + 1] += f",dumpdtb={tree}"
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        change(tree, options)
        target.dtb = str(tree)
        return guest.boot(target, TIMEOUT_SECONDS)


def main():
    image, archive, patterns, *options = sys.argv[1:]
    gic = int(options[options.index("--gic") + 1]) if "--gic" in options else 3
    extra = tuple(option.removeprefix("--extra=") for option in options if option.startswith("--extra="))
    wanted, unwanted = read_patterns(patterns)
    target = machine.Machine(image=image, archive=archive, gic=gic, counted=True, repeatable=True, extra=extra)
    at = next((i for i, option in enumerate(options) if option in ("--tree", "--put")), len(options))
    press = next((option.removeprefix("--press=") for option in options if option.startswith("--press=")), None)
    result = boot_pressing(target, press) if press else boot(target, options[at:])
    results = []
    at = 0
    for pattern in wanted:
        found = next((i for i in range(at, len(result.lines)) if re.fullmatch(pattern, result.lines[i])), None)
        results.append((found is not None, pattern))
        at = at if found is None else found + 1
    for pattern in unwanted:
        results.append((not any(re.fullmatch(pattern, line) for line in result.lines), f"never {pattern}"))
    results.append((result.powered_off, "the machine is switched off"))
    print(f"1..{len(results)}")
    for number, (good, name) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name.replace('#', '')}")
    if not all(good for good, _ in results):
        print("".join(f"# {line}\n" for line in result.lines), end="")


if __name__ == "__main__":
    main()
