#!/usr/bin/env python3
"""The tool's commands for those who write programs: new projects, boots without a person, crash reports. Environment: KAAL_IMAGE, CORPUS."""
import argparse
import contextlib
import io
import os
import shlex
import subprocess
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import tap
from kaal import archive, crashes, errors, new, place, script


def parsed(module, *words):
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return parser.parse_args(words)


@contextlib.contextmanager
def folder():
    """A scratch folder that is the working directory; what is printed is not shown."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as name, contextlib.redirect_stdout(io.StringIO()):
        os.chdir(name)
        try:
            yield Path(name)
        finally:
            os.chdir(before)


class New(unittest.TestCase):
    def refused(self, text, *words):
        with self.assertRaisesRegex(errors.Failure, text):
            new.run(parsed(new, *words))

    def test_each_kind_for_each_build_system(self):
        with folder() as here:
            for kind in new.KINDS:
                for build in new.BUILD_SYSTEMS:
                    name = f"{kind}-{build}"
                    self.assertEqual(new.run(parsed(new, kind, name, "--build", build)), 0)
                    texts = {path: path.read_text() for path in (here / name).rglob("*") if path.is_file()}
                    self.assertIn(f"    $ {new.BUILD_SYSTEMS[build][0]}\n", texts[here / name / "README.md"])
                    self.assertIn(f"\t\t{name} {{\n", texts[here / name / "system.dts"])
                    for path, text in texts.items():
                        self.assertNotRegex(text, "@(NAME|STEPS)@", path)
            self.assertEqual(len(list(here.iterdir())), len(new.KINDS) * len(new.BUILD_SYSTEMS))

    def test_names(self):
        with folder() as here:
            for name in ("", "Big", "9lives", "-x", "a/b", "a b", "a.b", "ä"):
                self.refused("lower-case", "app", "--", name)
            self.refused("at most 24", "app", "x" * 25)
            for name in ("file-service", "test", "meson-x"):
                self.refused("choose another", "app", name)
            self.assertEqual(list(here.iterdir()), [])

    def test_what_is_there_stays(self):
        with folder() as here:
            (here / "full").mkdir()
            (here / "file").write_text("mine")
            (here / "link").symlink_to("nowhere")
            for name in ("full", "file", "link"):
                self.refused("is there already", "app", name)
            self.assertEqual((here / "file").read_text(), "mine")
            self.assertEqual(sorted(path.name for path in here.iterdir()), ["file", "full", "link"])

    def test_nothing_is_half_made(self):
        with tempfile.TemporaryDirectory() as name, folder() as here:
            part = Path(name)
            (part / "first").write_text("can be copied")
            (part / "second").symlink_to("/proc/self/mem")  # cannot
            with self.assertRaisesRegex(errors.Failure, "nothing was left"):
                new.make(Path("mine"), [part], {})
            self.assertEqual(list(here.iterdir()), [])

    def test_the_tree_says_that_a_sysroot_is_needed(self):
        with tempfile.TemporaryDirectory() as here:
            done = subprocess.run([place.TREE / "kaal", "new", "app", "mine"], cwd=here, text=True, stdout=subprocess.PIPE, check=True)
        self.assertIn("./kaal install --prefix", done.stdout)


class Machine:
    """A machine that is a shell script."""

    def __init__(self, text):
        self.text = text

    def command(self):
        return ["sh", "-c", self.text]


class Script(unittest.TestCase):
    def boot(self, text, *words):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.status = script.from_options(parsed(script, *words)).run(Machine(text))
        return said.getvalue()

    def refused(self, pattern, text, *words):
        with self.assertRaisesRegex(errors.Failure, pattern):
            self.boot(text, *words)

    def test_nothing_is_asked_for(self):
        self.assertIsNone(script.from_options(parsed(script)))

    def test_the_machine_ends_with_the_last_line(self):
        said = self.boot("echo one; echo two; sleep 100", "--expect", "^one$", "--expect", "^t")
        self.assertEqual((self.status, said), (0, "one\ntwo\n"))

    def test_one_line_is_one_line(self):
        self.refused("matched `o` before the machine switched itself off", "echo one", "--expect", "one", "--expect", "o")

    def test_in_this_order(self):
        self.refused("matched `one` before", "echo one; echo two", "--expect", "two", "--expect", "one")

    def test_too_late(self):
        self.refused("matched `two` within 0.5 s; --timeout SECONDS", "echo one; sleep 100", "--timeout", "0.5", "--expect", "two")

    def test_what_qemu_says_is_told(self):
        self.refused("before the machine switched itself off: no such board", "echo one; echo no such board >&2; exit 1", "--expect", "two")

    def test_lines_of_a_file_come_first(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("one\n\ntwo\n")
            file.flush()
            self.boot("echo one; echo two; echo three; sleep 100", "--expect", "three", "--expect-file", file.name)
        self.assertEqual(self.status, 0)

    def test_files_that_are_none(self):
        self.refused("No such file", "", "--expect-file", "/nonexistent")
        self.refused("it is empty", "", "--expect-file", "/dev/null")
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"\xff")
            file.flush()
            self.refused("can't decode", "", "--expect-file", file.name)

    def test_no_regular_expression(self):
        self.refused(r"--expect: `\(` is no regular expression", "", "--expect", "(")

    def test_what_is_about_waiting_needs_something_to_wait_for(self):
        self.refused("--timeout is about what is waited for", "", "--timeout", "3")
        self.refused("--prompt is about what is waited for", "", "--prompt", "x")

    # A shell: echoes what is typed, fails at `bad`, ends the machine at `off`, never ends `slow`.
    SHELL = r"""printf "boot\r\n"; p="kaal> "
