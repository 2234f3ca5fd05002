#!/usr/bin/env python3
"""Makes numbers, user stubs, typed functions and kernel dispatch from syscalls.toml; reference.py makes the pages.

usage: generate.py SYSCALLS.toml STATUS.def OUTDIR
"""
import re
import sys
import textwrap
import tomllib
from pathlib import Path

NOTICE = "Generated from kernel/abi/syscalls.toml; edit that."
MAX_ARGUMENTS, MAX_RESULTS = 6, 3
# Message words 0..7 travel here; the kernel's fast path never touches them.
MESSAGE_REGISTERS = ["x9", "x10", "x11", "x12", "x13", "x14", "x15", "x18"]
# What a call may change: the caller-saved registers of the procedure call
# standard (AAPCS64, 6.1.1); of v8..v15 only the lower halves are kept.
CALLER_SAVED = [f"x{n}" for n in range(19)]
VECTOR_CLOBBERS = [f"v{n}" for n in list(range(8)) + list(range(16, 32))]
REQUIRED = {"name", "number", "brief", "arguments", "blocks", "ownership", "on_failure", "errors"}
OPTIONAL = {"words", "results"}
# What each kind of argument tells, beside a free `text`.
ARGUMENT_KEYS = {"cap": {"name", "kind", "object", "rights"}, "word": {"name", "kind", "unit", "range"}}
TYPES_HEADER = Path(__file__).parent / "kaal/types.h"


def fail(message):
    sys.exit(f"syscalls.toml: {message}")


def check_argument(call, argument, objects, rights):
    """An argument says all that its kind has to."""
    where = f"{call}: argument {argument.get('name', '?')}"
    wanted = ARGUMENT_KEYS.get(argument.get("kind"))
    if wanted is None:
        fail(f"{where}: kind is neither cap nor word")
    if set(argument) - {"text"} != wanted:
        fail(f"{where}: a {argument['kind']} has {', '.join(sorted(wanted))} and may have text")
    if argument["kind"] == "word":
        return
    if argument["object"] != "any" and argument["object"] not in objects:
        fail(f"{where}: there is no KAAL_OBJECT_{argument['object']}")
    # A text where an argument's value decides.
    if isinstance(argument["rights"], list) and (unknown := set(argument["rights"]) - rights):
        fail(f"{where}: there is no KAAL_RIGHT_{unknown.pop()}")


def check_errors(call, statuses):
    """Errors exist, once each, and those that the arguments bring are listed."""
    name, listed = call["name"], [error["status"] for error in call["errors"]]
    if len(set(listed)) != len(listed):
        fail(f"{name}: a status is listed twice")
    for error in call["errors"]:
        if error["status"] not in statuses:
            fail(f"{name}: status {error['status']} is not in status.def")
        if not error.get("when"):
            fail(f"{name}: {error['status']} does not say when")
    caps = [argument for argument in call["arguments"] if argument["kind"] == "cap"]
    for status, wanted in (("INVALID_CAP", bool(caps)), ("WRONG_TYPE", any(cap["object"] != "any" for cap in caps)),
                           ("NO_RIGHT", any(cap["rights"] for cap in caps))):
        if wanted and status not in listed:
            fail(f"{name}: its capabilities make {status} possible, which is not listed")
    if "NO_RIGHT" in listed and not any(cap["rights"] for cap in caps):
        fail(f"{name}: NO_RIGHT is listed, but no argument needs a right")


