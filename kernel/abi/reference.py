#!/usr/bin/env python3
"""Makes the ABI reference from syscalls.toml: an index and one page a system call, the same headings on each.

usage: reference.py SYSCALLS.toml STATUS.def OUTDIR         OUTDIR is made anew
"""
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import generate

INTRODUCTION = """\
A system call is `svc #NUMBER`. Arguments go in `x0`..`x5`; the status comes back in `x0`, results in `x1`..`x3`.
Message words travel in `x9`..`x15` and `x18`; a message carries all eight, whatever its message word says. A call may change every caller-saved register, as a function may. The
functions in `<kaal/object.h>` are `kaal_NAME()`; `<kaal/syscall.h>` has `kaal_sys_NAME()`, in which all capabilities are plain numbers.

After a failure results are 0; where they count what was done (`made`, `mapped` …), that count. When several things are
wrong, a call reports one of them. Slots of a CNode are counted from 0, its own header, which holds no capability;
`radix` is log2 of their number."""

# Of tables: register and name, and what is to be said about message words.
WORDS = [f"`{generate.MESSAGE_REGISTERS[0]}`…", "`words`"]
WORDS_WHERE = "in " + ", ".join(f"`{register}`" for register in generate.MESSAGE_REGISTERS)
SECRET = "; all eight reach the receiver, however few `message` says: clear what is not meant for it"


def rights_text(argument):
    rights = argument["rights"]
    return rights if isinstance(rights, str) else ", ".join(rights) or "none needed"


def table(head, rows):
    """Lines of a table, or the word None."""
    if not rows:
        return ["None."]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def argument_rows(call):
    for i, argument in enumerate(call["arguments"]):
        if argument["kind"] == "cap":
            what = "any capability" if argument["object"] == "any" else f"capability, {argument['object']}"
            unit_range = [what, "an index in the caller's CSpace"]
        else:
            unit_range = [argument["unit"], argument["range"]]
        yield [f"`x{i}`", f"`{argument['name']}`", *unit_range, argument.get("text", "")]
    if call.get("words", "").startswith("in"):
        sends = any(argument["name"] == "message" for argument in call["arguments"])
        yield [*WORDS, "message words", "any", WORDS_WHERE + (SECRET if sends else "")]


def result_rows(call):
    for i, result in enumerate(call["results"], 1):
        yield [f"`x{i}`", f"`{result['name']}`", result["text"]]
    if call.get("words", "").endswith("out"):
        yield [*WORDS, f"message words, {WORDS_WHERE}; those beyond the message's length are the sender's, too"]


def page(call, statuses):
    """The page of one call."""
    rights = [[f"`{a['name']}`", rights_text(a)] for a in call["arguments"] if a["kind"] == "cap"]
    errors = [[str(statuses[e["status"]][0]), f"`KAAL_{e['status']}`", e["when"]] for e in call["errors"]]
    out = [f"<!-- {generate.NOTICE} -->", f"# {call['name']}", "", call["brief"], "", "```c",
           f"kaal_status_t kaal_{call['name']}({generate.parameters(call, typed=True)}); /* svc #{call['number']} */", "```"]
    arguments = list(argument_rows(call))
    for title, lines in (("Arguments", table(("register", "name", "unit", "range", "meaning"), arguments)),
                         ("Rights", table(("capability", "rights"), rights)),
                         ("Results", table(("register", "name", "meaning"), list(result_rows(call)))),
                         ("Blocking", [call["blocks"][0].upper() + call["blocks"][1:] + "."]),
                         ("On success", [call["ownership"]]),
                         ("After a failure", [call["on_failure"]]),
                         ("Errors", table(("number", "status", "when"), errors))):
        out += ["", f"## {title}", "", *lines]
    return "\n".join(out) + "\n"


def index(calls, statuses):
    out = [f"<!-- {generate.NOTICE} -->", "# ABI reference", "", INTRODUCTION, "", "## System calls", ""]
    out += table(("number", "call", "what it does"),
                 [[str(c["number"]), f"[{c['name']}]({c['name']}.md)", c["brief"]]
                  for c in sorted(calls, key=lambda call: call["number"])])
    out += ["", "## Statuses", ""]
    out += table(("number", "name", "meaning"),
                 [[str(n), f"`KAAL_{s}`", t] for s, (n, t) in sorted(statuses.items(), key=lambda item: item[1][0])])
    return "\n".join(out) + "\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    calls, statuses = generate.load(sys.argv[1], sys.argv[2])
    out = Path(sys.argv[3])
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    (out / "index.md").write_text(index(calls, statuses))
    for call in calls:
        (out / f"{call['name']}.md").write_text(page(call, statuses))


if __name__ == "__main__":
    main()
