#!/usr/bin/env python3
"""The tool's own logic: judging boots, counting tests, QEMU's command line, finding archives."""
import argparse
import contextlib
import io
import json
import os
import struct
import subprocess
import tarfile
import tempfile
import time
import tomllib
import unittest
import xml.etree.ElementTree as xml
import zlib
from pathlib import Path

import tap
from kaal import bench, compare, doctor, elf, errors, guest, machine, packages, paths, place, plot, qemu, sources
from kaal import test as suites


def ended(*lines, status=0, timed_out=False):
    return guest.Result(list(lines), status, timed_out, "")


class ExpectedFatal(unittest.TestCase):
    FATAL = "KAAL-FATAL root-task: e_machine at 0x12: found 0x3e, expected 183 (AArch64) [812 us]"

    def problem(self, *lines, limit=10000):
        return qemu.fatal_problem(ended(*lines), "e_machine .* 183", limit)

    def test_matching_line_is_accepted(self):
        self.assertIsNone(self.problem("hello", self.FATAL))

    def test_no_fatal_line(self):
        self.assertIn("0 KAAL-FATAL", self.problem("hello"))

    def test_two_fatal_lines(self):
        self.assertIn("2 KAAL-FATAL", self.problem(self.FATAL, self.FATAL))

    def test_another_fatal_line(self):
        self.assertIn("does not match", self.problem("KAAL-FATAL archive: gone [1 us]"))

    def test_line_without_time(self):
        self.assertIn("[NNNN us]", self.problem(self.FATAL.removesuffix(" [812 us]")))

    def test_too_late(self):
        self.assertIn("less than 812", self.problem(self.FATAL, limit=812))


class Ending(unittest.TestCase):
    def test_power_off(self):
        self.assertIsNone(qemu.ending_problem(ended(), 20))

    def test_timeout(self):
        self.assertIn("within 20 s", qemu.ending_problem(ended(timed_out=True), 20))

    def test_status(self):
        self.assertIn("status 1", qemu.ending_problem(ended(status=1), 20))


class ExpectedLines(unittest.TestCase):
    def test_in_order(self):
        self.assertIsNone(qemu.expect_problem(ended("a", "noise", "b"), ["a", "b"]))

    def test_not_in_order(self):
        self.assertIn("`a`", qemu.expect_problem(ended("b", "a", "c"), ["b", "c", "a"]))

    def test_one_line_matches_one_expectation(self):
        self.assertIsNotNone(qemu.expect_problem(ended("a"), ["a", "a"]))

    def test_fatal_line_is_unexpected(self):
        self.assertIn("unexpected", qemu.expect_problem(ended("a", "KAAL-FATAL x"), ["a"]))


class GuestTap(unittest.TestCase):
    """What the runner makes of a guest's TAP."""

    def status(self, *lines, **how):
        def boot(on_line):
            for line in lines:
                on_line(line)
            return ended(*lines, **how)
        with open(os.devnull, "w", encoding="utf-8") as null:
            with contextlib.redirect_stdout(null):
                return qemu.pass_tap_on(boot, 20)

    def test_all_pass(self):
        self.assertEqual(self.status("1..2", "ok 1", "ok 2"), 0)

    def test_one_fails(self):
        self.assertEqual(self.status("1..2", "ok 1", "not ok 2"), 1)

    def test_fewer_than_planned(self):
        self.assertEqual(self.status("1..2", "ok 1"), 1)

    def test_no_plan(self):
        self.assertEqual(self.status("ok 1"), 1)

    def test_no_power_off(self):
        self.assertEqual(self.status("1..1", "ok 1", timed_out=True), 1)

    def test_fatal_line(self):
        self.assertEqual(self.status("1..1", "ok 1", "KAAL-FATAL panic"), 1)


