#!/usr/bin/env python3
"""Who may know whom: checks every #include and every Meson include path and dependency.

usage: check.py SOURCE      TAP, one test an area
"""
import re
import sys
from pathlib import Path

# C11 4/6: what a compiler brings without a C library.
FREESTANDING = {"float.h", "iso646.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h",
                "stdnoreturn.h"}

# An area is a folder (the longest that fits counts); it may include itself, the areas named
# here, and headers from outside the tree: "freestanding" ones or "any".
AREAS = {
    "kernel/abi": ((), "freestanding"),
    "freestanding": ((), "freestanding"),
    "kernel/object": (("kernel/abi", "kernel/core", "kernel/arch", "freestanding"), "freestanding"),
    "kernel/core": (("kernel/abi", "kernel/object", "kernel/check", "kernel/arch", "freestanding"), "freestanding"),
    "kernel/check": (("kernel/abi", "kernel/object", "kernel/core", "kernel/arch", "freestanding"), "freestanding"),
    "kernel/arch": (("kernel/abi", "kernel/object", "kernel/core"), "freestanding"),
    "kernel/arch/aarch64": (("kernel/abi", "kernel/object", "kernel/core", "kernel/check", "kernel/arch", "freestanding"), "freestanding"),
    "kernel/arch/host": (("kernel/abi", "kernel/object", "kernel/core", "kernel/arch", "freestanding"), "any"),
    "runtime/formats": (("kernel/abi",), "any"),
    "runtime/manifest": (("kernel/abi", "runtime/formats"), "any"),
    "runtime/memory-manager": (("kernel/abi",), "freestanding"),
    "runtime/elfloader": (("kernel/abi", "freestanding", "runtime/formats"), "freestanding"),
    "runtime": (("kernel/abi", "runtime/formats", "runtime/manifest", "runtime/memory-manager", "sdk"), "any"),
    "sdk": (("kernel/abi", "runtime/formats", "runtime/memory-manager"), "any"),
    "sdk/templates": (("kernel/abi", "sdk"), "any"),
    "sdk/tool": (("kernel/abi", "runtime/formats", "runtime/manifest"), "any"),
    "dddk": (("kernel/abi", "sdk"), "any"),
    # Installed headers are the ABI's and the SDK's.
    "examples": (("kernel/abi", "sdk"), "any"),
    "tests/sdk": (("kernel/abi", "sdk"), "any"),
}
# Folders that <...> is looked up in; what a folder's headers belong to follows from their path.
ROOTS = ("kernel/abi", "kernel", "kernel/arch/aarch64/include", "kernel/arch/host/include", "freestanding", "runtime",
         "sdk/libkaal/include", "dddk/include")
# What an architecture supplies under a name of its own: the same names for each.
ARCHITECTURE_CONTRACT = re.compile(r"kernel/arch/[^/]+/include/arch_\w+\.h")
GENERATED = {"kaal/syscall.h", "kaal/syscall_numbers.h", "kaal/syscall_dispatch.inc", "kaal/version.h"}  # in kernel/abi, when it is built
DEPENDENCIES = {"abi_dep": "kernel/abi", "freestanding_dep": "freestanding", "formats_dep": "runtime/formats",
                "formats_native_dep": "runtime/formats", "formats_test_dep": "runtime/formats",
                "manifest_dep": "runtime/manifest", "manifest_native_dep": "runtime/manifest", "manifest_test_dep": "runtime/manifest",
                "memory_manager_dep": "runtime/memory-manager", "kaal_sdk_dep": "sdk"}
# These build like a stranger's project.
OUTSIDERS = ("examples", "sdk/templates", "tests/sdk")
SOURCES = {".c", ".h", ".S", ".inc", ".def"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def area_of(path):
    """The area of a path relative to the tree, or None."""
    fitting = [area for area in AREAS if path == area or path.startswith(area + "/")]
    return max(fitting, key=len, default=None)


def resolve(tree, including, quoted, name):
    """The file of an #include, relative to the tree; None if it comes from outside."""
    folders = ([including.parent] if quoted else []) + [tree / root for root in ROOTS]
    for folder in folders:
        path = (folder / name).resolve()
        if path.is_file():
            return path.relative_to(tree).as_posix() if path.is_relative_to(tree) else None
    # What a program requires becomes a header when it is built.
    source = including.parent / f"{name.removesuffix('.h')}.dts"
    if quoted and source.is_file():
        return source.relative_to(tree).as_posix()
    return f"kernel/abi/{name}" if name in GENERATED else None


def include_problem(tree, path, area, quoted, name):
    """What is wrong with one #include, or None."""
    allowed, outside = AREAS[area]
    target = resolve(tree, path, quoted, name)
    if target is None:
        if quoted:
            return f'"{name}" is not in the tree'
        if outside == "freestanding" and name not in FREESTANDING:
            return f"<{name}> is no freestanding header"
        return None
    if ARCHITECTURE_CONTRACT.fullmatch(target):
        target = "kernel/arch/arch.h"
    target_area = area_of(target)
    if target_area == area or target_area in allowed:
        return None
    return f"{name} is {target_area or target}'s"


def meson_problems(path, area, text):
    """What a meson.build names that its area may not know."""
    allowed, _ = AREAS[area]
    text = re.sub(r"#.*", "", text)
    for name in re.findall(r"\b\w+_dep\b", text):
        owner = DEPENDENCIES.get(name)
        if owner and owner != area and owner not in allowed:
            yield f"{name} is {owner}'s"
    if area in OUTSIDERS:
        if re.search(r"\b\w+_dep\b|include_directories", text):
            yield "names a dependency or folder that only the tree has"
        return
    for arguments in re.findall(r"include_directories\s*(?:\(|:)\s*([^)\]]*)", text):
        for name in re.findall(r"'([^']*)'", arguments):
            folder = (path.parent / name).resolve()
            if not folder.is_dir():
                yield f"include_directories({name}): no such folder"


def check(tree):
    """{area: problems}, and how many includes were looked at."""
    problems, looked_at = {area: [] for area in AREAS}, 0
    for top in sorted({area.split("/")[0] for area in AREAS}):
        for path in sorted((tree / top).rglob("*")):
            relative = path.relative_to(tree).as_posix()
            area = area_of(relative)
            if area is None or not path.is_file():
                continue
            if path.name == "meson.build":
                found = meson_problems(path, area, path.read_text())
                problems[area] += [f"{relative}: {problem}" for problem in found]
            if path.suffix not in SOURCES:
                continue
            for bracket, name in INCLUDE.findall(path.read_text()):
                looked_at += 1
                if problem := include_problem(tree, path, area, bracket == '"', name):
                    problems[area].append(f"{relative}: {problem}")
    return problems, looked_at


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    problems, looked_at = check(Path(sys.argv[1]).resolve())
    print(f"1..{len(problems) + 1}")
    for number, (area, found) in enumerate(problems.items(), 1):
        print(f"{'not ok' if found else 'ok'} {number} - {area} knows only what it may")
        for problem in found:
            print(f"# {problem}")
    # A test that looks at nothing would always pass.
    print(f"{'ok' if looked_at > 100 else 'not ok'} {len(problems) + 1} - {looked_at} includes looked at")
    sys.exit(1 if looked_at <= 100 or any(problems.values()) else 0)


if __name__ == "__main__":
    main()
