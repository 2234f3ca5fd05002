"""What a system archive starts: components and their executables."""
import collections
import subprocess
from pathlib import Path

from . import place
from .errors import Failure

# Sizes in bytes, whole pages; memory_max 0: none.
Component = collections.namedtuple("Component", "name image code constants data stack memory_max")

MAGIC = b"070701"
HEADER_BYTES = 110  # cpio(5), "newc": magic and 13 fields of 8 hexadecimal digits
FIELD_BYTES, FILE_BYTES, NAME_BYTES = 8, 6, 11  # width, and which fields


def components(path):
    """The Components of an archive, root task and broker first; raises Failure if it is none that boots."""
    done = subprocess.run([place.image_tool(), "--list", str(path)], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failure(done.stderr.strip().removeprefix("kaal-image: "))
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return [Component(name, image, *map(int, sizes)) for name, image, *sizes in rows]


def files(path):
    """(name, contents) of each file of an archive that components() has read."""
    data, at = Path(path).read_bytes(), 0

    def field(index):
        start = at + len(MAGIC) + index * FIELD_BYTES
        return int(data[start:start + FIELD_BYTES], 16)

    def aligned(offset):
        return (offset + 3) & ~3

    while data[at:at + len(MAGIC)] == MAGIC:
        name_at = at + HEADER_BYTES
        contents_at = aligned(name_at + field(NAME_BYTES))
        name, end = data[name_at:name_at + field(NAME_BYTES) - 1].decode(), contents_at + field(FILE_BYTES)
        if name == "TRAILER!!!":
            return
        yield name, data[contents_at:end]
        at = aligned(end)


def extract_images(path, folder):
    """{component: path of its executable} for all components, the executables being put into a folder."""
    there = components(path)
    # Numbered: names of the archive's are not trusted to be names of files.
    images = {component.image: Path(folder) / f"{number}-{Path(component.image).name}" for number, component in enumerate(there)}
    for name, contents in files(path):
        if name in images:
            images[name].write_bytes(contents)
    return {component.name: images[component.image] for component in there}
