"""kaal bench: counts instructions and bytes, and compares."""
import dataclasses
import itertools
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from . import build, compare, elf, guest, machine, paths, place, plot
from .errors import Failure

HELP = "count instructions of boot and system calls, and sizes"
DESCRIPTION = """Boots each benchmark three times under QEMU with one instruction a virtual nanosecond, and fails
if the numbers differ. Boot times are read from a counter that runs at 62.5 MHz of that: they are
exact to 16 instructions. Rows irq.latency.* tell how long after its deadline a sleeping thread runs,
over more than 10,000 deadlines, idle and while capabilities are revoked, memory is zeroed and code mapped.
System calls are counted to the instruction, from the svc to the eret inclusive; rows stub.* are what the C
stub adds, rows NAME.loads, .stores and so on what the instructions of NAME are (an ldp or stp is one). The
verdict is ok where a row keeps its aim, which is seL4's figure unless another is given. --compare fails for rows that have
grown by more than 2 % since the last release."""
LINE = re.compile(r"(?:[a-z0-9-]+: )?BENCH (\S+) (\d+) (\S+)$")  # a component's lines begin with its name
FAILED = re.compile(r"BENCH-FAILED ")
TIMEOUT_SECONDS = 60
PROMPT, READY = rb"kaal> $", re.compile(r"the first prompt came after (\d+) ns$")  # of the shell
RUNS = 3


@dataclasses.dataclass
class Boot:
    """One benchmark on one machine; `rename` gives a row its name there, or None to leave it out."""
    program: str
    memory: str
    gic: int = 3
    rename: Callable[[str], str | None] = lambda name: name


BOOTS = [
    Boot("boot", "128M"),
    Boot("boot", "4G", rename=lambda name: f"{name}.4g" if name == "boot.total" else None),
    Boot("kernel", "1024M", gic=2),  # as seL4 was measured
    Boot("large", "2G", gic=2),
    *[Boot(f"system-{count}", "128M") for count in (1, 3, 8, 32, 200)],
    Boot("system-crash", "128M"),
    Boot("system-broker", "128M"),
    Boot("system-channels", "128M"),
    Boot("system-files", "128M"),
    Boot("system-posix", "128M"),
    Boot("system-serial", "128M"),
]
PATHS = Boot("paths", "1024M", gic=2)


def add_arguments(parser):
    parser.add_argument("--json", metavar="FILE", help="also write the rows to this file")
    parser.add_argument("--svg", metavar="FILE", help="also draw them, beside other systems, into this file")
    parser.add_argument("--compare", metavar="FILE", nargs="?", const=compare.LAST,
                        help=f"fail if a row is more than {compare.PERCENT} %% worse than in FILE (default {compare.LAST})")
    build.add_arguments(parser)


def parse(lines, rename):
    """The rows among a guest's lines."""
    matches = [match for line in lines if (match := LINE.match(line))]
    return [{"name": name, "value": int(match[2]), "unit": match[3]}
            for match in matches if (name := rename(match[1]))]


def machine_of(folder, boot):
    return machine.Machine(image=str(place.image()), archive=str(folder / f"tests/bench/{boot.program}.cpio"),
                           memory=boot.memory, gic=boot.gic, cpu="cortex-a53", counted=True, repeatable=True)


def boot_once(folder, boot):
    """Boots one benchmark and returns its rows."""
    archive = folder / f"tests/bench/{boot.program}.cpio"
    result = guest.boot(machine_of(folder, boot), TIMEOUT_SECONDS)
    rows = parse(result.lines, boot.rename)
    if not result.powered_off or not rows or any(FAILED.match(line) for line in result.lines):
        raise Failure(f"{archive} with {boot.memory} of RAM did not end well:\n" + "\n".join(result.lines))
    return rows


def same(first, *others):
    """The rows of several runs, which must be the same."""
    for second in others:
        if first == second:
            continue
        differing = [f"{a['name']} {a['value']:,} / {b['name']} {b['value']:,}"
                     for a, b in itertools.zip_longest(first, second, fillvalue={"name": "(no row)", "value": 0}) if a != b]
        raise Failure("two runs of the same build differ: " + ", ".join(differing))
    return first


def boot_rows(folder, boot):
    """Boots one benchmark RUNS times and returns its rows."""
    return same(*[boot_once(folder, boot) for _ in range(RUNS)])


