"""What a system call's way through the kernel consists of: loads, stores, system registers, barriers, branches."""
import re
import subprocess
import tempfile
from pathlib import Path

from . import guest
from .errors import Failure

# Kinds by mnemonic. An instruction counts once, whatever it moves: ldp and stp, which move two registers, are one
# load or store each. svc and eret are no branches, tlbi and dc neither loads nor stores.
KINDS = {
    "loads": re.compile(r"ld"),
    "stores": re.compile(r"st"),
    "mrs": re.compile(r"mrs$"),
    "msr": re.compile(r"msr$"),
    "dsb": re.compile(r"dsb$"),
    "isb": re.compile(r"isb$"),
    "branches": re.compile(r"(b|bl|br|blr|ret|cbn?z|tbn?z|b\..*)$"),
}
TOOLS = "aarch64-linux-gnu-"
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\t[0-9a-f]{8} \t(\S+)")
EXECUTED = re.compile(r"Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/")
# QEMU takes back what it has just said: the instruction at this address is yet to run.
TAKEN_BACK = re.compile(r"(?:Stopped execution of TB chain before \S+ \[|cpu_io_recompile: rewound execution of TB to )"
                        r"([0-9a-f]+)")


def read(tool, *words):
    return subprocess.run([TOOLS + tool, *map(str, words)], check=True, text=True, stdout=subprocess.PIPE).stdout


def instructions(*programs):
    """{address: mnemonic} of all code of these ELF files."""
    found = {}
    for program in programs:
        for line in read("objdump", "-d", program).splitlines():
            if match := INSTRUCTION.match(line):
                found[int(match[1], 16)] = match[2]
    return found


def marks(program):
    """({address: names that begin there}, {address: names that end there}): the symbols path.begin.* and path.end.*."""
    begins, ends = {}, {}
    for address, _, name in (line.split() for line in read("nm", program).splitlines() if "path." in line):
        for prefix, where in (("path.begin.", begins), ("path.end.", ends)):
            if name.startswith(prefix):
                where.setdefault(int(address, 16), []).append(name.removeprefix(prefix))
    return begins, ends


def executed(lines):
    """The addresses of the instructions that ran, out of QEMU's log."""
    waiting = None
    for line in lines:
        if match := EXECUTED.match(line):
            if waiting is not None:
                yield waiting
            waiting = int(match[1], 16)
        elif (match := TAKEN_BACK.match(line)) and waiting == int(match[1], 16):
            waiting = None
    if waiting is not None:
        yield waiting


def walks(addresses, begins, ends):
    """{name: [addresses of each way from the last begin to the first end of that name, in order]}."""
    open_walks, done = {}, {}
    for address in addresses:
        for name in ends.get(address, ()):
            if name in open_walks:
                done.setdefault(name, []).append(open_walks.pop(name))
        for walk in open_walks.values():
            walk.append(address)
        for name in begins.get(address, ()):
            open_walks[name] = [address]
    return done


def count(walk, mnemonics):
    """{kind: how many}, and all instructions."""
    unknown = [address for address in walk if address not in mnemonics]
    if unknown:
        raise Failure(f"no code is known at {unknown[0]:#x}")
    result = {kind: sum(bool(pattern.match(mnemonics[address])) for address in walk) for kind, pattern in KINDS.items()}
    return result | {"instructions": len(walk)}


def rows(machine, kernel, program, timeout):
    """Rows NAME.KIND for each path that the program marks."""
    begins, ends = marks(program)
    mnemonics = instructions(kernel, program)
    with tempfile.TemporaryDirectory(prefix="kaal-paths-") as folder:
        log = Path(folder) / "log"
        user = [address for address in mnemonics if address < 1 << 63]
        ranges = f"{min(user):#x}..{max(user):#x},0xffffff8000000000..0xffffffffffffffff"
        machine.extra += ("-singlestep", "-d", "exec,nochain", "-D", str(log), "-dfilter", ranges)
        result = guest.boot(machine, timeout)
        if not result.powered_off or any("FAILED" in line for line in result.lines):
            raise Failure(f"{program} did not end well:\n" + "\n".join(result.lines))
        with open(log, encoding="utf-8", errors="replace") as lines:
            found = walks(executed(lines), begins, ends)
    table = []
    for name in sorted({name for names in begins.values() for name in names}):
        counts = [count(walk, mnemonics) for walk in found.get(name, [])]
        if len(counts) < 2 or counts[-1] != counts[-2]:
            raise Failure(f"{name} was not walked twice in the same way: {counts[-2:]}")
        table += [{"name": f"{name}.{kind}", "value": value, "unit": "instructions"} for kind, value in counts[-1].items()]
    return table
