"""kaal image: packs a system archive, by the program kaal-image."""
import subprocess

from . import build, console, place
from .errors import Failure

HELP = "pack a root task and further files into a system archive"
ELF_MAGIC = b"\x7fELF"


def add_arguments(parser):
    parser.add_argument("-o", "--output", metavar="SYSTEM.cpio", required=True, help="where the archive goes")
    parser.add_argument("--root", metavar="ELF", required=True, help="executable of the first user thread")
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
    pack(options.output, options.root, options.files)
    return 0
