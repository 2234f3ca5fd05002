"""What generate.py refuses in a table of system calls, one small wrong table a rule."""
import copy
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
TREE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / "kernel/abi"), str(TREE / "tests/host/tool")]
import generate
import reference
import tap

STATUS = TREE / "kernel/abi/kaal/status.def"
CAP = {"name": "cnode", "kind": "cap", "object": "CNODE", "rights": ["WRITE"]}
WORD = {"name": "count", "kind": "word", "unit": "slots", "range": "1..4"}
GOOD = {"name": "cap_try", "number": 1, "brief": "Tries.", "arguments": [CAP, WORD], "blocks": "never",
        "ownership": "Nothing changes.", "on_failure": "Nothing has changed.",
        "errors": [{"status": status, "when": "then"} for status in ("INVALID_CAP", "WRONG_TYPE", "NO_RIGHT")]}


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def load(*calls):
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        for call in calls:
            file.write("[[syscall]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in call.items()))
        file.flush()
        return generate.load(file.name, STATUS)


def without(status):
    return [error for error in GOOD["errors"] if error["status"] != status]


class Refused(unittest.TestCase):
    def refused(self, words, **changes):
        """A call that differs from the good one in this is refused with these words; None takes a key away."""
        call = {key: value for key, value in {**copy.deepcopy(GOOD), **changes}.items() if value is not None}
        with self.assertRaisesRegex(SystemExit, words):
            load(call)

    def test_good_one_is_not(self):
        calls, _ = load(GOOD)
        self.assertEqual(calls[0]["name"], "cap_try")

    def test_missing_key(self):
        for key in ("number", "brief", "arguments", "blocks", "ownership", "on_failure", "errors"):
            self.refused(f"{key} is missing", **{key: None})

    def test_empty_text(self):
        self.refused("on_failure is missing", on_failure="")

    def test_unknown_key(self):
        self.refused("unknown key", colour="red")

    def test_number_taken(self):
        with self.assertRaisesRegex(SystemExit, "number 1 is taken"):
            load(GOOD, {**GOOD, "name": "cap_again"})

    def test_number_out_of_range(self):
        for number in (-1, 256):
            self.refused("is not in 0..255", number=number)

    def test_too_many(self):
        self.refused("more than 6", arguments=[CAP] + [WORD] * 6)
        self.refused("more than 6", results=[{"name": "a", "text": "b"}] * 4)

    def test_kind(self):
        self.refused("neither cap nor word", arguments=[{**WORD, "kind": "pointer"}])

    def test_argument_keys(self):
        self.refused("a word has", arguments=[{key: WORD[key] for key in ("name", "kind", "unit")}])
        self.refused("a cap has", arguments=[{key: CAP[key] for key in ("name", "kind", "object")}])
        self.refused("a word has", arguments=[{**WORD, "rights": []}])

    def test_object(self):
        self.refused("no KAAL_OBJECT_CNODES", arguments=[{**CAP, "object": "CNODES"}])

    def test_right(self):
        self.refused("no KAAL_RIGHT_OWN", arguments=[{**CAP, "rights": ["OWN"]}])

    def test_error_of_an_argument(self):
        for status in ("INVALID_CAP", "WRONG_TYPE", "NO_RIGHT"):
            self.refused(f"make {status} possible", errors=without(status))

    def test_right_that_depends(self):
        self.refused("make NO_RIGHT possible", arguments=[{**CAP, "rights": "as wanted"}], errors=without("NO_RIGHT"))

    def test_needless_no_right(self):
        self.refused("no argument needs a right", arguments=[{**CAP, "rights": []}])

    def test_status(self):
        self.refused("not in status.def", errors=GOOD["errors"] + [{"status": "ODD", "when": "then"}])
        self.refused("listed twice", errors=GOOD["errors"] * 2)
        self.refused("does not say when", errors=GOOD["errors"] + [{"status": "TIMEOUT", "when": ""}])


class Page(unittest.TestCase):
    def test_all_of_the_table_is_on_it(self):
        calls, statuses = load({**GOOD, "results": [{"name": "made", "text": "slots made"}], "words": "in"})
        text = reference.page(calls[0], statuses)
        for wanted in ("# cap_try\n", "Tries.", "kaal_cap_try(kaal_cnode_t cnode, uint64_t count, const uint64_t words",
                       "svc #1 ", "| `x0` | `cnode` | capability, CNODE |", "| `x1` | `count` | slots | 1..4 |", "`x18`",
                       "| `cnode` | WRITE |", "| `x1` | `made` | slots made |", "Never.", "Nothing changes.",
                       "Nothing has changed.", "| 3 | `KAAL_NO_RIGHT` | then |"):
            self.assertIn(wanted, text)

    def rows(self, words, heading, arguments):
        """The rows of message words under a heading of a page."""
        calls, statuses = load({**GOOD, "words": words, "arguments": arguments})
        section = reference.page(calls[0], statuses).partition(f"## {heading}\n")[2].partition("## ")[0]
        return [row for row in section.splitlines() if "`words`" in row]

    def test_message_words_are_where_they_travel(self):
        message = {**WORD, "name": "message"}
        for words, count in (("in", (1, 0)), ("out", (0, 1)), ("inout", (1, 1))):
            found = [self.rows(words, heading, [CAP, message]) for heading in ("Arguments", "Results")]
            self.assertEqual(tuple(map(len, found)), count)
            for row in found[0] + found[1]:
                self.assertIn("`x9`, `x10`, `x11`, `x12`, `x13`, `x14`, `x15`, `x18`", row)

    def test_senders_are_told_that_all_words_travel(self):
        self.assertIn("clear what is not meant", self.rows("inout", "Arguments", [CAP, {**WORD, "name": "message"}])[0])
        self.assertNotIn("clear", self.rows("in", "Arguments", [CAP, WORD])[0])


if __name__ == "__main__":
    tap.main()
