"""Boots a system without a person: types commands, waits for what it is expected to say, and says whether all went well."""
import re
from pathlib import Path

from . import guest
from .errors import Failure

TIMEOUT_SECONDS = 60
# The shell's, with the exit code of the command before if that failed.
PROMPT = r"kaal(?: \[(-?\d+)\])?> "
# What a terminal may be told before it; a line's beginning.
BEFORE_PROMPT = rb"\n(?:\r|\x1b\[[0-9;?]*[A-Za-z])*"


class Done(Exception):
    """All that was waited for has come: the machine may end."""


def add_arguments(parser):
    group = parser.add_argument_group("without a person", "With one of the first three nothing else is typed, and the machine is ended when all is done. "
                                      "Exit status: 0 if all went well, 1 if not.")
    group.add_argument("--exec", metavar="CMD", action="append", default=[], dest="commands",
                       help="type a command when the shell's prompt has come; may be repeated, the first one that fails is the last")
    group.add_argument("--expect", metavar="REGEX", action="append", default=[],
                       help="wait for a line of the output; may be repeated, lines come in this order")
    group.add_argument("--expect-file", metavar="FILE", help="the same from a file, a regex a line")
    group.add_argument("--timeout", metavar="SECONDS", type=float, help=f"of this machine, for all of it (default {TIMEOUT_SECONDS})")
    group.add_argument("--prompt", metavar="REGEX", help="another shell's prompt, at the beginning of a line; its first group is the exit code "
                       "of the command before, empty or 0 if that went well")


def compiled(text, where):
    try:
        return re.compile(text)
    except re.error as error:
        raise Failure(f"{where}: `{text}` is no regular expression: {error}") from error


def patterns(options):
    """The lines that are expected, first those of the file."""
    lines = []
    if options.expect_file is not None:
        try:
            lines = [line for line in Path(options.expect_file).read_text().splitlines() if line]
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f"--expect-file {options.expect_file}: {getattr(error, 'strerror', None) or error}") from error
        if not lines:
            raise Failure(f"--expect-file {options.expect_file}: it is empty; write a regular expression a line")
    return [compiled(line, options.expect_file) for line in lines] + [compiled(line, "--expect") for line in options.expect]


def from_options(options):
    """The Script that is asked for, or None."""
    if options.commands or options.expect or options.expect_file is not None:
        prompt = compiled(PROMPT if options.prompt is None else options.prompt, "--prompt")
        for command in options.commands:
            if any(character < " " for character in command):
                raise Failure(f"--exec {command!r}: a command is one line; repeat --exec for several")
        return Script(patterns(options), options.commands, prompt, TIMEOUT_SECONDS if options.timeout is None else options.timeout)
    for name in ("timeout", "prompt"):
        if getattr(options, name) is not None:
            raise Failure(f"--{name} is about what is waited for: it needs --exec, --expect or --expect-file")
    return None


class Script:
    """What is still to be typed and waited for."""

    def __init__(self, expected, commands, prompt, timeout):
        self.expected, self.commands, self.prompt, self.timeout = list(expected), list(commands), prompt, timeout
        self.prompts = 0  # that have come; behind the last command's there is one more

    def look(self):
        """Raises Done if nothing is left."""
        if not self.expected and (not self.commands or self.prompts > len(self.commands)):
            raise Done

    def take(self, line):
        """A line of the machine's; where a crash happened may be expected, too."""
        noted = line + self.note(line)
        print(noted, flush=True)
        if self.expected and (self.expected[0].search(line) or self.expected[0].search(noted)):
            self.expected.pop(0)
            self.look()

    def heard(self, match):
        """A prompt: the command before has ended, the next one is typed."""
        if self.prompts > 0 and match.re.groups > 0 and (match[1] or b"0") != b"0":
            raise Failure(f"`{self.commands[self.prompts - 1]}` ended with {match[1].decode()}")
        self.prompts += 1
        self.look()

    def steps(self):
        after = BEFORE_PROMPT + self.prompt.pattern.encode()
        return [guest.Step(after, text, 0, self.heard) for text in [*(command.encode() + b"\r" for command in self.commands), b""]]

    def run(self, machine, note=lambda line: ""):
        """Boots the machine; returns the exit status, 0, or raises Failure. `note` says what is to be added to a line."""
        self.note = note
        try:
            result = guest.boot(machine, self.timeout, self.take, self.steps() if self.commands else ())
        except Done:
            return 0
        if self.is_last_word(result):
            return 0
        if self.expected:
            wanted = f"no line (in this order) matched `{self.expected[0].pattern}`"
        elif self.prompts == 0:
            wanted = "no prompt came for --exec"
        else:
            wanted = f"`{self.commands[self.prompts - 1]}` did not end"
        if result.timed_out:
            raise Failure(f"{wanted} within {self.timeout:g} s; --timeout SECONDS waits longer")
        raise Failure(f"{wanted} before the machine switched itself off{f': {result.stderr}' if result.status else ''}")

    def is_last_word(self, result):
        """Whether the machine has switched itself off after the last command, as `poweroff` does it."""
        return result.powered_off and not self.expected and 0 < len(self.commands) == self.prompts
