#!/usr/bin/env python3
"""Makes kaal/syscall.h for programs on the host: the same functions as user stubs, which call host_call().

usage: host_calls.py SYSCALLS.toml STATUS.def OUTPUT
"""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "kernel/abi"))
import generate


def stub(call):
    """One static inline function around one host_call()."""
    arguments = [a["name"] for a in call["arguments"]] + ["0"] * (generate.MAX_ARGUMENTS - len(call["arguments"]))
    lines = [f"static inline kaal_status_t kaal_sys_{call['name']}({generate.parameters(call)})", "{",
             f"\tuint64_t host_results[{generate.MAX_RESULTS}];",
             f"\tkaal_status_t host_status = host_call(KAAL_SYS_{call['name'].upper()}, "
             f"(const uint64_t[]){{{', '.join(arguments)}}}, host_results);", ""]
    lines += [f"\t*{result['name']} = host_results[{i}];" for i, result in enumerate(call["results"])]
    return "\n".join(lines + ["\treturn host_status;", "}", ""])


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    calls, _ = generate.load(sys.argv[1], sys.argv[2])
    # Words travel in registers that the host has not.
    calls = [call for call in calls if "words" not in call]
    head = ["/* Generated from kernel/abi/syscalls.toml by host_calls.py: stands in for kaal/syscall.h. */", "#ifndef KAAL_SYSCALL_H",
            "#define KAAL_SYSCALL_H", "", "#include <kaal/status.h>", "#include <kaal/syscall_numbers.h>", "#include <kaal/types.h>", "",
            "/* Makes a call in the host's kernel; defined by the test. */",
            "kaal_status_t host_call(uint32_t number, const uint64_t argument[6], uint64_t result[3]);", ""]
    Path(sys.argv[3]).write_text("\n".join(head + [stub(call) for call in calls] + ["#endif", ""]))


if __name__ == "__main__":
    main()
