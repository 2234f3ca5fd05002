"""Packs a system of the build's programs: pack.py IMAGE-TOOL OUTPUT SYSTEM.dts ROOT-TASK PROGRAM...

A program system-NAME is what a description calls the image NAME.
"""
import subprocess
import sys
from pathlib import Path


def main():
    tool, output, description, root, *programs = sys.argv[1:]
    names = [f"{Path(program).name.removeprefix('system-')}={program}" for program in programs]
    command = [tool, "-o", output, "--system", description, "--root", root, *names]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)


if __name__ == "__main__":
    main()