def load(table_path, status_path):
    """Reads and checks the table; returns the calls and {status: (number, text)}."""
    statuses = {m[1]: (int(m[2]), m[3]) for m in
                re.finditer(r'^KAAL_STATUS\((\w+),\s*(\d+),\s*"(.*)"\)', Path(status_path).read_text(), re.M)}
    types = TYPES_HEADER.read_text()
    objects, rights = (set(re.findall(rf"\bKAAL_{kind}_([A-Z_]+)\b", types)) for kind in ("OBJECT", "RIGHT"))
    calls = tomllib.loads(Path(table_path).read_text())["syscall"]
    names, numbers = set(), set()
    for call in calls:
        name = call.get("name", "?")
        if unknown := set(call) - REQUIRED - OPTIONAL:
            fail(f"{name}: unknown key {sorted(unknown)}")
        call.setdefault("results", [])
        for key in sorted(REQUIRED):
            if key not in call or call[key] == "":
                fail(f"{name}: {key} is missing")
        if name in names or call["number"] in numbers:
            fail(f"{name}: name or number {call['number']} is taken")
        if not 0 <= call["number"] <= 255:
            fail(f"{name}: number {call['number']} is not in 0..255")
        if len(call["arguments"]) > MAX_ARGUMENTS or len(call["results"]) > MAX_RESULTS:
            fail(f"{name}: more than {MAX_ARGUMENTS} arguments or {MAX_RESULTS} results")
        for argument in call["arguments"]:
            check_argument(name, argument, objects, rights)
        check_errors(call, statuses)
        names.add(name)
        numbers.add(call["number"])
    return calls, statuses


def numbers_header(calls):
    lines = [f"/* {NOTICE} */", "#ifndef KAAL_SYSCALL_NUMBERS_H", "#define KAAL_SYSCALL_NUMBERS_H", "",
             "/* Immediates of SVC. */"]
    lines += [f"#define KAAL_SYS_{c['name'].upper()} {c['number']}" for c in calls]
    lines += [f"#define KAAL_SYSCALL_COUNT {max(c['number'] for c in calls) + 1} /* one more than the largest */",
              "", "#endif", ""]
    return "\n".join(lines)


def parameters(call, typed=False):
    types = {"cap": "kaal_cap_t", "word": "uint64_t"}
    params = [f"{type_of(a['object']) if typed and a.get('object', 'any') != 'any' else types[a['kind']]} {a['name']}" for a in call["arguments"]]
    if "words" in call:
        params.append(f"{'const ' if call['words'] == 'in' else ''}uint64_t words[KAAL_MESSAGE_REGISTERS]")
    params += [f"uint64_t *{r['name']}" for r in call["results"]]
    return ", ".join(params) or "void"


def stub(call):
    """One static inline function around one svc."""
    arguments, results = call["arguments"], call["results"]
    lines = [f"/* {call['brief']} */", f"KAAL_MUST_CHECK static inline kaal_status_t kaal_sys_{call['name']}({parameters(call)})", "{"]
    used, operands = [], []
    for i in range(max(len(arguments), len(results) + 1)):
        value = f" = {arguments[i]['name']}" if i < len(arguments) else ""
        lines.append(f'\tregister uint64_t r{i} __asm__("x{i}"){value};')
        operands.append(f'"{"+" if value else "="}r"(r{i})')
        used.append(f"x{i}")
    words = call.get("words", "")
    for i, register in enumerate(MESSAGE_REGISTERS if words else []):
        value = f" = words[{i}]" if words.startswith("in") else ""
        lines.append(f'\tregister uint64_t w{i} __asm__("{register}"){value};')
        operands.append(f'"{"+" if value else "="}r"(w{i})')
        used.append(register)
    clobbers = ", ".join(f'"{r}"' for r in CALLER_SAVED + VECTOR_CLOBBERS if r not in used)
    lines += ["\t__asm__ volatile(\"svc %[number]\"", f"\t\t: {', '.join(operands)}",
              f"\t\t: [number] \"i\"(KAAL_SYS_{call['name'].upper()})", f"\t\t: {clobbers}, \"memory\", \"cc\");"]
    if words.endswith("out"):
        lines += [f"\twords[{i}] = w{i};" for i in range(len(MESSAGE_REGISTERS))]
    lines += [f"\t*{r['name']} = r{i + 1};" for i, r in enumerate(results)]
    lines += ["\treturn r0;", "}", ""]
    return "\n".join(lines)


