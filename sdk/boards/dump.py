#!/usr/bin/env python3
"""Writes the device tree that QEMU hands over on one of its boards: for checks of systems that are to run there.

usage: dump.py BOARD OUTPUT       with the tool's folder in PYTHONPATH
"""
import subprocess
import sys
from pathlib import Path

from kaal import machine


def trimmed(tree):
    """Without the padding that QEMU leaves for the firmware: Devicetree Specification 0.4, 5.2."""
    structure, strings, strings_bytes = (int.from_bytes(tree[at:at + 4], "big") for at in (8, 12, 32))
    end = max(structure + int.from_bytes(tree[36:40], "big"), strings + strings_bytes)
    return tree[:4] + end.to_bytes(4, "big") + tree[8:end]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    board, output = sys.argv[1], Path(sys.argv[2]).resolve()
    # No random seeds: the same bytes each time.
    command = machine.Machine(board=board, repeatable=True).command()
    command[command.index("-machine") + 1] += f",dumpdtb={output}"
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    output.write_bytes(trimmed(output.read_bytes()))


if __name__ == "__main__":
    main()