while printf "$p"; do IFS= read -r -d "$(printf '\r')" line; p="kaal> "; printf "%s\r\n" "$line"
case $line in bad) p="kaal [3]> ";; off) exit 0;; slow) sleep 100;; *) printf "said $line\r\nno kaal> prompt\r\n"; esac; done"""

    def shell(self, *words):
        return self.boot(f"exec bash -c {shlex.quote(self.SHELL)}", *words)

    def test_commands_are_typed_at_the_prompt(self):
        said = self.shell("--exec", "one", "--exec", "two", "--expect", "^said two$")
        self.assertEqual(self.status, 0)
        self.assertIn("said one\n", said)
        self.assertIn("said two\n", said)

    def test_a_command_that_fails_is_the_last(self):
        with self.assertRaisesRegex(errors.Failure, "`bad` ended with 3"):
            self.shell("--exec", "bad", "--exec", "slow")

    def test_the_last_command_may_end_the_machine(self):
        self.shell("--exec", "one", "--exec", "off")
        self.assertEqual(self.status, 0)
        with self.assertRaisesRegex(errors.Failure, "`off` did not end before the machine switched itself off"):
            self.shell("--exec", "off", "--exec", "one")

    def test_a_command_that_does_not_end(self):
        with self.assertRaisesRegex(errors.Failure, "`slow` did not end within 1 s"):
            self.shell("--exec", "slow", "--timeout", "1")

    def test_no_prompt(self):
        self.refused("no prompt came for --exec within 0.5 s", "sleep 100", "--exec", "one", "--timeout", "0.5")

    def test_another_prompt(self):
        said = self.boot("printf 'a\\n%% '; head -c 4; printf 'b\\n%% '; sleep 100", "--exec", "one", "--prompt", "% ")
        self.assertEqual((self.status, said), (0, "a\n% oneb\n"))

    def test_a_command_is_one_line(self):
        self.refused("a command is one line", "", "--exec", "a\nb")

    def test_notes_are_shown_and_may_be_expected(self):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            for pattern in ("^one$", r"^one \(note\)$"):
                script.from_options(parsed(script, "--expect", pattern)).run(Machine("echo one; sleep 100"), lambda line: " (note)")
        self.assertEqual(said.getvalue(), "one (note)\n" * 2)


class Crash(unittest.TestCase):
    """Crash reports get places in the sources; the executable is one of the host's."""

    SOURCE = "int deref(int *p)\n{\n\treturn *p;\n}\nint main(void)\n{\n\treturn deref(0);\n}\n"

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        (self.folder / "main.c").write_text(self.SOURCE)
        subprocess.run(["gcc", "-g", "-no-pie", "main.c", "-o", "program"], cwd=self.folder, check=True)
        symbols = subprocess.run(["nm", "program"], cwd=self.folder, text=True, stdout=subprocess.PIPE, check=True).stdout
        self.deref = int(next(line for line in symbols.splitlines() if line.endswith(" T deref")).split()[0], 16)
        self.crashes = crashes.Crashes("no archive")
        self.crashes.images = {"it": self.folder / "program"}

    def report(self):
        return f"root-task: it: crashed at {self.deref:#x} deref+0x0: read of address 0x0: nothing is mapped there"

    def test_place_in_source(self):
        self.assertEqual(crashes.symbol(self.folder / "program", self.deref), ("deref", f"{self.folder}/main.c:2"))
        self.assertEqual(crashes.symbol(self.folder / "program", 1), (None, None))
        self.assertEqual(crashes.symbol(self.folder / "nothing", 1), (None, None))

    def test_notes(self):
        self.assertEqual(self.crashes.note(f"root-task:   called from {self.deref + 4:#x} x"), "")  # nothing has crashed yet
        self.assertEqual(self.crashes.note(self.report()), f" [{self.folder}/main.c:2]")
        self.assertEqual(self.crashes.note(self.report().replace("it:", "it: thread 12:")), f" [{self.folder}/main.c:2]")
        self.assertEqual(self.crashes.note(f"root-task:   called from {self.deref + 4:#x} x"), f" [{self.folder}/main.c:2]")
        self.assertEqual(self.crashes.note("root-task:   x0  0000000000000000"), "")
        self.assertEqual(self.crashes.note(self.report().replace("it:", "another:")), "")
        self.assertEqual(self.crashes.note(f"it: {self.report()}"), "")

    def test_an_archive_that_cannot_be_read_gives_no_note(self):
        with crashes.Crashes("/nonexistent") as crash:
            self.assertEqual(crash.note(self.report()), "")

    def test_stream_in_any_pieces(self):
        text = f"> a\rb\n\n{self.report()}\r\n> typed".encode()
        wanted = text.replace(b"there\r\n", f"there [{self.folder}/main.c:2]\r\n".encode())
        for pieces in ([text], [text[i:i + 1] for i in range(len(text))], [text[:-8], text[-8:]]):
            stream = crashes.Stream(self.crashes)
            self.assertEqual(b"".join(map(stream.feed, pieces)), wanted)

    def test_nothing_else_is_kept_back(self):
        stream = crashes.Stream(self.crashes)
        for piece in (b"kaal> ", b"\r", b"kaal> x", b"\r\n"):
            self.assertEqual(stream.feed(piece), piece)


