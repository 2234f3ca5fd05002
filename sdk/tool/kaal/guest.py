"""Boots a machine once and reads its serial line."""
import os
import selectors
import signal
import subprocess
import time

from .errors import Failure

# A guest that prints without end must not fill the memory of the host.
OUTPUT_BYTES_MAX = 16 << 20


class Result:
    """How a boot ended: serial lines without CR, exit status, and whether QEMU ended by itself."""

    def __init__(self, lines, status, timed_out, stderr):
        self.lines, self.status, self.timed_out, self.stderr = lines, status, timed_out, stderr

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


def boot(machine, timeout, on_line=None):
    """Runs the machine until it powers off or `timeout` seconds of the host have passed."""
    process = subprocess.Popen(machine.command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    lines, pending, stderr, received = [], b"", b"", 0
    deadline = time.monotonic() + timeout
    timed_out = False
    # A test runner that gives up sends SIGTERM: take QEMU along.
    previous = signal.signal(signal.SIGTERM, lambda *_: (process.kill(), os._exit(143)))
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0 or received > OUTPUT_BYTES_MAX:
                timed_out = True
                process.kill()
                break
            for key, _ in selector.select(left):
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    stderr += data
                else:
                    received += len(data)
                    *complete, pending = (pending + data).split(b"\n")
                    for line in complete:
                        lines.append(line.decode("utf-8", "replace").replace("\r", ""))
                        if on_line:
                            on_line(lines[-1])
    if pending:
        lines.append(pending.decode("utf-8", "replace").replace("\r", ""))
        if on_line:
            on_line(lines[-1])
    status = process.wait()
    process.stdout.close()
    process.stderr.close()
    signal.signal(signal.SIGTERM, previous)
    text = stderr.decode("utf-8", "replace").strip()
    if status not in (0, -signal.SIGKILL) and not lines:
        raise Failure(f"QEMU failed: {text or f'status {status}'}")
    return Result(lines, status, timed_out, text)
