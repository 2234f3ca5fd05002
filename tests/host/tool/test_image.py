#!/usr/bin/env python3
"""kaal-image: what goes in, and what it refuses. Environment: KAAL_IMAGE, CORPUS."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import tap

IMAGE = os.environ["KAAL_IMAGE"]
ELF = Path(os.environ["CORPUS"]) / "elf"


class Image(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = Path(self.scratch.name)
        self.output = self.folder / "system.cpio"
        self.addCleanup(self.scratch.cleanup)

    def run_image(self, *words):
        return subprocess.run([IMAGE, *map(str, words)], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)

    def pack(self, *words, root=ELF / "valid"):
        return self.run_image("-o", self.output, "--root", root, *words)

    def refused(self, done, status, *texts):
        self.assertEqual(done.returncode, status, done.stderr)
        for text in texts:
            self.assertIn(text, done.stderr)
        self.assertFalse(self.output.exists())

    def test_says_what_went_in(self):
        done = self.pack(f"motd={ELF / 'empty'}")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [line.split() for line in done.stdout.splitlines()]
        self.assertEqual(rows[:2], [["576", "root-task"], ["0", "motd"]])
        self.assertEqual(rows[2], [str(self.output.stat().st_size), str(self.output)])

    def test_the_same_files_give_the_same_bytes(self):
        self.pack("motd=/etc/passwd")
        first = self.output.read_bytes()
        os.utime(self.output, (1, 1))
        self.pack("motd=/etc/passwd")
        self.assertEqual(self.output.read_bytes(), first)

    def test_list(self):
        self.pack()
        done = self.run_image("--list", self.output)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^root-task\troot-task\t\d+\t\d+\t\d+\t\d+\t0\n$")
        self.assertEqual(self.run_image("--list", self.output, "--root", ELF / "valid").returncode, 2)
        self.assertIn("cpio magic", self.run_image("--list", "/etc/passwd").stderr)

    def test_larger_file_is_whole(self):
        (self.folder / "big").write_bytes(bytes(range(256)) * 1024)
        self.pack(f"big={self.folder / 'big'}")
        self.assertIn(bytes(range(256)) * 1024, self.output.read_bytes())

    def test_root_task_that_the_loader_would_refuse(self):
        name = ELF / "x86-64"
        self.refused(self.pack(root=name), 1,
                     f"kaal-image: {name}: e_machine at 0x12: found 0x3e, expected 183 (AArch64)")

    def test_every_corrupt_executable_is_refused(self):
        for path in sorted(ELF.iterdir()):
            if path.name in ("valid", "two-notes"):
                continue
            with self.subTest(path=path.name):
                self.refused(self.pack(root=path), 1, str(path))

    def test_root_task_that_is_not_there(self):
        self.refused(self.pack(root=self.folder / "none"), 1, "none: No such file")

    def test_file_that_is_not_there(self):
        self.refused(self.pack("motd=/nonexistent"), 1, "/nonexistent: No such file")

    def test_folder_instead_of_a_file(self):
        self.refused(self.pack(f"motd={self.folder}"), 1, "Is a directory")

    def test_two_files_of_one_name(self):
        self.refused(self.pack("a=/etc/passwd", "a=/etc/passwd"), 1, "a: the archive has a file of this name already")

    def test_second_root_task(self):
        self.refused(self.pack("root-task=/etc/passwd"), 1, "root-task: the archive has")

    def test_name_of_the_trailer(self):
        self.refused(self.pack("TRAILER!!!=/etc/passwd"), 1, "ends an archive")

    def test_empty_name(self):
        self.refused(self.pack("=/etc/passwd"), 1, "1 to 255")

    def test_long_name(self):
        self.refused(self.pack("x" * 256 + "=/etc/passwd"), 1, "1 to 255")

    def test_argument_that_is_no_file(self):
        self.refused(self.pack("motd"), 2, "NAME=FILE", "usage:")

    def test_too_many_files(self):
        self.refused(self.pack(*(f"f{i}=/dev/null" for i in range(1024))), 1, "1024")

    def test_no_arguments(self):
        self.refused(self.run_image(), 2, "-o and --root are needed")

    def test_option_without_a_value(self):
        self.refused(self.run_image("-o"), 1, "-o: a value is missing")

    def test_unknown_option(self):
        self.refused(self.pack("--fast"), 1, "--fast: no such option")

    def test_output_that_cannot_be_written(self):
        done = self.run_image("-o", self.folder / "none/system.cpio", "--root", ELF / "valid")
        self.refused(done, 1, "none/system.cpio: No such file")

    def test_help(self):
        done = self.run_image("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("usage:", done.stdout)


if __name__ == "__main__":
    tap.main()
