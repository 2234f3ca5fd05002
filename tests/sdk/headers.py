#!/usr/bin/env python3
"""Every public header of KaaL compiles alone, as C11 and as C++17, without a warning.

usage: headers.py BUILD
"""
import sys
from pathlib import Path

from common import Sysroot, Tap

# Beside picolibc's.
OWN = ["pthread.h", "semaphore.h"]
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wcast-qual", "-Wundef", "-Werror"]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tap = Tap()
    with Sysroot(sys.argv[1]) as sysroot:
        include = sysroot.root / "include"
        cxx = ["aarch64-linux-gnu-g++", "-nostdinc", "-nostdinc++", "-U__linux__", "-idirafter", include,
               "-idirafter", sysroot.run(["aarch64-linux-gnu-g++", "-print-file-name=include"], "/").strip()]
        compilers = {"C11": (["aarch64-kaal-gcc", "-std=c11"], "c"), "C++17": ([*cxx, "-std=c++17"], "cpp")}
        headers = [Path(name) for name in OWN] + sorted(path.relative_to(include) for path in (include / "kaal").rglob("*.h"))
        for standard, (compiler, suffix) in compilers.items():
            for header in headers:
                # By name: a header that a program includes from a system folder is excused from warnings.
                file = sysroot.scratch / f"{standard}-{header.name}.{suffix}"
                file.write_text(f'#include "{include / header}"\n')
                tap.check(f"{header} as {standard}", sysroot.run,
                          [*compiler, *WARNINGS, "-fsyntax-only", file], sysroot.scratch)
    tap.end()


if __name__ == "__main__":
    main()
