#!/usr/bin/env python3
"""kaal-image --system: what a description brings into an archive, what is said of it, and what is refused.

Environment: KAAL_IMAGE, CORPUS, QEMU_VIRT_DTB. With UPDATE set, the expected texts in system/ are written anew.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import tap

HERE = Path(__file__).resolve().parent
EXPECTED = HERE / "system"
IMAGE = os.environ["KAAL_IMAGE"]
CORPUS = Path(os.environ["CORPUS"])
BOARD = os.environ["QEMU_VIRT_DTB"]
ELF = CORPUS / "elf"
sys.dont_write_bytecode = True
sys.path.insert(0, str(CORPUS.parent))
import make_corpus as make  # noqa: E402

MINIMAL = """/dts-v1/;
/ { compatible = "kaal,system"; version = <1>; components { client { image = "program"; %s }; }; };
"""
REQUIREMENTS = """/dts-v1/;
/ { compatible = "kaal,requirements"; version = <1>; %s };
"""


def entries(data):
    """{name: contents} of a cpio archive, in order."""
    found, at = {}, 0
    while True:
        sizes = [int(data[at + 6 + 8 * field:at + 14 + 8 * field], 16) for field in (6, 11)]
        name = data[at + 110:at + 110 + sizes[1] - 1].decode()
        start = at + (110 + sizes[1] + 3) // 4 * 4
        if name == "TRAILER!!!":
            return found
        found[name] = data[start:start + sizes[0]]
        at = start + (sizes[0] + 3) // 4 * 4


class System(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = Path(self.scratch.name)
        self.output = self.folder / "system.cpio"
        self.components = self.folder / "components"
        self.addCleanup(self.scratch.cleanup)
        # Both ways a component may lie, one below a folder.
        for path in ("root-task/root-task", "program", "drivers/uart/uart"):
            (self.components / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ELF / "valid", self.components / path)
        (self.components / "motd").write_text("hello\n")

    def pack(self, *words, system=EXPECTED / "system.dts", tool=IMAGE, path=None):
        paths = ["--component-path", path or self.components]
        return subprocess.run([str(word) for word in [tool, "-o", self.output, "--system", system, *paths, *words]], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)

    def packed(self, *words, **more):
        done = self.pack(*words, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def description(self, text="", name="mine.dts"):
        path = self.folder / name
        path.write_text(MINIMAL % text)
        return path

    def compiled(self, source, name="compiled.dtb"):
        path = self.folder / name
        subprocess.run(["dtc", "-q", "-q", "-I", "dts", "-O", "dtb", "-o", path, source], check=True)
        return path

    def require(self, text):
        """Lets the program require something."""
        source = self.folder / "requires.dts"
        source.write_text(REQUIREMENTS % text)
        notes = make.note() + make.note(kind=2, contents=self.compiled(source).read_bytes())
        program = make.elf(segments=[make.segment(make.LOAD, 5, 0x200, 0x401200, 0x20, 0x20, 0x1000),
                                     make.segment(make.NOTE, 4, 0x240, 0, len(notes), len(notes), 4)]) + notes
        (self.components / "program").write_bytes(program)

    def refused(self, done, text, status=1):
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(text, done.stderr)
        self.assertFalse(self.output.exists())

    def expected(self, name, text):
        path = EXPECTED / name
        if "UPDATE" in os.environ:
            path.write_text(text)
        self.assertEqual(text, path.read_text())

    def test_list_tells_of_each_component(self):
        self.packed(system=self.description("memory-max = <0x20000>; stack-size = <0x3000>;"))
        rows = [row.split("\t") for row in subprocess.run([IMAGE, "--list", self.output], text=True, stdout=subprocess.PIPE, check=True).stdout.splitlines()]
        self.assertEqual([row[:2] for row in rows], [["root-task", "root-task"], ["client", "program"]])
        self.assertEqual(rows[1][5:], ["12288", "131072"])

    def test_archive_holds_all_that_the_description_names(self):
        self.packed()
        found = entries(self.output.read_bytes())
        self.assertEqual(list(found), ["root-task", "system.dtb", "program", "drivers/uart", "motd"])
        self.assertEqual(found["motd"], b"hello\n")
        self.assertEqual(found["system.dtb"], self.compiled(EXPECTED / "system.dts").read_bytes())
        self.assertEqual(found["program"], (ELF / "valid").read_bytes())

    def test_capability_broker_goes_in_when_it_is_there(self):
        broker = self.components / "capability-broker/capability-broker"
        broker.parent.mkdir()
        shutil.copy(ELF / "valid", broker)
        self.packed()
        found = entries(self.output.read_bytes())
        self.assertEqual(list(found), ["root-task", "system.dtb", "capability-broker", "program", "drivers/uart", "motd"])
        # One that is given comes before one that is found.
        broker.unlink()
        (self.folder / "mine").write_text("not looked at")
        self.packed(f"capability-broker={self.folder / 'mine'}")
        self.assertEqual(entries(self.output.read_bytes())["capability-broker"], b"not looked at")

    def test_compiled_description(self):
        self.packed()
        first = self.output.read_bytes()
        self.packed(system=self.compiled(EXPECTED / "system.dts"))
        self.assertEqual(self.output.read_bytes(), first)

    def test_the_same_files_give_the_same_bytes(self):
        graph = self.folder / "graph.svg"
        self.packed("--graph", graph)
        first = self.output.read_bytes(), graph.read_bytes()
        for path in self.components.rglob("*"):
            os.utime(path, (1, 1))
        elsewhere = self.folder / "elsewhere"
        shutil.move(self.components, elsewhere)
        self.packed("--graph", graph, path=elsewhere)
        self.assertEqual((self.output.read_bytes(), graph.read_bytes()), first)

    def test_says_what_went_in(self):
        done = self.packed("--dtb", BOARD)
        self.expected("report.expected", done.stdout.replace(str(self.output), "system.cpio"))
        self.assertEqual(done.stderr, "")

    def test_graph_for_graphviz(self):
        self.packed("--graph", self.folder / "graph.dot")
        self.expected("graph.dot", (self.folder / "graph.dot").read_text())

    def test_graph_as_svg(self):
        self.packed("--graph", self.folder / "graph.svg")
        self.expected("graph.svg", (self.folder / "graph.svg").read_text())

    def test_named_file_comes_first(self):
        (self.folder / "mine").write_text("mine\n")
        self.packed(f"motd={self.folder / 'mine'}")
        self.assertEqual(entries(self.output.read_bytes())["motd"], b"mine\n")

    def test_first_component_path_wins(self):
        first = self.folder / "first"
        first.mkdir()
        (first / "motd").write_text("first\n")
        self.packed("--component-path", self.components, path=first)
        self.assertEqual(entries(self.output.read_bytes())["motd"], b"first\n")

    def test_installed_components_are_found_from_where_the_tool_stands(self):
        tool = self.folder / "sysroot/bin/kaal-image"
        tool.parent.mkdir(parents=True)
        shutil.copy(IMAGE, tool)
        installed = self.folder / "sysroot/share/kaal/components"
        installed.parent.mkdir(parents=True)
        shutil.move(self.components, installed)
        empty = self.folder / "empty"
        empty.mkdir()
        self.packed(tool=tool, path=empty)
        self.assertEqual(len(entries(self.output.read_bytes())), 5)

    def test_root_task_that_is_given(self):
        (self.components / "root-task/root-task").unlink()
        self.refused(self.pack(), "root-task: no folder of components has it")
        self.packed("--root", ELF / "valid")

    def test_description_that_breaks_a_rule(self):
        source = self.description("priority = <300>;")
        self.refused(self.pack(system=source),
                     f"kaal-image: {source}: /components/client: priority: found 300, expected 0 to 250 (range)\n")

    def test_description_that_is_no_source(self):
        source = self.folder / "broken.dts"
        source.write_text("/dts-v1/;\n/ {\n")
        self.refused(self.pack(system=source), f"{source}: dtc could not compile it")

    def test_description_that_is_not_there(self):
        self.refused(self.pack(system=self.folder / "none.dts"), "none.dts: No such file")
        self.refused(self.pack(system=self.folder / "none.dtb"), "none.dtb: No such file")

    def test_without_dtc(self):
        environment = dict(os.environ, PATH=str(self.folder))
        done = subprocess.run([IMAGE, "-o", str(self.output), "--system", str(EXPECTED / "system.dts"), "--root", str(ELF / "valid")],
                              env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.refused(done, "device-tree-compiler")

    def test_image_that_is_missing(self):
        (self.components / "drivers/uart/uart").unlink()
        self.refused(self.pack(), '/components/uart-driver: image: found "drivers/uart", which the archive has not, '
                                  'expected a file of the archive (missing-image)')

    def test_file_that_is_missing(self):
        (self.components / "motd").unlink()
        self.refused(self.pack(), '/components/shell: files: found "motd", which the archive has not')

    def test_image_for_another_machine_and_of_another_abi(self):
        shutil.copy(ELF / "x86-64", self.components / "program")
        self.refused(self.pack(system=self.description()), '"program", whose e_machine at 0x12 is 0x3e, expected 183 (AArch64)')
        (self.components / "program").write_bytes(make.elf(notes=make.note(contents=b"\0\0\7\0")))
        self.refused(self.pack(system=self.description()), "expected the major version of this kernel: rebuild with its SDK (image-format)")

    def test_requirement_that_is_not_granted(self):
        self.require('devices { uart { compatible = "arm,pl011"; }; };')
        self.refused(self.pack(system=self.description()),
                     "/components/client: found no device uart, expected a node devices/uart, as the image program requires (missing-grant)")

    def test_more_than_asked_is_a_warning(self):
        self.require("threads-max = <1>;")
        source = self.description('privileges = "power";')
        done = self.packed(system=source)
        self.assertEqual(done.stderr, f'kaal-image: {source}: warning: /components/client: privileges: found "power", '
                                      "expected none: the image program does not ask for it (unasked-grant)\n")

    def test_device_that_the_board_has_not(self):
        source = self.description('devices { uart { compatible = "arm,pl080"; }; };')
        self.packed(system=source)
        self.output.unlink()
        self.refused(self.pack("--dtb", BOARD, system=source), "/components/client/devices/uart: compatible: found none on the board")

    def test_transports_on_one_page(self):
        source = self.description('devices { a { virtio-id = <1>; bus = "virtio-mmio-bus.0"; }; '
                                  'b { virtio-id = <2>; bus = "virtio-mmio-bus.1"; }; };')
        self.refused(self.pack("--dtb", BOARD, system=source), "the page at 0xa000000, which a of component client has, too")

    def test_board_that_is_none(self):
        (self.folder / "empty.dtb").write_bytes(b"")
        self.refused(self.pack("--dtb", self.folder / "empty.dtb"), "empty.dtb: no compiled device tree")
        (self.folder / "zero.dtb").write_bytes(bytes(100))
        self.refused(self.pack("--dtb", self.folder / "zero.dtb"), "zero.dtb: device tree header at 0x0")
        (self.folder / "cut.dtb").write_bytes(Path(BOARD).read_bytes()[:500])
        self.refused(self.pack("--dtb", self.folder / "cut.dtb"), "cut.dtb: ")

    def test_file_of_the_descriptions_name(self):
        self.refused(self.pack("system.dtb=/dev/null"), "system.dtb: the archive has a file of this name already")

    def test_options_of_a_system_need_one(self):
        for word in ("--dtb", "--graph", "--component-path"):
            done = subprocess.run([IMAGE, "-o", self.output, "--root", ELF / "valid", word, "x"], text=True, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.refused(done, "they need --system", status=2)

    def test_too_many_component_paths(self):
        self.refused(self.pack(*["--component-path", "x"] * 32), "more than 32 times")

    def requirements(self, text, *words):
        source = self.folder / "requires.dts"
        source.write_text(REQUIREMENTS % text)
        self.output = self.folder / "requires.h"
        return subprocess.run([IMAGE, "-o", self.output, "--requirements", source, *words], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_requirements_become_a_header(self):
        done = self.requirements("threads-max = <2>;")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        text = self.output.read_text()
        tree = self.compiled(self.folder / "requires.dts").read_bytes()
        self.assertEqual(bytes(int(byte, 16) for byte in re.findall(r"0x([0-9a-f]{2})", text)), tree)
        self.assertIn("#include <kaal/requires.h>", text)

    def test_requirements_that_break_a_rule(self):
        self.refused(self.requirements("priority = <2>;"), "requires.dts: /: priority: found a property that a requirements node has not")

    def test_requirements_come_alone(self):
        self.refused(self.requirements("", "--system", "x"), "it needs -o and nothing else", status=2)

    def test_graph_that_cannot_be_written(self):
        done = self.pack("--graph", self.folder / "none/graph.svg")
        self.assertEqual(done.returncode, 1)
        self.assertIn("none/graph.svg: No such file", done.stderr)


if __name__ == "__main__":
    tap.main()
