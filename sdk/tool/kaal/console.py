"""Says what happens and runs other programs in sight of the user."""
import os
import shlex
import subprocess
import sys

from .errors import Failure


def say(text):
    print(f"kaal: {text}", flush=True)


def run(command, check=True, **more):
    """Prints a command, runs it on this terminal and returns its exit status."""
    command = [str(word) for word in command]
    print("+ " + shlex.join(command), flush=True)
    try:
        status = subprocess.run(command, **more).returncode
    except FileNotFoundError as error:
        raise Failure(f"{command[0]} is missing; `kaal doctor` says how to get it") from error
    if check and status != 0:
        raise Failure(f"`{shlex.join(command)}` ended with status {status}; its own words stand above")
    return status


def is_interactive():
    return sys.stdin is not None and sys.stdin.isatty()


def is_root():
    return os.geteuid() == 0
