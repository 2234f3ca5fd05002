"""kaal soak: long seeded campaigns."""
import os
import re
import subprocess
import tempfile
import time

from . import console, packages, place, sources
from .errors import Failure

HELP = "run a long seeded campaign"
DESCRIPTION = """Campaigns: fuzz-elf, fuzz-archive and fuzz-dtb hand COUNT inputs to a reader of untrusted bytes
(libFuzzer; address and undefined-behaviour sanitizer; needs clang, which is installed). An input
that breaks a reader is kept in build-fuzz/."""
FUZZERS = ("fuzz-elf", "fuzz-archive", "fuzz-dtb")


def add_arguments(parser):
    parser.add_argument("name", choices=FUZZERS)
    parser.add_argument("--count", type=int, default=1000000, help="inputs to try (default 1000000)")
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


def run(options):
    if options.count < 1:
        raise Failure("--count: at least 1")
    seed = options.seed if options.seed is not None else int(time.time())
    folder, program = fuzzer(options.name)
    corpus = place.TREE / "tests/fuzz/corpus" / options.name.removeprefix("fuzz-")
    with tempfile.TemporaryDirectory(prefix="kaal-soak-") as found:  # what it finds interesting; not ours to keep
        command = [str(program), f"-runs={options.count}", f"-seed={seed}", "-print_final_stats=1",
                   f"-artifact_prefix={folder}/{options.name}-", found, str(corpus)]
        console.say(f"{options.name}: {' '.join(command)}")
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace")
        done = 0
        for line in process.stderr:
            print(line, end="", flush=True)
            if match := re.match(r"stat::number_of_executed_units:\s*(\d+)", line):
                done = int(match[1])
        failed = int(process.wait() != 0)
    print(f"{options.name}: {done} done, {failed} failed (seed {seed})", flush=True)
    return failed