class Typing(unittest.TestCase):
    """guest.talk() with programs of the host in a guest's place."""

    def talk(self, script, *steps, timeout=10):
        return guest.talk(["python3", "-u", "-c", script], timeout, steps=[guest.Step(*step) for step in steps])

    def test_each_text_is_typed_when_what_it_waits_for_appears(self):
        script = "import sys; print('one? ', end=''); a = input(); print('two? ', end=''); b = input(); print([a, b])"
        result = self.talk(script, (rb"one\? $", b"first\n"), (rb"two\? $", b"second\n"))
        self.assertEqual(result.lines, ["one? two? ['first', 'second']"])
        self.assertTrue(result.typed and result.powered_off)

    def test_what_was_printed_before_a_step_does_not_count_for_the_next(self):
        result = self.talk("print('> > '); input(); print('end')", (b"> ", b""), (b"> ", b"x"), (b"> ", b"y\n"), timeout=1)
        self.assertTrue(result.timed_out and not result.typed)

    def test_a_pause_passes_before_typing(self):
        script = "import time; print('>'); t = time.monotonic(); input(); print(time.monotonic() - t)"
        self.assertGreater(float(self.talk(script, (b">", b"\n", 0.4)).lines[1]), 0.35)

    def test_more_than_a_pipe_holds_and_any_bytes(self):
        script = ("import sys, time, zlib; print('>'); time.sleep(0.2); b = sys.stdin.buffer.read(300000); "
                  "print(len(b), zlib.crc32(b))")
        data = bytes(range(256)) * 1200
        self.assertEqual(self.talk(script, (b">", data)).lines[1], f"300000 {zlib.crc32(data[:300000])}")

    def test_a_program_that_ends_before_all_was_typed(self):
        self.assertFalse(self.talk("print('>')", (b">", b"x" * 300000)).typed)
        self.assertFalse(self.talk("print('>')", (b"never", b"x")).typed)

    def test_without_steps_the_input_is_empty(self):
        self.assertEqual(self.talk("import sys; print(sys.stdin.read() == '')").lines, ["True"])

    def test_what_it_started_ends_with_it(self):
        result = self.talk("import subprocess; p = subprocess.Popen(['sleep', '60']); print(p.pid); p.wait()", timeout=1)
        self.assertTrue(result.timed_out)
        self.assertTrue(self.ends(Path(f"/proc/{result.lines[0]}/stat")))

    @staticmethod
    def ends(stat):
        """Whether a process that was sent SIGKILL comes to its end: on a busy machine, not at once."""
        for _ in range(500):
            try:
                if stat.read_text().rpartition(")")[2].split()[0] in "ZX":
                    return True
            except (FileNotFoundError, ProcessLookupError):
                return True
            time.sleep(0.01)
        return False


class Counting(unittest.TestCase):
    JUNIT = """<testsuites>
      <testsuite name="kaal.kaal:host / fuzz"><testcase name="1"/><testcase name="2"><failure/></testcase>
        <testcase name="3"><skipped/></testcase></testsuite>
      <testsuite name="kaal.kaal:host / late"><testcase name="1"/></testsuite>
      <testsuite name="kaal"><testcase name="kaal:host / plain"/><testcase name="kaal:host / broken"><failure/></testcase></testsuite>
    </testsuites>"""

    def count(self, *entries):
        with tempfile.TemporaryDirectory() as name:
            logs = Path(name)
            (logs / "testlog.junit.xml").write_text(self.JUNIT)
            (logs / "testlog.json").write_text("\n".join(json.dumps(entry) for entry in entries))
            return suites.count_logs(logs)

    def test_every_subtest_counts(self):
        count, failed = self.count({"name": "kaal:host / fuzz", "result": "FAIL"},
                                   {"name": "kaal:host / late", "result": "OK"},
                                   {"name": "kaal:host / broken", "result": "FAIL"})
        self.assertEqual(str(count), "3 passed, 2 failed, 1 skipped")
        self.assertEqual(len(failed), 2)

    def test_crash_after_the_last_subtest_is_a_failure(self):
        count, _ = self.count({"name": "kaal:host / late", "result": "ERROR"})
        self.assertEqual(count.failed, 3)

    def test_timeout_is_a_failure(self):
        count, _ = self.count({"name": "kaal:host / late", "result": "TIMEOUT"})
        self.assertEqual(count.failed, 3)


