"""Boots once and judges the serial output: what the QEMU tests run.

  python -m kaal.qemu --image I --archive A --tap
  python -m kaal.qemu --image I --archive A --expect 'Hello'
  python -m kaal.qemu --image I --expect-fatal 'archive: .* expected an initrd'

--tap           passes the guest's TAP on (lines that are not TAP become comments) and adds a
                failing test if the guest does not power off by itself
--expect        one test: a line matches each of the regexes, in this order, the machine powers
                off by itself, and no line is a KAAL-FATAL one
--expect-fatal  one test: exactly one line starts with KAAL-FATAL, what follows matches the regex,
                it ends in `[NNNN us]`, virtual microseconds since reset, below --fatal-us, and the
                machine powers off by itself. Under --counted, 1 us is 1000 instructions.

Every test is repeatable: one instruction is one virtual nanosecond (--real-time switches that
off) and the device tree carries no random seeds. The output is TAP, the exit status is 0 if all
is well. The whole serial output follows a failure as comments.
"""
import argparse
import re
import sys

from . import guest, machine
from .errors import Failure

TAP_LINE = re.compile(r"^(ok|not ok|1\.\.\d+|Bail out!|TAP version|# | {4})")
FATAL_TIME = re.compile(r"\[(\d+) us\]\s*$")


def ending_problem(result, timeout):
    """Why the machine did not end well, or None."""
    if result.timed_out:
        return f"no power-off within {timeout} s"
    if result.status != 0:
        return f"QEMU ended with status {result.status}: {result.stderr}"
    return None


def fatal_problem(result, pattern, limit_us):
    """Why the boot was not the expected refusal, or None."""
    fatal = [line for line in result.lines if line.startswith("KAAL-FATAL")]
    if len(fatal) != 1:
        return f"{len(fatal)} KAAL-FATAL lines, expected exactly one"
    if not re.search(pattern, fatal[0]):
        return f"`{fatal[0]}` does not match `{pattern}`"
    stamp = FATAL_TIME.search(fatal[0])
    if stamp is None:
        return f"`{fatal[0]}` does not end in [NNNN us]"
    if int(stamp[1]) >= limit_us:
        return f"{stamp[1]} us since reset, expected less than {limit_us}"
    return None


def expect_problem(result, patterns):
    """Why the lines are not the expected ones, or None."""
    for line in result.lines:
        if line.startswith("KAAL-FATAL"):
            return f"unexpected: {line}"
    remaining = iter(result.lines)
    for pattern in patterns:
        if not any(re.search(pattern, line) for line in remaining):
            return f"no line matches `{pattern}` (in this order)"
    return None


def one_test(name, problem, result):
    """Prints a one-test TAP stream; returns the exit status."""
    print("TAP version 13\n1..1")
    if problem is None:
        print(f"ok 1 - {name}")
        return 0
    print(f"not ok 1 - {name}\n# {problem}")
    for line in result.lines:
        print(f"#   {line}")
    return 1


def pass_tap_on(boot, timeout):
    """Runs `boot` and hands its TAP through; returns the exit status."""
    counts = {"planned": 0, "run": 0, "failed": 0}

    def on_line(line):
        if TAP_LINE.match(line) is None:
            print(f"# {line}" if line else "#", flush=True)
            return
        if line.startswith(("ok", "not ok")):
            counts["run"] += 1
            counts["failed"] += line.startswith("not") and "# TODO" not in line
        elif line.startswith("1.."):
            counts["planned"] = int(line[3:].split()[0])
        print(line, flush=True)

    result = boot(on_line)
    problem = ending_problem(result, timeout)
    fatal = [line for line in result.lines if line.startswith("KAAL-FATAL")]
    if problem is None and fatal:
        problem = fatal[0]
    if problem is None and counts["planned"] == 0:
        problem = "the guest printed no TAP plan"
    if problem is not None:
        print(f"Bail out! {problem}")
        return 1
    return 1 if counts["failed"] or counts["run"] != counts["planned"] else 0


def parse(arguments):
    parser = argparse.ArgumentParser(prog="python -m kaal.qemu", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", metavar="FILE", help="arm64 Image, QEMU's -kernel")
    parser.add_argument("--archive", metavar="FILE", help="system archive, QEMU's -initrd")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--tap", action="store_true")
    mode.add_argument("--expect", metavar="REGEX", action="append")
    mode.add_argument("--expect-fatal", metavar="REGEX")
    parser.add_argument("--timeout", type=float, default=20, metavar="SECONDS", help="of the host (default 20)")
    parser.add_argument("--fatal-us", type=int, default=10000, metavar="US", help="(default 10000)")
    parser.add_argument("--real-time", action="store_true", help="do not count instructions")
    parser.add_argument("--name", help="name of the one test (default: its expectation)")
    machine.add_arguments(parser)
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse(arguments)
    guest_machine = machine.from_arguments(options, image=options.image, archive=options.archive,
                                           counted=not options.real_time, repeatable=True)

    def boot(on_line=None):
        return guest.boot(guest_machine, options.timeout, on_line)

    if options.tap:
        return pass_tap_on(boot, options.timeout)
    result = boot()
    if options.expect_fatal is not None:
        problem = fatal_problem(result, options.expect_fatal, options.fatal_us)
        name = options.name or f"refuses to boot: {options.expect_fatal}"
    else:
        problem = expect_problem(result, options.expect)
        name = options.name or "prints " + ", ".join(options.expect)
    # What the guest said explains more than how it ended.
    return one_test(name, problem or ending_problem(result, options.timeout), result)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"Bail out! {failure}")
        sys.exit(1)
