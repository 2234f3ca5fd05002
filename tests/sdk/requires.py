#!/usr/bin/env python3
"""
What a program requires, as a project outside the tree: linked into it by Make and by Meson with nothing but a moved copy
of the sysroot, kept by the linker and strip, and compared with a system's description by the sysroot's own tool.

usage: requires.py BUILD SOURCE
"""
import sys
from pathlib import Path

from common import Broken, Sysroot, Tap
from consumers import variable

sys.dont_write_bytecode = True

REQUIRES = """/dts-v1/;

/ {
	compatible = "kaal,requirements";
	version = <1>;

	devices {
		%s {
			compatible = "arm,pl011";
		};
	};
};
"""
SYSTEM = """/dts-v1/;

/ {
	compatible = "kaal,system";
	version = <1>;

	components {
		driver {
			image = "driver";

			devices {
				uart {
					compatible = "arm,pl011";
				};
			};
		};
	};
};
"""
PROGRAM = '#include "requires.h"\n\nint main(void)\n{\n\treturn 0;\n}\n'
BY_FILE = '#include <kaal/requires.h>\n\nKAAL_REQUIRES_FILE("requires.dtb");\n\nint main(void)\n{\n\treturn 0;\n}\n'
MAKEFILE = """CC = aarch64-kaal-gcc
CFLAGS = -std=gnu11 -O2 -Wall -Wextra -Werror -ffunction-sections

driver: driver.o
	$(CC) -Wl,--gc-sections $^ -o $@

requires.h: requires.dts
	kaal-image -o $@ --requirements $<

driver.o: requires.h
"""
MESON = """project('driver', 'c', meson_version: '>=1.0.0', default_options: ['c_std=gnu11', 'warning_level=3', 'werror=true'])
requires = custom_target(input: 'requires.dts', output: 'requires.h',
  command: [find_program('kaal-image'), '-o', '@OUTPUT@', '--requirements', '@INPUT@'])
executable('driver', 'driver.c', requires, dependencies: dependency('kaal-sdk'))
"""
REFUSED = ("/components/driver/devices: found no device spare, expected a node devices/spare, as the image driver requires "
           "(missing-grant)")


def project_of(sysroot, name, **files):
    folder = sysroot.folder(name)
    for file, text in {"requires.dts": REQUIRES % "uart", "driver.c": PROGRAM, "system.dts": SYSTEM, **files}.items():
        (folder / file).write_text(text)
    return folder


def pack(sysroot, project, program):
    """Packs a system with the program, checked against QEMU's board; the root task is the sysroot's."""
    board = sysroot.root / "share/kaal/boards/qemu-virt.dtb"
    return sysroot.run(["kaal", "image", "-o", "system.cpio", "--system", "system.dts", "--dtb", board, "--graph", "system.svg",
                        f"driver={program}"], project)


def accepted(sysroot, project, program):
    printed = pack(sysroot, project, program)
    if "warning" in printed or "device uart: compatible arm,pl011, 0x9000000 to 0x9001000, line 33" not in printed:
        raise Broken(printed)
    if "</svg>" not in (project / "system.svg").read_text():
        raise Broken("no graph")


def refused(sysroot, project, program):
    try:
        printed = pack(sysroot, project, program)
    except Broken as broken:
        if REFUSED in str(broken):
            return
        raise
    raise Broken(f"accepted, with requirements that nobody grants:\n{printed}")


def stripped(sysroot, project, program):
    sysroot.run(["aarch64-linux-gnu-strip", "--strip-all", "-o", "stripped", program], project)
    return project / "stripped"


def follows(sysroot, project, build, program):
    """After a change of the requirements alone the next build has them."""
    (project / "requires.dts").write_text(REQUIRES % "spare")
    sysroot.run(build, project)
    refused(sysroot, project, program)
    refused(sysroot, project, stripped(sysroot, project, program))


def meson_setup(sysroot, project):
    sysroot.run(["meson", "setup", "build", "--cross-file", variable(sysroot, "meson_cross_file")], project)
    sysroot.run(["meson", "compile", "-C", "build"], project)


def by_file(sysroot, project):
    sysroot.run(["dtc", "-I", "dts", "-O", "dtb", "-o", "requires.dtb", "requires.dts"], project)
    sysroot.run(["aarch64-kaal-gcc", "-O2", "-Wall", "-Wextra", "-Werror", "driver.c", "-o", "driver"], project)
    accepted(sysroot, project, "driver")
    (project / "requires.dts").write_text(REQUIRES % "spare")
    sysroot.run(["dtc", "-I", "dts", "-O", "dtb", "-o", "requires.dtb", "requires.dts"], project)
    sysroot.run(["aarch64-kaal-gcc", "-O2", "-flto", "driver.c", "-o", "driver"], project)
    refused(sysroot, project, "driver")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build, source = (str(Path(argument).resolve()) for argument in sys.argv[1:])
    tap = Tap()
    with Sysroot(build, source, build) as sysroot:
        make = project_of(sysroot, "make", Makefile=MAKEFILE)
        tap.check("make: builds", sysroot.run, ["make"], make)
        tap.check("make: what is required is granted", accepted, sysroot, make, "driver")
        tap.check("make: stripped, it still is", lambda: accepted(sysroot, make, stripped(sysroot, make, "driver")))
        tap.check("make: a changed requirement is refused", follows, sysroot, make, ["make"], "driver")
        meson = project_of(sysroot, "meson", **{"meson.build": MESON})
        tap.check("meson: builds, without a warning", meson_setup, sysroot, meson)
        tap.check("meson: what is required is granted", accepted, sysroot, meson, "build/driver")
        tap.check("meson: a changed requirement is refused", follows, sysroot, meson, ["meson", "compile", "-C", "build"], "build/driver")
        tap.check("a compiled tree, and link-time optimization", by_file, sysroot, project_of(sysroot, "file", **{"driver.c": BY_FILE}))
    tap.end()


if __name__ == "__main__":
    main()
