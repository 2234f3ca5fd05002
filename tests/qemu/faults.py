"""Each forbidden thing that a program at EL0 does must stop it, be reported, and reset the machine.

usage: faults.py IMAGE KIND=ARCHIVE…
"""
import re
import sys

from kaal import guest, machine
from tap_lines import Tap

# What the one KAAL-FATAL line must say of each kind; fault.c does them.
REPORTS = {
    "read-null": r"data abort at address 0x0, .* syndrome 0x92",
    "read-kernel-memory": r"data abort at address 0xffffff8040000000,",
    "read-kernel-image": r"data abort at address 0xffffffff80000000,",
    "write-kernel-image": r"data abort at address 0xffffffff80000000,",
    "write-own-code": r"data abort at address 0x4\w+, .* syndrome 0x9200004f",
    "write-own-constant": r"data abort at address 0x4\w+, .* syndrome 0x9200004f",
    "write-bootinfo": r"data abort at address 0x7fc0000000, .* syndrome 0x9200004f",
    "execute-data": r"instruction abort at address 0x4\w+, .* syndrome 0x8200000f",
    "execute-stack": r"instruction abort at address 0x7fcf\w+, .* syndrome 0x8200000f",
    "execute-kernel": r"instruction abort at address 0xffffffff80000000,",
    "stack-overflow": r"data abort at address 0x7fcffef\w+, .* syndrome 0x9200004[4-7]",
    "undefined": r"undefined instruction at address 0x0,",
    "breakpoint": r"breakpoint instruction at address 0x0,",
    "misaligned-pc": r"misaligned PC",
    "privileged-read": r"undefined instruction|trapped system register access",
    "privileged-write": r"undefined instruction|trapped system register access",
    "cycle-counter": r"undefined instruction|trapped system register access",
    "cycle-counter-write": r"undefined instruction|trapped system register access",
    "counters-control": r"undefined instruction|trapped system register access",
}


def problem(result, pattern):
    fatal = [line for line in result.lines if line.startswith("KAAL-FATAL")]
    if "about to fault" not in result.lines:
        return "the program did not start"
    if "still alive" in result.lines:
        return "the program went on"
    if len(fatal) != 1 or not re.search(r"kernel: critical thread: unhandled (" + pattern + ").*; resetting", fatal[0]):
        return f"reported as {fatal}, expected one line with `{pattern}`"
    if not any(re.match(r"x00 [0-9a-f]{16}", line) for line in result.lines):
        return "no registers were printed"
    if result.timed_out or result.status != 0:
        return "the machine was not reset"
    return None


def main(image, archives):
    if set(archives) != set(REPORTS):
        sys.exit(f"kinds differ: {set(archives) ^ set(REPORTS)}")
    tap = Tap(len(archives))
    for kind, archive in archives.items():
        result = guest.boot(machine.Machine(image=image, archive=archive, counted=True, repeatable=True), 20)
        tap.case(f"{kind} is stopped and reported", problem(result, REPORTS[kind]), result.lines)
    return tap.status()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], dict(argument.split("=", 1) for argument in sys.argv[2:])))
