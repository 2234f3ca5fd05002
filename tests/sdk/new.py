#!/usr/bin/env python3
"""
Projects of `kaal new`: each kind with each build system, made, built, booted and tested as its README.md says, with nothing but a moved
copy of the sysroot; what they refuse; and that their tests can fail.

usage: new.py BUILD SOURCE
"""
import re
import sys
from pathlib import Path

from common import Broken, change, main, refused

sys.dont_write_bytecode = True

KINDS = ("app", "driver", "service")
BUILD_SYSTEMS = ("meson", "make", "cmake")
# A part of the description, and what kaal-image says without it.
GRANTS = {
    "app": (r"\t\t\tuses \{.*?\n\t\t\t\};\n", "found no use files, expected a node uses/files, as the image {name} requires (missing-grant)"),
    "driver": (r"\t\t\tdevices \{.*?\n\t\t\t\};\n", "found no device rtc, expected a node devices/rtc, as the image {name} requires (missing-grant)"),
    "service": (r"\t\t\tuses \{.*?\n\t\t\t\};\n", "found no use sums, expected a node uses/sums, as the image {name}-client requires (missing-grant)"),
}


def commands(project):
    """What README.md says to type, but for the run that a person ends."""
    return [line for line in re.findall(r"^    \$ (.*)$", (project / "README.md").read_text(), re.M) if not line.startswith("kaal run ")]


def made(sysroot, folder, kind, build):
    name = f"{kind}-with-{build}"
    sysroot.run(["kaal", "new", kind, name, "--build", build], folder)
    project = folder / name
    for path in filter(Path.is_file, project.rglob("*")):
        if left := re.search(r"@(NAME|STEPS)@", path.read_text()):
            raise Broken(f"{path} has {left[0]}")
    return project


def works(sysroot, project):
    """Built without a warning, and tested."""
    printed = sysroot.run(["sh", "-ec", "\n".join(commands(project))], project, timeout=200)
    if re.search(r"\bwarning: ", printed):
        raise Broken(printed)


def boots(sysroot, project):
    """The archive that README.md names boots by itself, too."""
    line = re.search(r"^    \$ (kaal run .*)$", (project / "README.md").read_text(), re.M)[1]
    sysroot.run(["sh", "-ec", f"{line} --counted --expect-file tests/expected"], project)


def test_can_fail(sysroot, project):
    """Something else than what is expected: that is said, with the line, and the exit status is 1."""
    expected = (project / "tests/expected").read_text().splitlines()[0]
    refused(sysroot, ["kaal", "run", f"build/{project.name}.cpio", "--timeout", "3", "--expect", expected, "--expect", "^never said$"], project,
            "no line (in this order) matched `^never said$` within 3 s")


def grant_is_needed(sysroot, project, kind):
    grant, text = GRANTS[kind]
    description = project / "system.dts"
    whole = description.read_text()
    description.write_text(re.sub(grant, "", whole, count=1, flags=re.S))
    refused(sysroot, ["sh", "-ec", commands(project)[-2]], project, text.format(name=project.name))
    description.write_text(whole)


def registers_are_tested(sysroot, project):
    """A mistake in what the driver does with the device is found without one."""
    change(project / "src/rtc.c", "if (rtc_now(base) < second)", "if (rtc_now(base) <= second)")
    refused(sysroot, ["make", "test"], project, "not ok 7 - a second that has come is no alarm")


def without_path(sysroot, project):
    """A machine file with full paths needs no bin folder on PATH."""
    kaal = sysroot.root / "bin/kaal"
    sysroot.run(["sh", "-ec", f"PATH=/usr/bin:/bin; {kaal} cross-file -o my.ini; meson setup elsewhere --cross-file my.ini; meson compile -C elsewhere"],
                project)
    sysroot.run(["sh", "-ec", f"PATH=/usr/bin:/bin; {kaal} cross-file --build cmake -o my.cmake; test -f my.cmake"], project)


def names(sysroot, folder):
    """What is no name, or is taken, is refused, and nothing is left."""
    (folder / "there").mkdir()
    for name, said in (("Big", "lower-case letters"), ("9lives", "a letter first"), ("a/b", "lower-case letters"), ("", "lower-case letters"),
                       ("x" * 25, "at most 24 characters"), ("capability-broker", "choose another"), ("test", "choose another"),
                       ("there", "is there already")):
        refused(sysroot, ["kaal", "new", "app", name], folder, said)
    refused(sysroot, ["kaal", "new", "kernel", "mine"], folder, "--help` tells more")
    if left := [path.name for path in folder.iterdir() if path.name != "there"] + list((folder / "there").iterdir()):
        raise Broken(f"left: {left}")


def projects(tap, sysroot, _build, _source):
    tap.check("bad names are refused", names, sysroot, sysroot.folder("names"))
    folder = sysroot.folder("projects")
    for kind in KINDS:
        for build in BUILD_SYSTEMS:
            project = tap.check(f"{kind}, {build}: is made", made, sysroot, folder, kind, build)
            tap.check(f"{kind}, {build}: builds and passes its test", works, sysroot, project)
            tap.check(f"{kind}, {build}: boots", boots, sysroot, project)
            tap.check(f"{kind}, {build}: a grant that is missing is named", grant_is_needed, sysroot, project, kind)
        tap.check(f"{kind}: its test can fail", test_can_fail, sysroot, project)
    tap.check("driver: a mistake with the registers is found", registers_are_tested, sysroot, folder / "driver-with-make")
    tap.check("files with full paths need no PATH", without_path, sysroot, folder / "app-with-meson")


if __name__ == "__main__":
    main(__doc__, projects)
