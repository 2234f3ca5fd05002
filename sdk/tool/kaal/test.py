"""kaal test: builds, runs the suites, and counts."""
import json
import os
import time
import xml.etree.ElementTree as xml

from . import build, console, packages
from .errors import Failure

HELP = "build and run the tests"
PROJECT = "kaal"
PACKAGES = {"model": "model", "proof": "prove", "external": "external"}  # that these suites need beside `base`
OPTIONAL = {"model", "proof"}  # suites that are there only where their packages are
ORDER = ("host", "qemu", "integration", "sdk", "external")
# Results of testlog.json that are no failure.
GOOD = {"OK", "SKIP", "EXPECTEDFAIL"}


def add_arguments(parser):
    parser.add_argument("--suite", metavar="NAME", action="append", help="only this suite (may be repeated)")
    build.add_arguments(parser)


class Count:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def suites_of(folder):
    """The suites of our own tests, in the order in which they run."""
    names = {suite.partition(":")[2] for test in build.introspect(folder, "tests") for suite in test["suite"]
             if suite.startswith(f"{PROJECT}:")}
    return [name for name in ORDER if name in names] + sorted(names - set(ORDER))


def count_junit(text):
    """Counts testlog.junit.xml, where every TAP subtest is a case; also {test: failed cases}, named as in testlog.json."""
    count, failures = Count(), {}
    for suite in xml.fromstring(text).iter("testsuite"):
        for case in suite.iter("testcase"):
            # A test without subtests stands in its project's suite under its own name.
            owner = case.get("name") if suite.get("name") == PROJECT else suite.get("name").partition(".")[2]
            if case.find("failure") is not None or case.find("error") is not None:
                count.failed += 1
                failures[owner] = failures.get(owner, 0) + 1
            elif case.find("skipped") is not None:
                count.skipped += 1
            else:
                count.passed += 1
    return count, failures


def count_logs(logs):
    """The count of one suite's run and the log entries of its failed tests."""
    count, failures = count_junit((logs / "testlog.junit.xml").read_text())
    failed = []
    for line in (logs / "testlog.json").read_text().splitlines():
        entry = json.loads(line)
        if entry["result"] in GOOD:
            continue
        failed.append(entry)
        # All subtests passed, and yet the program failed: a crash at its end, a wrong plan, a timeout.
        if not failures.get(entry["name"]):
            count.failed += 1
    return count, failed


def show_failure(entry):
    print(f"\n--- {entry['name']}: {entry['result']}, status {entry.get('returncode')}")
    for stream in ("stdout", "stderr"):
        if entry.get(stream, "").strip():
            print(entry[stream].rstrip())


def sanitizer_environment(logs):
    """Criterion swallows what the sanitizers print, so they write to files."""
    for old in logs.glob("sanitizer.*"):
        old.unlink()
    options = f"halt_on_error=1:abort_on_error=1:print_summary=1:print_stacktrace=1:log_path={logs / 'sanitizer'}"
    return dict(os.environ, ASAN_OPTIONS=options, UBSAN_OPTIONS=options)


def run_suite(folder, suite):
    """Runs one suite and shows what failed; returns its count."""
    logs = folder / "meson-logs"
    for stale in ("testlog.junit.xml", "testlog.json"):
        (logs / stale).unlink(missing_ok=True)
    status = console.run(["meson", "test", "-C", folder, "--no-rebuild", "--suite", f"{PROJECT}:{suite}"],
                         check=False, env=sanitizer_environment(logs))
    try:
        count, failed = count_logs(logs)
    except FileNotFoundError as error:
        raise Failure(f"suite {suite} wrote no log; meson test ended with status {status}") from error
    for entry in failed:
        show_failure(entry)
    if failed:
        for report in sorted(logs.glob("sanitizer.*")):
            print(f"\n--- {report}\n{report.read_text(errors='replace')}")
    if status != 0 and count.failed == 0:
        count.failed = 1
    return count


def run(options):
    asked = options.suite or []
    packages.ensure("base", *[PACKAGES[suite] for suite in asked or PACKAGES.keys() - OPTIONAL if suite in PACKAGES])
    folder = build.build(options.compiler)
    known = suites_of(folder)
    if any(suite in OPTIONAL and suite not in known for suite in asked):
        console.run(["meson", "setup", "--reconfigure", folder])
        known = suites_of(folder)
    for suite in asked:
        if suite not in known:
            raise Failure(f"there is no suite {suite}; there are {', '.join(known)}")
    total, lines = Count(), []
    for suite in asked or known:
        start = time.monotonic()
        count = run_suite(folder, suite)
        lines.append(f"{suite:12} {time.monotonic() - start:6.1f} s   {count}")
        total.add(count)
    print("\n" + "\n".join(lines))
    print(total, flush=True)
    if total.passed + total.failed == 0:
        console.say("no test ran, which counts as a failure")
        return 1
    if total.skipped and os.environ.get("CI"):
        console.say("continuous integration skips nothing; this counts as a failure")
        return 1
    return 1 if total.failed else 0
