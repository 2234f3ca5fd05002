#!/usr/bin/env python3
"""Every error of every system call that the ABI's table lists is provoked by a test on the host, and no other.

usage: errors.py SYSCALLS.toml STATUS.def TEST…
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "kernel/abi"))
import generate

# Status 0 is success; INVALID_SYSCALL is what there is no call for.
ALWAYS = {"OK", "INVALID_SYSCALL"}


def seen_by(tests):
    """The (number, status) pairs that the tests' calls ended with."""
    with tempfile.TemporaryDirectory(prefix="kaal-errors-") as folder:
        log = Path(folder) / "log"
        environment = dict(os.environ, KAAL_STATUS_LOG=str(log), GCOV_PREFIX=folder)
        for test in tests:
            subprocess.run([test], env=environment, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return {tuple(map(int, line.split())) for line in log.read_text().splitlines()}


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    calls, statuses = generate.load(sys.argv[1], sys.argv[2])
    names = {number: name for name, (number, _) in statuses.items()}
    seen = seen_by(sys.argv[3:])
    print(f"1..{len(calls)}")
    for number, call in enumerate(calls, 1):
        listed = {error["status"] for error in call["errors"]}
        found = {names.get(status, str(status)) for call_number, status in seen if call_number == call["number"]} - ALWAYS
        good = listed == found
        print(f"{'ok' if good else 'not ok'} {number} - {call['name']}: {len(found & listed)} of {len(listed)} errors")
        for what, which in (("not provoked", listed - found), ("not in the table", found - listed)):
            if which:
                print(f"# {what}: {', '.join(sorted(which))}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
