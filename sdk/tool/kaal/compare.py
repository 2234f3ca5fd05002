"""Compares the rows of `kaal bench` with those of an earlier commit, kept in a file."""
import ast
import configparser
import json
import re
import subprocess

from . import machine, place
from .errors import Failure

# The rows of the last release; of the present state until there is one.
LAST = "tests/bench/last_release.json"
# More is better in these rows. What is told of how many samples a row has is no figure.
RATES, NO_FIGURES = re.compile(r"channel\.bytes\."), re.compile(r"irq\.latency\.samples\.")
PERCENT = 2
# Stages of boot lie between two readings of a counter that ticks once in 16 instructions: a tick says nothing.
TICKING, TICK = re.compile(r"boot\.stage\."), 16


def first_line(command):
    """Of what a command prints; None if it fails, as git does in a copy of the tree without its history."""
    ran = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=place.TREE)
    return ran.stdout.split("\n")[0] if ran.returncode == 0 else None


def origin(compiler):
    """What the rows are of: the version and its tag (none: not released), commit, compiler and emulator."""
    changed = first_line(["git", "status", "--porcelain", "--untracked-files=no"])
    tags = first_line(["git", "tag", "--points-at", "HEAD", "v*"])
    machine_file = configparser.ConfigParser()
    machine_file.read(place.TREE / f"cross/aarch64-{compiler}.ini")
    program = ast.literal_eval(machine_file["binaries"]["c"])
    commit = first_line(["git", "rev-parse", "HEAD"]) or "unknown"
    return {"version": place.version(), "release": tags or "none yet",
            "commit": commit + (" with changes" if changed else ""),
            "compiler": first_line([program if isinstance(program, str) else program[0], "--version"]), "emulator": first_line([machine.QEMU, "--version"])}


def load(path):
    """(origin, rows) of a file that `kaal bench --json` has written."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = content["rows"]
        if not rows or any(set(row) != {"name", "value", "unit"} for row in rows):
            raise ValueError("rows without name, value and unit")
    except OSError as error:
        raise Failure(f"--compare {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Failure(f"--compare {path}: expected what `kaal bench --json` writes, found {error}") from error
    return content, rows


def worsened(name, before, now):
    """Whether a row is worse by more than PERCENT of what it was."""
    worse = before - now if RATES.match(name) else now - before
    if TICKING.match(name) and worse <= TICK:
        return False
    return worse * 100 > before * PERCENT and not NO_FIGURES.match(name)


def findings(before, now):
    """Lines on rows that are worse, gone or new; none if all is well. Both arguments as in a file's `rows`."""
    old = {row["name"]: (row["value"], row["unit"]) for row in before}
    new = {row["name"]: (row["value"], row["unit"]) for row in now}
    lines = [f"{name}: {old[name][0]:,} {old[name][1]} before, gone now" for name in old if name not in new]
    for name, (value, unit) in new.items():
        if name not in old:
            lines.append(f"{name}: new, {value:,} {unit}")
            continue
        was, was_unit = old[name]
        if unit != was_unit:
            lines.append(f"{name}: counted in {was_unit} before, in {unit} now")
        elif worsened(name, was, value):
            by = f"{(value - was) * 100 / was:+.1f} %" if was else "from nothing"
            lines.append(f"{name}: {was:,} {unit} before, {value:,} now ({by})")
    return lines


def report(path, present, rows):
    """Says what has become worse since the file was written; the number of such rows. `present`: origin() of `rows`."""
    past, before = load(path)
    print(f"compared with {path.name}: KaaL {past.get('version')}, release {past.get('release')}, commit {past.get('commit')}")
    for what in ("compiler", "emulator"):
        if past.get(what) != present[what]:
            print(f"note: {what} {present[what]}, then {past.get(what)}")
    found = findings(before, rows)
    for line in found:
        print(f"WORSE OR NOT THE SAME ROWS: {line}")
    print(f"{len(rows)} rows, {len(found)} that grew by more than {PERCENT} %, are gone or new")
    return len(found)