class CommandLine(unittest.TestCase):
    def words(self, **fields):
        return " ".join(machine.Machine(**fields).command())

    def test_usual_machine(self):
        words = self.words(image="i", archive="a")
        for expected in ("-machine virt,gic-version=3 ", "-cpu cortex-a53", "-m 128M", "-nic none", "-no-reboot",
                         "-serial stdio", "-kernel i", "-initrd a"):
            self.assertIn(expected, words)
        self.assertNotIn("icount", words)

    def test_options(self):
        words = self.words(gic=2, el2=True, counted=True, repeatable=True, load=("f@0x1000",), firmware="b", dtb="d")
        for expected in ("virt,gic-version=2,virtualization=on,dtb-randomness=off", "-icount shift=0,sleep=off",
                         "loader,file=f,addr=0x1000,force-raw=on", "-bios b", "-dtb d"):
            self.assertIn(expected, words)

    def test_words_for_qemu_come_last(self):
        parser = argparse.ArgumentParser()
        machine.add_arguments(parser)
        options = parser.parse_args(["--extra=-rtc", "--extra=base=2026-01-01"])
        self.assertEqual(machine.from_arguments(options).command()[-2:], ["-rtc", "base=2026-01-01"])

    def test_second_board(self):
        self.assertIn("-machine xlnx-versal-virt -m", self.words(board="xlnx-versal-virt"))

    def test_interrupt_controller_that_the_board_lacks(self):
        with self.assertRaises(errors.Failure):
            self.words(board="xlnx-versal-virt", gic=2)

    def test_load_without_address(self):
        with self.assertRaises(errors.Failure):
            self.words(load=("file",))


class AptConfiguration(unittest.TestCase):
    """Where the machine's own archives stand, in both formats."""

    def archives(self, **files):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "sources.list.d").mkdir()
            for file, text in files.items():
                path = "sources.list" if file == "classic" else f"sources.list.d/{file.replace('_', '.')}"
                (folder / path).write_text(text)
            return sources.machine_archives(folder)

    def test_classic_list(self):
        self.assertEqual(self.archives(classic="# comment\ndeb [signed-by=/k.gpg arch=arm64] http://m/debian bookworm main\n"
                                               "deb http://m/debian/ bookworm-updates main\n"),
                         ["URIs: http://m/debian\nSigned-By: /k.gpg\n"])

    def test_deb822(self):
        self.assertEqual(self.archives(debian_sources="Types: deb\n# no\nURIs: http://m/debian http://n/debian\nSuites: bookworm\n"
                                                      "Components: main contrib\nSigned-By: /k.gpg\n"),
                         ["URIs: http://m/debian\nSigned-By: /k.gpg\n", "URIs: http://n/debian\nSigned-By: /k.gpg\n"])

    def test_deb822_with_the_key_inside(self):
        key = "\n -----BEGIN-----\n .\n abc"
        self.assertEqual(self.archives(d_sources=f"URIs: http://m/debian\nSuites: x\nComponents: main\nSigned-By:{key}\n"),
                         [f"URIs: http://m/debian\nSigned-By: {key}\n"])

    def test_disabled_and_foreign_entries_are_left_out(self):
        self.assertEqual(self.archives(d_sources="Enabled: no\nURIs: http://m\nComponents: main\n\nURIs: http://n\nComponents: contrib\n"),
                         [])


