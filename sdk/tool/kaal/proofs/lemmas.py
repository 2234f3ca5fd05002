"""Lemmas that provers are told: each is proved in Coq, as the statement that this makes of the lemma's own text."""
import re
import subprocess
import tempfile
from pathlib import Path

from .. import place
from ..errors import Failure

HEADER, TWINS = "kernel/proof/bits.h", "tests/proof/bits.v"
LEMMA = re.compile(r"\blemma\s+(\w+):\s*([^;]*;[^;]*);")
TOKEN = re.compile(r"\s*(==>|<==>|<=|>=|==|!=|<<|>>|&&|\|\||\\forall|\w+|\S)")
# From loose to tight, as in C; what each becomes of its two sides.
LEVELS = (
    {"||": "({} \\/ {})"}, {"&&": "({} /\\ {})"}, {"|": "(Z.lor {} {})"}, {"^": "(Z.lxor {} {})"}, {"&": "(Z.land {} {})"},
    {"<<": "(Z.shiftl {} {})", ">>": "(Z.shiftr {} {})"}, {"+": "({} + {})", "-": "({} - {})"},
    {"*": "({} * {})", "/": "(Z.quot {} {})", "%": "(Z.rem {} {})"},
)
COMPARISONS = {"<=": "<=", "<": "<", ">=": ">=", ">": ">", "==": "=", "!=": "<>"}
COMPARED = 2  # the level from which on terms are numbers


class Reader:
    """A recursive descent through a lemma's formula, to Coq."""

    def __init__(self, text):
        self.tokens = TOKEN.findall(text)

    def take(self, expected=None):
        token = self.tokens.pop(0) if self.tokens else ""
        if expected is not None and token != expected:
            raise Failure(f"{HEADER}: found `{token}`, expected `{expected}`")
        return token

    def next_is(self, *tokens):
        return bool(self.tokens) and self.tokens[0] in tokens

    def formula(self):
        if self.next_is("\\forall"):
            self.take()
            self.take("integer")
            names = [self.take()]
            while self.next_is(","):
                self.take()
                names.append(self.take())
            self.take(";")
            return f"(forall {' '.join(names)} : Z, {self.formula()})"
        left = self.level(0)
        if self.next_is("==>"):
            self.take()
            return f"({left} -> {self.formula()})"
        if self.next_is("<==>"):
            self.take()
            return f"({left} <-> {self.level(0)})"
        return left

    def comparison(self):
        terms, parts = [self.level(COMPARED)], []
        while self.next_is(*COMPARISONS):
            sign = COMPARISONS[self.take()]
            terms.append(self.level(COMPARED))
            parts.append(f"({terms[-2]} {sign} {terms[-1]})")
        if not parts:
            return terms[0]
        found = parts.pop()
        while parts:
            found = f"({parts.pop()} /\\ {found})"
        return found

    def level(self, number):
        if number == len(LEVELS):
            return self.unary()
        below = self.comparison if number + 1 == COMPARED else lambda: self.level(number + 1)
        left = below()
        while self.next_is(*LEVELS[number]):
            form = LEVELS[number][self.take()]
            left = form.format(left, below())
        return left

    def unary(self):
        if self.next_is("-", "~", "!"):
            form = {"-": "(- {})", "~": "(Z.lnot {})", "!": "(~ {})"}[self.take()]
            return form.format(self.unary())
        token = self.take()
        if token == "(" and self.next_is("uint32_t", "uint64_t"):
            bits = int(re.sub(r"\D", "", self.take()))
            self.take(")")
            return f"(Z.modulo {self.unary()} {1 << bits})"
        if token == "(":
            inner = self.formula()
            self.take(")")
            return inner
        return str(int(token, 0)) if token[0].isdigit() else token


def statements():
    """{name: Coq statement} of all lemmas."""
    found = {}
    for name, text in LEMMA.findall((place.TREE / HEADER).read_text()):
        reader = Reader(text)
        found[name] = reader.formula()
        if reader.tokens:
            raise Failure(f"{HEADER}: lemma {name}: found `{reader.tokens[0]}`, expected its end")
    return found


def check():
    """Returns {name: what is wrong, or ""}."""
    wanted = statements()
    twins = (place.TREE / TWINS).read_text()
    there = {name for name in wanted if re.search(rf"^Theorem {name}\b", twins, re.M)}
    ends = "".join(f"\nDefinition twin_{name} : {wanted[name]} := {name}.\nPrint Assumptions twin_{name}." for name in sorted(there))
    with tempfile.TemporaryDirectory(prefix="kaal-coq-") as scratch:
        (Path(scratch) / "bits.v").write_text(twins + ends + "\n")
        run = subprocess.run(["coqc", "-q", "-noglob", "bits.v"], cwd=scratch, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, check=False)
    if run.returncode != 0:
        raise Failure(f"{TWINS}: {run.stdout.strip()}")
    if run.stdout.count("Closed under the global context") != len(there):
        raise Failure(f"{TWINS}: found theorems that rest on something not proved, expected none:\n{run.stdout.strip()}")
    return {name: "" if name in there else f"no theorem of its name in {TWINS}" for name in wanted}
