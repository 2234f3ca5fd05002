"""Breaks proved functions: the proof of each must turn red, or its contract says nothing."""
import re
import shutil
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
    (r"\b[A-Z]+_NONE\b", "1"), (r"(?<= )= (?!\{)[^=;]+;", "= 0x7ffffff1;"), (r"= 0;", "= 1;"), (r"= 1;", "= 0;"), (r"\breturn (?!true|false)([^;]+);", r"return !(\1);"),
)


def body(text, name):
    """Where a function's lines begin and end."""
    for match in functions.DEFINITION.finditer(text):
        if match[1] == name:
            return match.end(), text.index("\n}", match.end())
    raise Failure(f"found no function {name}, expected its definition")


def candidates(text, name):
    """Pairs of a line of the function, and the line that it could become."""
    begin, end = body(text, name)
    annotation = False
    for line in text[begin:end].splitlines():
        bare = line.strip()
        annotation = annotation or bare.startswith("/*")
        inside, annotation = annotation, annotation and "*/" not in bare
        if inside or not bare or bare.startswith("//"):
            continue
        for pattern, new in CHANGES:
            changed = re.sub(pattern, new, line, count=1)
            if changed != line:
                yield line, changed
        if re.match(r"^\t+[\w>\[\].*&()+-]+( [|&+-]?=|\().*;$", line) and "return" not in bare:
            yield line, re.match(r"^\t+", line)[0] + ";"


def change(text, name, old, new):
    begin, end = body(text, name)
    inside = text[begin:end]
    if f"\n{old}\n" not in f"{inside}\n":
        return None
    return text[:begin] + f"{inside}\n".replace(f"\n{old}\n", f"\n{new}\n", 1)[:-1] + text[end:]


def is_red(tree, function, text):
    """Whether the function's proof fails in a copy of the kernel with this text of its file; None: it does not compile."""
    with tempfile.TemporaryDirectory(prefix="kaal-mutant-") as scratch:
        shutil.copytree(place.TREE / "kernel", Path(scratch) / "kernel")
        (Path(scratch) / "freestanding").symlink_to(place.TREE / "freestanding")
        (Path(scratch) / function.file).write_text(text)
        try:
            results, _ = wp.prove(tree, function.unit, [function.name], cwd=scratch)
        except Failure:
            return None
        return not results[function.name].is_proved


def recorded():
    file = place.TREE / FILE
    rows = [line.split("\t#\t") for line in file.read_text().splitlines() if not line.startswith("#")] if file.exists() else []
    return {functions.Function(row[0], row[1]): (row[2], row[3]) for row in rows}


def record(rows):
    lines = ["\t#\t".join([function.file, function.name, *pair]) + "\n" for function, pair in sorted(rows.items())]
    (place.TREE / FILE).write_text(HEAD + "".join(lines))


def kill(tree, function, known):
    """The change that turns this function's proof red: the one that is known, else the first that is found; None if all survive."""
    text = functions.source(function.file)
    for old, new in ([known] if known else []) + list(candidates(text, function.name)):
        changed = change(text, function.name, old, new)
        if changed and is_red(tree, function, changed):
            console.say(f"{function}: killed: {old.strip()} -> {new.strip()}")
            return old, new
    console.say(f"{function}: SURVIVED all that was tried")
    return None
