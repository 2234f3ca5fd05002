"""What provers have said, kept in the tree: one line a goal and prover. A goal's name is the hash of all it says, so an old line is no harm."""
import json

from .. import place
from . import wp

FILE = "tests/proof/cache.txt"
HEAD = "# Made by `./kaal prove --cold --record`: what each prover said of each goal, by the goal's hash. `./kaal prove --cold` does without.\n"


def unpack():
    """Lines of the file become WP's cache; what that has already stays."""
    file, cache = place.TREE / FILE, wp.cache()
    if not file.exists():
        return
    for line in file.read_text().splitlines():
        if line.startswith("#"):
            continue
        goal, prover, verdict, *steps = line.split()
        entry = {"prover": prover, "verdict": verdict} | ({"time": 0.01, "steps": int(steps[0])} if steps else {})
        path = cache / f"{goal}.json"
        if not path.exists():
            path.write_text(json.dumps(entry))


def pack():
    """The other way round; returns how many lines there are."""
    lines = []
    for path in sorted(wp.cache().glob("*.json")):
        try:
            entry = json.loads(path.read_text())
        except ValueError:  # written by two at a time, or cut off
            path.unlink()
            continue
        if entry["verdict"] in ("valid", "unknown", "stepout"):
            lines.append(" ".join(map(str, [path.stem, entry["prover"], entry["verdict"], *([entry["steps"]] if "steps" in entry else [])])))
    (place.TREE / FILE).write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return len(lines)
