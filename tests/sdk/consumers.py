#!/usr/bin/env python3
"""Programs outside the tree: built and booted with nothing but a moved copy of the sysroot.

usage: consumers.py BUILD SOURCE
"""
import re
import shutil
from pathlib import Path

from common import Broken, main, refused

MAP = "-Wl,-Map="


def variable(sysroot, name):
    return sysroot.run(["aarch64-kaal-pkg-config", f"--variable={name}", "kaal-sdk"], "/").strip()


def with_meson(sysroot, project):
    sysroot.run(["meson", "setup", "build-meson", "--cross-file", variable(sysroot, "meson_cross_file"),
                 f"-Dc_link_args={MAP}{project}/meson.map"], project)
    sysroot.run(["meson", "compile", "-C", "build-meson"], project)
    return project / "build-meson/src/hello-world"


def with_make(sysroot, project):
    sysroot.run(["make", f"LDFLAGS={MAP}{project}/make.map"], project)
    return project / "build/hello-world"


def with_cmake(sysroot, project):
    sysroot.run(["cmake", "-B", "build-cmake", f"-DCMAKE_TOOLCHAIN_FILE={variable(sysroot, 'cmake_toolchain_file')}",
                 f"-DCMAKE_EXE_LINKER_FLAGS={MAP}{project}/cmake.map"], project)
    sysroot.run(["cmake", "--build", "build-cmake"], project)
    return project / "build-cmake/hello-world"


def by_hand(sysroot, project):
    sysroot.run(["aarch64-kaal-gcc", "src/main.c", "-o", "by-hand", f"{MAP}{project}/by-hand.map"], project)
    return project / "by-hand"


def through_a_link(sysroot, project):
    """The compiler finds the sysroot also when it is called through a symbolic link."""
    (project / "cc").symlink_to(sysroot.root / "bin/aarch64-kaal-gcc")
    sysroot.run(["./cc", "-c", "src/main.c", "-o", "linked.o"], project)
    sysroot.run(["./cc", "linked.o", "-o", "through-a-link", f"{MAP}{project}/through-a-link.map"], project)
    return project / "through-a-link"


def map_is_clean(sysroot, project, path):
    """Every file that the linker loaded is the project's, the sysroot's, or gcc's libgcc.a."""
    text = path.read_text()
    for name in re.findall(r"^LOAD (.*)$", text, re.M):
        file = Path(name)
        if name == "linker stubs" or not file.is_absolute():
            continue
        inside = [sysroot.root / "lib", project, Path("/tmp")]
        if file.name != "libgcc.a" and not any(folder in file.resolve().parents for folder in inside):
            raise Broken(f"{path.name} names {name}")
    for stub in ("misc_lock", "picosbrk", "libnosys"):
        if stub in text:
            raise Broken(f"{path.name} names picolibc's stub {stub}")
    if "libkaal.a(.._libc_lock.c.o)" not in text:
        raise Broken(f"{path.name} does not name libkaal's locks")


def side_by_side(sysroot, project):
    """A second sysroot, on PATH through a symbolic link to the folder it lies in, uses its own files and boots."""
    second = sysroot.folder("side") / "second"
    shutil.copytree(sysroot.root, second)
    (sysroot.scratch / "link").symlink_to(second.parent)
    path = f"PATH={sysroot.scratch}/link/second/bin:{sysroot.env['PATH']}"
    sysroot.run(["env", path, "make", "-B", f"LDFLAGS={MAP}{project}/second.map"], project)
    loaded = [Path(name).resolve() for name in re.findall(r"^LOAD (/.*)$", (project / "second.map").read_text(), re.M)]
    if [str(file) for file in loaded if sysroot.root in file.parents] or second / "lib/libkaal.a" not in loaded:
        raise Broken(f"linked were {loaded}")
    printed = sysroot.run(["env", path, "kaal", "run", "--counted", "build/hello-world"], project, timeout=30)
    if str(second / "share/kaal/boards/kaal.img") not in printed or "hello, world" not in printed:
        raise Broken(printed)


