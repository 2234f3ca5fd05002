#!/usr/bin/env python3
"""Which functions of the Realtime Controller profile, PSE52, programs have: the table in docs/posix.md against the sysroot.

usage: pse52.py BUILD SOURCE [--update]

A name is there if the headers declare it, or have it as a macro, and a program with all that are there links. --update writes the table.
"""
import re
import subprocess
import sys
from pathlib import Path

from common import Broken, Sysroot, main

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "host/broker"))
import check_page  # noqa: E402

LIST = "tests/sdk/pse52.txt"
PAGE = "docs/posix.md"
HEADERS = """complex.h ctype.h dirent.h errno.h fcntl.h fenv.h inttypes.h locale.h math.h mqueue.h pthread.h sched.h semaphore.h setjmp.h signal.h
	stdarg.h stdio.h stdlib.h string.h sys/mman.h sys/stat.h sys/utsname.h time.h trace.h unistd.h utime.h""".split()
NO_LINK = {"errno"}  # an expression of the headers'


def read_list(source):
    """{unit: names}, in the list's order."""
    units = {}
    for line in (source / LIST).read_text().splitlines():
        if line.startswith(" "):
            units[unit] += line.split()
        elif line.endswith(":"):
            unit = line[:-1]
            units[unit] = []
    return units


def compiler(sysroot, *words, text):
    """aarch64-kaal-gcc over a source on standard input; its status, and what it printed."""
    done = subprocess.run([*sysroot.hidden, "aarch64-kaal-gcc", "-std=gnu11", "-fno-builtin", *words, "-x", "c", "-"], input=text, text=True, env=sysroot.env,
                          cwd=sysroot.scratch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


def includes(sysroot):
    there = [header for header in HEADERS if (sysroot.root / "include" / header).exists() or header in ("stdarg.h",)]
    return "".join(f"#include <{header}>\n" for header in there)


def declared(sysroot, names):
    """The names that the headers know: macros, and the others."""
    head = includes(sysroot)
    status, text = compiler(sysroot, "-E", "-P", text=head + "".join(f"#ifdef {name}\nIS_MACRO {name}_\n#endif\n" for name in names))
    if status != 0:
        raise Broken(text)
    macros = {name for name in names if re.search(rf"^IS_MACRO {name}_$", text, re.M)}
    status, text = compiler(sysroot, "-fsyntax-only", "-fmax-errors=0", "-w",
                            text=head + "void use(void);\nvoid use(void)\n{\n" + "".join(f"(void)&({name});\n" for name in names if name not in macros) + "}\n")
    unknown = set(re.findall(r"‘(\w+)’ undeclared", text))
    return macros, {name for name in names if name not in macros and name not in unknown}


def linked(sysroot, names):
    """Those of the declared names that a program can be linked with: it is tried with all, and again without what is missing."""
    names = set(names)
    while True:
        text = includes(sysroot) + "const volatile void *const table[] = {\n" + "".join(f"#undef {name}\n(const void *)&{name},\n" for name in sorted(names)) + "};\n"
        text += "int main(void)\n{\n\treturn table[0] == table[1];\n}\n"
        status, printed = compiler(sysroot, "-w", "-o", "all", "-Wl,-u,table", text=text)
        if status == 0:
            return names
        missing = set(re.findall(r"undefined reference to `(\w+)'", printed)) & names
        if not missing:
            raise Broken(printed)
        names -= missing


def there(sysroot, units):
    """The names of all units that a program has."""
    names = [name for members in units.values() for name in members]
    macros, known = declared(sysroot, names)
    # A macro may stand before a function of the same name, which need not be there.
    return macros | (known & NO_LINK) | linked(sysroot, known - NO_LINK)


def table(units, have):
    rows = ["| unit or option | there | not there |", "|---|---|---|"]
    total = found = 0
    for unit, names in units.items():
        yes, no = [name for name in names if name in have], [name for name in names if name not in have]
        total, found = total + len(names), found + len(yes)
        rows.append(f"| {unit} | {told(yes, not no)} | {told(no, not yes)} |")
    return [*rows, f"| together | {found} | {total - found} |"]


def told(names, complete):
    return f"all {len(names)}" if complete and len(names) > 12 else " ".join(f"`{name}`" for name in names)


def is_true(sysroot, source, units):
    page = (source / PAGE).read_text()
    new = check_page.filled(page, {"pse52": table(units, there(sysroot, units))})
    if page != new:
        changed = sorted(set(page.splitlines()) ^ set(new.splitlines()))
        raise Broken(f"{PAGE} is not what the sysroot has; `meson compile -C BUILD pse52-page-update` writes it:\n" + "\n".join(changed))


def finds_lies(sysroot):
    """The test itself: a function that is declared and not there, one that is neither, one that is there."""
    made_up = {"one": ["ioctl_", "symlink", "printf", "EOF"]}
    have = there(sysroot, made_up)
    if have != {"printf", "EOF"}:
        raise Broken(f"found {have}")


def check(tap, sysroot, _build, source):
    tap.check("what is declared and not there is not found", finds_lies, sysroot)
    tap.check("the table of PSE52 is true", is_true, sysroot, source, read_list(source))


def update(build, source):
    with Sysroot(build) as sysroot:
        units = read_list(source)
        page = source / PAGE
        page.write_text(check_page.filled(page.read_text(), {"pse52": table(units, there(sysroot, units))}))


if __name__ == "__main__":
    if sys.argv[3:] == ["--update"]:
        update(*[Path(argument).resolve() for argument in sys.argv[1:3]])
    else:
        main(__doc__, check)
