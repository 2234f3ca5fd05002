#!/usr/bin/env python3
"""Has Spin go through all states of a model, and of each of its mutants, which must be found wrong.

usage: check.py SPIN CC MODEL      TAP, one test a size and a mutant. Mutants are the -DNAME of the model's first comment.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TIMEOUT_SECONDS = 100
DEPTH = 100000
SIZES = (("ROOM=1", "MESSAGES=4"), ("ROOM=2", "MESSAGES=4"), ("ROOM=3", "MESSAGES=5"))


def errors(spin, compiler, model, definitions):
    """How many errors Spin finds, 0 or 1, and what it says."""
    with tempfile.TemporaryDirectory(prefix="kaal-model-") as scratch:
        for command in ([spin, *[f"-D{name}" for name in definitions], "-a", model], [compiler, "-O2", "-DSAFETY", "-o", "pan", "pan.c"]):
            done = subprocess.run(command, cwd=scratch, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            if done.returncode != 0:
                return None, done.stdout
        done = subprocess.run(["./pan", f"-m{DEPTH}"], cwd=scratch, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=TIMEOUT_SECONDS, check=False)
    # A search that was cut short has shown nothing.
    if "max search depth too small" in done.stdout or (told := re.search(r"errors: (\d+)", done.stdout)) is None:
        return None, done.stdout
    return int(told[1]), done.stdout


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    spin, compiler, model = sys.argv[1], sys.argv[2], Path(sys.argv[3]).resolve()
    mutants = re.findall(r"-D(\w+)", model.read_text().partition("*/")[0])
    cases = [(size, 0) for size in SIZES] + [((name,), 1) for name in mutants]
    failed = 0
    print(f"1..{len(cases)}")
    for number, (definitions, wanted) in enumerate(cases, 1):
        found, told = errors(spin, compiler, model, definitions)
        failed += found != wanted
        print(f"{'ok' if found == wanted else 'not ok'} {number} - {model.stem} {' '.join(definitions)}: "
              f"{'is found wrong' if wanted else 'holds in every state'}")
        if found != wanted:
            print("\n".join(f"# {line}" for line in told.splitlines()), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
