#!/usr/bin/env python3
"""Makes calls.h: what the adversary knows of each system call, from the ABI's one table.

usage: make_calls.py SYSCALLS.toml STATUS.def OUTPUT

A kind of word that the adversary has no idea of ends it: whoever adds one says here what it is.
"""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kernel/abi"))
import generate

# How a word is chosen (choose.c), by its unit in the table; by its name where the unit says too little.
UNITS = {
    "message word (kaal_message())": "MESSAGE", "counter ticks (CNTVCT_EL0)": "DEADLINE", "bytes from the frame's start": "OFFSET",
    "bytes": "LENGTH", "slot of `to`": "TO_SLOT", "slot of `from`": "FROM_SLOT", "slot of `cnode`": "TO_SLOT", "KAAL_RIGHT_* bits": "RIGHTS",
    "the badge of a Notification; of a CNode guard value * 64 + guard bits": "BADGE", "KAAL_OBJECT_* + 256 * size_bits + flag": "WHAT",
    "objects": "OBJECTS", "word": "ANY", "truth": "TRUTH", "frames": "FRAMES", "interrupt id": "LINE", "trigger": "TRIGGER",
}
NAMES = {("address", "pc"): "PC", ("address", "sp"): "SP", ("address", "address"): "ADDRESS", ("priority", "priority"): "PRIORITY",
         ("priority", "ceiling"): "PRIORITY", ("counter ticks", "budget"): "BUDGET", ("counter ticks", "period"): "PERIOD"}
STATUSES_MAX = 64  # a mask holds them


def kind(call, argument):
    if argument["kind"] == "cap":
        return "NULL" if argument["object"] == "any" else argument["object"], "CHOOSE_CAP"
    found = NAMES.get((argument["unit"], argument["name"])) or UNITS.get(argument["unit"])
    if found is None:
        sys.exit(f"make_calls.py: {call['name']}: how shall `{argument['name']}` ({argument['unit']}) be chosen?")
    return "NULL", f"CHOOSE_{found}"


def row(call, statuses):
    arguments = [kind(call, argument) for argument in call["arguments"]]
    mask = sum(1 << list(statuses).index(error["status"]) for error in call["errors"])
    kinds = ", ".join(f"{{{word}, KAAL_OBJECT_{kaal_object}}}" for kaal_object, word in arguments) or "{CHOOSE_ANY, KAAL_OBJECT_NULL}"
    system = any(argument.get("object") == "SYSTEM_CONTROL" for argument in call["arguments"])
    return (f'\t{{"{call["name"]}", KAAL_SYS_{call["name"].upper()}, {len(arguments)}, {len(call["results"])}, {int("words" in call)}, {int(system)}, '
            f"UINT64_C({mask:#x}), {{{kinds}}}}},")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    calls, statuses = generate.load(sys.argv[1], sys.argv[2])
    if len(statuses) > STATUSES_MAX:
        sys.exit("make_calls.py: a status more than a mask of 64 holds")
    lines = ["/* Generated from kernel/abi/syscalls.toml by tests/adversary/make_calls.py. */", "#ifndef CALLS_H", "#define CALLS_H", "",
             f"#define CALLS {len(calls)}u", f"#define CALL_STATUSES {len(statuses)}u", "",
             "static const struct call calls[CALLS] = {", *[row(call, statuses) for call in calls], "};", "",
             "static const struct call_status call_statuses[CALL_STATUSES] = {",
             *[f'\t{{"{name}", {number}}},' for name, (number, _) in statuses.items()], "};", "", "#endif", ""]
    Path(sys.argv[3]).write_text("\n".join(lines))


if __name__ == "__main__":
    main()
