"""What provers have said, kept in the tree: one line a goal and prover. A goal's name is the hash of all it says, so an old line is no harm."""
import json
import os
import re

from .. import place
from ..errors import Failure
from . import wp

FILE = "tests/proof/cache.txt"
HEAD = "# Made by `./kaal prove --cold --record`: what each prover said of each goal, by the goal's hash. `./kaal prove --cold` does without.\n"


def read(path):
    """WP's own file of an answer, or None if it was cut off. WP writes seconds as `30.`, which is no JSON."""
    try:
        return json.loads(re.sub(r"(\d)\.(?=\D)", r"\1.0", path.read_text()))
    except ValueError:
        return None


def lasts(entry):
    """Whether another run would hear the same. Who was given up as early as for a mutant is asked again."""
    return entry["verdict"] in ("valid", "unknown", "stepout") or (entry["verdict"] == "timeout" and entry["time"] >= wp.SECONDS)


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
        if verdict == "timeout":
            entry["time"] = float(wp.SECONDS)
        path = cache / f"{goal}.json"
        if not path.exists():
            path.write_text(json.dumps(entry))


def forget_uses():
    """Answers that the next run does not ask for are left out by pack(): the time of last access tells."""
    for path in wp.cache().glob("*.json"):
        os.utime(path, (0, path.stat().st_mtime))
    probe = wp.cache() / "probe"
    probe.write_text("")
    os.utime(probe, (0, probe.stat().st_mtime))
    probe.read_text()
    if probe.stat().st_atime == 0:
        raise Failure(f"{wp.cache()}: found a file system that does not note accesses, expected one that does (--record)")


def pack():
    """The other way round, of the answers that were asked for; returns how many lines there are."""
    lines = []
    for path in sorted(wp.cache().glob("*.json")):
        was_used = path.stat().st_atime != 0
        entry = read(path)
        if entry is None:
            path.unlink()
        elif was_used and lasts(entry):
            lines.append(" ".join(map(str, [path.stem, entry["prover"], entry["verdict"], *([entry["steps"]] if "steps" in entry else [])])))
    (place.TREE / FILE).write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return len(lines)
