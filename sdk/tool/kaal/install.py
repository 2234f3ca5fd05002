"""kaal install: makes the sysroot."""
from pathlib import Path

from . import build, console
from .errors import Failure

HELP = "install the sysroot"


def add_arguments(parser):
    parser.add_argument("--prefix", metavar="DIR", required=True, help="where the sysroot goes; it can be moved later")
    build.add_arguments(parser)


def configured_prefix(folder):
    return next(o["value"] for o in build.introspect(folder, "buildoptions") if o["name"] == "prefix")


def run(options):
    prefix = str(Path(options.prefix).absolute())
    if any(character.isspace() for character in prefix):
        raise Failure(f"--prefix {prefix}: make, pkg-config and gcc split words at spaces; choose a path without any")
    folder = build.setup(options.compiler)
    before = configured_prefix(folder)
    if before != prefix:
        console.run(["meson", "configure", folder, f"-Dprefix={prefix}"])
    try:
        console.run(["meson", "compile", "-C", folder])
        console.run(["meson", "install", "-C", folder, "--no-rebuild", "--quiet"])
    except Failure:
        # A prefix that Meson refuses must not stay in the build directory.
        if before != prefix:
            console.run(["meson", "configure", folder, f"-Dprefix={before}"], check=False)
        raise
    console.say(f"the sysroot is in {prefix}; use it with: export PATH={prefix}/bin:$PATH")
    return 0