class Subproject(unittest.TestCase):
    """Unpacked sources follow the wrap and its overlay. Meson unpacks, from its cache."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.tree = Path(scratch.name)
        self.folder = self.tree / "subprojects"
        self.unpacked = self.folder / "lib-1"
        self.write(self.folder / "packagefiles/lib/added.txt", "one")
        (self.tree / "meson.build").write_text("project('x')\n")
        self.write(self.tree / "from/lib-1/meson.build", "project('lib')\n")
        self.write(self.tree / "from/lib-1/upstream.txt", "upstream")
        cached = self.folder / "packagecache/lib-1.tar.gz"
        cached.parent.mkdir()
        with tarfile.open(cached, "w:gz") as tar:
            tar.add(self.tree / "from/lib-1", "lib-1")
        self.write(self.folder / "lib.wrap", "[wrap-file]\ndirectory = lib-1\nsource_url = https://example.invalid/lib-1.tar.gz\n"
                   f"source_filename = lib-1.tar.gz\nsource_hash = {sources.sha256(cached)}\npatch_directory = lib\n")

    def write(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def ensure(self):
        # Meson's words would stand between the lines of TAP.
        code = "import sys, pathlib; from kaal import sources; sources.ensure(pathlib.Path(sys.argv[1]))"
        done = subprocess.run(["python3", "-c", code, self.tree], cwd=place.TREE / "sdk/tool", text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def added(self):
        return (self.unpacked / "added.txt").read_text()

    def test_first_time(self):
        self.ensure()
        self.assertEqual((self.added(), (self.unpacked / "upstream.txt").read_text()), ("one", "upstream"))

    def test_nothing_to_do(self):
        self.ensure()
        self.assertEqual(self.ensure(), "")

    def test_overlay_changed(self):
        self.ensure()
        self.write(self.folder / "packagefiles/lib/added.txt", "two")
        self.assertIn("anew", self.ensure())
        self.assertEqual(self.added(), "two")

    def test_the_build_refuses_what_is_stale(self):
        self.ensure()
        sources.refuse_stale(self.tree)
        self.write(self.folder / "packagefiles/lib/added.txt", "two")
        with self.assertRaisesRegex(SystemExit, "purge --confirm lib && "):
            sources.refuse_stale(self.tree)

    def test_file_left_the_overlay(self):
        self.write(self.folder / "packagefiles/lib/upstream.txt", "ours")
        self.ensure()
        self.assertEqual((self.unpacked / "upstream.txt").read_text(), "ours")
        (self.folder / "packagefiles/lib/upstream.txt").unlink()
        self.ensure()
        self.assertEqual((self.unpacked / "upstream.txt").read_text(), "upstream")

    def test_unpacked_by_meson_alone(self):
        subprocess.run(["meson", "subprojects", "download"], cwd=self.tree, check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(self.ensure(), "")
        self.write(self.folder / "packagefiles/lib/added.txt", "two")
        self.ensure()
        self.assertEqual(self.added(), "two")

    def test_working_copy_is_left_alone(self):
        self.ensure()
        (self.unpacked / ".git").mkdir()
        self.write(self.folder / "packagefiles/lib/added.txt", "two")
        self.ensure()
        self.assertEqual(self.added(), "one")


class Packages(unittest.TestCase):
    def test_no_package_is_listed_twice(self):
        names = [package.name for members in packages.SETS.values() for package in members]
        self.assertEqual(sorted(names), sorted(set(names)))

    def test_the_line_to_type_names_each_package(self):
        line = packages.install_line(packages.SETS["clang"])
        for package in packages.SETS["clang"]:
            self.assertIn(f" {package.name}", line)

    def test_probes(self):
        self.assertTrue(packages.Package("x", "/etc/passwd", "").is_there())
        self.assertFalse(packages.Package("x", "/nonexistent", "").is_there())
        self.assertTrue(packages.Package("x", "sh", "").is_there())
        self.assertFalse(packages.Package("x", "no-such-command", "").is_there())
        self.assertTrue(packages.Package("x", "echo /etc", "").is_there())
        self.assertFalse(packages.Package("x", "echo /nonexistent", "").is_there())
        self.assertFalse(packages.Package("x", "no-such-command --folder", "").is_there())

    def test_no_version_of_a_compiler_is_named(self):
        for package in packages.SETS["clang"]:
            self.assertNotRegex(package.name + package.probe, r"\d")

    def test_the_default_build_system_is_named_for_the_sysroot(self):
        names = {package.name for package in packages.SETS["base"] if package.sysroot}
        self.assertLessEqual({"meson", "ninja-build", "make", "cmake", "gcc-aarch64-linux-gnu"}, names)

    def test_doctor_names_every_package(self):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            doctor.run(None)
        for package in (package for members in packages.SETS.values() for package in members):
            self.assertIn(f" {package.name} ", said.getvalue())


class Bench(unittest.TestCase):
    ROWS = [{"name": "boot.total", "value": 900, "unit": "instructions"},
            {"name": "boot.total.4g", "value": 991, "unit": "instructions"}]
    BASELINES = {"boot.total": {"sel4": 3000, "sel4_mcs": 4000, "at_most": 900},
                 "boot.total.4g": {"at_most_percent_of": "boot.total", "percent": 110}}

    def test_table_compares(self):
        lines = bench.table(self.ROWS, self.BASELINES).splitlines()
        self.assertRegex(lines[1], r" 900 +3,000 +4,000  ok: at most 900$")
        self.assertIn("MISSED: at most 990", lines[2])

    def test_the_aim_is_sel4s_figure_where_no_other_is_given(self):
        row = {"name": "cap.copy", "value": 650, "unit": "instructions"}
        self.assertEqual(bench.verdict(row, {}, {"sel4": 650, "sel4_mcs": 500}), "ok: at most 650")
        self.assertEqual(bench.verdict(row, {}, {"sel4": 649, "sel4_mcs": 700}), "MISSED: at most 649")
        self.assertEqual(bench.verdict(row, {}, {}), "")

    def test_an_aim_may_be_so_much_over_another_row(self):
        rows, baseline = {row["name"]: row for row in self.ROWS}, {"sel4": 1390, "at_most_over": "boot.total", "over": 90}
        self.assertEqual(bench.verdict(rows["boot.total.4g"], rows, baseline), "MISSED: at most 990")
        self.assertEqual(bench.verdict(rows["boot.total.4g"], rows, baseline | {"over": 91}), "ok: at most 991")

    def test_baselines_are_of_known_kinds(self):
        names = {"sel4", "sel4_mcs", "zephyr", "linux", "linux_debian", "at_most", "at_most_percent_of", "percent",
                 "at_most_over", "over"}
        for row, baseline in tomllib.loads((place.TREE / "tests/bench/baselines.toml").read_text()).items():
            with self.subTest(row):
                self.assertLessEqual(set(baseline), names)
                self.assertEqual("at_most_over" in baseline, "over" in baseline)
                self.assertEqual("at_most_percent_of" in baseline, "percent" in baseline)

    def test_a_figure_to_compare_with_needs_a_row(self):
        with self.assertRaisesRegex(errors.Failure, "boot.totl"):
            bench.table(self.ROWS, self.BASELINES | {"boot.totl": {"sel4": 1}})

    def test_runs_that_differ_fail(self):
        other = [dict(self.ROWS[0]), dict(self.ROWS[1], value=992)]
        copies = [[dict(row) for row in self.ROWS] for _ in range(2)]
        self.assertEqual(bench.same(self.ROWS, *copies), self.ROWS)
        with self.assertRaisesRegex(errors.Failure, "differ: boot.total.4g 991 / boot.total.4g 992$"):
            bench.same(self.ROWS, copies[0], other)
        with self.assertRaisesRegex(errors.Failure, r"boot.total.4g 991 / \(no row\) 0"):
            bench.same(self.ROWS, self.ROWS[:1])

    def test_rows_among_lines(self):
        lines = ["KaaL", "BENCH a 1 bytes", "BENCH b 2 instructions"]
        rows = bench.parse(lines, lambda name: f"{name}.x" if name == "b" else None)
        self.assertEqual(rows, [{"name": "b.x", "value": 2, "unit": "instructions"}])

    def test_line(self):
        self.assertEqual(bench.LINE.match("BENCH boot.total 12 instructions").groups(), ("boot.total", "12", "instructions"))
        self.assertIsNone(bench.LINE.match("BENCH boot.total many instructions"))

    def compared(self, *rows):
        before = [{"name": name, "value": value, "unit": unit} for name, value, unit in
                  (("syscall.null", 100, "instructions"), ("ipc", 149, "instructions"), ("none", 0, "interrupts"),
                   ("channel.bytes.64", 200, "bytes"), ("irq.latency.samples.map", 10, "interrupts"))]
        now = {row["name"]: row for row in before} | {name: {"name": name, "value": value, "unit": unit} for name, value, unit in rows}
        return compare.findings(before, [row for row in now.values() if row["value"] is not None])

    def test_what_has_not_grown_by_more_than_two_percent_is_well(self):
        self.assertEqual(self.compared(), [])
        self.assertEqual(self.compared(("syscall.null", 102, "instructions"), ("ipc", 151, "instructions"),
                                       ("channel.bytes.64", 196, "bytes")), [])
        self.assertEqual(self.compared(("syscall.null", 1, "instructions"), ("channel.bytes.64", 900, "bytes"),
                                       ("irq.latency.samples.map", 99, "interrupts")), [])

    def test_what_has_grown_is_flagged(self):
        self.assertEqual(self.compared(("syscall.null", 103, "instructions")),
                         ["syscall.null: 100 instructions before, 103 now (+3.0 %)"])
        self.assertRegex(self.compared(("ipc", 152, "instructions"))[0], r"^ipc: .*\(\+2\.0 %\)$")
        self.assertRegex(self.compared(("none", 1, "interrupts"))[0], "from nothing")
        self.assertRegex(self.compared(("channel.bytes.64", 195, "bytes"))[0], "-2.5 %")

    def test_other_rows_are_flagged(self):
        self.assertEqual(self.compared(("x", 1, "bytes")), ["x: new, 1 bytes"])
        self.assertEqual(self.compared(("ipc", None, "instructions")), ["ipc: 149 instructions before, gone now"])
        self.assertEqual(self.compared(("ipc", 149, "bytes")), ["ipc: counted in instructions before, in bytes now"])

    def test_a_tick_of_the_counter_says_nothing_of_a_stage(self):
        self.assertFalse(compare.worsened("boot.stage.kernel_entry", 32, 48))
        self.assertTrue(compare.worsened("boot.stage.kernel_entry", 32, 49))
        self.assertTrue(compare.worsened("boot.kernel", 32, 48))

    def test_the_files_of_rows_that_are_compared(self):
        path = place.TREE / compare.LAST
        past, rows = compare.load(path)
        self.assertRegex(past["commit"], "^[0-9a-f]{40}$")
        self.assertTrue(past["compiler"] and past["emulator"] and past["version"] and past["release"])
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(compare.report(path, past, rows), 0)
            grown = [dict(row, value=row["value"] * 2) if row["name"] == "ipc.roundtrip.0" else row for row in rows]
            self.assertEqual(compare.report(path, past | {"compiler": "another"}, grown), 1)
        self.assertIn("note: compiler another, then", said.getvalue())
        with self.assertRaisesRegex(errors.Failure, "expected what `kaal bench --json` writes"):
            compare.load(Path(__file__))
        with self.assertRaisesRegex(errors.Failure, "No such file"):
            compare.load(place.TREE / "no-such-file")

    def test_sizes_of_a_file_that_is_no_executable(self):
        for measure in elf.sizes, elf.loaded_bytes:
            with self.assertRaises(errors.Failure):
                measure(Path(__file__))

    def test_what_is_loaded_of_an_executable(self):
        segments = [struct.pack("<IIQQQQQQ", kind, 0, at, 0, 0, size, 2 * size, 0) for kind, at, size in ((1, 0, 100), (1, 4096, 50), (4, 9000, 10))]
        header = b"\x7fELF\x02\x01" + bytes(26) + struct.pack("<QQIHHHHHH", 64, 0, 0, 64, 56, len(segments), 0, 0, 0)
        with tempfile.NamedTemporaryFile() as file:
            file.write(header + b"".join(segments))
            file.flush()
            self.assertEqual(elf.loaded_bytes(Path(file.name)), 4096 + 50)


class Paths(unittest.TestCase):
    """Instructions of a way through the kernel, out of QEMU's log."""
    LOG = """Trace 0: 0x7f01 [0000000000004000/0000000000401010/00000121/ff020201] poll
Trace 0: 0x7f02 [0000000000004000/ffffffff80006400/00000121/ff020201]
Stopped execution of TB chain before 0x7f03 [ffffffff80006404]
Trace 0: 0x7f03 [0000000000004000/ffffffff80006404/00000121/ff020201]
Trace 0: 0x7f04 [0000000000004000/ffffffff80006408/00000121/ff020201]
cpu_io_recompile: rewound execution of TB to ffffffff80006408
Trace 0: 0x7f05 [0000000000004000/ffffffff80006408/00000121/ff020201]
Trace 0: 0x7f06 [0000000000004000/0000000000401014/00000121/ff020201]""".splitlines()
    RAN = [0x401010, 0xffffffff80006400, 0xffffffff80006404, 0xffffffff80006408, 0x401014]

    def test_what_was_taken_back_did_not_run(self):
        self.assertEqual(list(paths.executed(self.LOG)), self.RAN)
        self.assertEqual(list(paths.executed(self.LOG[:2] + ["Stopped execution of TB chain before 0x7f [ffffffff80006400]"])),
                         self.RAN[:1])

    def test_a_walk_goes_from_the_last_begin_to_the_first_end(self):
        begins, ends = {1: ["a"], 5: ["b"]}, {2: ["a"], 6: ["a", "b"]}
        walks = paths.walks([2, 1, 10, 1, 11, 12, 2, 13, 6, 5, 1, 14, 6], begins, ends)
        self.assertEqual(walks, {"a": [[1, 11, 12], [1, 14]], "b": [[5, 1, 14]]})

    def test_kinds(self):
        mnemonics = dict(enumerate("ldp ldr stp strb mrs msr dsb isb b b.ne cbz tbnz bl blr ret br svc eret tlbi dc bic bfi".split()))
        self.assertEqual(paths.count(list(mnemonics), mnemonics), {
            "loads": 2, "stores": 2, "mrs": 1, "msr": 1, "dsb": 1, "isb": 1, "branches": 8, "instructions": 22})
        with self.assertRaisesRegex(errors.Failure, "0x63"):
            paths.count([99], mnemonics)


