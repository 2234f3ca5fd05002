"""W^X and confinement in the translation tables of machines that run (walk_tables.py says what is looked at).

usage: live_tables.py IMAGE KERNEL_ELF NAME ARCHIVE CPU [--extra=WORD...]    more words for QEMU
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kaal import guest, machine

RAM_MIB = 64
# Whether a CPU has PAN and BTI.
CPUS = {"cortex-a53": (False, False), "max": (True, True)}
EVERY = 50  # pages mapped or unmapped from walk to walk
WALKS_MIN, WALKS_MAX, SPACES_MIN = 8, 10, 4

def walk(image, kernel, archive, cpu, words, socket):
    """What the walker prints."""
    target = machine.Machine(image=image, archive=archive, cpu=cpu, memory=f"{RAM_MIB}M", counted=True, repeatable=True, gdb=str(socket), extra=words)
    has_pan, has_bti = CPUS[cpu]
    tool, here = Path(machine.__file__).resolve().parents[1], Path(__file__).resolve().parent
    call = f"walk_tables.main({RAM_MIB << 20}, {EVERY}, {WALKS_MAX}, {has_pan}, {has_bti}, '{socket}.ram')"
    commands = ["set pagination off", "set confirm off", f"target remote {socket}",
                f"python import sys; sys.dont_write_bytecode = True; sys.path[:0] = [{str(tool)!r}, {str(here)!r}]; import walk_tables; {call}"]
    debugger = ["gdb-multiarch", "-q", "-nx", "-batch", kernel, *(word for command in commands for word in ("-ex", command))]
    with subprocess.Popen(target.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as qemu:
        try:
            guest.wait_for_debugger_socket(socket, qemu)
            result = subprocess.run(debugger, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=80)
            return result.stdout + result.stderr
        except subprocess.TimeoutExpired as stuck:
            return f"PROBLEM {stuck}"
        finally:
            qemu.kill()


def problem(output):
    walked = re.search(r"^WALKED (\d+) .* (\d+) by capabilities, .* (\d+) spaces", output, re.M)
    if walked is None or "PROBLEM" in output:
        return "found what should not be there"
    if int(walked[1]) < WALKS_MIN or int(walked[2]) == 0 or int(walked[3]) < SPACES_MIN:
        return f"found too little to look at, expected {WALKS_MIN} walks and {SPACES_MIN} spaces"
    return None


def main(image, kernel, name, archive, cpu, *words):
    with tempfile.TemporaryDirectory(prefix="kaal-tables-") as scratch:
        output = walk(image, kernel, archive, cpu, words, Path(scratch) / "gdb")
    found = problem(output)
    print(f"1..1\n{'not ok' if found else 'ok'} 1 - tables of {name} on {cpu}")
    for line in ([found] if found else []) + re.findall("^(?:PROBLEM|WALKED|.*rror).*", output, re.M):
        print(f"# {line}")


if __name__ == "__main__":
    main(*sys.argv[1:6], *(word.removeprefix("--extra=") for word in sys.argv[6:]))
