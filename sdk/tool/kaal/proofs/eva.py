"""Runs Frama-C's Eva over the whole kernel, driven by anything: the number of its alarms in a file may fall, never grow."""
import collections
import re
import subprocess

from .. import console, place
from ..errors import Failure
from . import functions, wp

DRIVER, FILE = "tests/proof/eva.c", "tests/proof/eva.txt"
HEAD = "# Made by `./kaal prove --eva --record`: how many alarms Eva has in each file. `./kaal prove --eva` fails where there are more.\n"
LEFT_OUT = re.compile(r"/boot\w*\.c$")  # boot runs once, on what the elfloader has checked
ALARM = re.compile(r"^\[eva:alarm\] (kernel/[\w/.]+):(\d+): Warning:", re.M)
COVERAGE = re.compile(r"(\d+) functions analyzed.*\n\s*In these functions, (\d+) statements reached \(out of (\d+)\)")


def command(tree):
    units = sorted({function.unit for function in functions.everything() if not LEFT_OUT.search(function.unit)})
    return [*wp.frama_c(tree), "-eva", "-main", "machine", "-lib-entry", "-eva-precision", "0", "-no-annot", *units, DRIVER]


def recorded():
    lines = [line.split() for line in (place.TREE / FILE).read_text().splitlines() if not line.startswith("#")]
    return {file: int(count) for file, count in lines}


def lines(function):
    """The lines that a function's definition takes."""
    text = functions.source(function.file)
    begin, end = functions.body(text, function.name)
    return range(text.count("\n", 0, begin), text.count("\n", 0, end) + 2)


def verdict(alarms):
    """Which functions are free of run-time errors: WP has proved it, or Eva, which looks at all but boot, has no alarm in them."""
    there, proved = functions.everything(), set(functions.listed())
    alarmed = {function for function in there for file, line in alarms if function.file == file and int(line) in lines(function)}
    clean = [f for f in there if f not in proved and f not in alarmed and not LEFT_OUT.search(f.unit)]
    free = len(proved) + len(clean)
    return (f"free of run-time errors: {free} of {len(there)} functions ({100 * free / len(there):.1f} %): {len(proved)} proved, "
            f"{len(clean)} more without an alarm; {len(alarmed - proved)} with alarms are not proved")


def check(tree, record):
    """Returns how many files have no more alarms than before, and how many have more."""
    run = subprocess.run(command(tree), cwd=place.TREE, env=wp.environment(place.TREE, False), text=True, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    reached = COVERAGE.search(run.stdout)
    if run.returncode != 0 or not reached:
        raise Failure(f"Eva ended with status {run.returncode}:\n{wp.complaint(run.stdout)}")
    alarms = ALARM.findall(run.stdout)
    found = collections.Counter(file for file, _ in alarms)
    if record:
        (place.TREE / FILE).write_text(HEAD + "".join(f"{file} {count}\n" for file, count in sorted(found.items())))
    allowed = recorded()
    worse = [file for file, count in found.items() if count > allowed.get(file, 0)]
    for file in sorted(found | allowed):
        if found[file] != allowed.get(file, 0):
            console.say(f"{file}: found {found[file]} alarms, expected {allowed.get(file, 0)} at most ({FILE})")
    console.say(f"Eva: {reached[1]} functions, {reached[2]} of {reached[3]} statements reached, {found.total()} alarms")
    console.say(verdict(alarms))
    files = len(found | allowed)
    return files - len(worse), len(worse)
