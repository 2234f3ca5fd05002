"""A fault of the root task itself resets the machine. A debugger makes it go wrong, once the system runs.

usage: root_fault.py IMAGE ARCHIVE ROOT-TASK-ELF
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kaal import guest, machine


def output_of(image, archive, root, socket):
    target = machine.Machine(image=image, archive=archive, gic=3, counted=True, repeatable=True, gdb=str(socket))
    commands = ["set pagination off", "set confirm off", f"target remote {socket}", "hbreak requests_serve", "continue", "delete",
                "set $pc = 0", "continue"]
    debugger = ["gdb-multiarch", "-q", "-nx", "-batch", root, *(word for command in commands for word in ("-ex", command))]
    with subprocess.Popen(target.command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as qemu:
        try:
            guest.wait_for_debugger_socket(socket, qemu)
            subprocess.run(debugger, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
            return qemu.communicate(timeout=20)[0].decode("utf-8", "replace").replace("\r", "")
        except subprocess.TimeoutExpired as stuck:
            qemu.kill()
            return f"the machine was not reset: {stuck}"


def main():
    image, archive, root = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="kaal-root-fault-") as scratch:
        output = output_of(image, archive, root, Path(scratch) / "gdb")
    good = re.search(r"^KAAL-FATAL kernel: critical thread: unhandled instruction abort at address 0x0, pc 0x0,.*; resetting", output, re.M)
    print(f"1..1\n{'ok' if good else 'not ok'} 1 - a fault of the root task resets the machine")
    if not good:
        print("".join(f"# {line}\n" for line in output.split("\n")), end="")


if __name__ == "__main__":
    main()
