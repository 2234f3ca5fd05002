#!/usr/bin/env python3
"""Each test, campaign, page and file that docs/security.md names exists, and each promise has a test.

usage: security.py SOURCE BUILD      TAP
"""
import json
import re
import sys
from pathlib import Path

LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
FILE = re.compile(r"`((?:docs|examples|freestanding|kernel|runtime|sdk|tests)/[^`\s]+)`")


def known(tree, build):
    """What a cell of tests may name."""
    sys.path.insert(0, str(tree / "sdk/tool"))
    sys.dont_write_bytecode = True
    from kaal import soak

    tests = json.loads((build / "meson-info/intro-tests.json").read_text())
    return {test["name"] for test in tests} | {f"soak {name}" for name in soak.USUAL}


def promises(text):
    """(promise, names of its tests) for each row of the tables whose last column is `tests`."""
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[-1] == "tests":
            inside = True
        elif inside and not set(cells[-1]) <= set("-"):
            yield cells[0], re.findall(r"`([^`]+)`", cells[-1])


def anchors(path):
    """The headings of a page as links name them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", path.read_text(), re.M)}


def lost_links(page, text):
    for name, anchor in LINK.findall(text):
        target = page.parent / name if name else page
        if not target.exists() or anchor and anchor not in anchors(target):
            yield f"{name}#{anchor}" if anchor else name


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tree, build = map(Path, sys.argv[1:])
    page = tree / "docs/security.md"
    text = page.read_text()
    rows, there = list(promises(text)), known(tree, build)
    named = {name for _, names in rows for name in names} | set(re.findall(r"\btest `([^`]+)`", text))
    named |= {f"soak {name}" for name in re.findall(r"\./kaal soak ([a-z-]+)", text)}
    files = set(FILE.findall(text))
    checks = {
        f"{len(named)} tests and campaigns exist": sorted(named - there),
        f"each of {len(rows)} promises has a test": [promise for promise, names in rows if not names] if rows else ["no promises"],
        f"{len(LINK.findall(text))} links lead somewhere": sorted(lost_links(page, text)),
        f"{len(files)} files exist": sorted(name for name in files if not (tree / name).exists()),
        "README.md links the page": [] if "(docs/security.md)" in (tree / "README.md").read_text() else ["it does not"],
    }
    print(f"1..{len(checks)}")
    for number, (what, wrong) in enumerate(checks.items(), 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
        print("".join(f"# {one}\n" for one in wrong), end="")
    sys.exit(any(checks.values()))


if __name__ == "__main__":
    main()
