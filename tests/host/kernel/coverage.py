#!/usr/bin/env python3
"""Which lines and branches of the portable kernel (object/, core/) its tests on the host take.

usage: coverage.py [--report] SOURCE BUILD OBJECTS GCOV TEST…     OBJECTS: the folder of the objects with counters and their notes; a TEST may have arguments

TAP; the table by file stands behind it as comments. Not counted are branches on lines with kernel_assert(): what an
assertion excludes cannot be reached. Everything else counts, as gcov (of unoptimised objects) tells it.
"""
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LINES_PERCENT, BRANCHES_PERCENT = 95, 90
FOLDERS = ("kernel/object", "kernel/core")
NOT_COUNTED = r".*\bkernel_assert\(.*"


def run_tests(tests, counts):
    """Runs each test; the counters of all come into one folder."""
    environment = dict(os.environ, GCOV_PREFIX=str(counts), GCOV_PREFIX_STRIP="99")
    failed = []
    for test in tests:
        done = subprocess.run(shlex.split(test), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        if done.returncode != 0:
            failed += [f"{Path(shlex.split(test)[0]).name}: status {done.returncode}", *done.stdout.splitlines()]
    return failed


def summary(source, build, counts, gcov):
    """gcovr's figures, and what it complains of."""
    out = counts / "summary.json"
    filters = [word for folder in FOLDERS for word in ("--filter", f"{source}/{folder}/")]
    # The generated dispatch is named from the build directory.
    (counts / "kernel").symlink_to(build / "kernel")
    done = subprocess.run(["gcovr", "--root", source, "--object-directory", counts, "--gcov-executable", gcov, *filters,
                           "--exclude-branches-by-pattern", NOT_COUNTED, "--json-summary", out, counts], cwd=counts,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return json.loads(out.read_text()) if out.exists() else {"files": []}, done.stdout.splitlines()


def row(figures, name):
    cells = []
    for kind in ("line", "branch"):
        covered, total = figures[f"{kind}_covered"], figures[f"{kind}_total"]
        cells.append(f"{covered:5}/{total:<5}{100 * covered / total if total else 100:6.1f} %")
    return f"{name:40} {'   '.join(cells)}"


def missed(report, source):
    """Files of ours that were not counted at all."""
    counted = {file["filename"] for file in report["files"]}
    wanted = {path.relative_to(source).as_posix() for folder in FOLDERS for path in (source / folder).glob("*.c")}
    return sorted(f"{name} was not counted" for name in wanted - counted)


def main():
    # --report: how much it is, not whether it is enough.
    report_only = "--report" in sys.argv
    if report_only:
        sys.argv.remove("--report")
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    source, build, objects = (Path(word).resolve() for word in sys.argv[1:4])
    with tempfile.TemporaryDirectory(prefix="kaal-coverage-") as name:
        counts = Path(name).resolve()
        for note in objects.glob("*.gcno"):
            shutil.copyfile(note, counts / note.name)
        failed = run_tests(sys.argv[5:], counts)
        report, said = summary(source, build, counts, sys.argv[4])
    cases = [("the tests pass", failed), ("every file is counted", missed(report, source) + said)]
    for kind, least in (("line", LINES_PERCENT), ("branch", BRANCHES_PERCENT)):
        percent = 100 * report.get(f"{kind}_covered", 0) / max(report.get(f"{kind}_total", 0), 1)
        name = "branches" if kind == "branch" else "lines"
        if report_only:
            continue
        cases.append((f"at least {least} % of {name} are taken", [] if percent >= least else [f"{percent:.1f} %"]))
    print(f"1..{len(cases)}")
    for number, (title, problems) in enumerate(cases, 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {title}")
        print("".join(f"# {line}\n" for line in problems), end="")
    print(f"# {'':40} {'lines':^19}   branches")
    for file in report["files"]:
        print("# " + row(file, file["filename"]))
    print("# " + row(report, "all") if report["files"] else "# nothing")
    sys.exit(1 if any(problems for _, problems in cases) else 0)


if __name__ == "__main__":
    main()
