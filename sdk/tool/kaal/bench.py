"""kaal bench: counts instructions and bytes, and compares."""
import json
import re
import tomllib

from . import build, elf, guest, machine, place
from .errors import Failure

HELP = "count instructions of boot, and sizes"
DESCRIPTION = """Boots each benchmark under QEMU with one instruction a virtual nanosecond, so that the
same build gives the same numbers. Boot times are read from a counter that runs at 62.5 MHz
of that: they are exact to 16 instructions."""
LINE = re.compile(r"BENCH (\S+) (\d+) (\S+)$")
TIMEOUT_SECONDS = 60

# Each boot: executable's archive, RAM, and which of its rows under which name.
BOOTS = [
    ("tests/bench/boot.cpio", "128M", lambda name: name),
    ("tests/bench/boot.cpio", "4G", lambda name: f"{name}.4g" if name == "boot.total" else None),
]


def add_arguments(parser):
    parser.add_argument("--json", metavar="FILE", help="also write the rows to this file")
    build.add_arguments(parser)


def boot_rows(folder, archive, memory, rename):
    """Boots one benchmark and returns its rows."""
    result = guest.boot(machine.Machine(image=str(place.image()), archive=str(folder / archive), memory=memory,
                                        cpu="cortex-a53", counted=True, repeatable=True), TIMEOUT_SECONDS)
    matches = [match for line in result.lines if (match := LINE.match(line))]
    if not result.powered_off or not matches:
        raise Failure(f"{archive} with {memory} of RAM did not end well:\n" + "\n".join(result.lines))
    return [{"name": name, "value": int(match[2]), "unit": match[3]}
            for match in matches if (name := rename(match[1]))]


def size_rows(folder):
    kernel = elf.sizes(folder / "kernel/kernel.elf")
    rows = [{"name": f"size.kernel.{kind}_bytes", "value": value, "unit": "bytes"} for kind, value in kernel.items()]
    return rows + [{"name": "size.image.bytes", "value": place.image().stat().st_size, "unit": "bytes"}]


def verdict(row, rows, baseline):
    """What the aim of a row says of its value; empty where there is none."""
    limit = baseline.get("at_most")
    if "at_most_percent_of" in baseline:
        limit = rows[baseline["at_most_percent_of"]]["value"] * baseline["percent"] // 100
    if limit is None:
        return ""
    return f"{'ok' if row['value'] <= limit else 'MISSED'}: at most {limit:,}"


def table(rows, baselines):
    """The rows as text, beside what they are compared with."""
    by_name = {row["name"]: row for row in rows}
    lines = [f"{'':32} {'KaaL':>12} {'seL4':>12}  aim"]
    for row in rows:
        baseline = baselines.get(row["name"], {})
        other = f"{baseline['sel4']:,}" if "sel4" in baseline else ""
        lines.append(f"{row['name']:32} {row['value']:12,} {other:>12}  {verdict(row, by_name, baseline)}".rstrip())
    return "\n".join(lines)


def run(options):
    folder = build.build(options.compiler)
    rows = [row for boot in BOOTS for row in boot_rows(folder, *boot)] + size_rows(folder)
    baselines = tomllib.loads((place.TREE / "tests/bench/baselines.toml").read_text())
    print(table(rows, baselines))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"rows": rows}, file, indent=2)
            file.write("\n")
    return 0
