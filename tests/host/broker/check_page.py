#!/usr/bin/env python3
"""Compares docs/broker.md with the tables of requests and rules, and looks for a test of each rule.

usage: check_page.py SOURCE            TAP
       check_page.py SOURCE --update   writes the tables into the page
"""
import re
import sys
from pathlib import Path

STRING = r'"([^"]*)"'


def entries(path, pattern):
    """The entries of a .def file."""
    return re.findall(pattern, path.read_text())


def tables(tree):
    """{name: lines} of the page's tables, and the names of all rules."""
    headers = tree / "sdk/libkaal/include/kaal"
    requests = entries(headers / "broker_requests.def", rf"KAAL_BROKER_REQUEST\((\w+),\s*(\d+), (\d+), {STRING}, {STRING}\)")
    rules = entries(headers / "broker_rules.def", rf"KAAL_BROKER_RULE\((\w+),\s*(\d+), (\w+),\s*{STRING}\)")
    request_table = ["| number | request | words | asks for | answer |", "|---|---|---|---|---|"]
    request_table += [f"| {number} | `{name}` | {words} | {asks} | {answer} |" for name, number, words, asks, answer in requests]
    rule_table = ["| number | rule | status | why |", "|---|---|---|---|"]
    rule_table += [f"| {number} | `{name}` | `{status}` | {text} |" for name, number, status, text in rules]
    return {"requests": request_table, "rules": rule_table}, [name for name, *_ in rules if name != "NONE"]


def filled(page, wanted):
    """The page with its tables as they should be."""
    for name, lines in wanted.items():
        mark = f"<!-- {name} -->\n"
        page, found = re.subn(re.escape(mark) + r"(\|.*\n)*", lambda _: mark + "\n".join(lines) + "\n", page)
        if found != 1:
            sys.exit(f"docs/broker.md has {found} marks {mark.strip()}")
    return page


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    tree = Path(sys.argv[1])
    path = tree / "docs/broker.md"
    wanted, rules = tables(tree)
    page = path.read_text()
    if sys.argv[2:] == ["--update"]:
        path.write_text(filled(page, wanted))
        return
    tests = "".join(test.read_text() for test in (tree / "tests/host/broker").glob("test_*.c"))
    missing = [rule for rule in rules if not re.search(rf"refused\({rule},|KAAL_BROKER_RULE_{rule}\b", tests)]
    results = [(page == filled(page, wanted), "docs/broker.md has the requests and rules of the tables"),
               (not missing, f"each of {len(rules)} rules is provoked" + "".join(f" (not {rule})" for rule in missing))]
    print(f"1..{len(results)}")
    for number, (good, what) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
    sys.exit(not all(good for good, _ in results))


if __name__ == "__main__":
    main()
