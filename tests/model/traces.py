#!/usr/bin/env python3
"""Ways through a model, for the tests that do to the kernel what the model does (tests/host/kernel/replay.h).

usage: traces.py SPIN CC MODEL RECORDED REPLAY…    TAP: the recorded way is one that the model still takes; each REPLAY takes a way
                                                   through every transition of the model's first size, or, if these are too many, every state
       traces.py --update SPIN CC MODEL RECORDED   writes RECORDED anew: a way, in the last size, in which everything that the model does, with
                                                   each outcome and each change of the state's words, is done once
"""
import collections
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import spin

# A transition: what is done, how the state is then as the model tells it, both states by number, and which words of it have changed.
Transition = collections.namedtuple("Transition", "does says before after changed")
TRANSITIONS_MAX = 70000  # for which a way is found in seconds
OUTCOMES = re.compile(r"=[A-Z_]+(?::\d+)?")


def changed(was, now):
    """Which words of a state are others: what the kernel knows of it."""
    words = zip(was.partition(";")[0].split(), now.partition(";")[0].split())
    return tuple(number for number, (old, new) in enumerate(words) if old != new)


def graph(program, compiler, model, size):
    """In a size, the model's `world` line, its transitions by state, and the number of the first state."""
    errors, told = spin.search(program, compiler, model, (*size, "TELL_BEFORE"), ("-DPRINTF", "-DNOREDUCE"))
    if errors != 0:
        sys.exit(f"{model.path}: {told}")
    world, first, numbers, ways = None, None, {}, collections.defaultdict(set)
    for line in told.splitlines():
        kind, said = line[:1], line[1:]
        if kind == "@":
            was, before = said, numbers.setdefault(said, len(numbers))
            first = before if first is None else first
        elif kind == "=":
            now = OUTCOMES.sub("", said)
            ways[before].add(Transition(does, line, before, numbers.setdefault(now, len(numbers)), changed(was, now)))
        elif re.match(r"world\b", line):
            world = line
        elif re.fullmatch(r"[a-z_]+( \d+)*", line):
            does = line
    return world, {state: sorted(found) for state, found in ways.items()}, first


def way_to(ways, start, wanted):
    """The shortest way from a state to one where something wanted can be done; None: there is none."""
    came = {start: None}
    queue = collections.deque([start])
    while queue:
        state = queue.popleft()
        if wanted(state):
            way = []
            while came[state] is not None:
                way.append(came[state])
                state = came[state].before
            return way[::-1]
        for transition in ways.get(state, ()):  # an end has none
            if transition.after not in came:
                came[transition.after] = transition
                queue.append(transition.after)
    return None


def tour(ways, first, key):
    """Ways from the first state on, together through a transition of each key."""
    left = collections.defaultdict(list)
    done = set()
    for state, transitions in ways.items():
        left[state] = transitions[::-1]

    def wanted(state):
        while left[state] and key(left[state][-1]) in done:
            left[state].pop()
        return bool(left[state])

    state, way = first, []
    while True:
        if wanted(state):
            some = [left[state].pop()]
        else:
            some = way_to(ways, state, wanted)
            if some is None and way:
                yield way
                state, way = first, []
                continue
            if some is None:
                return
        for transition in some:
            done.add(key(transition))
        way += some
        state = way[-1].after if way else first


def text(world, found):
    return "".join(f"{world}\n" + "".join(f"{step.does}\n{step.says}\n" for step in way) for way in found)


def kind(transition):
    return transition.does, tuple(OUTCOMES.findall(transition.says)), transition.changed


def recorded_text(model, world, ways, first):
    return (f"# A way through {model.path.name}: all that happens in it, with each outcome. Made by traces.py, as suite `model` checks;\n"
            f"# made anew by `meson compile -C build model-traces-update`.\n") + text(world, tour(ways, first, kind))


def told(number, good, what, why=""):
    print(f"{'ok' if good else 'not ok'} {number} - {what}")
    if not good:
        print("\n".join(f"# {line}" for line in why.splitlines()))
    sys.stdout.flush()
    return not good


def replayed(replay, path):
    done = subprocess.run([replay], env=dict(os.environ, KAAL_TRACE=str(path)), stdin=subprocess.DEVNULL, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=spin.TIMEOUT_SECONDS, check=False)
    return done.returncode == 0, done.stdout


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--update"]
    if len(arguments) < 4:
        sys.exit(__doc__)
    model, recorded, replays = spin.Model(arguments[2]), Path(arguments[3]), arguments[4:]
    fresh = recorded_text(model, *graph(arguments[0], arguments[1], model, model.sizes[-1]))
    if "--update" in sys.argv:
        recorded.write_text(fresh)
        return
    name = model.path.stem
    print(f"1..{1 + len(replays)}")
    failed = told(1, recorded.read_text() == fresh, f"{name}: {recorded.name} is a way that the model takes", "meson compile -C build model-traces-update")
    world, ways, first = graph(arguments[0], arguments[1], model, model.sizes[0])
    with tempfile.TemporaryDirectory(prefix="kaal-trace-") as folder:
        path = Path(folder) / "trace"
        transitions = sum(map(len, ways.values()))
        found = list(tour(ways, first, (lambda step: step) if transitions <= TRANSITIONS_MAX else (lambda step: step.after)))
        path.write_text(text(world, found))
        for number, replay in enumerate(replays, 2):
            good, why = replayed(replay, path)
            failed += told(number, good, f"{name}: {Path(replay).name} does what the model does", why)
        taken = {step for way in found for step in way}
        print(f"# {len(taken)} of {transitions} transitions, {len({step.after for step in taken})} of {len(ways)} states, in {sum(map(len, found))} steps")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
