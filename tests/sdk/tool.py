#!/usr/bin/env python3
"""
The tool and what is installed beside it, in a moved copy of the sysroot: commands typed into the default system, sizes, completion, notes of each
executable, the list of licenses, sysroots of two versions.

usage: tool.py BUILD SOURCE
"""
import hashlib
import json
import re
import shutil
import struct
import sys
import tomllib
from pathlib import Path

from common import Broken, change, main, refused

sys.dont_write_bytecode = True

EXECUTABLE = (2, 3)  # ELF's e_type
PROGRAM = '#include <stdio.h>\n#include <kaal/version.h>\n\nint main(void)\n{\n\tputs("made for " KAAL_VERSION);\n\treturn KAAL_VERSION_NUMBER < KAAL_VERSION_OF(0, 1, 0);\n}\n'


def commands(sysroot):
    """The default system's shell does what is typed; exit codes decide."""
    said = sysroot.run(["kaal", "run", "--counted", "--exec", "echo one two", "--exec", "ps"], "/", timeout=90)
    if not re.search(r"^one two\r?$", said, re.M) or not re.search(r"^shell +running", said, re.M):
        raise Broken(said)
    refused(sysroot, ["kaal", "run", "--counted", "--exec", "cat /nothing", "--exec", "poweroff"], "/", "`cat /nothing` ended with 1")
    sysroot.run(["kaal", "run", "--counted", "--exec", "poweroff"], "/", timeout=90)


def sizes(sysroot):
    """Columns add up, also to the last line; a component without ceiling has none."""
    lines = sysroot.run(["kaal", "size", sysroot.root / "share/kaal/systems/shell/system.cpio"], "/").splitlines()
    if lines[0].split() != ["component", "code", "constants", "data", "stack", "RAM", "ceiling"]:
        raise Broken(lines[0])
    rows = {name: figures for name, *figures in map(str.split, lines[1:])}
    if not {"root-task", "capability-broker", "shell", "total"} <= set(rows) or rows["root-task"][5] != "none":
        raise Broken(str(rows))
    numbers = {name: [int(figure) if figure.isdigit() else 0 for figure in figures[:6]] for name, figures in rows.items()}
    for name, (code, constants, data, stack, ram, _) in numbers.items():
        if ram != code + constants + data + stack or code % 4096 or code == 0:
            raise Broken(f"{name}: {rows[name]}")
    total = numbers.pop("total")
    if total != [sum(column) for column in zip(*numbers.values())]:
        raise Broken(f"{total} is not the sum of {numbers}")
    if numbers["shell"][5] == 0 or f"{100 * numbers['shell'][4] // numbers['shell'][5]}" != rows["shell"][6]:
        raise Broken(str(rows["shell"]))


def completed(sysroot, *words):
    """What bash offers for the last of the words."""
    script = ('. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kaal_words; printf "%s\\n" "${COMPREPLY[@]}"')
    path = sysroot.root / "share/bash-completion/completions/kaal"
    return sysroot.run(["bash", "-c", script, path, "kaal", *words], sysroot.root).split()


def completion(sysroot):
    """Each command that --help lists, and each option that a command's --help lists, is offered; and choices, and files."""
    listed = re.findall(r"^    ([a-z-]+)(?: |$)", sysroot.run(["kaal", "--help"], "/"), re.M)
    if len(listed) < 8 or completed(sysroot, "") != [*listed, "--help", "--version"]:
        raise Broken(f"{listed}, {completed(sysroot, '')}")
    for command in listed:
        text = sysroot.run(["kaal", command, "--help"], "/")
        options = set(re.findall(r"(?:^  |, )(-[a-z]|--[a-z0-9-]+)\b", text, re.M))
        if not options or set(completed(sysroot, command, "-")) != options:
            raise Broken(f"{command}: --help has {sorted(options)}, offered are {completed(sysroot, command, '-')}")
    for words, offered in ((["new", ""], ["app", "driver", "service"]), (["new", "app", "x", "--build", "c"], ["cmake"]),
                           (["new", "--build", "make", "d"], ["driver"]), (["run", "--gic", ""], ["2", "3"]), (["size", "lib/cr"], ["lib/crt0.o"])):
        if completed(sysroot, *words) != offered:
            raise Broken(f"{words}: {completed(sysroot, *words)}")
    zsh = (sysroot.root / "share/zsh/site-functions/_kaal").read_text()
    bash = (sysroot.root / "share/bash-completion/completions/kaal").read_text()
    function = bash[bash.index("_kaal_words()"):bash.index("\n}\n")]
    if not zsh.startswith("#compdef kaal\n") or function not in zsh:
        raise Broken(zsh)


def notes(sysroot):
    """Each executable, of any machine, names its ABI and its build."""
    seen = []
    for path in sorted(filter(Path.is_file, sysroot.root.rglob("*"))):
        data = path.read_bytes()
        if data[:4] != b"\x7fELF" or struct.unpack_from("<H", data, 16)[0] not in EXECUTABLE:
            continue
        seen.append(path.name)
        text = sysroot.run(["readelf", "-nW", path], "/")
        for wanted in (r"KaaL +0x00000004\s+NT_VERSION.*01 00 00 00", r"NT_GNU_BUILD_ID.*Build ID: [0-9a-f]{40}"):
            if not re.search(wanted, text):
                raise Broken(f"{path}: no {wanted} in\n{text}")
    if not {"kaal-image", "kernel.elf", "root-task", "capability-broker", "file-service", "shell"} <= set(seen):
        raise Broken(f"executables are {seen}")


