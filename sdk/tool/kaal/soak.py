"""kaal soak: long seeded campaigns."""
import functools
import os
import re
import subprocess
import sys
import tempfile
import time

from pathlib import Path

from . import bench, build, console, guest, image, packages, place, sources
from .errors import Failure

HELP = "run a long seeded campaign"
DESCRIPTION = """Campaigns: fuzz-elf, fuzz-archive, fuzz-dtb and fuzz-manifest hand COUNT inputs to a reader of untrusted bytes,
fuzz-channel to an end of a channel whose other side is hostile, fuzz-syscalls to the kernel and a model of it: some 300 steps each
(libFuzzer; address and undefined-behaviour sanitizer; needs clang, which is installed). An input
that breaks a reader is kept in build-fuzz/. irq-latency takes COUNT timer interrupts while
capabilities are revoked, memory is zeroed and code mapped; one that takes more than ten times as long as on the
idle machine has failed. At least COUNT are done. ipc makes COUNT steps (calls, faults, deadlines, objects that end) by
threads that send each other messages, with the kernel's invariants checked after each, on this machine, under the
sanitizers: twice, with the fast path and without. canaries preempts COUNT times threads that have values of their own in all
registers, general and floating-point, and call each other; it ends at the first that has lost one. respawn starts and ends
components COUNT times, by exits, faults and kills at any moment; after each the root task has as much memory as before. kill ends
servers and clients COUNT times while they send messages and capabilities, map memory and ask the broker: calls that wait end within 1 ms
of virtual time, all work again within 5 ms, and at the end root task and broker have what they had before. In each of COUNT cycles of confinement a component without any privilege tries
every system call on every index, and addresses: all pages where somebody has memory, and one in 32 of the 2 MiB blocks that there are;
its neighbours go on, their memory and capabilities as before. syscalls makes COUNT calls in 20 boots, of 20 seeds from SEED on: right, almost right
and at the edge, by several threads with every kind of capability but SystemControl, on a kernel that checks its invariants; it tells how often each
call ended how, and fails where one never ended well, or never badly."""
FUZZERS = ("fuzz-elf", "fuzz-archive", "fuzz-dtb", "fuzz-manifest", "fuzz-channel", "fuzz-syscalls")
IRQ_LATENCY = "irq-latency"
CANARIES = "canaries"
SYSTEMS = ("respawn", "kill", "confinement")  # tests/system/NAME.dts, whose program tells "NAME: N cycles, N failures"
SYSCALLS, SYSCALLS_SEEDS = "syscalls", 20
IPC, IPC_PROGRAMS = "ipc", ("test-kernel-ipc_random", "test-kernel-ipc_random_fast")
USUAL = {name: 1000000 for name in FUZZERS} | {"fuzz-syscalls": 20000} | {"respawn": 100000, "kill": 10000, "confinement": 32} | {IRQ_LATENCY: 10000, IPC: 1000000, CANARIES: 1000000, SYSCALLS: 10000000}
# Of the host: a multiple of what each takes.
SECONDS_PER_INTERRUPT, SECONDS_AT_LEAST = 0.02, 120
SECONDS_PER_STEP = 0.01
BYTES_PER_CALL = 100  # of output: registers of threads that fault
SECONDS_PER_CYCLE = {"respawn": 0.1, "kill": 0.1, "confinement": 60}
BYTES_PER_CYCLE = {"respawn": 2000, "kill": 2000, "confinement": 40000}  # of output: crash reports


def add_arguments(parser):
    parser.add_argument("name", choices=list(USUAL))
    parser.add_argument("--count", type=int, help="inputs, steps or preemptions (default 1000000; fuzz-syscalls 20000), calls (default 10000000), cycles (default 100000; kill 10000; confinement 32), or interrupts (default 10000)")
    parser.add_argument("--seed", type=int, help="makes the campaign repeatable (default: the clock)")


def fuzzer(name):
    """Builds the libFuzzer program of a campaign."""
    packages.ensure("base", "clang")
    sources.ensure(place.TREE)
    folder = place.TREE / "build-fuzz"
    environment = dict(os.environ, CC_FOR_BUILD="clang")
    if not (folder / "build.ninja").exists():
        console.run(["meson", "setup", folder, "--cross-file", place.TREE / "cross/aarch64-gcc.ini", "-Dfuzzers=true"],
                    cwd=place.TREE, env=environment)
    target = f"lib{name.replace('fuzz', 'fuzzer', 1)}"
    console.run(["meson", "compile", "-C", folder, target], env=environment)
    return folder, folder / "tests/fuzz" / target


