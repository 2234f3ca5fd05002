"""What the tests of the sysroot share: TAP, and a fresh, moved copy of the sysroot."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path


class Broken(Exception):
    """A check that did not hold; its text says what was found and expected."""


class Tap:
    """Runs named checks and prints one TAP line for each."""

    def __init__(self):
        self.count = self.failed = 0

    def check(self, name, function, *arguments):
        """Runs function(*arguments); returns its value, or None if it raised."""
        self.count += 1
        try:
            value = function(*arguments)
        except Exception as error:  # whatever went wrong is the check's failure
            self.failed += 1
            print(f"not ok {self.count} - {name}")
            text = str(error) if isinstance(error, (Broken, AssertionError)) else traceback.format_exc()
            print("\n".join(f"# {line}" for line in text.splitlines()), flush=True)
            return None
        print(f"ok {self.count} - {name}", flush=True)
        return value

    def end(self):
        """Prints the plan and ends the program."""
        print(f"1..{self.count}")
        sys.exit(1 if self.failed or self.count == 0 else 0)


def run(command, cwd, env, timeout=120):
    """Runs a command; returns what it printed, raises Broken if it fails or takes too many seconds."""
    words = [str(word) for word in command]
    with subprocess.Popen(words, cwd=cwd, env=env, text=True, errors="replace", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
        except BaseException as error:
            # With all that it started: a QEMU would run on.
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise Broken(f"{' '.join(words)}: not done after {timeout} s\n{output}") from None
    if process.returncode != 0:
        raise Broken(f"{' '.join(words)}: status {process.returncode}\n{output}")
    return output


def refused(sysroot, command, cwd, text):
    """The command fails in the sysroot, and says so with this text and no traceback."""
    try:
        printed = sysroot.run(command, cwd)
    except Broken as refusal:
        if text not in str(refusal) or "Traceback" in str(refusal):
            raise
        return
    raise Broken(f"{' '.join(map(str, command))} did not fail:\n{printed}")


def change(path, old, new):
    """Changes the text of a file, which has `old`."""
    text = path.read_text()
    if old not in text:
        raise Broken(f"{path} has no {old!r}")
    path.write_text(text.replace(old, new))


def install(build, destination):
    """Installs the build into the folder `destination`; returns the sysroot's path in there."""
    run(["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", destination], destination,
        os.environ)
    roots = [path.parents[1] for path in Path(destination).rglob("bin/aarch64-kaal-gcc")]
    if len(roots) != 1:
        raise Broken(f"{len(roots)} sysroots were installed, expected 1")
    return roots[0]


# Runs its arguments from the first `--` on with empty folders mounted over those before.
HIDE = ["sh", "-ec", 'while [ "$1" != -- ]; do [ ! -d "$1" ] || mount -t tmpfs -o size=4k none "$1"; shift; done; shift; exec "$@"', "hide"]


def hiding(folders):
    """
    The words in front of a command that take these folders out of its sight: a mount namespace, for root
    and where others may make one; none ([]) elsewhere.
    """
    for unshare in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        words = [*unshare, *HIDE, *map(str, folders), "--"]
        try:
            if subprocess.run([*words, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
                return words
        except FileNotFoundError:
            break
    return []


class Sysroot:
    """
    A copy of the sysroot that was moved after the install, in a scratch folder; a context manager. What
    runs in it sees empty folders in place of `hidden`, where the machine allows that.
    """

    def __init__(self, build, *hidden):
        self.build, self.hidden = build, hiding(hidden)
        if hidden and not self.hidden:
            print("# no mount namespaces here: source and build stay in sight, link maps must do")

    def __enter__(self):
        self.scratch = Path(tempfile.mkdtemp(prefix="kaal-sdk-test-")).resolve()
        try:
            staged = install(self.build, self.folder("staged"))
            self.root = self.scratch / "moved" / "kaal-sysroot"
            self.root.parent.mkdir()
            staged.rename(self.root)
            shutil.rmtree(self.scratch / "staged")
        except BaseException:
            shutil.rmtree(self.scratch)
            raise
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        # The user sets PATH and nothing else.
        self.env = {"PATH": f"{self.root}/bin:/usr/bin:/bin", "HOME": str(self.folder("home")), "LC_ALL": "C.UTF-8"}
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.scratch)

    def folder(self, name):
        """A new folder in the scratch folder."""
        path = self.scratch / name
        path.mkdir()
        return path

    def run(self, command, cwd, **more):
        """Runs a command as the sysroot's user would."""
        return run([*self.hidden, *command], cwd, self.env, **more)


def out_of_reach(sysroot, folders):
    """What is to be hidden is empty, or gone with what it lies in, for what runs in the sysroot."""
    for folder in folders if sysroot.hidden else []:
        if left := sysroot.run(["sh", "-c", 'ls -A "$1" 2>/dev/null || true', "ls", folder], "/").split():
            raise Broken(f"still in sight in {folder}: {left}")


def main(usage, test):
    """
    The main() of a test that is called with BUILD SOURCE: test(tap, sysroot, build, source), with a sysroot whose
    commands see neither of these. Ends the program.
    """
    if len(sys.argv) != 3:
        sys.exit(usage)
    build, source = (Path(argument).resolve() for argument in sys.argv[1:])
    tap = Tap()
    with Sysroot(build, source, build) as sysroot:
        tap.check("source and build are out of reach", out_of_reach, sysroot, [source, build])
        test(tap, sysroot, build, source)
    tap.end()
