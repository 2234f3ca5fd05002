#!/usr/bin/env python3
"""Each function that `./kaal prove` proves has its mutant in mutants.txt, and each mutant is one of the function as it is now. TAP."""
import sys

sys.dont_write_bytecode = True
from kaal.proofs import functions, mutants


def tell(number, text, wrong):
    print(f"{'not ok' if wrong else 'ok'} {number} - {text}")
    for function in wrong:
        print(f"# {function}: `./kaal prove --mutants {function.name}` looks for one")
    return bool(wrong)


def main():
    recorded, listed = mutants.recorded(), functions.listed()
    print("1..3")
    failed = tell(1, "each proved function has a mutant", [function for function in listed if function not in recorded])
    failed |= tell(2, "each mutant is one of a proved function", [function for function in recorded if function not in listed])
    failed |= tell(3, "the line that a mutant changes is there",
                   [function for function, pair in recorded.items()
                    if function in listed and mutants.change(functions.source(function.file), function.name, *pair) is None])
    return failed


sys.exit(main())