class Plot(unittest.TestCase):
    ROWS = [{"name": "ntfn.poll", "value": 100, "unit": "instructions"}, {"name": "boot.total", "value": 10000, "unit": "instructions"},
            {"name": "ntfn.poll.loads", "value": 9, "unit": "instructions"}, {"name": "stub.ntfn.poll", "value": 9, "unit": "instructions"},
            {"name": "size.image.bytes", "value": 10, "unit": "bytes"}]
    BASELINES = {"ntfn.poll": {"sel4": 1000, "linux": 10}}

    def test_groups(self):
        self.assertEqual(plot.grouped(self.ROWS, self.BASELINES), [
            ("ntfn", [("ntfn.poll", [(100, 0), (1000, 1), (10, 3)])]), ("boot", [("boot.total", [(10000, 0)])]),
            ("size (bytes)", [("size.image.bytes", [(10, 0)])])])

    def test_bars_are_as_long_as_the_logarithm(self):
        tree = xml.fromstring(plot.svg(self.ROWS, self.BASELINES))
        bars = [float(box.get("width")) for box in tree.iter("{http://www.w3.org/2000/svg}rect") if box.get("x") == str(plot.LEFT)
                and float(box.get("height")) < plot.BAR]
        self.assertEqual(len(bars), 5)
        full = plot.WIDTH - plot.LEFT - plot.RIGHT
        for bar, power in zip(bars, (2, 3, 1, 4, 1)):
            self.assertAlmostEqual(bar, full * power / 4, delta=0.1)


