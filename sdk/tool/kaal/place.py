"""Where the tool stands: in KaaL's source tree or in an installed sysroot."""
import re
from pathlib import Path

from .errors import Failure

_PACKAGE = Path(__file__).resolve().parent  # sdk/tool/kaal or share/kaal/tool/kaal


def _above(levels, *marks):
    """The folder so many levels up if it holds all of the marks, else None."""
    folder = _PACKAGE.parents[levels - 1] if len(_PACKAGE.parents) >= levels else None
    return folder if folder and all((folder / mark).exists() for mark in marks) else None


TREE = _above(3, "meson_options.txt", "kernel/abi")
SYSROOT = None if TREE else _above(4, "share/kaal", "bin/kaal-image")
NAME = "./kaal" if TREE else "kaal"


_compiler = "gcc"


def use_compiler(compiler):
    """From here on the build directory is this compiler's."""
    global _compiler
    _compiler = compiler


def build_folder():
    """The tree's build directory for the compiler in use."""
    return TREE / ("build" if _compiler == "gcc" else f"build-{_compiler}")


def first_existing(what, *candidates):
    """The first of the paths that exists; `what` names it in the failure."""
    for candidate in candidates:
        if candidate.exists():
            return candidate
    raise Failure(f"{what} is not there: {candidates[-1]}")


def image():
    """The default kernel image."""
    if TREE:
        return first_existing("the image", build_folder() / "runtime/elfloader/kaal.img")
    return first_existing("the image", SYSROOT / "share/kaal/boards/kaal.img")


def default_archive():
    """The archive of the default system: a shell."""
    folder = build_folder() / "examples" if TREE else SYSROOT / "share/kaal/systems/shell"
    return first_existing("the system archive", folder / "system.cpio")


def default_root_task():
    """The root task's executable in the tree's build directory."""
    return first_existing("the root task", build_folder() / "runtime/root-task/root-task")


def broker():
    """The capability broker's executable in the tree's build directory."""
    return first_existing("the capability broker", build_folder() / "runtime/capability-broker/capability-broker")


def version():
    """The version of this tree or sysroot, as <kaal/version.h> has it."""
    path, pattern = (TREE / "meson.build", r"^  version: '(.*)',$") if TREE else (SYSROOT / "include/kaal/version.h", r'KAAL_VERSION "(.*)"$')
    try:
        return re.search(pattern, path.read_text(), re.M)[1]
    except (OSError, TypeError) as error:
        raise Failure(f"{path} does not tell which KaaL this is; clone or install again") from error


def board_tree(board):
    """The device tree of a board that systems can be checked against."""
    folder = build_folder() / "sdk/boards" if TREE else SYSROOT / "share/kaal/boards"
    path = folder / f"qemu-{board}.dtb"
    if not path.exists():
        there = sorted(file.stem.removeprefix("qemu-") for file in folder.glob("qemu-*.dtb"))
        raise Failure(f"--board {board}: there is no tree of it; there are {', '.join(there) or 'none'}. --dtb FILE takes any")
    return path


def image_tool():
    """The kaal-image program."""
    if TREE:
        return first_existing("kaal-image", build_folder() / "sdk/tool/image/kaal-image")
    return SYSROOT / "bin/kaal-image"
