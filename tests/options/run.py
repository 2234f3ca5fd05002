#!/usr/bin/env python3
"""The user's choices in meson_options.txt: each is described, and each builds and does what it says. And what is
no choice: the warnings.

usage: run.py SOURCE BUILD MACHINE_FILE SYSTEM.cpio MEMORY.cpio     the archives of the default system and of
                                                               tests/qemu/memory.c
"""
import json
import os
import re
import sys
import tempfile
from pathlib import Path

from kaal import guest, machine

sys.path.append(str(Path(__file__).resolve().parents[1] / "sdk"))
from common import Tap, run

CLANG = "clang"
BUILD_SECONDS = 300
WARNINGS = {"-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wcast-qual", "-Wmissing-prototypes", "-Wstrict-prototypes",
            "-Werror"}


def build(source, scratch, machine_file, option, target, environment=None):
    """Configures with one option and builds one target; returns its path."""
    folder = scratch / option.partition("=")[0]
    run(["meson", "setup", folder, "--wrap-mode=nodownload", "--cross-file", source / "cross" / machine_file,
         f"-D{option}"], source, dict(os.environ, **environment or {}), timeout=BUILD_SECONDS)
    run(["ninja", "-C", folder, target], source, os.environ, timeout=BUILD_SECONDS)
    return folder / target


def described(source):
    """Every option has a description, and no other than those tested here stands in the file."""
    options = re.findall(r"^option\('(\w+)'.*?description: '(.+?)'\)", (source / "meson_options.txt").read_text(), re.M | re.S)
    names = re.findall(r"^option\('(\w+)'", (source / "meson_options.txt").read_text(), re.M)
    assert [name for name, _ in options] == names, f"described are {[name for name, _ in options]} of {names}"
    assert set(names) == {"kernel_debug", "kernel_asids", "fuzzers"}, f"this test knows not all of {names}"


def warnings(source, folder):
    """Every source of ours, for the target or not, is compiled with all warnings as errors."""
    looked_at = 0
    for entry in json.loads((folder / "compile_commands.json").read_text()):
        path = (Path(entry["directory"]) / entry["file"]).resolve()
        if path.suffix != ".c" or source / "subprojects" in path.parents:
            continue
        looked_at += 1
        missing = WARNINGS - set(entry["command"].replace("'", " ").split())
        assert not missing, f"{path} is compiled without {' '.join(sorted(missing))}"
    assert looked_at > 100, f"only {looked_at} sources looked at"


def kernel_debug(source, scratch, machine_file, archive):
    """The kernel says how far it has come; the image of other builds says nothing."""
    image = build(source, scratch, machine_file, "kernel_debug=true", "runtime/elfloader/kaal.img")
    result = guest.boot(machine.Machine(image=str(image), archive=archive, counted=True, repeatable=True), 20)
    assert result.powered_off, "\n".join(result.lines)
    lines = iter(result.lines)
    for wanted in (r"kernel: 128 MiB RAM in 1 banks, \d+ reserved ranges, GICv3, timer interrupt 27, 1 CPUs$",
                   r"kernel: root task at 0x\w+, \d+ untyped blocks, \d+ KiB kept$", r"KaaL \d"):
        assert any(re.match(wanted, line) for line in lines), f"no line like {wanted} in\n" + "\n".join(result.lines)


def kernel_asids(source, scratch, machine_file, archive):
    """With four ASIDs, eight address spaces take them from each other all the time, and notice nothing."""
    image = build(source, scratch, machine_file, "kernel_asids=4", "runtime/elfloader/kaal.img")
    result = guest.boot(machine.Machine(image=str(image), archive=archive, counted=True, repeatable=True), 20)
    bad = [line for line in result.lines if line.startswith(("not ok", "KAAL-FATAL"))]
    assert result.powered_off and not bad and any(line.startswith("1..") for line in result.lines), "\n".join(result.lines)


def fuzzers(source, scratch, machine_file):
    """libFuzzer's programs are built and run."""
    program = build(source, scratch, machine_file, "fuzzers=true", "tests/fuzz/libfuzzer-elf", {"CC_FOR_BUILD": CLANG})
    (scratch / "found").mkdir()  # what it finds interesting goes into the first folder
    said = run([program, "-runs=1000", "-seed=1", scratch / "found", source / "tests/fuzz/corpus/elf"], scratch, os.environ)
    assert "Done 1000 runs" in said, said


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    source, folder, machine_file = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), sys.argv[3]
    archive, memory_archive = sys.argv[4:]
    with tempfile.TemporaryDirectory(prefix="kaal-options-") as name:
        scratch = Path(name)
        checks = [("each option is described", described, source),
                  ("every source is compiled with all warnings as errors", warnings, source, folder),
                  ("kernel_debug prints progress", kernel_debug, source, scratch, machine_file, archive),
                  ("kernel_asids makes address spaces share few", kernel_asids, source, scratch, machine_file,
                   memory_archive)]
        # clang is installed only when asked for; with it as the compiler it has been.
        if CLANG in machine_file:
            checks.append(("fuzzers are built and run", fuzzers, source, scratch, machine_file))
        tap = Tap()
        for check in checks:
            tap.check(*check)
    tap.end()


if __name__ == "__main__":
    main()
