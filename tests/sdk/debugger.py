#!/usr/bin/env python3
"""
`kaal gdb` on a described system, with nothing but a moved copy of the sysroot: a service and two clients, which are one executable at the
same addresses. Breakpoints in one component, its symbols, threads, capabilities and mappings by name.

usage: debugger.py BUILD SOURCE
"""
import re
import subprocess
import sys
import time

from common import Broken, main, refused

sys.dont_write_bytecode = True

NAME = "sums"


def debugger(sysroot, project, *commands, options=()):
    words = [word for command in commands for word in ("--exec", command)]
    return sysroot.run(["kaal", "gdb", "--counted", *options, f"build/{NAME}.cpio", *words], project, timeout=60)


def shows(text, *patterns):
    """A line matches each, in this order."""
    lines = iter(text.splitlines())
    for pattern in patterns:
        if not any(re.search(pattern, line) for line in lines):
            raise Broken(f"no line, in this order, like {pattern} in\n{text}")


def made(sysroot, folder):
    sysroot.run(["kaal", "new", "service", NAME, "--build", "make"], folder)
    sysroot.run(["make"], folder / NAME)
    return folder / NAME


def one_component(sysroot, project):
    """The first component with this executable is not stopped, the second is, with its arguments, its symbols and its callers."""
    said = debugger(sysroot, project, "kaal break two main", "continue", "backtrace", "kaal component", "print arguments[1]")
    shows(said, r"^Hardware assisted breakpoint 1 at 0x\w+: file src/client\.c, line \d+\.", r"^Breakpoint 1, main \(count=3, ", r"^#0  main \(count=3",
          "^symbols of two; two runs$", r'= 0x\w+ "10"$')
    if "two: the sum is" in said:
        raise Broken(said)


def two_components(sysroot, project):
    """Symbols follow who is stopped; one name is another function in each component."""
    said = debugger(sysroot, project, f"kaal break {NAME} main", "kaal break one main", "kaal break one kaal_service_request", f"kaal break {NAME} add",
                    *["continue"] * 4, "print clients[0].sum", "kaal component root-task", "kaal component")
    shows(said, r"^(main|Breakpoint 1, main) \(\) at src/service\.c:|^#0  main \(\) at src/service\.c:", r"main \(count=4, .* at src/client\.c:",
          r"kaal_service_request \(", r"add \(server=", r"^\$1 = 0$", f"^symbols of root-task; {NAME} runs$")


def by_name(sysroot, project):
    said = debugger(sysroot, project, f"kaal break {NAME} add", "continue", "kaal threads", f"kaal caps {NAME}", "kaal caps one", "kaal maps one")
    shows(said, r"^root-task +0  RECEIVING +priority 255  0x\w+ kaal_\w*endpoint_recv", rf"^{NAME} +0  RUNNING +priority 110  0x\w+ add at src/service\.c:\d+$",
          r"^one +0  AWAITING_REPLY priority 100 ", r"^two +0  ", r"^capability-broker +0  RECEIVING +priority 253 ")
    shows(said, rf"^ +1  CNODE +RW--  {NAME}, 512 slots$", rf"^ +2  THREAD +RW--  {NAME}, thread 0$", rf"^ +3  VSPACE +RW--  {NAME}$",
          r"^ +9  ENDPOINT +-WG-  0x\w+, root-task receives, badge 0x1$", r"^ +10  ENDPOINT +-WG-  0x\w+, capability-broker receives, badge 0x1$",
          rf"ENDPOINT +R---  0x\w+, {NAME} receives$")
    shows(said, "^ +1  CNODE +RW--  one, ", rf"ENDPOINT +-WG-  0x\w+, {NAME} receives, badge 0x20000$")
    maps = re.findall(r"^0x(\w+)\.\.0x(\w+)  (...)  (\w+) +at 0x\w+, (\d+) bytes$", said, re.M)
    if {"r--", "r-x", "rw-"} != {rights for *_, rights, _, _ in maps} or {kind for *_, kind, _ in maps} != {"memory"}:
        raise Broken(f"{maps}\n{said}")
    if any(int(end, 16) - int(start, 16) != int(size) or int(start, 16) % 4096 for start, end, *_, size in maps):
        raise Broken(f"{maps}")


def from_the_start(sysroot, project):
    """Before anybody runs that is said; exit status 1, and what follows is not done."""
    for command, text in (("kaal threads", "the kernel does not run yet"), ("kaal caps", "usage: kaal caps NAME"),
                          ("kaal break nobody main", f"no component nobody; there are capability-broker, one, root-task, {NAME}, two"),
                          ("kaal break one no_such_function", "component one has no no_such_function"), ("no-such-command", "Undefined command")):
        words = ["kaal", "gdb", f"build/{NAME}.cpio", "--exec", command, "--exec", "print 6 * 7"]
        refused(sysroot, words, project, text)
        try:
            sysroot.run(words, project)
        except Broken as broken:
            if "= 42" in str(broken):
                raise


def attached(sysroot, project):
    """`kaal run --gdb` waits for the debugger of another terminal, and goes on without it."""
    command = [*sysroot.hidden, "kaal", "run", "--counted", "--gdb", "socket", f"build/{NAME}.cpio", "--expect", "^root-task: one: exit code 0$"]
    with subprocess.Popen(command, cwd=project, env=sysroot.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
        try:
            end = time.monotonic() + 20
            while not (project / "socket").exists() and time.monotonic() < end:
                time.sleep(0.05)
            refused(sysroot, ["kaal", "run", "--gdb", "socket", f"build/{NAME}.cpio"], project, "there is such a file already")
            shows(debugger(sysroot, project, "kaal break one main", "continue", options=["--attach", "socket"]), r"main \(count=4, ")
            said, _ = run.communicate(timeout=60)
        finally:
            run.kill()
    if run.returncode != 0 or f"kaal gdb --attach socket build/{NAME}.cpio" not in said or (project / "socket").exists():
        raise Broken(f"status {run.returncode}\n{said}")


def tests(tap, sysroot, _build, _source):
    project = tap.check("a service with two clients", made, sysroot, sysroot.folder("work"))
    tap.check("a breakpoint in one of two components with the same executable", one_component, sysroot, project)
    tap.check("symbols follow who is stopped", two_components, sysroot, project)
    tap.check("threads, capabilities and mappings by name", by_name, sysroot, project)
    tap.check("what cannot be done is said", from_the_start, sysroot, project)
    tap.check("attached to kaal run", attached, sysroot, project)


if __name__ == "__main__":
    main(__doc__, tests)
