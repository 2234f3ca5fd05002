"""kaal image: packs a system archive, by the program kaal-image."""
import subprocess

from . import build, console, packages, place
from .errors import Failure

HELP = "pack a root task, or a whole system by its description, into a system archive"
# Options that kaal-image has, too, with the same meaning.
SYSTEM_OPTIONS = {
    "system": ("SYSTEM.dts", "description of the system: which components, and what each may use"),
    "dtb": ("FILE", "device tree of the board that its devices are checked against"),
    "graph": ("FILE", "where a graph of who may do what goes: *.svg, or Graphviz"),
}
BROKER = "capability-broker"
ELF_MAGIC = b"\x7fELF"


def add_arguments(parser):
    parser.add_argument("-o", "--output", metavar="SYSTEM.cpio", required=True, help="where the archive goes, or the header")
    parser.add_argument("--root", metavar="ELF", help="executable of the first user thread (with --system: the component root-task)")
    for name, (metavar, text) in SYSTEM_OPTIONS.items():
        parser.add_argument(f"--{name}", metavar=metavar, help=text)
    parser.add_argument("--board", metavar="NAME", help="check its devices against QEMU's board of this name (virt), instead of --dtb")
    parser.add_argument("--component-path", metavar="DIR", action="append", default=[],
                        help="where images and files are searched: DIR/NAME/NAME, DIR/NAME; may be repeated")
    parser.add_argument("--requirements", metavar="REQUIRES.dts", help="make a header of what a program requires, no archive")
    parser.add_argument("files", nargs="*", metavar="NAME=FILE", help="further files")


def pack(output, root, files=(), **more):
    console.run([place.image_tool(), "-o", output, "--root", root, *files], **more)


def is_executable(path):
    try:
        with open(path, "rb") as file:
            return file.read(len(ELF_MAGIC)) == ELF_MAGIC
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from error


def archive_of(system, scratch):
    """The system archive to boot: `system` itself, or one made of the executable it is."""
    if not is_executable(system):
        return system
    archive = scratch / "system.cpio"
    pack(archive, system, stdout=subprocess.DEVNULL)
    return archive


def run(options):
    if place.TREE:
        build.build()
    if options.requirements is not None:
        packages.ensure_package("device-tree-compiler")
        console.run([place.image_tool(), "-o", options.output, "--requirements", options.requirements])
        return 0
    if options.system is None:
        if options.board is not None:
            raise Failure("--board is about a system's devices: it needs --system SYSTEM.dts")
        if options.root is None:
            raise Failure("--root ELF or --system SYSTEM.dts is needed")
        pack(options.output, options.root, options.files)
        return 0
    packages.ensure_package("device-tree-compiler")
    # The tree's own root task and broker stand for the installed ones.
    root = options.root or (place.default_root_task() if place.TREE else None)
    words = ["--root", root] if root else []
    if place.TREE and not any(file.startswith(f"{BROKER}=") for file in options.files):
        words.append(f"{BROKER}={place.broker()}")
    if options.board is not None:
        if options.dtb is not None:
            raise Failure("--board and --dtb both say which board; leave one out")
        options.dtb = place.board_tree(options.board)
    for name in SYSTEM_OPTIONS:
        if value := getattr(options, name):
            words += [f"--{name}", value]
    for folder in options.component_path:
        words += ["--component-path", folder]
    console.run([place.image_tool(), "-o", options.output, *words, *options.files])
    return 0
