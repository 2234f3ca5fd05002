#!/usr/bin/env python3
"""System descriptions that are refused and what is said, descriptions that are accepted, and the reference page.

usage: run.py CHECK-MANIFEST SOURCE

negative/RULE[-MORE].dts breaks the rule that its name begins with, and .expected holds the whole message; positive/NAME.dts is
accepted, with the warnings in .expected. Both are checked against board.dts and an archive: `program`, which requires what
NAME.requires.dts says, where there is one, `server`, which requires nothing, `foreign`, made for another machine, `readme`.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parents[1] / "fuzz"))
import make_corpus as make  # noqa: E402

NEGATIVE_AT_LEAST = 60


def program(requirements=None):
    """An executable, with a note of requirements."""
    if requirements is None:
        return make.elf()
    notes = make.note() + make.note(kind=2, contents=requirements)
    return make.elf(segments=[make.segment(make.LOAD, 5, 0x200, 0x401200, 0x20, 0x20, 0x1000),
                              make.segment(make.LOAD, 6, 0x220, 0x402220, 0x20, 0x100, 0x1000),
                              make.segment(make.NOTE, 4, 0x240, 0, len(notes), len(notes), 4),
                              make.segment(make.STACK, 6, 0, 0, 0, 0x8000, 16)], notes=make.note()) + notes


def archive(requirements):
    """A cpio archive of what descriptions may name."""
    files = {"program": program(requirements), "server": program(), "foreign": make.elf(machine=62), "readme": b"read me"}
    return b"".join(make.entry(name.encode(), data) for name, data in files.items()) + make.entry(b"TRAILER!!!", b"", mode=0)


class Runner:
    def __init__(self, check, folder):
        self.check, self.folder, self.count, self.failed = check, Path(folder), 0, 0
        self.board = self.compile(HERE / "board.dts")

    def say(self, ok, text, *more):
        self.count += 1
        self.failed += not ok
        print(f"{'ok' if ok else 'not ok'} {self.count} - {text}", flush=True)
        for line in more if not ok else ():
            print(f"# {line}")

    def compile(self, source):
        output = self.folder / f"{source.stem}.dtb"
        # dtc's own opinions (-q -q) are not what is tested.
        subprocess.run(["dtc", "-q", "-q", "-I", "dts", "-O", "dtb", "-o", output, source], check=True)
        return output

    def message(self, source):
        """What the library says of a description."""
        requires = source.with_suffix(".requires.dts")
        packed = self.folder / "system.cpio"
        packed.write_bytes(archive(self.compile(requires).read_bytes() if requires.exists() else None))
        done = subprocess.run([self.check, self.compile(source), packed, self.board], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.stdout if done.returncode == 0 else f"status {done.returncode}\n{done.stdout}"

    def negative(self, source, rules):
        expected, found = source.with_suffix(".expected").read_text(), self.message(source)
        rule = found.strip().rpartition("(")[2].rstrip(")")
        self.say(found == expected and re.fullmatch(rf"{rule}(-.*)?", source.stem) and rule in rules,
                 f"refused: {source.stem}", f"expected {expected}", f"found    {found}", f"rule {rule}")
        return rule

    def positive(self, source):
        expected, found = source.with_suffix(".expected").read_text(), self.message(source)
        self.say(found == expected, f"accepted: {source.stem}", f"expected {expected}", f"found    {found}")


def documented(page):
    """Rows of the page's tables of properties, as the library prints its own, and the names of rules."""
    rows, node, rules = [], None, set()
    for line in page.splitlines():
        if heading := re.match(r"#+ .*\((?:node )?`?([a-z ]+)`?\)$", line):
            node = heading[1]
        elif line.startswith("#"):
            node = "rules" if line.strip("# ").lower() == "rules" else None
        elif node and (cells := re.match(r"\| `([a-z-]+)` \| (.*) \|$", line)):
            if node == "rules":
                rules.add(cells[1])
            else:
                kind, fallback, allowed, *_ = [cell.strip().replace("`", "") for cell in re.split(r"(?<!\\)\|", cells[2])]
                rows.append(f"{node}|{cells[1]}|{kind}|{fallback}|{allowed}")
    return rows, rules


def sources_rules(source):
    """Names of rules that the library's sources give."""
    text = "".join(path.read_text() for path in sorted((source / "runtime/manifest").glob("*.c")))
    text = re.sub(r'property->choices != NULL \? ("choice") : ("text")', r'\1', text)
    return set(re.findall(r'check_(?:fail|write)\(\s*&?[\w.>-]+,\s*"([a-z-]+)"', text)) | {"text"}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source = Path(sys.argv[2])
    page = (source / "docs/system-description.md").read_text()
    rows, rules = documented(page)
    with tempfile.TemporaryDirectory(prefix="kaal-manifest-") as folder:
        runner = Runner(sys.argv[1], folder)
        broken = {runner.negative(path, rules) for path in sorted((HERE / "negative").glob("*.dts"))
                  if not path.name.endswith(".requires.dts")}
        runner.say(runner.count >= NEGATIVE_AT_LEAST, f"{NEGATIVE_AT_LEAST} descriptions are refused at least")
        for path in sorted((HERE / "positive").glob("*.dts")):
            if not path.name.endswith(".requires.dts"):
                runner.positive(path)
        schema = subprocess.run([runner.check, "--schema"], text=True, check=True, stdout=subprocess.PIPE).stdout.splitlines()
        runner.say(rows == schema, "docs/system-description.md has the library's properties, kinds, defaults and ranges",
                   *sorted(set(schema) ^ set(rows)))
        runner.say(rules == sources_rules(source), "docs/system-description.md has the library's rules",
                   *sorted(rules ^ sources_rules(source)))
        # Those that dtc cannot make, a warning, and what only hardware can say: test_trees.c and test_board.c.
        elsewhere = {"format", "duplicate-property", "duplicate-node", "duplicate-phandle", "unasked-grant", "board-virtio"}
        runner.say(rules - elsewhere <= broken, "each rule is broken by one of them at least", *sorted(rules - elsewhere - broken))
    print(f"1..{runner.count}")
    sys.exit(1 if runner.failed else 0)


if __name__ == "__main__":
    main()
