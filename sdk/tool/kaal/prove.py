"""kaal prove: proofs about the kernel's production files."""
import collections
import concurrent.futures
import os
import time

from . import console, packages
from .errors import Failure
from .proofs import eva, functions, lemmas, mutants, store, trust, wp

HELP = "prove the kernel's files"
DESCRIPTION = """Proves with Frama-C's WP that functions of kernel/object and kernel/core keep their contracts and are free of
run-time errors, in the files that the kernel is built from. WHAT is a file or a function; all that docs/proofs.md does not leave
out if nothing is named. Lemmas are proved in Coq. Ends with "N passed, N failed, N skipped": functions and lemmas; skipped ones have their
reason in docs/proofs.md. What provers have said before is kept in tests/proof/cache.txt; --cold does without."""


def add_arguments(parser):
    parser.add_argument("what", nargs="*", metavar="WHAT", help="files or functions (default: all that are listed)")
    parser.add_argument("--verbose", action="store_true", help="print what Frama-C says, too")
    parser.add_argument("--cold", action="store_true", help="prove all goals anew")
    parser.add_argument("--record", action="store_true", help="keep what provers said in this run in tests/proof/cache.txt")
    parser.add_argument("--mutants", action="store_true", help="break each function: its proof must fail")
    parser.add_argument("--smoke", action="store_true", help="look for contradictions, too: contracts and places in the code that say false")
    parser.add_argument("--eva", action="store_true", help="analyse the whole kernel with Eva: no file may have more alarms than before")
    parser.add_argument("--trusted", action="store_true", help="say what the proofs rest on without proof")
    parser.add_argument("--build", metavar="DIR", help="a build directory to take generated headers from (default: the tree's)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="files at a time (default: CPUs)")


def prove_unit(tree, unit, members, options):
    begin = time.monotonic()
    names = [function.name for function in members]
    if options.smoke or options.cold:
        results, text = wp.prove(tree, unit, names, wp.SMOKE if options.smoke else ())
    else:
        results, text = wp.prove_known_first(tree, unit, names)
    if options.verbose:
        print(text, flush=True)
    goals = sum(result.goals for result in results.values())
    proved = sum(result.proved for result in results.values())
    console.say(f"{unit}: {proved} of {goals} goals, {time.monotonic() - begin:.0f} s")
    for function in members:
        result = results[function.name]
        if functions.admits(function):
            result.failed += ("admit",)
            result.proved = 0
        if not result.is_proved:
            what = " ".join(result.failed) if result.goals else "no goals: has it a contract?"
            console.say(f"{function}: FAILED: {what}")
    return {function: results[function.name] for function in members}


def each_unit(options, chosen, work):
    """What `work` says of each file's functions, put together."""
    units = collections.defaultdict(list)
    for function in chosen:
        units[function.unit].append(function)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        waiting = [pool.submit(work, unit, members) for unit, members in units.items()]
        for done in concurrent.futures.as_completed(waiting):
            yield done.result()


def prove_all(tree, options, chosen):
    results = {}
    for some in each_unit(options, chosen, lambda unit, members: prove_unit(tree, unit, members, options)):
        results |= some
    return results


def prove_lemmas():
    """How many lemmas are proved, and how many are not."""
    wrong = lemmas.check()
    for name, why in wrong.items():
        if why:
            console.say(f"{lemmas.HEADER}: lemma {name}: FAILED: {why}")
    failed = sum(map(bool, wrong.values()))
    return len(wrong) - failed, failed


def break_all(tree, options, chosen):
    """Each function's mutant, the one that is recorded first; records what was found, file by file."""
    known = mutants.recorded()
    killed = 0
    for some in each_unit(options, chosen, lambda unit, members: mutants.kill_unit(tree, unit, members, known)):
        killed += len(some)
        there = set(functions.listed())
        mutants.record({function: pair for function, pair in (mutants.recorded() | some).items() if function in there})
    print(f"mutants: {killed} killed, {len(chosen) - killed} survived")
    return 0 if killed == len(chosen) else 1


def run(options):
    packages.ensure("base", "prove")
    if options.trusted:
        print("\n".join(trust.report()))
        return 0
    if options.record and options.what:
        raise Failure("found --record with a file or function, expected it alone: what is not asked for is dropped")
    chosen = functions.chosen(options.what)
    tree = wp.prepare(options.cold, options.build)
    if options.eva:
        good, bad = eva.check(tree, options.record)
        print(f"{good} passed, {bad} failed, 0 skipped")
        return 0 if bad == 0 else 1
    if not options.cold:
        store.unpack()
    if options.mutants:
        return break_all(tree, options, sorted(set(chosen) & set(functions.listed())))
    if options.record:
        store.forget_uses()
    begin = time.monotonic()
    results = prove_all(tree, options, chosen)
    passed = sum(result.is_proved for result in results.values())
    failed = len(results) - passed
    skipped = 0
    if not options.what:
        good, bad = prove_lemmas()
        passed, failed, skipped = passed + good, failed + bad, len(functions.left_out())
        functional = sum(functions.is_functional(function) for function in results)
        console.say(f"{sum(result.goals for result in results.values())} goals in {time.monotonic() - begin:.0f} s; "
                    f"{functional} functions with a contract of what they do; {good + bad} lemmas")
    if options.record:
        console.say(f"{store.FILE}: {store.pack()} answers of provers")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if failed == 0 else 1
