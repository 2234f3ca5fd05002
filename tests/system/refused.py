"""Systems that the image tool would not pack are refused at boot, in one line, and the machine is switched off.

usage: refused.py IMAGE IMAGE-TOOL ROOT-TASK PROGRAM BROKER    PROGRAM is what a description calls `program`
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kaal import guest, machine

TIMEOUT_SECONDS = 30
HEAD = '/dts-v1/; / { compatible = "kaal,system"; version = <1>; components { a { image = "program"; '
TAIL = " }; }; };"
# name, description or bytes, what the line must say between "root-task: " and "; switching off"
CASES = [
    ("bytes that are no device tree", b"not a device tree, but long enough to have a header of forty bytes",
     r"system\.dtb: .*found .*expected .*"),
    ("a property that there is not", HEAD + 'priority = <5>; colour = "blue";' + TAIL,
     r"system\.dtb: /components/a: colour: found .*, expected .* \(unknown-property\)"),
    ("a program that is not in the archive", HEAD.replace('"program"', '"nothing"') + "priority = <5>;" + TAIL,
     r"system\.dtb: /components/a: image: found .*nothing.*, expected .*"),
    ("a device that the board has not", HEAD + 'priority = <5>; devices { d { compatible = "acme,nothing"; }; };' + TAIL,
     r"system\.dtb: /components/a/devices/d: compatible: found .*, expected .*"),
    ("a device that is the kernel's own", HEAD + 'priority = <5>; devices { d { compatible = "arm,cortex-a15-gic"; }; };' + TAIL,
     r"device d: found registers at 0x8000000, .* expected device memory that is not the kernel's"),
]


def pack(tool, root, program, broker, description, scratch):
    """An archive of the old form, which nobody checks a description in."""
    tree, archive = scratch / "system.dtb", scratch / "system.cpio"
    if isinstance(description, bytes):
        tree.write_bytes(description)
    else:
        subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", tree, "-"], input=description.encode(), check=True)
    subprocess.run([tool, "-o", archive, "--root", root, f"system.dtb={tree}", f"program={program}", f"capability-broker={broker}"],
                   stdout=subprocess.DEVNULL, check=True)
    return str(archive)


def main():
    image, tool, root, program, broker = sys.argv[1:]
    print(f"1..{len(CASES)}")
    for number, (name, description, wanted) in enumerate(CASES, 1):
        with tempfile.TemporaryDirectory(prefix="kaal-refused-") as scratch:
            archive = pack(tool, root, program, broker, description, Path(scratch))
            result = guest.boot(machine.Machine(image=image, archive=archive, gic=2, counted=True, repeatable=True), TIMEOUT_SECONDS)
        good = result.powered_off and len(result.lines) == 1 and re.fullmatch(f"root-task: {wanted}; switching off", result.lines[0])
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        if not good:
            print("".join(f"# {line}\n" for line in result.lines), end="")


if __name__ == "__main__":
    main()
