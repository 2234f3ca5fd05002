#!/usr/bin/env python3
"""
Examples that are systems by description, but for the UART driver, as projects outside the tree: built with nothing but a moved copy of the sysroot, packed and booted by
the sysroot's own tool as their READMEs say.

usage: examples.py BUILD SOURCE
"""
import re
import shlex
import shutil
import socket
import sys

from common import Broken, main
from consumers import variable
from uart import Talk, expect, maps_are_clean, pack, with_make, with_meson

sys.dont_write_bytecode = True

TIMEOUT_SECONDS = 60
EXAMPLES = ["drivers/gpio", "drivers/rtc", "drivers/timer", "services/echo-server", "apps/custom-allocator"]


def section(project, name):
    return (project / "README.md").read_text().partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def readme_command(project, word):
    """The command of a README that begins with `kaal` and this word, as its words."""
    found = re.search(rf"^    \$ kaal {word} (.*?)( +#.*)?$", section(project, "Image, and run"), re.M)
    if found is None:
        raise Broken(f"README.md has no kaal {word}")
    return ["kaal", word, *shlex.split(found[1])]


def press_key(project, line):
    """What README.md has typed in another terminal."""
    if line.endswith(": press the power key"):
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.connect(str(project / "monitor"))
            monitor.sendall(b"system_powerdown\n")
            while b"system_powerdown" not in monitor.recv(4096):
                pass


def does_what_readme_shows(sysroot, project):
    """The README's commands, and what it shows; counted, so that it does the same each time."""
    sysroot.run(readme_command(project, "image"), project)
    talk = Talk(sysroot, project, "", [])
    command = readme_command(project, "run")
    command.insert(2, "--counted")
    result = talk.guest.talk([*sysroot.hidden, *command], TIMEOUT_SECONDS, lambda line: press_key(project, line),
                             cwd=project, env=sysroot.env)
    if not result.powered_off:
        raise Broken("\n".join([*result.lines, result.stderr]))
    expect(result.lines, re.findall(r"^    (.*)$", section(project, "What it does"), re.M))


def needs_its_grant(sysroot, project, driver):
    """Without its device in the description the system is refused, with the reason."""
    text = (project / "system.dts").read_text()
    (project / "refused.dts").write_text(re.sub(r"\n\t\t\tdevices \{.*?\n\t\t\t\};\n", "", text, flags=re.S))
    try:
        pack(sysroot, project, "build/src", "refused.dts")
    except Broken as refusal:
        if "(missing-grant)" in str(refusal) and driver in str(refusal):
            return
        raise
    raise Broken("it was packed")


def with_cmake(sysroot, project):
    sysroot.run(["cmake", "-B", "build-cmake", f"-DCMAKE_TOOLCHAIN_FILE={variable(sysroot, 'cmake_toolchain_file')}",
                 "-DCMAKE_C_FLAGS=-Werror"], project)
    sysroot.run(["cmake", "--build", "build-cmake"], project)
    pack(sysroot, project, "build-cmake")


def examples(tap, sysroot, _build, source):
    for path in EXAMPLES:
        name = path.rpartition("/")[2]
        project = sysroot.scratch / name
        shutil.copytree(source / "examples" / path, project)
        programs = (project / "system.dts").read_text().count("image =")
        tap.check(f"{name}, make: builds", with_make, sysroot, project)
        tap.check(f"{name}, make: link maps name only the sysroot and libgcc.a", maps_are_clean, sysroot, project, "make-maps", programs)
        if (project / "CMakeLists.txt").exists():
            tap.check(f"{name}, cmake: builds", with_cmake, sysroot, project)
        shutil.rmtree(project / "build", ignore_errors=True)
        tap.check(f"{name}, meson: builds, without a warning", with_meson, sysroot, project)
        tap.check(f"{name}: does what README.md shows", does_what_readme_shows, sysroot, project)
        if "devices {" in (project / "system.dts").read_text():
            tap.check(f"{name}: without its device it is refused", needs_its_grant, sysroot, project, name)


if __name__ == "__main__":
    main(__doc__, examples)
