"""The one list of Debian packages that KaaL uses, and how they get onto the machine."""
import dataclasses
import os
import shutil
import subprocess
from pathlib import Path

from . import console
from .errors import Failure


@dataclasses.dataclass(frozen=True)
class Package:
    name: str  # Debian's
    probe: str  # shows it is there: a command, a path, or a command with arguments that prints a folder
    purpose: str
    sysroot: bool = False  # used with the sysroot, too
    choice: bool = False  # there, only where a project builds with it

    def is_there(self):
        if self.probe.startswith("/"):
            return Path(self.probe).exists()
        command, *words = self.probe.split()
        if shutil.which(command) is None:
            return False
        if not words:
            return True
        answer = subprocess.run([command, *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        return answer.returncode == 0 and Path(answer.stdout.strip()).is_dir()


# `base` is what run, test, bench and install need; the others come only when asked for.
SETS = {
    "base": [
        Package("gcc", "gcc", "compiles the tools and tests that run on this machine", True, True),
        Package("libc6-dev", "/usr/include/stdio.h", "their C library", True, True),
        Package("gcc-aarch64-linux-gnu", "aarch64-linux-gnu-gcc", "compiles everything for the target", True),
        Package("g++-aarch64-linux-gnu", "aarch64-linux-gnu-g++", "tests compile each public header as C++"),
        Package("meson", "meson", "the build system", True, True),
        Package("ninja-build", "ninja", "runs the build", True, True),
        Package("pkgconf", "pkg-config", "finds libraries", True),
        Package("qemu-system-arm", "qemu-system-aarch64", "the machine everything boots on", True),
        Package("libcriterion-dev", "/usr/include/criterion/criterion.h", "tests that run on this machine"),
        Package("gcovr", "gcovr", "says which lines and branches of the kernel they take"),
        Package("device-tree-compiler", "dtc", "system descriptions", True),
        Package("gdb-multiarch", "gdb-multiarch", "`kaal gdb`; tests make the kernel fail with it", True),
        Package("make", "make", "programs built with plain Make", True, True),
        Package("cmake", "cmake", "programs built with CMake", True, True),
    ],
    "clang": [
        Package("clang", "clang", "second compiler, fuzzing"),
        Package("lld", "ld.lld", "its linker"),
        Package("llvm", "llvm-ar", "its archive tools"),
        Package("libclang-rt-dev", "clang -print-runtime-dir", "libFuzzer and sanitizers"),
    ],
    "prove": [
        Package("frama-c-base", "frama-c", "proofs about the production files"),
        Package("why3", "why3", "hands the proofs to solvers"),
        Package("z3", "z3", "solver"),
        Package("cvc4", "cvc4", "solver"),
        Package("coq", "coqc", "proofs of lemmas about bits"),
    ],
    "model": [
        Package("spin", "spin", "models of protocols"),
    ],
    "external": [
        Package("tcl", "tclsh", "makes SQLite's one source file"),
    ],
}


def missing(*sets):
    """The packages of these sets that are not on the machine."""
    return [package for name in sets for package in SETS[name] if not package.is_there()]


def install_line(packages):
    """What root types to get these packages."""
    names = " ".join(package.name for package in packages)
    return f"apt-get update && apt-get install -y --no-install-recommends {names}"


def ensure(*sets):
    """Installs what is missing of these sets, or says exactly how to."""
    get(missing(*sets))


def ensure_package(name):
    """The same for one package."""
    get([package for members in SETS.values() for package in members if package.name == name and not package.is_there()])


def get(packages):
    """Installs these packages; the failure says what root would type."""
    if not packages:
        return
    console.say("these packages are missing:")
    for package in packages:
        print(f"    {package.name:24} {package.purpose}", flush=True)
    by_hand = f"as root, type: {install_line(packages)}"
    if shutil.which("apt-get") is None:
        raise Failure("this is no Debian: install them with your system's package manager, then start again")
    if console.is_root():
        prefix = []
    elif shutil.which("sudo"):
        # Without a terminal nobody can type a password.
        prefix = ["sudo"] if console.is_interactive() else ["sudo", "-n"]
    else:
        raise Failure(by_hand)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "install", "-y", "--no-install-recommends"] + [package.name for package in packages]
    for command in (["apt-get", "update"], install):
        if console.run(prefix + command, check=False, env=environment) != 0:
            raise Failure(f"that did not work; {by_hand}")
    if still := [package.name for package in packages if not package.is_there()]:
        raise Failure(f"still missing after installation: {', '.join(still)}")
