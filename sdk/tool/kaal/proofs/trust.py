"""What the proofs rest on without proof."""
import re
import subprocess

from .. import place
from . import functions, lemmas, wp

CONTRACT = re.compile(r"/\*@(?:(?!\*/).)*\*/\s*(?:_Noreturn )?[\w *]*?\b(\w+)\([^;{}]*\);", re.S)
AXIOM = re.compile(r"\baxiom\s+(\w+):\s*((?:\\forall[^;]*;)?[^;]*);")

ADMITTED = re.compile(r"//@ admit ([^;]*);")


def proof_files():
    return sorted((place.TREE / "kernel/proof").glob("*.h"))


def lines_of(path):
    return len(path.read_text().splitlines())


def version(*command):
    return subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE).stdout.splitlines()[0].strip()


def report():
    """Lines that say it."""
    there = {function.name for function in functions.everything()}
    arch = place.TREE / "kernel/arch"
    yield "Contracts of functions whose bodies are not proved (assembly, device registers, freestanding/):"
    for path in proof_files():
        names = [name for name in CONTRACT.findall(path.read_text()) if name not in there]
        if names:
            yield f"  {path.relative_to(place.TREE)}: {' '.join(names)}"
    yield "Axioms:"
    for path in proof_files():
        for name, text in AXIOM.findall(path.read_text()):
            yield f"  {path.relative_to(place.TREE)}: {name}: {' '.join(text.split())}"
    yield "Taken for granted at places in the code:"
    for file in sorted({function.file for function in functions.everything()}):
        for text in ADMITTED.findall(functions.source(file)):
            yield f"  {file}: {text}"
    yield f"Lemmas, each proved in {lemmas.TWINS}: {' '.join(lemmas.statements())}"
    yield f"Functions left out: {len(functions.left_out())} of {len(functions.everything())} (docs/proofs.md)"
    yield "The boundary, under proof and on the machine: kernel/arch/prover/include/arch_views.h kernel/arch/aarch64/include/arch_views.h"
    yield "Assembly and C of the machine, not proved:"
    for path in sorted([*(arch / "aarch64").glob("*.[cS]"), *(arch / "aarch64/include").glob("*.h")]):
        yield f"  {path.relative_to(place.TREE)} ({lines_of(path)} lines)"
    yield f"Frama-C {version('frama-c', '-version')}, {version('why3', '--version')}, {version('z3', '--version')}, {version('cvc4', '--version')}"
    yield f"Coq: {version('coqc', '--version')}"
    yield f"The compiler: {version('aarch64-linux-gnu-gcc', '--version')}"
    yield f"An assertion (kernel_assert) that fails stops the machine; what follows it relies on it. A goal: {wp.STEPS} steps a prover at most."
