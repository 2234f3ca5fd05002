"""kaal cross-file: what tells a build system how to build for KaaL."""
from pathlib import Path

from . import place
from .errors import Failure

HELP = "print the path of the file that tells Meson or CMake how to build for KaaL"
DESCRIPTION = """Prints the path of Meson's machine file or CMake's toolchain file in this sysroot:

  meson setup build --cross-file "$(kaal cross-file)"
  cmake -B build -DCMAKE_TOOLCHAIN_FILE="$(kaal cross-file --build cmake)"

Meson's names the compiler without a path, so the sysroot's bin folder must be on PATH. With -o a file is
written that needs no PATH: everything of the sysroot stands there with its full path."""
FILES = {"meson": "share/meson/cross/kaal.ini", "cmake": "share/kaal/cmake/kaal-toolchain.cmake"}
# What stands in the machine file by its name alone, and lies in the sysroot.
OURS = ("aarch64-kaal-gcc", "aarch64-kaal-pkg-config")
# What a project of `kaal new` calls.
TOOLS = ("kaal", "kaal-image")


def add_arguments(parser):
    parser.add_argument("--build", choices=FILES, default="meson", help="build system (default meson)")
    parser.add_argument("-o", "--output", metavar="FILE", help="write a file with full paths instead")


def with_paths(build_system, path):
    """The text of a file that needs no PATH."""
    if build_system == "cmake":  # it finds everything from where it lies
        return f'include("{path}")\n'
    text = path.read_text()
    for name in OURS:
        text = text.replace(f"'{name}'", f"'{place.SYSROOT / 'bin' / name}'")
    return text.replace("[binaries]\n", "[binaries]\n" + "".join(f"{name} = '{place.SYSROOT / 'bin' / name}'\n" for name in TOOLS))


def run(options):
    path = place.SYSROOT / FILES[options.build]
    if not path.is_file():
        raise Failure(f"{path} is missing; install the sysroot again")
    if options.output is None:
        print(path)
        return 0
    try:
        Path(options.output).write_text(with_paths(options.build, path))
    except OSError as error:
        raise Failure(f"{options.output}: {error.strerror}; choose another file") from error
    return 0
