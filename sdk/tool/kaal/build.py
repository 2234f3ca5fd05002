"""Builds the tree with Meson, after seeing to packages and sources."""
import json
import subprocess

from . import console, packages, place, sources
from .errors import Failure

COMPILERS = ("gcc", "clang")


def add_arguments(parser):
    parser.add_argument("--compiler", choices=COMPILERS, default="gcc", help="for the target (default gcc)")


def introspect(folder, what):
    """What Meson knows of a build directory, as data."""
    command = ["meson", "introspect", f"--{what}", str(folder)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def setup(compiler="gcc"):
    """The configured build directory of a compiler."""
    if place.TREE is None:
        raise Failure("only KaaL's source tree can be built this way")
    packages.ensure("base", *(["clang"] if compiler == "clang" else []))
    sources.ensure(place.TREE)
    place.use_compiler(compiler)
    folder = place.build_folder()
    if not (folder / "build.ninja").exists():
        console.run(["meson", "setup", folder, "--cross-file", place.TREE / f"cross/aarch64-{compiler}.ini"],
                    cwd=place.TREE)
    return folder


def build(compiler="gcc"):
    """Builds everything; returns the build directory."""
    folder = setup(compiler)
    console.run(["meson", "compile", "-C", folder])
    return folder