def boot_campaign(program, parameters, machine, count, seed, tell=lambda line: print(line, flush=True), **limits):
    """Boots a program whose file `parameters` says how much to do."""
    with tempfile.TemporaryDirectory(prefix="kaal-soak-") as name:
        scratch = Path(name)
        (scratch / parameters).write_text(f"{count} {seed}\n")
        archive = scratch / "system.cpio"
        image.pack(archive, program, [f"{parameters}={scratch}/{parameters}"])
        machine.archive = str(archive)
        console.say(f"{parameters}: {' '.join(machine.command())}")
        return guest.boot(machine, max(SECONDS_AT_LEAST, count * SECONDS_PER_INTERRUPT), tell, **limits)


def canaries(count, seed):
    """Returns how many preemptions there were, and how many registers were lost."""
    folder = build.build()
    machine = bench.machine_of(folder, bench.Boot("kernel", "128M", gic=3))
    result = boot_campaign(folder / "tests/qemu/qemu-canaries", CANARIES, machine, count, seed)
    told = [match for line in result.lines if (match := re.match(r"# canaries: (\d+) preemptions, (\d+) failures$", line))]
    if result.timed_out or not told:
        raise Failure(f"{CANARIES}: it did not end well")
    unhappy = sum(line.startswith("not ok") for line in result.lines)
    return int(told[-1][1]), max(int(told[-1][2]), unhappy)


def told_endings(lines, endings):
    """Adds up how often each call ended how."""
    for line in lines:
        if match := re.match(r"# call (\w+) (\w+) (\d+)$", line):
            of_call = endings.setdefault(match[1], {})
            of_call[match[2]] = of_call.get(match[2], 0) + int(match[3])


def one_sided(results):
    """The calls that the program complained of in all boots: they never ended well, or never badly."""
    complaints = [set(re.findall(r"^not ok \d+ - (\w+) ended well", "\n".join(lines), re.M)) for lines in results]
    return set.intersection(*complaints) if complaints else set()