class Archive(unittest.TestCase):
    def setUp(self):
        patch = unittest.mock.patch.object(place, "image_tool", lambda: os.environ["KAAL_IMAGE"])
        patch.start()
        self.addCleanup(patch.stop)

    def test_a_single_program(self):
        program = Path(os.environ["CORPUS"]) / "elf/valid"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "system.cpio"
            subprocess.run([os.environ["KAAL_IMAGE"], "-o", path, "--root", program, "a/b=/etc/passwd", "empty=/dev/null"], check=True, stdout=subprocess.DEVNULL)
            [root] = archive.components(path)
            self.assertEqual((root.name, root.image, root.memory_max), ("root-task", "root-task", 0))
            self.assertEqual(dict(archive.files(path)), {"root-task": program.read_bytes(), "a/b": Path("/etc/passwd").read_bytes(), "empty": b""})
            images = archive.extract_images(path, folder)
            self.assertEqual(images["root-task"].read_bytes(), program.read_bytes())

    def test_what_is_no_archive(self):
        with self.assertRaisesRegex(errors.Failure, "cpio magic"):
            archive.components("/etc/passwd")
        with self.assertRaisesRegex(errors.Failure, "No such file"):
            archive.components("/nonexistent")


if __name__ == "__main__":
    tap.main()
