"""Boots a system by itself: waits for what it is expected to say, and says whether that came."""
import re
from pathlib import Path

from . import guest
from .errors import Failure

TIMEOUT_SECONDS = 60


class Done(Exception):
    """All that was waited for has come: the machine may end."""


def add_arguments(parser):
    group = parser.add_argument_group("without a person", "With these the input is empty, and the machine is ended when all has come. "
                                      "Exit status: 0 if it came, 1 if not.")
    group.add_argument("--expect", metavar="REGEX", action="append", default=[],
                       help="a line of the output; may be repeated, lines come in this order")
    group.add_argument("--expect-file", metavar="FILE", help="the same from a file, a regex a line")
    group.add_argument("--timeout", metavar="SECONDS", type=float, help=f"of this machine, then it has not come (default {TIMEOUT_SECONDS})")


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
    if options.expect or options.expect_file is not None:
        return Script(patterns(options), TIMEOUT_SECONDS if options.timeout is None else options.timeout)
    if options.timeout is not None:
        raise Failure("--timeout is about what is waited for: it needs --expect or --expect-file")
    return None


class Script:
    """What is still waited for."""

    def __init__(self, expected, timeout):
        self.expected, self.timeout = list(expected), timeout

    def take(self, line):
        """A line of the machine's. Raises Done with the last one."""
        print(line, flush=True)
        if self.expected[0].search(line):
            self.expected.pop(0)
        if not self.expected:
            raise Done

    def run(self, machine):
        """Boots the machine; returns the exit status, 0, or raises Failure."""
        try:
            result = guest.boot(machine, self.timeout, self.take)
        except Done:
            return 0
        wanted = f"no line (in this order) matched `{self.expected[0].pattern}`"
        if result.timed_out:
            raise Failure(f"{wanted} within {self.timeout:g} s; --timeout SECONDS waits longer")
        raise Failure(f"{wanted} before the machine switched itself off{f': {result.stderr}' if result.status else ''}")
