"""kaal new: starts a project outside the tree."""
import re
from pathlib import Path

from . import console, place
from .errors import Failure

HELP = "start a project that builds against the sysroot"
DESCRIPTION = """Makes a folder NAME with a small program and the files of its build system. It is built with an
installed sysroot; the first lines of its build file say how."""
BUILD_SYSTEMS = ("meson", "make", "cmake")


def add_arguments(parser):
    parser.add_argument("kind", choices=["app"])
    parser.add_argument("name", metavar="NAME", help="of the project, its folder and its executable")
    parser.add_argument("--build", choices=BUILD_SYSTEMS, default="meson", help="build system (default meson)")


def run(options):
    if not re.fullmatch(r"[a-z][a-z0-9-]*", options.name):
        raise Failure(f"{options.name}: a name is lower-case letters, digits and dashes, a letter first")
    templates = (place.TREE / "sdk/templates" if place.TREE else place.SYSROOT / "share/kaal/templates") / options.kind
    parts = [templates / "common", templates / options.build]
    if not all(part.is_dir() for part in parts):
        raise Failure(f"the template is not there: {parts[-1]}; clone or install again")
    target = Path(options.name)
    if target.exists():
        raise Failure(f"{target} is there already; choose another name or remove it")
    for part in parts:
        for source in sorted(filter(Path.is_file, part.rglob("*"))):
            path = target / source.relative_to(part)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source.read_text().replace("@NAME@", options.name))
            print(path)
    if place.TREE:
        console.say("it is built with a sysroot: ./kaal install --prefix DIR makes one and says how to use it")
    console.say(f"next: cd {options.name}; the first lines of {path.name} say how to build and run it")
    return 0