def licenses(sysroot, source):
    """Each installed file stands in the list, as it is; each part has its license and text, and stands in docs/third-party.md."""
    listed = json.loads((sysroot.root / "share/kaal/kaal.spdx.json").read_text())
    files = {entry["fileName"].removeprefix("./"): entry for entry in listed["files"]}
    there = {str(path.relative_to(sysroot.root)) for path in sysroot.root.rglob("*") if path.is_file()} - {"share/kaal/kaal.spdx.json"}
    if there != set(files):
        raise Broken(f"not listed, or not there: {sorted(there ^ set(files))}")
    for name, entry in files.items():
        sums = {one["algorithm"]: one["checksumValue"] for one in entry["checksums"]}
        if sums["SHA256"] != hashlib.sha256((sysroot.root / name).read_bytes()).hexdigest() or not entry["licenseConcluded"]:
            raise Broken(f"{name}: {entry}")
    for name, concluded in (("lib/libc.a", "LicenseRef-picolibc"), ("lib/libkaal.a", "BSD-2-Clause AND MIT"), ("include/stdio.h", "LicenseRef-picolibc"),
                            ("include/pthread.h", "MIT"), ("include/kaal/version.h", "MIT"), ("share/kaal/licenses/libfdt.txt", "BSD-2-Clause"),
                            ("share/kaal/components/shell/shell", "BSD-2-Clause AND (GPL-3.0-or-later WITH GCC-exception-3.1) AND LicenseRef-picolibc AND MIT")):
        if files[name]["licenseConcluded"] != concluded:
            raise Broken(f"{name}: {files[name]['licenseConcluded']}, expected {concluded}")
    named = {one["SPDXID"] for one in listed["files"]}
    page = (source / "docs/third-party.md").read_text()
    texts = {text for part in tomllib.loads((source / "sdk/sysroot/parts.toml").read_text())["part"].values() for text in part["texts"]}
    if texts != {path.name for path in (sysroot.root / "share/kaal/licenses").iterdir()}:
        raise Broken(f"texts of the list: {texts}")
    for package in listed["packages"]:
        known = package["versionInfo"] == "NOASSERTION" or f"| {package['versionInfo']} |" in page or package["name"] == "KaaL"
        if not known or package["name"] not in page or not set(package["hasFiles"]) <= named or not package["hasFiles"]:
            raise Broken(f"{package['name']} {package['versionInfo']}: {len(package['hasFiles'])} files; docs/third-party.md names it: {package['name'] in page}")


def pages(sysroot):
    """What an installed page leads to is installed."""
    folder = sysroot.root / "share/kaal/doc"
    found = list(folder.rglob("*.md"))
    if not {"sysroot.md", "tool.md", "broker.md"} <= {path.name for path in found}:
        raise Broken(str(found))
    dead = [f"{path.relative_to(folder)}: {link}" for path in found for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())
            if not (path.parent / link).exists()]
    if dead:
        raise Broken("\n".join(dead))


def versions(sysroot):
    """Two sysroots of different versions, each used by its PATH, do not mix; a project can ask for a version."""
    second = sysroot.folder("next") / "kaal"
    shutil.copytree(sysroot.root, second)
    change(second / "include/kaal/version.h", 'KAAL_VERSION "0.1.0"', 'KAAL_VERSION "0.2.0"')
    change(second / "lib/pkgconfig/kaal-sdk.pc", "Version: 0.1.0", "Version: 0.2.0")
    work = sysroot.folder("versions")
    (work / "main.c").write_text(PROGRAM)
    for root, version in ((sysroot.root, "0.1.0"), (second, "0.2.0")):
        path = ["env", f"PATH={root}/bin:/usr/bin:/bin"]
        for command, wanted in ((["kaal", "--version"], f"KaaL {version}\n"), (["aarch64-kaal-pkg-config", "--modversion", "kaal-sdk"], f"{version}\n"),
                                (["kaal", "cross-file"], f"{root}/share/meson/cross/kaal.ini\n")):
            if (said := sysroot.run([*path, *command], work)) != wanted:
                raise Broken(f"{command}: {said}")
        sysroot.run([*path, "aarch64-kaal-gcc", "-O2", "main.c", "-o", f"for-{version}"], work)
        said = sysroot.run([*path, "kaal", "run", "--counted", f"for-{version}"], work, timeout=60)
        if f"made for {version}" not in said or f"-kernel {root}/share/kaal/boards/kaal.img" not in said or "exit code" in said:
            raise Broken(said)
    refused(sysroot, ["sh", "-c", "aarch64-kaal-pkg-config --print-errors 'kaal-sdk >= 0.2.0'"], work, "kaal-sdk")
    sysroot.run(["env", f"PATH={second}/bin:/usr/bin:/bin", "aarch64-kaal-pkg-config", "--print-errors", "kaal-sdk >= 0.2.0"], work)


def doctor(sysroot):
    said = sysroot.run(["kaal", "doctor"], "/")
    if f"sysroot {sysroot.root}" not in said or "gdb-multiarch" not in said or "everything needed is there" not in said:
        raise Broken(said)


def tests(tap, sysroot, _build, source):
    tap.check("commands are typed into the default system", commands, sysroot)
    tap.check("kaal size", sizes, sysroot)
    tap.check("completion", completion, sysroot)
    tap.check("each executable names its ABI and its build", notes, sysroot)
    tap.check("each file stands in the list of licenses", licenses, sysroot, source)
    tap.check("installed pages lead to installed pages", pages, sysroot)
    tap.check("sysroots of two versions side by side", versions, sysroot)
    tap.check("kaal doctor", doctor, sysroot)


if __name__ == "__main__":
    main(__doc__, tests)
