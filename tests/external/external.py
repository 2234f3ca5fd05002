#!/usr/bin/env python3
"""Programs of others, built with a moved copy of the sysroot and booted: not a byte of their sources is changed.

usage: external.py lua|zlib|sqlite BUILD SOURCE

Their sources are those of NAME.wrap, from Debian, kept in subprojects/packagecache. NAME/system.dts says what runs.
"""
import dataclasses
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from common import Broken, main
from kaal import sources

FLAGS = ["-O1", "-Wl,-z,stack-size=0x40000"]
OURS = {"copy": "copy.c", "end": "end.c"}  # in every system, where its description names them
BOOT_SECONDS = 100
FETCH = "import pathlib, sys; from kaal import sources; sources.fetch_tarball(sources.Wrap(*map(pathlib.Path, sys.argv[1:])))"


@dataclasses.dataclass
class Project:
    programs: dict  # image: patterns of its sources; those that begin with + are ours
    lines: list  # that the console must show, in this order
    without: tuple = ()  # sources that the patterns find and that are no part of it
    defines: list = dataclasses.field(default_factory=list)  # docs/posix.md says why
    make: list = dataclasses.field(default_factory=list)  # commands on the build machine that make sources of sources
    include: str = "."


PROJECTS = {
    "lua": Project({"lua": ["src/*.c"]}, [r"lua: \d+ checks of Lua 5\.4 passed", "root-task: lua: exit code 0"], without=("luac.c",)),
    "zlib": Project({"example": ["*.c", "test/example.c"], "minigzip": ["*.c", "test/minigzip.c"], "text": ["+zlib/text.c"]},
                    [r"example: zlib version 1\.3\.1 .*", r"example: uncompress\(\): hello, hello!", r"example: gzread\(\): hello, hello!",
                     r"example: large_inflate\(\): OK", r"example: after inflateSync\(\): hello, hello!", "root-task: example: exit code 0", "root-task: minigzip: exit code 0",
                     "measure: packed: less than half", "root-task: minigunzip: exit code 0", "judge: 4000 lines came back"],
                    defines=["-DHAVE_UNISTD_H"]),
    "sqlite": Project({"sqlite": ["sqlite3.c", "+sqlite/program.c"]},
                      [r"sqlite: SQLite 3\.\d+\.\d+", "sqlite: 1000 rows written and found; ends in a transaction", "root-task: sqlite: restarted",
                       "sqlite: 1000 rows found after the restart", "root-task: sqlite: exit code 0"],
                      defines=["-DSQLITE_WASI", '-DSQLITE_DEFAULT_UNIX_VFS="unix-none"', "-DSQLITE_OMIT_WAL", "-DSQLITE_MAX_MMAP_SIZE=0", "-DSQLITE_OMIT_LOAD_EXTENSION", "-DSQLITE_TEMP_STORE=2"],
                      make=[["./configure", "--disable-tcl", "--disable-readline"], ["make", "sqlite3.c"]]),
}


def unpack(name, source, folder):
    """Fetches the pinned sources, if need be, and unpacks them; returns their folder."""
    words = source / f"tests/external/{name}.wrap", source / "subprojects/packagecache"
    # In a process of its own: what it and apt say is no TAP.
    subprocess.run([sys.executable, "-c", FETCH, *words], stdout=sys.stderr, check=True)
    wrap = sources.Wrap(*words)
    with tarfile.open(wrap.cached) as tar:
        tar.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(folder)
    return folder / wrap.directory.name


def prepare(project, folder):
    """What the project makes of its own sources, on the build machine: with its own compiler, away from the sysroot's."""
    environment = {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    for command in project.make:
        done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        if done.returncode != 0:
            raise Broken(f"{' '.join(command)}: status {done.returncode}\n{done.stdout[-2000:]}")


def build(sysroot, project, folder, ours):
    """Each program by one command."""
    for image, patterns in project.programs.items():
        found = [path for pattern in patterns if not pattern.startswith("+") for path in sorted(folder.glob(pattern))]
        found += [ours / Path(pattern[1:]).name for pattern in patterns if pattern.startswith("+")]
        words = [path for path in found if path.name not in project.without]
        sysroot.run(["aarch64-kaal-gcc", *FLAGS, *project.defines, "-I", folder / project.include, *words, "-lm", "-o", ours / image], ours, timeout=400)
    for image, file in OURS.items():
        sysroot.run(["aarch64-kaal-gcc", "-O2", "-Wall", "-Wextra", "-Werror", ours / file, "-o", ours / image], ours)


def boots(sysroot, project, ours):
    sysroot.run(["kaal", "image", "-o", "system.cpio", "--system", "system.dts", "--component-path", "."], ours)
    printed = sysroot.run(["kaal", "run", "--counted", "system.cpio"], ours, timeout=BOOT_SECONDS).replace("\r", "")
    lines = iter(printed.splitlines())
    for wanted in project.lines:
        if not any(re.fullmatch(wanted, line) for line in lines):
            raise Broken(f"no line, in this order, that is {wanted}:\n{printed}")
    if re.search(r"crashed|killed", printed):
        raise Broken(printed)


def is_told(project, source):
    """The page for those who build such programs names each definition."""
    page = (source / "docs/posix.md").read_text()
    if untold := [define for define in project.defines if f"`{define}`" not in page]:
        raise Broken(f"docs/posix.md does not name {untold}")


def test(name):
    project = PROJECTS[name]

    def run(tap, sysroot, _build, source):
        ours = sysroot.folder("ours")
        for path in [*(source / "tests/external").glob("*.c"), *(source / f"tests/external/{name}").iterdir()]:
            shutil.copy(path, ours)
        folder = tap.check("the sources are the pinned ones of Debian", unpack, name, source, sysroot.folder("theirs"))
        tap.check("the sources are complete", prepare, project, folder)
        tap.check("it builds from the sysroot alone", build, sysroot, project, folder, ours)
        tap.check("it runs on KaaL", boots, sysroot, project, ours)
        tap.check("its definitions are told", is_told, project, source)
    return run


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in PROJECTS:
        sys.exit(__doc__)
    main(__doc__, test(sys.argv.pop(1)))
