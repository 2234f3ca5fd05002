"""Packs a system of the build's programs: pack.py IMAGE-TOOL OUTPUT SYSTEM.dts ROOT-TASK PROGRAM... [WORD=NUMBER...]

A program system-NAME is what a description calls the image NAME; a text "WORD" in the description becomes "NUMBER".
"""
import subprocess
import sys
import tempfile
from pathlib import Path


def main():
    tool, output, description, root, *more = sys.argv[1:]
    names = [f"{Path(program).name.removeprefix('system-')}={program}" for program in more if "=" not in program]
    text = Path(description).read_text()
    for word, number in (pair.split("=") for pair in more if "=" in pair):
        text = text.replace(f'"{word}"', f'"{number}"')
    with tempfile.TemporaryDirectory(prefix="kaal-system-") as scratch:
        filled = Path(scratch) / Path(description).name
        filled.write_text(text)
        command = [tool, "-o", output, "--system", filled, "--root", root, *names]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)


if __name__ == "__main__":
    main()
