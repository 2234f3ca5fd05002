"""Runs Frama-C's WP on one file and says which functions' goals are all proved."""
import dataclasses
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .. import build, console, place
from ..errors import Failure
from . import functions

# A prover stops after so many steps of its own: a slow machine proves the same. The seconds only end one that hangs.
STEPS = 1000000
SECONDS = 30
# The second is Z3 that looks for witnesses by itself and not by the terms that there are: what is a part of a range needs one.
# Its steps are smaller: it has ten times as many.
PROVERS = ("z3", "Models", "cvc4")
MODELS = """
[prover]
command = "{z3} -smt2 -T:%t sat.random_seed=42 nlsat.randomize=false smt.random_seed=42 smt.ematching=false -st %f"
command_steps = "{z3} -smt2 sat.random_seed=42 nlsat.randomize=false smt.random_seed=42 smt.ematching=false -st rlimit=%S0 %f"
driver = "{drivers}/z3_471.drv"
name = "Models"
version = "{version}"
"""
# RTE asks whether a pointer to a function is valid, which WP says of none. What `calls` lists is an obligation of its own.
CHECKS = ("-wp-rte", "-rte-no-pointer-call")
UNLISTED_CALL = "Missing 'calls'"
WRAP_CHECK = "-warn-unsigned-overflow"
# Goals that must not be proved: what a contract requires is no contradiction, and each line can be reached.
SMOKE = ("-wp-smoke-tests", "-wp-smoke-timeout", "2")
# A failed assertion ends there, and its contract says so: that is no contradiction.
ENDS = "arch_panic_wp_smoke_dead_call"
# For proofs that are to fail: whoever hangs is given up sooner.
HURRY = ("-wp-timeout", "5")
# Generated headers that the kernel's files include.
GENERATED = ("kernel/abi/kaal/syscall_numbers.h", "kernel/abi/kaal/syscall_dispatch.inc")


@dataclasses.dataclass
class Result:
    goals: int = 0
    proved: int = 0
    failed: tuple = ()  # names of goals that no prover closed

    @property
    def is_proved(self):
        return self.goals != 0 and self.goals == self.proved


def folder():
    path = place.TREE / "build-prove"
    path.mkdir(exist_ok=True)
    return path


def cache():
    path = folder() / "cache"
    path.mkdir(exist_ok=True)
    return path


def prepare(cold=False, tree=None):
    """Headers that are generated, and Why3's list of the provers that there are. Cold: all that provers have said is forgotten."""
    tree = Path(tree) if tree else build.setup()
    if cold:
        shutil.rmtree(cache())
    console.run(["ninja", "-C", tree, *GENERATED], stdout=subprocess.DEVNULL)
    config = folder() / "why3.conf"
    if not config.exists():
        subprocess.run(["why3", "-C", config, "config", "detect"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if "Models" not in config.read_text():
        add_models(config)
    return tree


def add_models(config):
    text = config.read_text()
    version = re.search(r'name = "Z3"\npath = ".*"\nversion = "(.*)"', text)[1]
    config.write_text(text + MODELS.format(z3=shutil.which("z3"), drivers=re.search(r'datadir = "(.*)"', text)[1] + "/drivers", version=version))


def preprocessor(tree):
    abi = re.search(r"KERNEL_ABI_VERSION=(\d+)", (tree / "build.ninja").read_text())
    return " ".join(["-D__FRAMAC__", "-DKERNEL_DEBUG=0", f"-DKERNEL_ABI_VERSION={abi[1]}", "-DKERNEL_ASIDS=256u",
                     "-Ikernel", "-Ikernel/arch/prover/include", "-Ikernel/arch/host/include", "-Ikernel/abi", f"-I{tree}/kernel/abi", "-Ifreestanding",
                     "-include", "kernel/proof/prelude.h"])


def frama_c(tree):
    """What every run begins with: the target's types, and how a file of the kernel is preprocessed."""
    return ["frama-c", "-machdep", "gcc_x86_64", "-c11", "-cpp-extra-args=" + preprocessor(tree)]


def command(tree, unit, names, report, more=()):
    return [*frama_c(tree), "-warn-unsigned-downcast", "-wp", *CHECKS, "-wp-model", "Typed",
            "-wp-prover", ",".join(PROVERS), "-wp-steps", str(STEPS), "-wp-timeout", str(SECONDS), "-wp-par", "1",
            "-wp-cache", "update", "-wp-cache-env", "-wp-fct", ",".join(names), "-wp-report-json", str(report), *more, unit]


def environment(cwd, asks):
    """Frama-C finds relative paths by PWD."""
    return dict(os.environ, PWD=str(cwd), WHY3CONFIG=str(folder() / "why3.conf"), FRAMAC_WP_CACHE="update" if asks else "offline",
                FRAMAC_WP_CACHEDIR=str(cache()))


def read(report, names):
    """{name: Result} out of WP's report."""
    found = json.loads(report.read_text()).get("wp:functions", {}) if report.exists() else {}
    results = {}
    for name in names:
        result = Result()
        failed = []
        for goal, numbers in found.get(name, {}).items():
            if goal == "wp:section" or ENDS in goal:
                continue
            total, valid = numbers["wp:main"]["total"], numbers["wp:main"].get("valid", 0)
            result.goals += total
            result.proved += valid
            if valid != total:
                failed.append(goal.removeprefix(f"{name}_"))
        result.failed = tuple(failed)
        results[name] = result
    return results


def prove_known_first(tree, unit, names):
    """The same as prove(). WP asks again who was given up, even where another prover's answer is kept: who is not needed is not asked."""
    results, text = prove(tree, unit, names, asks=False)
    rest = [name for name in names if not results[name].is_proved]
    if not rest:
        return results, text
    more, said = prove(tree, unit, rest)
    return results | more, text + said


def prove(tree, unit, names, more=(), cwd=place.TREE, asks=True):
    """
    {name: Result} of these functions of one file, of the tree or of a copy of it; and all that Frama-C said. Functions whose
    unsigned sums wrap on purpose have a run of their own, in which a sum is what C says it is: all other checks are the same.
    Without `asks` there are only those answers of provers that are kept.
    """
    wrapping = {function.name for function in functions.wrapping() if function.unit == unit}
    results, said = {}, ""
    for some, checks in (([name for name in names if name not in wrapping], (WRAP_CHECK,)), ([name for name in names if name in wrapping], ())):
        if some:
            found, text = run(tree, unit, some, (*checks, *more), cwd, asks)
            results |= found
            said += text
    return results, said


def run(tree, unit, names, more, cwd, asks):
    with tempfile.TemporaryDirectory(prefix="kaal-prove-") as scratch:
        report = Path(scratch) / "report.json"
        ran = subprocess.run(command(tree, unit, names, report, more), cwd=cwd, env=environment(cwd, asks), text=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if ran.returncode != 0 or "Proved goals:" not in ran.stdout:
            raise Failure(f"{unit}: Frama-C ended with status {ran.returncode}:\n{complaint(ran.stdout)}")
        if UNLISTED_CALL in ran.stdout:
            raise Failure(f"{unit}: found a call through a pointer, expected `calls` before it:\n{complaint(ran.stdout)}")
        return read(report, names), ran.stdout


def complaint(text):
    lines = [line for line in text.splitlines() if not line.startswith(("[kernel] Parsing", "[rte:annot]"))]
    return "\n".join(lines[-12:])
