"""Breaks proved functions: the proof of each must turn red, or its contract says nothing."""
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .. import console, place
from ..errors import Failure
from . import functions, wp

FILE = "tests/proof/mutants.txt"
HEAD = "# Made by `./kaal prove --mutants`: for each function a change of one line that its proof does not survive (file, function, line, changed line).\n"
CHANGES = (
    (r"==", "!="), (r"!=", "=="), (r"(?<![<>=-])<(?![<=])", ">="), (r"(?<![->])>(?![>=])", "<="), (r"<=", ">"), (r"(?<!>)>=", "<"),
    (r"&&", "||"), (r"\|\|", "&&"), (r"(?<= )\+ 1\b", "+ 2"), (r"(?<= )- 1\b", "- 2"), (r"(?<= )\+(?= )", "-"), (r"(?<= )-(?= )", "+"),
    (r"(?<= )\*(?= )", "/"), (r"(?<= )/(?= )", "*"), (r"(?<= )%(?= )", "/"), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"(?<= )>>(?= )", "<<"), (r"(?<= )<<(?= )", ">>"), (r"^(\t+\.\w+) = .*,$", r"\1 = 1,"), (r"\b[A-Z]+_NONE\b", "1"), (r"(?<= )= (?!\{)[^=;]+;", "= 0x7ffffff1;"), (r"= 0;", "= 1;"), (r"= 1;", "= 0;"), (r"\breturn (?!true|false)([^;]+);", r"return !(\1);"),
    (r"!(?=\w+\()", ""), (r"\[[a-z]\w*\]", "[0]"),
    (r"(?<=\w\()(?!void|\))[^(),;]+(?=[,)])", "UINT32_MAX"), (r"(?<=, )[^(),;*]+(?=\))", "UINT32_MAX"), (r"(?<=, )[^(),;*]+(?=\))", "0"),
)


def candidates(text, name):
    """Pairs of a line of the function, and the line that it could become."""
    begin, end = functions.body(text, name)
    annotation = False
    for line in text[begin:end].splitlines():
        bare = line.strip()
        annotation = annotation or bare.startswith("/*")
        inside, annotation = annotation, annotation and "*/" not in bare
        if inside or not bare or bare.startswith(("//", "kernel_assert")):
            continue
        for pattern, new in CHANGES:
            changed = re.sub(pattern, new, line, count=1)
            if changed != line:
                yield line, changed
        if re.match(r"^\t+[\w>\[\].*&()+-]+( [|&+-]?=|\().*;$", line) and "return" not in bare:
            yield line, re.match(r"^\t+", line)[0] + ";"


def change(text, name, old, new):
    begin, end = functions.body(text, name)
    inside = text[begin:end]
    if f"\n{old}\n" not in f"{inside}\n":
        return None
    return text[:begin] + f"{inside}\n".replace(f"\n{old}\n", f"\n{new}\n", 1)[:-1] + text[end:]


def compiles(tree, unit, cwd):
    """Whether the change is C at all, and of the right types."""
    command = ["gcc", "-std=c11", "-fsyntax-only", "-Werror=int-conversion", "-Werror=incompatible-pointer-types",
               *wp.preprocessor(tree).split(), unit]
    return subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def write(scratch, file, changes):
    """The file with these changes, {name: (old, new)}."""
    text = functions.source(file)
    for name, pair in changes.items():
        text = change(text, name, *pair)
    (Path(scratch) / file).write_text(text)


def attempts(tree, scratch, function, known):
    """Changes of one function that compile: the one that is known first."""
    text = functions.source(function.file)
    for pair in ([known] if known else []) + list(candidates(text, function.name)):
        if change(text, function.name, *pair) is None:
            continue
        write(scratch, function.file, {function.name: pair})
        if compiles(tree, function.unit, scratch):
            yield pair


def unproved(tree, scratch, unit, names, asks=True):
    """{name: the goals that this hurry leaves open}; without `asks`, those whose kept answers were not that quick."""
    results, _ = wp.prove(tree, unit, names, wp.HURRY, cwd=scratch, asks=asks)
    return {name: set(results[name].failed) for name in names}


def break_at_once(tree, scratch, unit, changes, slow):
    """
    {function: whether its proof fails}, of a file in which each of these functions is changed. A goal that is slow to be proved
    without any change is no sign of one.
    """
    for file in {function.file for function in changes}:
        write(scratch, file, {f.name: pair for f, pair in changes.items() if f.file == file})
    try:
        failed = unproved(tree, scratch, unit, [function.name for function in changes])
    except Failure:  # Frama-C does not take what gcc takes: which one is it?
        if len(changes) == 1:
            return {function: False for function in changes}
        restore(scratch, changes)
        return {f: red for function, pair in changes.items() for f, red in break_at_once(tree, scratch, unit, {function: pair}, slow).items()}
    restore(scratch, changes)
    return {function: bool(failed[function.name] - slow[function.name]) for function in changes}


def restore(scratch, changes):
    for file in {function.file for function in changes}:
        write(scratch, file, {})


def recorded():
    file = place.TREE / FILE
    rows = [line.split("\t#\t") for line in file.read_text().splitlines() if not line.startswith("#")] if file.exists() else []
    return {functions.Function(row[0], row[1]): (row[2], row[3]) for row in rows}


def record(rows):
    lines = ["\t#\t".join([function.file, function.name, *pair]) + "\n" for function, pair in sorted(rows.items())]
    (place.TREE / FILE).write_text(HEAD + "".join(lines))


def kill_unit(tree, unit, members, known):
    """
    {function: the change that turns its proof red}, for those where one is found. The functions of a file are
    broken at the same time: each proof rests on the contracts of others, never on their bodies.
    """
    found = {}
    with tempfile.TemporaryDirectory(prefix="kaal-mutant-") as scratch:
        shutil.copytree(place.TREE / "kernel", Path(scratch) / "kernel")
        (Path(scratch) / "freestanding").symlink_to(place.TREE / "freestanding")
        slow = unproved(tree, scratch, unit, [function.name for function in members], asks=False)
        waiting = {function: attempts(tree, scratch, function, known.get(function)) for function in members}
        while waiting:
            changes = {function: next(more, None) for function, more in waiting.items()}
            for function in [function for function, pair in changes.items() if pair is None]:
                console.say(f"{function}: SURVIVED all that was tried")
                del changes[function], waiting[function]
            restore(scratch, members)
            for function, red in (break_at_once(tree, scratch, unit, changes, slow) if changes else {}).items():
                if red:
                    old, new = found[function] = changes[function]
                    console.say(f"{function}: killed: {old.strip()} -> {new.strip()}")
                    del waiting[function]
    return found
