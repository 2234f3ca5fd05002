"""kaal new: starts a project outside the tree."""
import re
import tempfile
from pathlib import Path

from . import console, place
from .errors import Failure

HELP = "start a project that builds against the sysroot"
DESCRIPTION = """Makes a folder NAME with a project that builds, boots and is tested at once, with an installed sysroot:
  app      a program, a component beside the ready file service
  driver   a driver for a device of QEMU's board virt, with a client, and a test of its own with a model of the registers
  service  a service with a protocol of its own, and clients
Its README.md says how."""
KINDS = ("app", "driver", "service")
# What a build system's file is called, and the commands that build and test with it.
BUILD_SYSTEMS = {
    "meson": ('meson setup build --cross-file "$(kaal cross-file)"', "meson compile -C build", "meson test -C build"),
    "make": ("make", "make test"),
    "cmake": ('cmake -B build -DCMAKE_TOOLCHAIN_FILE="$(kaal cross-file --build cmake)"', "cmake --build build",
              "ctest --test-dir build --output-on-failure"),
}
# A component's name has 31 characters, and the driver's client is called NAME-client.
NAME_BYTES_MAX = 24
# Programs that come with KaaL, components of the projects, and what Meson and CMake call their own targets.
TAKEN = {
    "root-task", "capability-broker", "file-service", "one", "two",
    "all", "benchmark", "clang-format", "clang-tidy", "clean", "coverage", "ctags", "cscope", "dist", "etags", "help", "host-test", "image", "install",
    "package", "reconfigure", "scan-build", "test", "test-rtc", "uninstall",
}


def add_arguments(parser):
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=f"{', '.join(KINDS[:-1])} or {KINDS[-1]}")
    parser.add_argument("name", metavar="NAME", help="of the project, its folder, its component and its executable")
    parser.add_argument("--build", choices=BUILD_SYSTEMS, default="meson", help="build system (default meson)")


def check_name(name):
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise Failure(f"{name}: a name is lower-case letters, digits and dashes, a letter first; choose another")
    if len(name) > NAME_BYTES_MAX:
        raise Failure(f"{name}: a name has at most {NAME_BYTES_MAX} characters; choose a shorter one")
    if name in TAKEN or name.startswith("meson-"):
        raise Failure(f"{name}: this name is a ready component's or a build system's own; choose another")


def steps(name, build_system):
    """The commands that build, run and test, as lines of a Markdown page."""
    *build, test = BUILD_SYSTEMS[build_system]
    return "".join(f"    $ {command}\n" for command in [*build, f"kaal run build/{name}.cpio", test])


def fill(folder, parts, values):
    """Copies the parts' files into a folder, with the values in place of their names."""
    for part in parts:
        for source in sorted(filter(Path.is_file, part.rglob("*"))):
            path = folder / source.relative_to(part)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = source.read_text()
            for name, value in values.items():
                text = text.replace(name, value)
            path.write_text(text)


def make(target, parts, values):
    """Makes the folder, whole or not at all."""
    try:
        with tempfile.TemporaryDirectory(prefix=".kaal-new-", dir=target.parent) as scratch:
            folder = Path(scratch) / target.name
            folder.mkdir()
            fill(folder, parts, values)
            folder.rename(target)
    except OSError as error:
        raise Failure(f"{target} cannot be made here: {error.strerror}; nothing was left, try in another folder") from error


def run(options):
    check_name(options.name)
    templates = (place.TREE / "sdk/templates" if place.TREE else place.SYSROOT / "share/kaal/templates") / options.kind
    parts = [templates / "common", templates / options.build]
    if not all(part.is_dir() for part in parts):
        raise Failure(f"the template is not there: {parts[-1]}; clone or install again")
    target = Path(options.name)
    if target.exists() or target.is_symlink():
        raise Failure(f"{target} is there already; choose another name or remove it")
    make(target, parts, {"@NAME@": options.name, "@STEPS@": steps(options.name, options.build)})
    for path in sorted(filter(Path.is_file, target.rglob("*"))):
        print(path)
    if place.TREE:
        console.say("it is built with a sysroot: ./kaal install --prefix DIR makes one and says how to use it")
    console.say(f"next: cd {options.name}; README.md says how to build, run and test it")
    return 0