class Launcher(unittest.TestCase):
    """./kaal itself."""

    def run_kaal(self, path, *words):
        return subprocess.run([path, *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              cwd="/")

    def test_starts_through_symbolic_links(self):
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / "first").symlink_to(place.TREE / "kaal")
            (Path(name) / "second").symlink_to("first")
            done = self.run_kaal(f"{name}/second", "--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("doctor", done.stdout)

    def test_every_command_has_help(self):
        for command in ("run", "test", "bench", "soak", "install", "doctor", "new", "image", "gdb", "size", "completion"):
            with self.subTest(command=command):
                self.assertEqual(self.run_kaal(place.TREE / "kaal", command, "--help").returncode, 0)

    def test_unknown_command(self):
        done = self.run_kaal(place.TREE / "kaal", "frobnicate")
        self.assertEqual(done.returncode, 2)
        self.assertIn("frobnicate", done.stderr)

    def test_wrong_usage_says_where_to_read_on(self):
        for words in ([], ["frobnicate"], ["install"], ["run", "--gic", "4"], ["new", "app"], ["new", "kernel", "mine"]):
            with self.subTest(words=words):
                done = self.run_kaal(place.TREE / "kaal", *words)
                self.assertEqual(done.returncode, 2)
                self.assertIn("--help` tells more", done.stderr)

    def test_prefix_with_a_space_is_refused_before_anything_is_built(self):
        done = self.run_kaal(place.TREE / "kaal", "install", "--prefix", "/nonexistent/my kaal")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("split words at spaces", done.stderr)

    def test_alone_it_says_what_is_missing(self):
        with tempfile.TemporaryDirectory() as name:
            lonely = Path(name) / "kaal"
            lonely.write_bytes((place.TREE / "kaal").read_bytes())
            lonely.chmod(0o755)
            done = self.run_kaal(lonely, "doctor")
        self.assertEqual(done.returncode, 1)
        self.assertIn("other half", done.stderr)

    def test_doctor(self):
        done = self.run_kaal(place.TREE / "kaal", "doctor")
        self.assertIn("gcc-aarch64-linux-gnu", done.stdout)
        self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    tap.main()
