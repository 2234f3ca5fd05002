#!/usr/bin/env python3
"""Every invariant that a header of kernel/object and kernel/core numbers is looked at by kernel/check, and broken by its test, or
check.h says why it cannot be.

usage: invariants.py SOURCE      TAP, one test an invariant
"""
import re
import sys
from pathlib import Path

NUMBERED = re.compile(r"^ \*   ([A-Z]{2,3}-\d+): ", re.M)
NAMED = re.compile(r'"([A-Z]{2,3}-\d+)"')


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tree = Path(sys.argv[1])
    stated = sorted({name for folder in ("object", "core") for header in (tree / "kernel" / folder).glob("*.h")
                     for name in NUMBERED.findall(header.read_text())})
    excepted = set(NUMBERED.findall((tree / "kernel/check/check.h").read_text()))
    checked = {name for source in (tree / "kernel/check").glob("*.c") for name in NAMED.findall(source.read_text())}
    broken = set(NAMED.findall((tree / "tests/host/kernel/test_check.c").read_text()))
    print(f"1..{len(stated) + 1}")
    for number, name in enumerate(stated, 1):
        good = (name in checked and name in broken) != (name in excepted)
        print(f"{'ok' if good else 'not ok'} {number} - {name} is {'not to be seen' if name in excepted else 'looked at, and broken once'}")
    unknown = sorted((checked | broken | excepted) - set(stated))
    print(f"{'not ok' if unknown else 'ok'} {len(stated) + 1} - no other is looked at")
    print("".join(f"# {name}\n" for name in unknown), end="")


if __name__ == "__main__":
    main()
