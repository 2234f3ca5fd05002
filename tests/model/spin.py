"""What the scripts of this folder share: how a model says what it is, and how Spin is called."""
import re
import subprocess
import tempfile
from pathlib import Path

TIMEOUT_SECONDS = 200
DEPTH = 1000000


class Model:
    """A model's text with what it includes, and what its first comments say of it."""

    def __init__(self, path):
        self.path = Path(path).resolve()
        own = self.path.read_text()
        self.text = "\n".join([own, *[(self.path.parent / name).read_text() for name in re.findall(r'#include "([^"]+)"', own)]])
        head = own.partition("*/")[0]
        # Each line "Sizes: A=1 B=2; A=2 B=3"; all transitions of the first are replayed, the recorded way is one of the last.
        self.sizes = [tuple(size.split()) for line in self.head_lines("Sizes") for size in line.split(";") if size.strip()]
        self.mutants = re.findall(r"-D(\w+)", head)

    def head_lines(self, word):
        """What the comments say after `WORD:`."""
        return re.findall(rf"^ \* {word}: (.*)", self.text, re.M)


def run(command, folder):
    return subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_SECONDS, check=False)


def search(spin, compiler, model, definitions, options=()):
    """Spin goes through all states; what it says, or (None, why) when the search was not made or cut short."""
    with tempfile.TemporaryDirectory(prefix="kaal-model-") as scratch:
        # Compiling takes longer than the search: not optimised.
        for command in ([spin, *[f"-D{name}" for name in definitions], "-a", str(model.path)],
                        [compiler, "-O0", "-w", "-DSAFETY", *options, "-o", "pan", "pan.c"]):
            done = run(command, scratch)
            if done.returncode != 0:
                return None, done.stdout
        done = run(["./pan", f"-m{DEPTH}"], scratch)
    told = re.search(r"errors: (\d+)", done.stdout)
    if told is None or "max search depth too small" in done.stdout:
        return None, done.stdout
    return int(told[1]), done.stdout
