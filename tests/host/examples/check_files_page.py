#!/usr/bin/env python3
"""Compares docs/files.md with the tables of requests and reasons, and looks for a test of each reason.

usage: check_files_page.py SOURCE            TAP
       check_files_page.py SOURCE --update   writes the tables into the page
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "broker"))
from check_page import STRING, entries, filled, report  # noqa: E402


def tables(tree):
    """{name: lines} of the page's tables, and the names of all reasons."""
    headers = tree / "sdk/libkaal/include/kaal"
    requests = entries(headers / "file_requests.def", rf"KAAL_FILE_REQUEST\((\w+),\s*(\d+), (\d+), (\w+),\s*{STRING}, {STRING}\)")
    reasons = entries(headers / "file_reasons.def", rf"KAAL_FILE_REASON\((\w+),\s*(\d+), (\w+),\s*(\w+),\s*{STRING}\)")
    request_table = ["| number | request | words | message | asks | answer |", "|---|---|---|---|---|---|"]
    request_table += [f"| {number} | `{name}` | {words} | {message.lower()} | {asks} | {answer} |"
                      for name, number, words, message, asks, answer in requests]
    reason_table = ["| number | reason | status | error | why |", "|---|---|---|---|---|"]
    reason_table += [f"| {number} | `{name}` | `{status}` | {error} | {text} |" for name, number, status, error, text in reasons]
    return {"requests": request_table, "reasons": reason_table}, [name for name, *_ in reasons if name != "NONE"]


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    tree = Path(sys.argv[1])
    wanted, reasons = tables(tree)
    tests = "".join(test.read_text() for test in (tree / "tests/host/examples").glob("test_file*.c"))
    # Whose connection it is, the engine does not see: a hostile client provokes that (tests/system/files.dts).
    missing = [reason for reason in reasons if f"refused({reason}," not in tests and reason != "CONNECTION"]
    report(tree / "docs/files.md", wanted, sys.argv[2:] == ["--update"], "requests and reasons",
           [(not missing, f"each of {len(reasons)} reasons is provoked" + "".join(f" (not {reason})" for reason in missing))])


if __name__ == "__main__":
    main()