def prompt_once():
    """Boots the default system, and asks its shell when its prompt was there."""
    target = machine.Machine(image=str(place.image()), archive=str(place.default_archive()), cpu="cortex-a53", counted=True, repeatable=True)
    # Nothing is typed while the shell may still be looking at the time.
    steps = [guest.Step(PROMPT, b"uptime\r", 0.2), guest.Step(PROMPT, b"poweroff\r")]
    result = guest.boot(target, TIMEOUT_SECONDS, steps=steps)
    found = [match[1] for line in result.lines if (match := READY.search(line))]
    if not result.powered_off or len(found) != 1:
        raise Failure("the default system did not end well:\n" + "\n".join(result.lines))
    return [{"name": "boot.prompt", "unit": "instructions", "value": int(found[0])}]


def prompt_rows():
    return same(*[prompt_once() for _ in range(RUNS)])


def path_rows(folder, counted):
    """What the paths that tests/bench/paths.c marks consist of; `counted`: rows by the CPU's counter, which must agree."""
    rows = paths.rows(machine_of(folder, PATHS), folder / "kernel/kernel.elf", folder / f"tests/bench/bench-{PATHS.program}",
                      TIMEOUT_SECONDS)
    values = {f"{row['name']}.instructions": row["value"] for row in counted}
    for row in rows:
        if values.get(row["name"], row["value"]) != row["value"]:
            raise Failure(f"{row['name']}: {row['value']} were seen, {values[row['name']]} counted")
    return [row for row in rows if row["name"] not in values]


def size_rows(folder):
    kernel = elf.sizes(folder / "kernel/kernel.elf")
    rows = [{"name": f"size.kernel.{kind}_bytes", "value": value, "unit": "bytes"} for kind, value in kernel.items()]
    hello = elf.loaded_bytes(folder / "examples/apps/hello-world/src/hello-world")
    return rows + [{"name": "size.image.bytes", "value": place.image().stat().st_size, "unit": "bytes"},
                   {"name": "size.hello.elf_bytes", "value": hello, "unit": "bytes"}]


def slope_rows(rows):
    """What each further component adds to the way from the image's entry to the last one that serves."""
    total = {row["name"]: row["value"] for row in rows}
    return [{"name": f"boot.components.each.{many}", "unit": "instructions",
             "value": (total[f"boot.components.{many}"] - total[f"boot.components.{few}"]) // (many - few)}
            for few, many in ((8, 32), (32, 200))]


def ram_rows(folder, rows):
    """What kernel and root task have taken of RAM when one component runs: all that is taken without the archive."""
    taken = next(row["value"] for row in rows if row["name"] == "ram.taken")
    archive = (folder / "tests/bench/system-1.cpio").stat().st_size
    return [{"name": "ram.root", "unit": "bytes", "value": taken - (archive + 4095) // 4096 * 4096}]


def verdict(row, rows, baseline):
    """What the aim of a row says of its value; empty where there is none."""
    limit = baseline.get("at_most", baseline.get("sel4"))
    if "at_most_percent_of" in baseline:
        limit = rows[baseline["at_most_percent_of"]]["value"] * baseline["percent"] // 100
    if "at_most_over" in baseline:
        limit = rows[baseline["at_most_over"]]["value"] + baseline["over"]
    if limit is None:
        return ""
    return f"{'ok' if row['value'] <= limit else 'MISSED'}: at most {limit:,}"


def table(rows, baselines):
    """The rows as text, beside what they are compared with."""
    by_name = {row["name"]: row for row in rows}
    if missing := sorted(baselines.keys() - by_name.keys()):
        raise Failure(f"nothing is measured to compare with: {', '.join(missing)}")
    lines = [f"{'':32} {'KaaL':>12} {'seL4':>12} {'seL4 MCS':>12}  aim"]
    for row in rows:
        baseline = baselines.get(row["name"], {})
        others = [f"{baseline[key]:,}" if key in baseline else "" for key in ("sel4", "sel4_mcs")]
        lines.append(f"{row['name']:32} {row['value']:12,} {others[0]:>12} {others[1]:>12}  "
                     f"{verdict(row, by_name, baseline)}".rstrip())
    return "\n".join(lines)


def run(options):
    folder = build.build(options.compiler)
    rows = [row for boot in BOOTS for row in boot_rows(folder, boot)]
    rows += prompt_rows() + slope_rows(rows) + ram_rows(folder, rows) + path_rows(folder, rows) + size_rows(folder)
    baselines = tomllib.loads((place.TREE / "tests/bench/baselines.toml").read_text())
    print(table(rows, baselines))
    present = compare.origin(options.compiler) if options.json or options.compare else {}
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(present | {"rows": rows}, file, indent=2)
            file.write("\n")
    if options.svg:
        with open(options.svg, "w", encoding="utf-8") as file:
            file.write(plot.svg(rows, baselines))
    if options.compare is None:
        return 0
    path = place.TREE / compare.LAST if options.compare == compare.LAST else Path(options.compare)
    return 1 if compare.report(path, present, rows) else 0
