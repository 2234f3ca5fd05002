"""Which functions there are to prove, and which are left out for a reason."""
import dataclasses
import functools
import re

from .. import place
from ..errors import Failure

FOLDERS = ("kernel/object", "kernel/core")
PAGE = "docs/proofs.md"
# A definition begins in the first column and so does its brace, as everywhere in the tree.
DEFINITION = re.compile(r"^(?:[A-Za-z_][\w *]*(?:\(\([^()]*\)\))?[\w *]*)?\b(\w+)\([^;{}]*\)\n\{$", re.M)
# Rows of the page's tables, each under its own heading: functions left out, and those whose sums wrap on purpose.
LEFT_OUT, WRAPPING = "## Functions left out", "## Sums that wrap on purpose"
ROW = re.compile(r"^\| `(kernel/\w+/\w+\.[ch])` \| (?:`(\w+)`|all) \| (.+) \|$", re.M)


@dataclasses.dataclass(frozen=True, order=True)
class Function:
    file: str  # where it is defined
    name: str

    @property
    def unit(self):
        """The file that is compiled when it is proved: a header's functions belong to the file of its name."""
        return self.file.removesuffix(".h") + ".c" if self.file.endswith(".h") else self.file

    def __str__(self):
        return f"{self.file}: {self.name}"


def source(file):
    return (place.TREE / file).read_text()


@functools.cache
def everything():
    """All functions of the kernel's portable part that have a body."""
    files = sorted(path.relative_to(place.TREE).as_posix() for folder in FOLDERS for path in (place.TREE / folder).glob("*.[ch]"))
    return [Function(file, name) for file in files for name in DEFINITION.findall(source(file))]


def body(text, name):
    """Where a function's lines begin and end."""
    for match in DEFINITION.finditer(text):
        if match[1] == name:
            return match.end(), text.index("\n}", match.end())
    raise Failure(f"found no function {name}, expected its definition")


def admits(function):
    """Whether it takes a fact for granted in the midst of its code: then nothing of it counts as proved."""
    text = source(function.file)
    begin, end = body(text, function.name)
    return re.search(r"\badmit\b", text[begin:end]) is not None


@functools.cache
def table(heading):
    """{function: reason} from the page's table under this heading."""
    reasons = {}
    there = everything()
    for file, name, reason in ROW.findall(source(PAGE).partition(f"\n{heading}\n")[2].partition("\n## ")[0]):
        named = [f for f in there if f.file == file and name in ("", f.name)]
        if not named:
            raise Failure(f"{PAGE}: found `{file}` {name or 'all'} under {heading}, expected functions that there are")
        reasons |= {function: reason for function in named}
    return reasons


def left_out():
    return table(LEFT_OUT)


def wrapping():
    return table(WRAPPING)


def listed():
    return [function for function in everything() if function not in left_out()]


def chosen(words):
    """The functions that words of a command line mean: files, names, or all that are listed."""
    if not words:
        return listed()
    there = [f for f in everything() for word in words if word in (f.file, f.unit, f.name)]
    for word in words:
        if not any(word in (f.file, f.unit, f.name) for f in there):
            raise Failure(f"found no function or file `{word}`, expected one of kernel/object or kernel/core")
    return sorted(set(there))


# A contract, and what it is of: a declaration in kernel/proof, or a definition.
CONTRACT = re.compile(r"/\*@((?:(?!\*/).)*)\*/\s*(?:[A-Za-z_][\w *]*(?:\(\([^()]*\)\))?[\w *]*)?\b(\w+)\([^;{}]*\)(?:;|\n\{)", re.S)
# What only says that the state's numbers stay in their ranges.
PLAIN = re.compile(r"\b\w+_ok\b(?:\{\w+\})?(?:\([^()]*\))?|&&|\\result|is_\w+\([^()]*\)|[\s();]")


@functools.cache
def contracts(file):
    return {name: text for text, name in CONTRACT.findall(source(file))}


def contract(function):
    """The text of a function's contracts, wherever they stand."""
    name = function.file.rsplit("/", 1)[1].rsplit(".", 1)[0]
    header = place.TREE / f"kernel/proof/{name}.h"
    files = [function.file, *([header.relative_to(place.TREE).as_posix()] if header.exists() else [])]
    return "\n".join(contracts(file).get(function.name, "") for file in files)


def is_functional(function):
    """Whether its contract says what it does, beyond leaving the state in order."""
    return any(PLAIN.sub("", clause) for clause in re.findall(r"\bensures\b([^;]*(?:\\(?:forall|exists)[^;]*;[^;]*)?);", contract(function)))
