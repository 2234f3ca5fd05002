"""The table of docs/flags.md has a row for each flag that the build hands to compilers and linkers, with where it is used, and no other.

usage: flags.py SOURCE BUILD COMPILER      TAP; COMPILER: gcc or clang
       flags.py --print BUILD              the flags as they are, for who writes a row
"""
import re
import shlex
import sys
from pathlib import Path

ROW = re.compile(r"^\| `([^`]+)` \| ([a-z ,]+) \| (gcc|clang|both) \| .+ \|$")
# What says which, not how: one row for all of a kind.
KINDS = [
    (r"-D.*", "-D…"), (r"-U(?!_FORTIFY|__|linux|_).*", "-U…"), (r"-I.*", "-I…"), (r"-isystem.*", "-isystem…"), (r"-L.*", "-L…"),
    (r"(-f\w+-prefix-map)=.*", r"\1=…"), (r"(-fdebug-compilation-dir)=.*", r"\1=…"), (r"(-fcall-used)-x\d+", r"\1-x…"),
    (r"(-ffixed)-x\d+", r"\1-x…"), (r"(-Wl,--defsym)=.*", r"\1=…"), (r"-Wl,-T(,.*)?", "-Wl,-T,…"), (r"-Wl,-e,.*", "-Wl,-e,…"),
    (r"-Wl,-u,.*", "-Wl,-u,…"), (r"(-Wl,-z,stack-size)=.*", r"\1=…"), (r"(-Wl,-rpath(-link)?,).*", r"\1…"), (r"(--target)=.*", r"\1=…"),
    (r"(-specs)=.*", r"\1=…"), (r"(-march)=.*", r"\1=…"), (r"(-std)=.*", r"\1=…"), (r"(-Wframe-larger-than)=.*", r"\1=…"),
]
# What such a word names is no flag.
TAKES_A_WORD = {"-idirafter", "-include", "-isystem", "-o", "-MQ", "-MF", "-T", "-z", "-L", "-I"}


def kind_of(flag):
    for pattern, kind in KINDS:
        if re.fullmatch(pattern, flag):
            return re.sub(f"^{pattern}$", kind, flag)
    return flag


def linker_flags(flag):
    """-Wl,a,b as what each part says; the words of -z, -T, -e and -u stay with them."""
    words = flag.split(",")[1:]
    while words:
        first = words.pop(0)
        if first in ("-z", "-T", "-e", "-u", "-rpath", "-rpath-link") and words:
            first += "," + words.pop(0)
        yield f"-Wl,{first}"


def flags_of(words):
    words = iter(words)
    for word in words:
        if not word.startswith("-") or word == "-":
            continue
        if word.startswith("-Wl,"):
            yield from map(kind_of, linker_flags(word))
        else:
            yield kind_of(word)
        if word in TAKES_A_WORD:
            next(words, None)


def area_of(output, rule):
    if "FOR_BUILD" in rule:
        return "host"
    for prefix, area in (("subprojects/", "third party"), ("kernel/", "kernel"), ("runtime/elfloader/", "boot"), ("freestanding/", "boot")):
        if output.startswith(prefix):
            return area
    return "programs"


def of_build(build):
    """{flag: areas} of what Ninja runs."""
    found = {}
    output = rule = None
    for line in (build / "build.ninja").read_text().splitlines():
        if line.startswith("rule "):
            rule, output = line.split()[1], ""
        elif line.startswith("build "):
            output, _, rest = line[6:].partition(": ")
            rule = rest.split(" ")[0]
        elif match := re.match(r" (ARGS|LINK_ARGS) = (.*)", line):
            if re.match(r"c_(\w+_)?(COMPILER|LINKER)|\w*LINKER", rule):
                for flag in flags_of(shlex.split(match[2].replace("$ ", " "))):
                    found.setdefault(flag, set()).add(area_of(output, rule))
    return found


def of_sysroot(build):
    """Flags that aarch64-kaal-gcc adds to a program's own."""
    wrapper = (build / "sdk/sysroot/aarch64-kaal-gcc").read_text()
    words = shlex.split(wrapper[wrapper.index('exec "$gcc"'):].replace("\\\n", " "))
    specs = re.search(r"^\*link:\n(.*)$", (build / "sdk/sysroot/kaal.specs").read_text(), re.M)[1]
    linker = re.sub(r"%\{shared:[^}]*\}", "", specs)
    linker = re.sub(r"%\{!?\w[\w*-]*:|%:getenv\([^)]*\)|[{}]", " ", linker)
    merged = re.sub(r"-z (\S+)", r"-z,\1", linker).split()
    return {kind_of(flag) for flag in flags_of(words)} | {kind_of("-Wl," + word) for word in merged if word.startswith("-")}


def used(build):
    found = of_build(build)
    if (build / "sdk/sysroot/aarch64-kaal-gcc").exists():
        for flag in of_sysroot(build):
            found.setdefault(flag, set()).add("sysroot")
    return found


def rows(page, compiler):
    """{flag: areas} of the compiler's rows."""
    found = {}
    for line in page.read_text().splitlines():
        if match := ROW.match(line):
            if match[3] in ("both", compiler):
                found[match[1]] = {area.strip() for area in match[2].split(",")}
        elif line.startswith("| `"):
            raise SystemExit(f"Bail out! {page.name}: no row: {line}")
    return found


def problems(table, found):
    for flag, areas in sorted(found.items()):
        if flag not in table:
            yield f"{flag} is used ({', '.join(sorted(areas))}) and has no row"
        elif table[flag] != areas:
            yield f"{flag} is used in {', '.join(sorted(areas))}; its row says {', '.join(sorted(table[flag]))}"
    yield from (f"{flag} has a row, and is used nowhere" for flag in sorted(table.keys() - found.keys()))


def main():
    if sys.argv[1] == "--print":
        for flag, areas in sorted(used(Path(sys.argv[2])).items()):
            print(f"| `{flag}` | {', '.join(sorted(areas))} |")
        return 0
    source, build, compiler = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    wrong = list(problems(rows(source / "docs/flags.md", compiler), used(build)))
    print(f"1..1\n{'not ok' if wrong else 'ok'} 1 - each flag of the build is explained, and no other")
    print("".join(f"# {line}\n" for line in wrong), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