def segments(sysroot, project, program):
    """Three segments, each on pages of its own, none writable and executable; stack size and notes for the loader."""
    text = sysroot.run(["aarch64-linux-gnu-readelf", "-lnW", program], project)
    loads = re.findall(r"LOAD +0x\w+ 0x(\w+) 0x\w+ 0x\w+ 0x(\w+) (...) 0x(\w+)", text)
    if [flags for _, _, flags, _ in loads] != ["R  ", "R E", "RW "]:
        raise Broken(f"segments {loads}")
    pages = [range(int(start, 16) >> 12, (int(start, 16) + int(size, 16) + 4095) >> 12) for start, size, _, _ in loads]
    if any(one.stop > other.start for one, other in zip(pages, pages[1:])):
        raise Broken(f"two segments share a page: {loads}")
    for wanted in (r"GNU_STACK .* 0x010000 RW", r"KaaL +0x00000004", r"NT_GNU_BUILD_ID"):
        if not re.search(wanted, text):
            raise Broken(f"no {wanted} in\n{text}")


def headers_are_ours(sysroot, project):
    """No header comes from the host: only the sysroot's and the compiler's own."""
    compiler = Path(sysroot.run(["aarch64-linux-gnu-gcc", "-print-file-name=include"], project).strip()).resolve()
    headers = ("assert ctype errno fcntl float inttypes limits locale math setjmp signal stdarg stdatomic stdbool "
               "stddef stdint stdio stdlib string sys/stat sys/time sys/types time unistd wchar").split()
    (project / "all.c").write_text("".join(f"#include <{name}.h>\n" for name in headers)
        + "long limits[] = {LONG_MIN, LONG_MAX, SSIZE_MAX, PATH_MAX, INT_MAX, UCHAR_MAX, MB_LEN_MAX};\n")
    listed = sysroot.run(["aarch64-kaal-gcc", "-H", "-c", "all.c", "-o", "all.o"], project)
    names = re.findall(r"^\.+ (.+)$", listed, re.M)
    if len(names) < 30:
        raise Broken(f"-H lists only {len(names)} headers")
    for name in names:
        folders = Path(name).resolve().parents
        if sysroot.root / "include" not in folders and compiler not in folders:
            raise Broken(f"-H lists {name}")


def host_library_is_refused(sysroot, project):
    """A library that only the host has is not found."""
    refused(sysroot, ["aarch64-kaal-gcc", "src/main.c", "-lpthread", "-o", "refused"], project, "cannot find -lpthread")


def environment_is_ignored(sysroot, project):
    """Folders that the environment names for the host's compiler are not searched."""
    poison = sysroot.folder("poison")
    (poison / "stdio.h").write_text("#error the environment was heard\n")
    (poison / "kaal-sdk.pc").write_text("Name: wrong\nDescription: wrong\nVersion: 0\nLibs: -lwrong\n")
    names = ("CPATH", "C_INCLUDE_PATH", "LIBRARY_PATH", "PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR")
    command = ["env", *(f"{name}={poison}" for name in names), "make", "-B"]
    sysroot.run(command, project)