def stubs_header(calls):
    head = [f"/*\n * System calls as they are: capabilities are numbers. <kaal/object.h> has them by type. {NOTICE}\n * What each call needs, returns and changes:\n"
            " * share/kaal/doc/abi, a page a call. Result pointers must not be NULL; after a failure\n"
            " * results are 0, where they count what was done (made, mapped …) that count.\n */",
            "#ifndef KAAL_SYSCALL_H", "#define KAAL_SYSCALL_H", "", "#include <kaal/status.h>",
            "#include <kaal/syscall_numbers.h>", "#include <kaal/types.h>", ""]
    return "\n".join(head + [stub(c) for c in calls] + ["#endif", ""])


# --- typed functions -------------------------------------------------------------------------

def type_of(kind):
    return f"kaal_{kind.lower()}_t"


def paragraph(text):
    return [f" * {line}" for line in textwrap.wrap(text, 140, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)]


def described(argument):
    """An argument as a line of its function's comment."""
    if argument["kind"] == "cap":
        rights = argument["rights"] if isinstance(argument["rights"], str) else ", ".join(argument["rights"]) or "none needed"
        facts = [f"rights: {rights}"]
    else:
        facts = [argument["unit"], argument["range"]]
    return f"  {argument['name']}: " + "; ".join([*facts, *([argument["text"]] if "text" in argument else [])])


def typed(call):
    """A function whose capabilities have types, with all that the table says of it."""
    lines = ["/*", *paragraph(call["brief"]), " *"]
    for argument in call["arguments"]:
        lines += paragraph(described(argument))
    if "words" in call:
        lines += paragraph(f"  words: message words 0..7, {call['words'].replace('inout', 'sent, then those received')}")
    for result in call["results"]:
        lines += paragraph(f"  *{result['name']}: {result['text']}")
    lines += [" *", *paragraph(f"Blocks: {call['blocks']}."), *paragraph(f"Ownership: {call['ownership']}"),
              *paragraph(f"On failure: {call['on_failure']}")]
    for error in call["errors"]:
        lines += paragraph(f"  {error['status']}: {error['when']}")
    names = [f"{a['name']}.slot" if a["kind"] == "cap" and a["object"] != "any" else a["name"] for a in call["arguments"]]
    names += ["words"] * ("words" in call) + [r["name"] for r in call["results"]]
    return "\n".join([*lines, " */", f"KAAL_MUST_CHECK static inline kaal_status_t kaal_{call['name']}({parameters(call, typed=True)})", "{",
                      f"\treturn kaal_sys_{call['name']}({', '.join(names)});", "}", ""])


def typed_header(calls):
    head = [f"/*\n * System calls by type: a capability of an endpoint is no capability of a frame. {NOTICE}\n *\n"
            " * Where any object will do there is a kaal_cap_t, the slot itself. Result pointers must not be NULL; after a failure results are 0.\n"
            " * Any thread. share/kaal/doc/abi has a page a call.\n */",
            "#ifndef KAAL_OBJECT_H", "#define KAAL_OBJECT_H", "", "#include <kaal/object_types.h>", "#include <kaal/syscall.h>", "",
            "#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
    return "\n".join([*head, *[typed(c) for c in calls], "#ifdef __cplusplus", "}", "#endif", "", "#endif", ""])


def dispatch_table(calls):
    return "\n".join([f"/* {NOTICE} */"] +
                     [f"case KAAL_SYS_{c['name'].upper()}:\n\tsyscall_{c['name']}(caller);\n\tbreak;" for c in calls]) + "\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    calls, _ = load(sys.argv[1], sys.argv[2])
    out = Path(sys.argv[3])
    (out / "syscall_numbers.h").write_text(numbers_header(calls))
    (out / "syscall.h").write_text(stubs_header(calls))
    (out / "object.h").write_text(typed_header(calls))
    (out / "syscall_dispatch.inc").write_text(dispatch_table(calls))


if __name__ == "__main__":
    main()
