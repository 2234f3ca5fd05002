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
            sys.exit(f"the page has {found} marks {mark.strip()}")
    return page


def report(path, wanted, update, what, results):
    """Writes the tables into the page, or tells whether they stand there, and further results."""
    page = path.read_text()
    if update:
        path.write_text(filled(page, wanted))
        return
    results = [(page == filled(page, wanted), f"docs/{path.name} has the {what} of the tables"), *results]
    print(f"1..{len(results)}")
    for number, (good, said) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {said}")
    sys.exit(not all(good for good, _ in results))


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    tree = Path(sys.argv[1])
    wanted, rules = tables(tree)
    tests = "".join(test.read_text() for test in (tree / "tests/host/broker").glob("test_*.c"))
    missing = [rule for rule in rules if not re.search(rf"refused\({rule},|KAAL_BROKER_RULE_{rule}\b", tests)]
    report(tree / "docs/broker.md", wanted, sys.argv[2:] == ["--update"], "requests and rules",
           [(not missing, f"each of {len(rules)} rules is provoked" + "".join(f" (not {rule})" for rule in missing))])


if __name__ == "__main__":
    main()
