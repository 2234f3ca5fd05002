#!/usr/bin/env python3
"""Each function of the kernel that a model names is there; each of the files that a model is of is modelled, or left out for a reason.

usage: functions.py KERNEL MODEL…      TAP, two tests a model. In a model, and what it includes:
    /* kernel: NAME, NAME */           what stands there models these functions
     * Files: FILE FILE…               in the first comment: which files it is of
     * Left out: NAME NAME… (REASON)   functions of these files that it does not have
"""
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import spin

# A definition: what stands at the margin up to a body.
DEFINITION = re.compile(r"^(?!#|/|\s|\})(?:[^;{}=()]|__attribute__\(\([^()]*\)\))*?\b(?!__attribute__)(\w+)\([^;{}]*\)\n\{", re.M)


def defined_in(path):
    return set(DEFINITION.findall(path.read_text()))


def names(text):
    return set(re.findall(r"\w+", text))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    kernel = Path(sys.argv[1])
    everything = set().union(*(defined_in(path) for path in kernel.rglob("*.[ch]")))
    print(f"1..{2 * (len(sys.argv) - 2)}")
    failed = number = 0
    for model in map(spin.Model, sys.argv[2:]):
        modelled = set().union(*map(names, re.findall(r"/\* kernel: ([^*]+)\*/", model.text)))
        left_out = set().union(*(names(line.partition("(")[0]) for line in model.head_lines("Left out")))
        unexplained = [line for line in model.head_lines("Left out") if not re.search(r"\(.+\)$", line)]
        files = [kernel.parent / name for line in model.head_lines("Files") for name in line.split()]
        there = set().union(*map(defined_in, files))
        checks = {
            "the kernel has what it names": (modelled | left_out) - everything,
            "functions of its files are modelled or left out": (there - modelled - left_out) | (modelled & left_out) | set(unexplained),
        }
        for what, wrong in checks.items():
            number += 1
            failed += bool(wrong) or not there
            print(f"{'not ok' if wrong or not there else 'ok'} {number} - {model.path.stem}: {what}")
            if wrong:
                print(f"# {', '.join(sorted(wrong))}")
        print(f"# {len(there & modelled)} of {len(there)} functions in {len(files)} files")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
