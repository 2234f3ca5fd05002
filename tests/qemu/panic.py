"""What the kernel does wrong by itself ends in a panic that explains it. A debugger makes it go wrong.

usage: panic.py IMAGE KERNEL_ELF ARCHIVE    the archive of tests/qemu/syscalls.c
"""
import functools
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kaal import guest, machine
from tap_lines import Tap

DIRECT_MAP = "0xffffff8000000000"
# Names that no compiler inlines: user_return loads from x0 + 256, user_irq stores to SP.
# name, CPU, what the debugger does at the first system call, what the KAAL-FATAL line must say
CASES = [
    ("a jump to nowhere", "cortex-a53", ["set $pc = 0"], r"panic: found instruction abort at address 0x0, pc 0x0,"),
    ("a read of an address that is not mapped", "cortex-a53",
     ["set $x0 = 0xffffffffffff0000", "set $pc = user_return"],
     r"panic: found data abort at address 0xffffffffffff0\w+, pc 0xffffffff8\w+, syndrome 0x96000005"),
    ("a write to the kernel's code", "cortex-a53", ["set $sp = (long)&kernel_header", "set $pc = user_irq"],
     r"panic: found data abort at address 0xffffffff800000\w+, .* syndrome 0x9600004f"),
    ("a write to the kernel's constants", "cortex-a53", ["set $sp = (long)&kernel_rodata", "set $pc = user_irq"],
     r"panic: found data abort at address 0xffffffff8\w+, .* syndrome 0x9600004f"),
    ("execution of the kernel's data", "cortex-a53", ["set $pc = &kernel_data"],
     r"panic: found instruction abort at address 0xffffffff8\w+, .* syndrome 0x8600000f"),
    ("execution of an object", "cortex-a53", [f"set $pc = {DIRECT_MAP} + 0x47000000"],
     r"panic: found instruction abort at address 0xffffff8047000000, .* syndrome 0x8600000[def]"),
    ("a write to the kernel's code through the direct map", "cortex-a53",
     ["set $sp = $kernel_physical + 0xffffff8000000000", "set $pc = user_irq"],
     r"panic: found data abort at address 0xffffff8040\w+, .* syndrome 0x9600004[4-7]"),
    ("execution of the user's code", "cortex-a53", ["set $pc = 0x400800"],
     r"panic: found instruction abort at address 0x400800, .* syndrome 0x8600000[def]"),
    ("a read of the user's memory, with PAN", "neoverse-n1", ["set $x0 = 0x7fc0000000", "set $pc = user_return"],
     r"panic: found data abort at address 0x7fc0000100, .* syndrome 0x9600000f"),
    ("a jump to where none may land, with BTI", "max", ["set $$branch_register = (long)&user_return", "set $pc = $branch"],
     r"panic: found branch target exception at address 0x0, pc 0xffffffff8\w+, syndrome 0x3600000[1-3]"),
    ("a stack that is used up", "cortex-a53", ["set $sp = (long)&kernel_stack_guard + 0x1000", "set $pc = exception_sync"],
     r"panic: found the stack used up at pc 0xffffffff8\w+, expected at most 8192 bytes"),
    ("an invariant that does not hold", "cortex-a53",
     ["set $x0 = (long)&kernel_rodata", "set $x1 = 77", "set $x2 = (long)&kernel_rodata", "set $pc = arch_panic"],
     r"panic: .*:77: found the opposite of"),
]


def serial_output(image, kernel, archive, cpu, commands, folder):
    """What the machine prints after the debugger has meddled with it."""
    socket = Path(folder) / "gdb"
    socket.unlink(missing_ok=True)
    target = machine.Machine(image=image, archive=archive, cpu=cpu, counted=True, repeatable=True, gdb=str(socket))
    script = ["set pagination off", "set confirm off", f"target remote {socket}", "hbreak *exception_sync", "continue",
              "delete", *commands, "continue"]
    command = ["gdb-multiarch", "-q", "-nx", "-batch", kernel]
    for line in script:
        command += ["-ex", line]
    with subprocess.Popen(target.command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as qemu:
        try:
            guest.wait_for_debugger_socket(socket, qemu)
            debugger = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
            output = qemu.communicate(timeout=20)[0].decode("utf-8", "replace").replace("\r", "")
        except subprocess.TimeoutExpired as stuck:
            qemu.kill()
            return f"# no power-off: {stuck}"
    return output if "KAAL-FATAL" in output else output + debugger.stdout + debugger.stderr


def problem(output, pattern):
    fatal = [line for line in output.split("\n") if line.startswith("KAAL-FATAL")]
    if len(fatal) != 1 or not re.search("kernel: " + pattern, fatal[0]):
        return f"found {fatal}, expected one line with `{pattern}`"
    if "assert" not in pattern and "backtrace: 0x" not in output:
        return "no backtrace"
    return None


def kernel_physical(image):
    """Where the kernel lies when QEMU loads the image at its usual place."""
    offset = Path(image).read_bytes().index(b"KAALKRNL")
    return 0x40200000 + offset


def indirect_branch(kernel):
    """The kernel's first call or jump by register: (address, register)."""
    listing = subprocess.run(["aarch64-linux-gnu-objdump", "-d", kernel], check=True, text=True, stdout=subprocess.PIPE).stdout
    found = re.search(r"^([0-9a-f]+):\t\w+ \tbl?r\t(x\d+)$", listing, re.M)
    return found[1], found[2]


def main(image, kernel, archive):
    tap = Tap(len(CASES))
    branch, register = indirect_branch(kernel)
    words = {"$kernel_physical": f"{kernel_physical(image):#x}", "$branch_register": register, "$branch": f"0x{branch}"}
    with tempfile.TemporaryDirectory() as folder:
        for name, cpu, commands, pattern in CASES:
            commands = [functools.reduce(lambda text, word: text.replace(word, words[word]), words, command) for command in commands]
            output = serial_output(image, kernel, archive, cpu, commands, folder)
            tap.case(name, problem(output, pattern), output.split("\n"))
    return tap.status()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
