#!/usr/bin/env python3
"""What the SDK promises a program, checked by programs built and booted with a moved copy of the sysroot.

usage: programs.py BUILD SOURCE
"""
import re
import shutil
from pathlib import Path

from common import Broken, main

TAKE = "__retarget_lock_acquire(l)"
GIVE = "__retarget_lock_release(l)"
TAKE_TWICE = f'do {{ _LOCK_T l; __retarget_lock_init(&l); {TAKE}; {TAKE}; {GIVE}; {GIVE}; puts("once more"); }} while (0)'
GIVE_TWICE = f"do {{ _LOCK_T l; __retarget_lock_init(&l); {TAKE}; {GIVE}; {GIVE}; }} while (0)"
BY_LINES = 'do { static char b[64]; setvbuf(stderr, b, _IOLBF, 64); fputs("a line\\nno line", stderr); _exit(0); } while (0)'
# How ends.c ends, and what the console then holds.
ENDS = [
    ("a return from main flushes and prints nothing more", "(void)0", r"^no newline at the end\n$"),
    ("another exit code than 0 is printed", "exit(3)", r"^no newline at the endexit code 3\n$"),
    ("a negative exit code is printed", "exit(-2147483647 - 1)", r"^no newline at the endexit code -2147483648\n$"),
    ("_exit does not flush", "_exit(0)", r"^$"),
    ("_exit prints its code", "_exit(10)", r"^exit code 10\n$"),
    ("abort is exit code 134", "abort()", r"^exit code 134\n$"),
    ("a failed assertion is named", "assert(1 > 2)",
     r'^assertion "1 > 2" failed: .*ends\.c", line \d+.*\nexit code 134\n$'),
    ("stderr is out before a fault", 'do { fputs("at once", stderr); __builtin_trap(); } while (0)', r"^at once\n[^$]*KAAL-FATAL"),
    ("stderr can be told to write by lines", BY_LINES, r"^a line\n$"),
    ("a thread may take a lock that it holds", TAKE_TWICE, r"once more\n$"),
    ("a lock given back twice is a fault", GIVE_TWICE, r"KAAL-FATAL .*breakpoint instruction"),
]
BIG = ["-Wl,--defsym=KAAL_HEAP_BYTES=0x400000", "-Wl,-z,stack-size=0x100000"]


def console(sysroot, folder, source, *flags):
    """Builds and boots a program; returns what it printed."""
    program = folder / "program"
    sysroot.run(["aarch64-kaal-gcc", "-O2", "-g", "-Wall", "-Wextra", "-Werror", *flags, source, "-o", program], folder)
    return boot(sysroot, folder, program)


def boot(sysroot, folder, program):
    """Boots a program; returns what it printed."""
    printed = sysroot.run(["kaal", "run", "--counted", program], folder, timeout=30).replace("\r", "")
    # The tool shows its commands, QEMU warns about its clock: neither is the guest.
    return re.sub(r"^\+ .*\n|qemu-system-aarch64: warning: .*\n?", "", printed, flags=re.M)


def promises(sysroot, folder, source):
    """Runs checks.c; every line is a check, and the last one comes after main()."""
    lines = console(sysroot, folder, source).splitlines()
    if failed := [line for line in lines if not line.startswith("ok ")]:
        raise Broken("\n".join(failed))
    if not lines or "destructors" not in lines[-1]:
        raise Broken("it did not come to its end:\n" + "\n".join(lines))
    if "ok a line of more than 64 bytes arrives in one piece, and all of it: 0123456789" not in lines:
        raise Broken("a long line was cut:\n" + "\n".join(lines))


def ends(sysroot, folder, source, how, expected):
    text = console(sysroot, folder, source, f"-DEND={how}")
    # QEMU may leave an empty line behind.
    text = text.strip("\n")
    if not re.search(expected, text and text + "\n"):
        raise Broken(f"expected {expected}, printed:\n{text}")


def fits(sysroot, folder, source, flags, expected):
    text = console(sysroot, folder, source, *flags)
    if expected not in text:
        raise Broken(f"expected {expected}, printed:\n{text}")


def files(sysroot, folder, source):
    """stdio on the file service that the sysroot brings; the second start finds what the first has written."""
    sysroot.run(["aarch64-kaal-gcc", "-O2", "-Wall", "-Wextra", "-Werror", source / "files.c", "-o", folder / "files"], folder)
    sysroot.run(["kaal", "image", "-o", "files.cpio", "--system", source / "files.dts", "--component-path", folder], folder)
    printed = boot(sysroot, folder, folder / "files.cpio")
    for line in ("program: written", "program: found: one line, 17 bytes, in 1 file"):
        if line not in printed.splitlines():
            raise Broken(f"expected {line}, printed:\n{printed}")


def missing(sysroot, folder, source):
    """A function that is not there fails when the program is linked, not when it runs."""
    try:
        sysroot.run(["aarch64-kaal-gcc", source / "missing.c", "-o", folder / "missing"], folder)
    except Broken as error:
        if "undefined reference to `symlink'" not in str(error):
            raise
        return
    raise Broken("it was linked")


def default_system(sysroot, folder):
    """The root task that the sysroot brings reports what it was handed, and ends."""
    printed = boot(sysroot, folder, sysroot.root / "share/kaal/components/root-task/root-task")
    rows = [r"KaaL \d+\.\d+\.\d+, ABI \d+\.\d+$", r"memory +128 MiB, ", r"untyped +\d+ blocks: [1-9]\d* of memory, ",
            r"counter +[1-9]\d* Hz", r"image entered +0$", r"user mode entered +[1-9]\d*$", r" +1  CNode ", r" +2  Thread ",
            r" +3  VSpace ", r" +4  SystemControl ", r" +5  Debug ", r" +16  Untyped +\S+ +2\^\d+ bytes at 0x\w+"]
    lines = iter(printed.splitlines())
    for row in rows:
        if not any(re.match(row, line) for line in lines):
            raise Broken(f"no line, in this order, like {row}:\n{printed}")
    # Blocks that it counted are capabilities that it holds.
    if int(re.search(r"untyped +(\d+)", printed)[1]) != printed.count("  Untyped "):
        raise Broken(printed)


def programs(tap, sysroot, _build, source):
    folder, sources = sysroot.folder("work"), sysroot.scratch / "sources"
    shutil.copytree(source / "tests/sdk/programs", sources)
    tap.check("start-up, libkaal and the C library keep their promises", promises, sysroot, folder,
              sources / "checks.c")
    for name, how, expected in ENDS:
        tap.check(name, ends, sysroot, folder, sources / "ends.c", how, expected)
    tap.check("heap and stack can be made larger", fits, sysroot, folder, sources / "sizes.c", BIG, "ok\n")
    tap.check("a stack that is too small is a fault", fits, sysroot, folder, sources / "sizes.c", BIG[:1],
              "KAAL-FATAL")
    tap.check("a heap that is too small is NULL", fits, sysroot, folder, sources / "sizes.c", BIG[1:], "not ok\n")
    tap.check("a program has files", files, sysroot, folder, sources)
    tap.check("what is not there does not link", missing, sysroot, folder, sources)
    tap.check("the default system reports and ends", default_system, sysroot, folder)


if __name__ == "__main__":
    main(__doc__, programs)