def no_paths(sysroot, build, source):
    """No installed file tells where it was built."""
    found = []
    for path in sorted(sysroot.root.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found += [f"{path.relative_to(sysroot.root)} contains {forbidden}"
                      for forbidden in (str(build), str(source), str(source).lstrip("/"), str(sysroot.scratch))
                      if forbidden.encode() in data]
    if found:
        raise Broken("\n".join(found))


def reference(sysroot):
    """Each call that the installed header declares has a page with all headings, and the index leads to each page."""
    folder = sysroot.root / "share/kaal/doc/abi"
    calls = re.findall(r"^KAAL_MUST_CHECK static inline kaal_status_t kaal_(\w+)\(", (sysroot.root / "include/kaal/object.h").read_text(), re.M)
    index = (folder / "index.md").read_text()
    pages = sorted(path.stem for path in folder.iterdir())
    if len(calls) < 20 or pages != sorted([*calls, "index"]) or sorted(re.findall(r"\]\((\w+)\.md\)", index)) != sorted(calls):
        raise Broken(f"calls {calls}\npages {pages}\n{index}")
    headings = ["Arguments", "Rights", "Results", "Blocking", "On success", "After a failure", "Errors"]
    for call in calls:
        text = (folder / f"{call}.md").read_text()
        if re.findall(r"^## (.*)$", text, re.M) != headings or f"kaal_{call}(" not in text:
            raise Broken(f"{call}.md:\n{text}")


def licenses(sysroot, source):
    """The license texts of KaaL and of what is linked into programs and image are installed, and documented."""
    folder = sysroot.root / "share/kaal/licenses"
    wanted = {"KaaL.txt": "MIT License", "picolibc.txt": "Upstream-Name: picolibc", "newlib.txt": "Red Hat, Inc.",
              "libfdt.txt": "Redistribution and use in source and binary forms"}
    if sorted(path.name for path in folder.iterdir()) != sorted(wanted):
        raise Broken(f"installed are {sorted(path.name for path in folder.iterdir())}")
    page = (source / "docs/third-party.md").read_text()
    for name, text in wanted.items():
        if text not in (folder / name).read_text():
            raise Broken(f"{name} does not say: {text}")
        if name != "KaaL.txt" and f"`{name}`" not in page:
            raise Broken(f"docs/third-party.md does not name {name}")
    for wrap in (source / "subprojects").glob("*.wrap"):
        version = re.search(r"^directory = \S+?-([\d.]+)$", wrap.read_text(), re.M)[1]
        if f"| {version} |" not in page:
            raise Broken(f"docs/third-party.md does not name {wrap.stem} {version}")


def boots(sysroot, project, program):
    """The sysroot's own tool packs and boots the program, which says what its README says."""
    printed = sysroot.run(["kaal", "run", "--counted", program], project, timeout=30).replace("\r", "").splitlines()
    expected = re.findall(r"^    (\d: .*)$", (project / "README.md").read_text(), re.M)
    if not expected or [line for line in printed if re.match(r"\d: ", line)] != expected:
        raise Broken("expected:\n" + "\n".join(expected) + "\nprinted:\n" + "\n".join(printed))


def debugger_stops(sysroot, folder, program):
    """`kaal gdb` stops in the program's main() and shows the line of its source."""
    said = sysroot.run(["kaal", "gdb", program, "--exec", "break main", "--exec", "continue", "--exec", "backtrace"],
                       folder, timeout=60)
    for wanted in (r"^Breakpoint 1, main \(\) at .*src/main\.c:\d+$", r"^#0  main \(\) at "):
        if not re.search(wanted, said, re.M):
            raise Broken(f"no line like {wanted} in\n{said}")


def spaces_are_refused(sysroot, project):
    """A sysroot in a folder with a space says so at once."""
    shutil.copytree(sysroot.root / "bin", sysroot.scratch / "with space" / "bin")
    refused(sysroot, [sysroot.scratch / "with space/bin/aarch64-kaal-gcc", "src/main.c"], project, "without spaces")


def service_builds(sysroot, source):
    """The file service is a project of its own, requirements included."""
    project = sysroot.scratch / "file-service"
    shutil.copytree(source / "examples/services/file", project)
    sysroot.run(["meson", "setup", "build", "--cross-file", variable(sysroot, "meson_cross_file")], project)
    sysroot.run(["meson", "compile", "-C", "build"], project)
    segments(sysroot, project, project / "build/src/file-service")


def consumers(tap, sysroot, build, source):
    project = sysroot.scratch / "hello-world"
    shutil.copytree(source / "examples/apps/hello-world", project)
    tap.check("license texts are installed", licenses, sysroot, source)
    tap.check("each system call has its page", reference, sysroot)
    tap.check("installed files do not tell where they were built", no_paths, sysroot, build, source)
    for name, make in (("meson", with_meson), ("make", with_make), ("cmake", with_cmake), ("by-hand", by_hand),
                       ("through-a-link", through_a_link)):
        program = tap.check(f"{name}: builds", make, sysroot, project)
        tap.check(f"{name}: link map names only the sysroot and libgcc.a", map_is_clean, sysroot, project,
                  project / f"{name}.map")
        tap.check(f"{name}: segments and notes", segments, sysroot, project, program)
        tap.check(f"{name}: boots", boots, sysroot, project, program)
    tap.check("kaal gdb stops in main()", debugger_stops, sysroot, project, project / "build/hello-world")
    tap.check("examples/services/file builds", service_builds, sysroot, source)
    tap.check("two sysroots side by side, one through a symbolic link", side_by_side, sysroot, project)
    tap.check("a path with a space is refused", spaces_are_refused, sysroot, project)
    tap.check("no header of the host is read", headers_are_ours, sysroot, project)
    tap.check("the environment's folders are ignored", environment_is_ignored, sysroot, project)
    tap.check("no library of the host is found", host_library_is_refused, sysroot, project)


if __name__ == "__main__":
    main(__doc__, consumers)
