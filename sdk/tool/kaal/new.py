"""kaal new: starts a project outside the tree."""
import re
from pathlib import Path

from . import place
from .errors import Failure

HELP = "start a project that builds against the sysroot"
BUILD_SYSTEMS = ("meson", "make", "cmake")


def add_arguments(parser):
    parser.add_argument("kind", choices=["app"])
    parser.add_argument("name", metavar="NAME", help="of the project, its folder and its executable")
    parser.add_argument("--build", choices=BUILD_SYSTEMS, default="meson", help="build system (default meson)")


def run(options):
    if not re.fullmatch(r"[a-z][a-z0-9-]*", options.name):
        raise Failure(f"{options.name}: a name is lower-case letters, digits and dashes, a letter first")
    template = place.SYSROOT / "share/kaal/templates" / options.kind / options.build
    if not template.is_dir():
        raise Failure(f"the template is not there: {template}; install the sysroot again")
    target = Path(options.name)
    if target.exists():
        raise Failure(f"{target} is there already; choose another name or remove it")
    for source in sorted(template.rglob("*")):
        if source.is_file():
            path = target / source.relative_to(template)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source.read_text().replace("@NAME@", options.name))
            print(path)
    return 0
