"""Boots a machine once, reads its serial line, and types on it."""
import collections
import os
import re
import selectors
import signal
import subprocess
import time

from .errors import Failure

# A guest that prints without end must not fill the memory of the host.
OUTPUT_BYTES_MAX = 16 << 20


class Result:
    """How a boot ended: serial lines without CR, exit status, whether QEMU ended by itself, and whether all was typed."""

    def __init__(self, lines, status, timed_out, stderr, typed=True):
        self.lines, self.status, self.timed_out, self.stderr, self.typed = lines, status, timed_out, stderr, typed

    @property
    def powered_off(self):
        return not self.timed_out and self.status == 0


def wait_for_debugger_socket(path, process, timeout=10):
    """Returns once QEMU listens: a debugger that comes earlier is turned away and does not try again."""
    deadline = time.monotonic() + timeout
    while not os.path.exists(path):
        if process.poll() is not None or time.monotonic() > deadline:
            raise Failure(f"QEMU does not listen for the debugger at {path}")
        time.sleep(0.01)


# Types `text` (bytes) `pause` seconds after the regex `after` (bytes) appeared in what was printed since the last step; `heard` is told the match.
Step = collections.namedtuple("Step", "after text pause heard", defaults=(0, None))


class Typist:
    """What is typed, and when: Steps, one after the other."""

    def __init__(self, steps):
        self.steps, self.seen, self.due, self.unsent, self.heard = list(steps), b"", None, b"", True

    @property
    def done(self):
        return self.heard and not self.steps and not self.unsent

    def look(self, now, printed=b""):
        """Takes what was printed; what is due by now is put into `unsent`."""
        self.seen += printed
        while self.steps:
            if self.due is None:
                match = re.search(self.steps[0].after, self.seen)
                if match is None:
                    return
                self.seen, self.due = self.seen[match.end():], now + self.steps[0].pause
                if self.steps[0].heard:
                    self.steps[0].heard(match)
            if self.due > now:
                return
            self.unsent += self.steps.pop(0).text
            self.due = None

    def type(self, stream):
        """Writes what the stream takes without waiting."""
        try:
            self.unsent = self.unsent[os.write(stream.fileno(), self.unsent):]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self.steps, self.unsent, self.heard = [], b"", False


class Lines:
    """Cuts what is printed into lines without CR, and hands each on."""

    def __init__(self, on_line):
        self.lines, self.pending, self.on_line = [], b"", on_line

    def add(self, data):
        *complete, self.pending = (self.pending + data).split(b"\n")
        for line in complete:
            self.take(line)

    def take(self, line):
        self.lines.append(line.decode("utf-8", "replace").replace("\r", ""))
        if self.on_line:
            self.on_line(self.lines[-1])

    def end(self):
        if self.pending:
            self.take(self.pending)
        return self.lines


def kill(process):
    """Ends a process of talk() with all that it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def listen(process, typist, deadline, lines, bytes_max):
    """Reads and types until the process closes its output. Returns (whether it took too long, stderr)."""
    stderr, received = b"", 0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        if process.stdin:
            os.set_blocking(process.stdin.fileno(), False)
        readers = 2
        while readers:
            now = time.monotonic()
            if now >= deadline or received > bytes_max:
                kill(process)
                return True, stderr
            typist.look(now)
            wants = process.stdin and typist.unsent
            if wants and process.stdin not in selector.get_map():
                selector.register(process.stdin, selectors.EVENT_WRITE)
            elif not wants and process.stdin and process.stdin in selector.get_map():
                selector.unregister(process.stdin)
            until = min(deadline, typist.due) if typist.due is not None else deadline
            for key, _ in selector.select(max(0, until - now)):
                if key.fileobj is process.stdin:
                    typist.type(process.stdin)
                    continue
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                    readers -= 1
                elif key.fileobj is process.stderr:
                    stderr += data
                else:
                    received += len(data)
                    lines.add(data)
                    typist.look(time.monotonic(), data)
    return False, stderr


def talk(command, timeout, on_line=None, steps=(), bytes_max=OUTPUT_BYTES_MAX, **more):
    """
    Runs a command that boots a machine on its standard input and output, until it ends or `timeout` seconds of the
    host have passed, or it has printed more than bytes_max. Types the Steps; without any, its input is empty. `more` is for
    subprocess.Popen.
    """
    process = subprocess.Popen(command, stdin=subprocess.PIPE if steps else subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **more)
    typist, lines = Typist(steps), Lines(on_line)
    # A test runner that gives up sends SIGTERM: take QEMU along.
    previous = signal.signal(signal.SIGTERM, lambda *_: (kill(process), os._exit(143)))
    try:
        timed_out, stderr = listen(process, typist, time.monotonic() + timeout, lines, bytes_max)
        status = process.wait()
    except BaseException:
        kill(process)
        process.wait()
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()
    return Result(lines.end(), status, timed_out, stderr.decode("utf-8", "replace").strip(), typist.done)


def boot(machine, timeout, on_line=None, steps=(), bytes_max=OUTPUT_BYTES_MAX):
    """Runs the machine until it powers off, `timeout` seconds of the host have passed, or it has printed too much."""
    result = talk(machine.command(), timeout, on_line, steps, bytes_max)
    if result.status not in (0, -signal.SIGKILL) and not result.lines:
        raise Failure(f"QEMU failed: {result.stderr or f'status {result.status}'}")
    return result