def syscalls(count, seed):
    """Returns how many calls were made in all boots, and in how many boots something was wrong."""
    folder = build.build()
    console.run(["meson", "compile", "-C", folder, "kaal-checked.img"])
    done, failed, endings, results = 0, 0, {}, []
    for boot in range(SYSCALLS_SEEDS):
        machine = bench.machine_of(folder, bench.Boot("kernel", "128M", gic=2 + boot % 2))
        machine.image = str(folder / "runtime/elfloader/kaal-checked.img")
        calls = max(1, count // SYSCALLS_SEEDS)
        result = boot_campaign(folder / "tests/qemu/qemu-adversary", SYSCALLS, machine, calls, seed + boot, lambda line: None,
                               bytes_max=calls * BYTES_PER_CALL + (1 << 24))
        told = [match for line in result.lines if (match := re.match(r"# syscalls: (\d+) calls, .*, (\d+) failures$", line))]
        fatal = [line for line in result.lines if line.startswith(("KAAL-FATAL", "kernel: check: "))]
        unhappy = [line for line in result.lines if re.match(r"not ok|# round", line) and "ended well" not in line]
        good = result.powered_off and told and not fatal and not unhappy and told[-1][2] == "0"
        print("\n".join([*fatal, *unhappy, f"seed {seed + boot}: {told[-1][0][2:] if told else 'it did not end well'}"]), flush=True)
        done += int(told[-1][1]) if told else 0
        failed += not good
        results.append(result.lines)
        told_endings(result.lines, endings)
    for call, of_call in sorted(endings.items()):
        print(f"{call}: " + ", ".join(f"{status} {times}" for status, times in of_call.items()))
    for call in sorted(one_sided(results)):
        print(f"{call}: it always ended alike")
        failed += 1
    return done, failed


def irq_latency(count, seed):
    """Returns how many interrupts were taken and how many took too long."""
    folder = build.build()
    boot = next(boot for boot in bench.BOOTS if boot.program == "large")
    result = boot_campaign(folder / "tests/bench/bench-large", "latency", bench.machine_of(folder, boot), count, seed)
    rows = {row["name"]: row["value"] for row in bench.parse(result.lines, lambda name: name)}
    if not result.powered_off or "irq.latency.above" not in rows:
        raise Failure(f"{IRQ_LATENCY}: it did not end well")
    return sum(value for name, value in rows.items() if name.startswith("irq.latency.samples.")), rows["irq.latency.above"]


def system(name, count, seed):
    """Boots a system of tests/system with numbers of its own. Returns how many cycles there were, and how many failed."""
    folder = build.build()
    machine = bench.machine_of(folder, bench.Boot("system", "128M"))
    with tempfile.TemporaryDirectory(prefix="kaal-soak-") as scratch:
        machine.archive = f"{scratch}/{name}.cpio"
        programs = sorted(path for path in (folder / "tests/system").glob("system-*") if path.is_file() and not path.suffix)
        console.run([sys.executable, place.TREE / "tests/system/pack.py", folder / "sdk/tool/image/kaal-image-native", machine.archive,
                     place.TREE / f"tests/system/{name}.dts", folder / "runtime/root-task/root-task", *programs,
                     folder / "runtime/capability-broker/capability-broker",
                     f"COUNT={count}", f"SEED={seed}"])
        result = guest.boot(machine, max(SECONDS_AT_LEAST, count * SECONDS_PER_CYCLE[name]), bytes_max=count * BYTES_PER_CYCLE[name] + (1 << 24))
    print("".join(f"{line}\n" for line in result.lines[-20:]), end="", flush=True)
    told = [match for line in result.lines if (match := re.match(rf"[a-z]+: {name}: (\d+) cycles, (\d+) failures$", line))]
    if not result.powered_off or not told:
        raise Failure(f"{name}: it did not end well")
    unhappy = sum(": not ok: " in line or (name == "kill" and ": crashed at " in line) for line in result.lines)
    return int(told[-1][1]), max(int(told[-1][2]), unhappy)


def last_number(pattern, lines):
    """The number in the last line that matches; 0 without any."""
    return int(([0] + [match[1] for line in lines if (match := re.match(pattern, line))])[-1])


def ipc(count, seed):
    """Returns how many steps were made on both paths together, and on how many of the two one failed."""
    folder = build.build()
    environment = dict(os.environ, KAAL_SEED=str(seed), KAAL_STEPS=str(count))
    done, failed = 0, 0
    for program in IPC_PROGRAMS:
        command = [str(folder / "tests/host/kernel" / program), "--verbose", "--color=never",
                   f"--timeout={max(SECONDS_AT_LEAST, count * SECONDS_PER_STEP):.0f}"]
        console.say(f"{IPC}: KAAL_SEED={seed} KAAL_STEPS={count} {' '.join(command)}")
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        lines = []
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
        status = process.wait()
        steps = last_number(r"(\d+) steps done", lines)
        done += steps
        failed += status != 0 or steps < count
    return done, failed


def fuzz(name, count, seed):
    """Returns how many inputs were tried and whether one failed."""
    folder, program = fuzzer(name)
    corpus = place.TREE / "tests/fuzz/corpus" / name.removeprefix("fuzz-")
    with tempfile.TemporaryDirectory(prefix="kaal-soak-") as found:  # what it finds interesting; not ours to keep
        command = [str(program), f"-runs={count}", f"-seed={seed}", "-print_final_stats=1",
                   f"-artifact_prefix={folder}/{name}-", found, str(corpus)]
        console.say(f"{name}: {' '.join(command)}")
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace")
        done = 0
        for line in process.stderr:
            print(line, end="", flush=True)
            if match := re.match(r"stat::number_of_executed_units:\s*(\d+)", line):
                done = int(match[1])
        return done, int(process.wait() != 0)


def run(options):
    count = options.count if options.count is not None else USUAL[options.name]
    if count < 1:
        raise Failure("--count: at least 1")
    seed = options.seed if options.seed is not None else int(time.time())
    in_tree = {SYSCALLS: syscalls, IRQ_LATENCY: irq_latency, IPC: ipc, CANARIES: canaries}
    in_tree |= {name: functools.partial(system, name) for name in SYSTEMS}
    done, failed = in_tree[options.name](count, seed) if options.name in in_tree else fuzz(options.name, count, seed)
    print(f"{options.name}: {done} done, {failed} failed (seed {seed})", flush=True)
    return 1 if failed else 0
