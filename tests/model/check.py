#!/usr/bin/env python3
"""Has Spin go through all states of a model, and of each of its mutants, which must be found wrong.

usage: check.py SPIN CC MODEL      TAP, one test a size and a mutant. The model's first comment names the sizes, and mutants as -DNAME.
"""
import re
import sys

sys.dont_write_bytecode = True
import spin


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    model = spin.Model(sys.argv[3])
    cases = [(size, 0) for size in model.sizes] + [((name,), 1) for name in model.mutants]
    failed = 0
    print(f"1..{len(cases)}")
    for number, (definitions, wanted) in enumerate(cases, 1):
        found, told = spin.search(sys.argv[1], sys.argv[2], model, definitions)
        failed += found != wanted
        print(f"{'ok' if found == wanted else 'not ok'} {number} - {model.path.stem} {' '.join(definitions)}: "
              f"{'is found wrong' if wanted else 'holds in every state'}")
        if found != wanted:
            print("\n".join(f"# {line}" for line in told.splitlines()))
        elif not wanted:
            print("# {} states, {} transitions".format(*(re.search(rf"(\d+) {what}", told)[1] for what in ("states, stored", "transitions"))))
        sys.stdout.flush()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
