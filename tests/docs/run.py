#!/usr/bin/env python3
"""Runs the commands of the README and of docs/*.md: every ```sh block, one TAP test each.

usage: run.py SOURCE

The pages of the tree run in a copy of the tree with a build of its own, one shell a page, in the order
below; those of the sysroot run in a folder that holds nothing but what they say is there (HAS), with a copy of the
installed sysroot that was moved.
HOME is an empty folder too. Some commands are not run as they stand:
  ./kaal run [--OPTION ...]  `poweroff` is typed at its prompt
  ./kaal test, meson test    this test is a part of them: only parsed (--help, --list)
  … clang, ./kaal soak and prove need packages that are installed only when asked for: only parsed
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TREE_PAGES = ["README.md", "docs/build.md", "docs/boot.md", "docs/proofs.md"]
SYSROOT_PAGES = ["docs/sysroot.md", "docs/tool.md"]
HAS = {"uart": "examples/drivers/uart"}  # of the tree
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)
TIMEOUT_SECONDS = 900
NOT_COPIED = shutil.ignore_patterns(".git", "build*", "__pycache__")


def tamed(line):
    """The command that stands for a line of a block."""
    if re.match(r"\s*\./kaal (test|soak|prove)\b", line):
        return f"{line.split('#')[0]} --help >/dev/null"
    if re.match(r"\s*\./kaal run\b(?!.*\.cpio)", line):  # the default system, which a person ends at the prompt
        return f"printf 'poweroff\\r' | {line}"
    if re.match(r"\s*meson test\b", line):
        return f"{line.split('#')[0]} --list >/dev/null"
    return line


def script(blocks):
    """One shell script of all blocks; each says when it is done."""
    lines = ["set -e"]
    for number, block in enumerate(blocks):
        lines += ["set -x", *map(tamed, block.splitlines()), "{ set +x; } 2>/dev/null", f"echo '@@ done {number}'"]
    return "\n".join(lines)


def copy_tree(source, target):
    """The sources as they are, subprojects unpacked or not, no build."""
    shutil.copytree(source, target, symlinks=True,
                    ignore=lambda folder, names: NOT_COPIED(folder, names) if Path(folder) == source
                    else shutil.ignore_patterns("__pycache__")(folder, names))


class Pages:
    def __init__(self, source):
        self.source, self.count, self.failed = source, 0, 0

    def say(self, ok, text):
        self.count += 1
        self.failed += not ok
        print(f"{'ok' if ok else 'not ok'} {self.count} - {text}", flush=True)

    def run(self, page, folder, environment):
        """Runs one page's blocks in one shell."""
        path = self.source / page
        blocks = BLOCK.findall(path.read_text()) if path.exists() else []
        if not blocks:
            self.say(path.exists(), f"{page} has no commands" if path.exists() else f"{page} is there")
            return
        done = subprocess.run(["sh", "-c", script(blocks)], cwd=folder, env=environment, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=TIMEOUT_SECONDS, check=False)
        for number, block in enumerate(blocks):
            ok = f"@@ done {number}\n" in done.stdout
            self.say(ok, f"{page}: {'; '.join(block.split(chr(10))[:-1])}".replace("#", "-"))
        if done.returncode != 0:
            print("\n".join(f"# {line}" for line in done.stdout.splitlines()[-60:]))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    pages = Pages(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory(prefix="kaal-docs-") as name:
        scratch = Path(name).resolve()
        tree, home, work = scratch / "tree", scratch / "home", scratch / "work"
        home.mkdir()
        work.mkdir()
        for folder, path in HAS.items():
            shutil.copytree(pages.source / path, work / folder, ignore=NOT_COPIED)
        copy_tree(pages.source, tree)
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}
        for page in TREE_PAGES:
            pages.run(page, tree, environment)
        staged, moved = home / "kaal", scratch / "moved" / "sysroot"  # README.md installed it there
        moved.parent.mkdir()
        if staged.exists():
            staged.rename(moved)
            tree.rename(scratch / "out-of-reach")
            for page in SYSROOT_PAGES:
                pages.run(page, work, dict(environment, PATH=f"{moved}/bin:{os.environ['PATH']}"))
        else:
            pages.say(False, "README.md installed a sysroot")
    print(f"1..{pages.count}")
    sys.exit(1 if pages.failed else 0)


if __name__ == "__main__":
    main()
