#!/usr/bin/env python3
"""Runs the script `newcomer` in an empty folder, with nothing but a moved copy of the sysroot.

usage: newcomer.py BUILD SOURCE
"""
import shutil
import subprocess
import sys
from pathlib import Path

from common import Sysroot

sys.dont_write_bytecode = True


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build, source = (Path(argument).resolve() for argument in sys.argv[1:])
    with Sysroot(build, source, build) as sysroot:
        script = shutil.copy(source / "tests/sdk/newcomer", sysroot.scratch)
        done = subprocess.run([*sysroot.hidden, "sh", script], cwd=sysroot.folder("empty"), env=sysroot.env, stdin=subprocess.DEVNULL, check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
