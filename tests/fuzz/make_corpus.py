#!/usr/bin/env python3
"""Makes the corpus of the fuzz targets: valid files, and one for each way to be corrupt.

usage: make_corpus.py OUTDIR            writes OUTDIR/{elf,archive,dtb,manifest,channel,syscalls}/NAME
       make_corpus.py --check OUTDIR    compares, and says what differs
"""
import hashlib
import struct
import sys
from pathlib import Path


# --- ELF ---------------------------------------------------------------------
LOAD, DYNAMIC, INTERP, NOTE, TLS, STACK = 1, 2, 3, 4, 7, 0x6474e551
HEADER = {"ident": b"\x7fELF\x02\x01\x01" + bytes(9), "type": 2, "machine": 183, "version": 1, "entry": 0x401200,
          "phoff": 64, "shoff": 0, "flags": 0, "ehsize": 64, "phentsize": 56, "phnum": None, "shentsize": 64,
          "shnum": 0, "shstrndx": 0}


def segment(kind, flags, offset, address, file_bytes, memory_bytes, alignment):
    return [kind, flags, offset, address, address, file_bytes, memory_bytes, alignment]


def note(owner=b"KaaL\0", kind=1, contents=struct.pack("<HH", 1, 0)):
    padded = owner + bytes(-len(owner) % 4)
    return struct.pack("<3I", len(owner), len(contents), kind) + padded + contents + bytes(-len(contents) % 4)


def elf(segments=None, notes=None, **header):
    """An executable of 576 bytes: notes at 0x1c0, code at 0x200, data at 0x220."""
    notes = note() if notes is None else notes
    segments = segments or [segment(LOAD, 5, 0x200, 0x401200, 0x20, 0x20, 0x1000),
                            segment(LOAD, 6, 0x220, 0x402220, 0x20, 0x100, 0x1000),
                            segment(NOTE, 4, 0x1c0, 0, len(notes), len(notes), 4),
                            segment(STACK, 6, 0, 0, 0, 0x8000, 16),
                            segment(TLS, 4, 0x220, 0x402220, 8, 16, 8)]
    values = {**HEADER, "phnum": len(segments), **header}
    text = struct.pack("<16sHHIQQQIHHHHHH", *values.values())
    text += b"".join(struct.pack("<IIQQQQQQ", *s) for s in segments)
    return (text.ljust(0x1c0, b"\0") + notes).ljust(0x240, b"\0")


def elf_with(index, field, value):
    """The valid file with one field of a program header changed."""
    fields = ["type", "flags", "offset", "vaddr", "paddr", "filesz", "memsz", "align"]
    data = bytearray(elf())
    at = 64 + 56 * index + [0, 4, 8, 16, 24, 32, 40, 48][fields.index(field)]
    struct.pack_into("<I" if field in ("type", "flags") else "<Q", data, at, value)
    return bytes(data)


def elf_corpus():
    ident = HEADER["ident"]
    yield "valid", elf()
    yield "empty", b""
    yield "truncated-header", elf()[:63]
    yield "truncated-headers", elf()[:100]
    yield "truncated-contents", elf()[:0x23f]
    yield "not-elf", elf(ident=b"MZ" + ident[2:])
    yield "class-32", elf(ident=ident[:4] + b"\1" + ident[5:])
    yield "big-endian", elf(ident=ident[:5] + b"\2" + ident[6:])
    yield "x86-64", elf(machine=62)
    yield "pie", elf(type=3)
    yield "no-headers", elf(phnum=0)
    yield "many-headers", elf(phnum=65535)
    yield "headers-outside", elf(phoff=2**64 - 56)
    yield "header-size", elf(phentsize=32)
    yield "entry-in-data", elf(entry=0x402220)
    yield "entry-odd", elf(entry=0x401202)
    yield "interp", elf_with(4, "type", INTERP)
    yield "dynamic", elf_with(4, "type", DYNAMIC)
    yield "offset-outside", elf_with(0, "offset", 0x1200)
    yield "contents-outside", elf_with(1, "filesz", 2**64 - 1)
    yield "contents-exceed-memory", elf_with(1, "memsz", 0x1f)
    yield "memory-overflows", elf_with(1, "memsz", 2**64 - 0x402220)
    yield "overlap", elf_with(0, "memsz", 0x2000)
    yield "address-null", elf_with(0, "vaddr", 0x200)
    yield "address-kernel", elf_with(1, "vaddr", 0xffff000000000220)
    yield "address-misaligned", elf_with(1, "vaddr", 0x402224)
    yield "alignment-zero", elf_with(0, "align", 0)
    yield "write-execute", elf_with(0, "flags", 7)
    yield "stack-executable", elf_with(3, "flags", 7)
    yield "tls-outside", elf_with(4, "vaddr", 0x500000)
    yield "tls-alignment", elf_with(4, "align", 3)
    yield "no-note", elf(notes=note(owner=b"GNU\0"))
    yield "two-notes", elf(notes=note(owner=b"GNU\0", kind=3, contents=b"build") + note())
    yield "note-version", elf(notes=note(contents=struct.pack("<HH", 0, 9)))
    yield "note-size", elf(notes=note(contents=b"\1"))
    yield "note-name-size", elf(notes=b"\xff\xff\xff\xff" + note()[4:])
    yield "note-cut", elf_with(2, "filesz", 11)


# --- cpio ----------------------------------------------------------------------
def entry(name, contents=b"", mode=0o100644, magic=b"070701", nlink=1, **changes):
    name = name + b"\0"
    fields = {"ino": 1, "mode": mode, "uid": 0, "gid": 0, "nlink": nlink, "mtime": 0, "filesize": len(contents),
              "devmajor": 0, "devminor": 0, "rdevmajor": 0, "rdevminor": 0, "namesize": len(name), "check": 0}
    fields.update(changes)
    text = magic + b"".join(b"%08x" % value for value in fields.values()) + name
    return text + bytes(-len(text) % 4) + contents + bytes(-len(contents) % 4)


def archive_corpus():
    root, other, trailer = entry(b"root-task", b"12345", 0o100755), entry(b"motd", b"hello"), entry(b"TRAILER!!!", mode=0)
    valid = root + other + trailer
    yield "valid", valid
    yield "valid-padded", valid + bytes(-len(valid) % 512)
    yield "valid-directory", entry(b"etc", mode=0o040755, nlink=2) + valid
    yield "no-files", trailer
    yield "empty", b""
    yield "no-trailer", root + other
    yield "truncated-header", root[:109]
    yield "truncated-name", root[:115]
    yield "truncated-file", root[:125]
    yield "magic-crc", entry(b"root-task", magic=b"070702") + trailer
    yield "magic-old", entry(b"root-task", magic=b"070707") + trailer
    yield "not-hexadecimal", root.replace(b"000081ed", b"0000g1ed", 1) + trailer
    yield "symlink", entry(b"root-task", b"motd", 0o120777) + trailer
    yield "hard-link", entry(b"root-task", nlink=2) + trailer
    yield "checksum", entry(b"root-task", check=1) + trailer
    yield "name-empty", entry(b"", b"12345") + trailer
    yield "name-huge", entry(b"root-task", namesize=0xffffffff) + trailer
    yield "name-nul-inside", entry(b"root\0task") + trailer
    yield "name-unterminated", entry(b"root-task", namesize=9) + trailer
    yield "size-huge", entry(b"root-task", b"12345", filesize=0xffffffff) + trailer
    yield "size-short", entry(b"root-task", b"12345678", filesize=4) + trailer
    yield "trailer-contents", root + entry(b"TRAILER!!!", b"1234", mode=0)
    yield "bytes-after-trailer", valid + b"x"


# --- device tree -----------------------------------------------------------------
def cells(*values):
    return struct.pack(f">{len(values)}I", *values)


def text(*values):
    return b"".join(value.encode() + b"\0" for value in values)


def tree(nodes, reservations=()):
    """A blob (Devicetree Specification 0.4, chapter 5) of nested {name: property bytes or node}."""
    names, structure = bytearray(), bytearray()

    def put(name, node):
        structure.extend(cells(1) + name.encode() + b"\0")
        structure.extend(bytes(-len(structure) % 4))
        for key, value in node.items():
            if isinstance(value, dict):
                put(key, value)
                continue
            at = names.find(b"\0" + key.encode() + b"\0") + 1 if names else 0
            if at <= 0 and not names.startswith(key.encode() + b"\0"):
                at = len(names)
                names.extend(key.encode() + b"\0")
            structure.extend(cells(3, len(value), at) + value)
            structure.extend(bytes(-len(structure) % 4))
        structure.extend(cells(2))

    put("", nodes)
    structure.extend(cells(9))
    reserve = b"".join(struct.pack(">QQ", *r) for r in reservations) + bytes(16)
    structure_at = 40 + len(reserve)
    names_at = structure_at + len(structure)
    header = cells(0xd00dfeed, names_at + len(names), structure_at, names_at, 40, 17, 16, 0, len(names), len(structure))
    return header + reserve + bytes(structure) + bytes(names)


def board(**changes):
    """QEMU's virt board in small, with top-level nodes replaced (None: left out)."""
    nodes = {
        "#address-cells": cells(2), "#size-cells": cells(2),
        "memory@40000000": {"device_type": text("memory"), "reg": cells(0, 0x40000000, 0, 0x8000000)},
        "intc@8000000": {"compatible": text("arm,gic-v3"), "#interrupt-cells": cells(3),
                         "reg": cells(0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000)},
        "timer": {"compatible": text("arm,armv8-timer", "arm,armv7-timer"),
                  "interrupts": cells(1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4)},
        "psci": {"compatible": text("arm,psci-1.0", "arm,psci"), "method": text("hvc")},
        "pl011@9000000": {"compatible": text("arm,pl011", "arm,primecell"), "reg": cells(0, 0x9000000, 0, 0x1000)},
        "cpus": {"#address-cells": cells(1), "#size-cells": cells(0),
                 "cpu@0": {"device_type": text("cpu"), "reg": cells(0)}},
        "chosen": {"stdout-path": text("/pl011@9000000"), "linux,initrd-start": cells(0x48000000),
                   "linux,initrd-end": cells(0x48001000)},
    }
    nodes.update(changes)
    return {name: node for name, node in nodes.items() if node is not None}


def dtb_corpus():
    valid = tree(board())
    memory = {"device_type": text("memory")}
    yield "valid", valid
    yield "gicv2", tree(board(**{"intc@8000000": {"compatible": text("arm,cortex-a15-gic"), "#interrupt-cells": cells(3),
                                                  "reg": cells(0, 0x8000000, 0, 0x10000, 0, 0x8010000, 0, 0x10000)}}))
    yield "two-banks", tree(board(**{"memory@40000000": {**memory, "reg": cells(8, 0, 0, 0x100000, 0, 0x40000000, 0, 0x100000)}}))
    yield "reserved", tree(board(**{"reserved-memory": {"#address-cells": cells(2), "#size-cells": cells(2), "ranges": b"",
                                                        "fw@47000000": {"reg": cells(0, 0x47000000, 0, 0x1000)}}}),
                           [(0x46000000, 0x1000)])
    yield "reserved-wraps", tree(board(**{"reserved-memory": {"#address-cells": cells(2), "#size-cells": cells(2), "ranges": b"",
                                                              "fw@47000000": {"reg": cells(0xffffffff, 0xfffff000, 0, 0x2000)}}}))
    yield "bus", tree(board(**{"pl011@9000000": None, "chosen": {"stdout-path": text("serial0:115200")},
                               "aliases": {"serial0": text("/bus/uart@1000")},
                               "bus": {"compatible": text("simple-bus"), "#address-cells": cells(1), "#size-cells": cells(1),
                                       "ranges": cells(0, 0, 0x9000000, 0x10000),
                                       "uart@1000": {"compatible": text("arm,pl011"), "reg": cells(0x1000, 0x1000)}}}))
    yield "empty-tree", tree({})
    yield "no-memory", tree(board(**{"memory@40000000": None}))
    yield "memory-no-reg", tree(board(**{"memory@40000000": memory}))
    yield "memory-overflows", tree(board(**{"memory@40000000": {**memory, "reg": cells(0xffffffff, 0xfffff000, 0, 0x2000)}}))
    yield "banks-overlap", tree(board(**{"memory@40000000": {**memory, "reg": cells(0, 0x40000000, 0, 0x2000, 0, 0x40001000, 0, 0x1000)}}))
    yield "too-many-banks", tree(board(**{"memory@40000000": {**memory, "reg": b"".join(cells(0, 0x40000000 + i * 0x2000, 0, 0x1000) for i in range(17))}}))
    yield "no-interrupt-controller", tree(board(**{"intc@8000000": None}))
    yield "redistributors", tree(board(**{"intc@8000000": {"compatible": text("arm,gic-v3"), "#interrupt-cells": cells(3), "#redistributor-regions": cells(0xffffffff),
                                                           "reg": cells(0, 0x8000000, 0, 0x10000)}}))
    yield "no-cpu", tree(board(cpus=None))
    yield "cpu-no-reg", tree(board(cpus={"cpu@0": {"device_type": text("cpu")}}))
    yield "no-timer", tree(board(timer=None))
    yield "timer-cells", tree(board(**{"intc@8000000": {**board()["intc@8000000"], "#interrupt-cells": cells(0xffffffff)}}))
    yield "timer-no-ppi", tree(board(timer={"compatible": text("arm,armv8-timer"), "interrupts": cells(0, 99, 4) * 4}))
    yield "initrd-backwards", tree(board(chosen={"linux,initrd-start": cells(2), "linux,initrd-end": cells(1)}))
    yield "address-cells", tree(board(**{"#address-cells": cells(0xffffffff)}))
    yield "stdout-unterminated", tree(board(chosen={"stdout-path": b"/pl011"}))
    yield "deep", tree(board(deep={"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": {}}}}}}}}}}))
    yield "magic", b"\xd0\x0d\xfe\xee" + valid[4:]
    yield "valid-newer-version", valid[:20] + cells(99) + valid[24:]
    yield "size-huge", valid[:4] + cells(0xffffffff) + valid[8:]
    yield "structure-outside", valid[:8] + cells(0x7fffffff) + valid[12:]
    yield "names-outside", valid[:12] + cells(0xfffffff0) + valid[16:]
    yield "old-version", valid[:20] + cells(16) + valid[24:]
    yield "structure-misaligned", valid[:8] + cells(58) + valid[12:]
    yield "reserve-map-without-end", tree(board())[:4] + cells(0x5d000000) + valid[8:40] + cells(0, 1, 0, 1) + valid[56:]
    yield "truncated", valid[:200]
    yield "structure-cut", valid[:36] + cells(64) + valid[40:]


# --- system description --------------------------------------------------------------
SERVICE = {"protocol": text("kaal,serial"), "version": cells(1, 2), "phandle": cells(7)}
USE = {"service": cells(7), "version": cells(1, 0)}


def description(**components):
    """A description with these components."""
    return tree({"compatible": text("kaal,system"), "version": cells(1),
                 "components": {name: {"image": text("program"), **node} for name, node in components.items()}})


def requirements(**nodes):
    return tree({"compatible": text("kaal,requirements"), "version": cells(1), **nodes})


def manifest_corpus():
    """A description, followed by a tree of requirements or a board."""
    driver = {"arguments": text("-v", "", "x"), "environment": text("A=1"), "priority": cells(200), "priority-ceiling": cells(210),
              "budget-us": cells(500), "period-us": cells(1000), "threads-max": cells(4), "stack-size": cells(0x4000),
              "memory-max": cells(1, 0), "dma-max": cells(0x1000), "restart": text("always"), "restarts-max": cells(3),
              "restart-window-ms": cells(1000), "escalation": text("reset"), "critical": b"", "files": text("a", "b"),
              "privileges": text("console", "power"),
              "devices": {"uart": {"compatible": text("arm,pl011"), "index": cells(0)},
                          "disk": {"virtio-id": cells(2), "bus": text("virtio-mmio-bus.8"), "trusted-dma": b"", "shared-page": b""},
                          "clock": {"path": text("/clock@9010000")}, "gpio": {"alias": text("gpio0")}},
              "provides": {"serial": SERVICE}}
    client = {"uses": {"console": {**USE, "reconnect": b"", "asynchronous": b"", "channel-max": cells(0x1000)}}}
    both = description(driver=driver, client=client)
    wanted = requirements(**{"threads-max": cells(2), "files": text("a"), "privileges": text("power"),
                             "devices": {"uart": {"compatible": text("arm,pl011")}, "disk": {"virtio-id": cells(2), "trusted-dma": b""}},
                             "provides": {"serial": {"protocol": text("kaal,serial"), "version": cells(1, 2)}}})
    uses = requirements(uses={"console": {"protocol": text("kaal,serial"), "version": cells(1, 2), "channel-max": cells(0x1000)},
                              "other": {"protocol": text("kaal,other"), "version": cells(1, 2), "optional": b""}})
    hardware = tree(board(**{"virtio@a000200": {"compatible": text("virtio,mmio"), "reg": cells(0, 0xa000200, 0, 0x200)},
                             "virtio@a000000": {"compatible": text("virtio,mmio"), "reg": cells(0, 0xa000000, 0, 0x200)},
                             "clock@9010000": {"compatible": text("arm,pl031"), "reg": cells(0, 0x9010000, 0, 0x1000)}}))
    pair = description(one={"devices": {"a": {"virtio-id": cells(2), "bus": text("virtio-mmio-bus.0")}}},
                       two={"devices": {"b": {"virtio-id": cells(2), "bus": text("virtio-mmio-bus.1")}}})
    yield "minimal", description(a={})
    yield "both", both
    yield "with-requirements", both + wanted
    yield "with-uses", description(driver={"provides": {"serial": SERVICE}}, client={"uses": {"console": {**USE, "channel-max": cells(0x2000)}}}) + uses
    yield "with-board", both + hardware
    yield "shared-page", pair + hardware
    yield "requirements", wanted
    yield "cycle", description(a={"provides": {"s": SERVICE}, "uses": {"u": {**USE, "service": cells(8)}}},
                               b={"provides": {"s": {**SERVICE, "phandle": cells(8)}}, "uses": {"u": USE}})
    yield "own-service", description(a={"provides": {"s": SERVICE}, "uses": {"u": USE}})
    yield "dangling", description(a={"uses": {"u": USE}})
    yield "unknown-property", description(a={"prio": cells(1)})
    yield "unknown-node", description(a={"memory": {}})
    yield "unterminated", description(a={"arguments": b"-v"})
    yield "empty-tree", tree({})
    yield "truncated", both[:-1]
    yield "magic", b"MZ" + both[2:]


# --- channel: operations of fuzz_channel.c ----------------------------------------
RESERVE, WANT_ROOM, COMMIT, PEEK, WANT, RELEASE, WRITE_COUNT, WRITE_DATA = range(8)
WRITTEN, WANTED_ROOM, READ, WANTED, QUEUE = 0, 1, 8, 9, 16  # words of a queue's counts; the second queue's


def operation(what, size=0, place=0, number=None):
    return struct.pack("<BBH", what | place >> 8 << 3, place & 0xff, size) + (b"" if number is None else struct.pack("<Q", number))


def near_read(steps):
    """A number of the other side's: so many times 8 bytes beyond what this end has taken; negative: before."""
    return {"size": 2, "number": steps & 0xff}


def channel_corpus():
    def script(*operations, capacity=64):
        return bytes([capacity.bit_length() - 4]) + b"".join(operations)

    send = operation(RESERVE, 10) + operation(COMMIT, 10)
    came = operation(WRITE_DATA, 0, 0, 10) + operation(WRITE_COUNT, place=QUEUE + WRITTEN, **near_read(3))
    take = operation(PEEK) + operation(RELEASE)
    yield "empty", b""
    yield "send", script(send, send, operation(WANT_ROOM, 30), operation(WRITE_COUNT, 1, READ, 24), send)
    yield "take", script(operation(WANT), came, take, operation(PEEK))
    yield "read-beyond", script(send, operation(WRITE_COUNT, 1, READ, 32), operation(WANT_ROOM, 56))
    yield "read-back", script(send, send, operation(WRITE_COUNT, 1, READ, 48), operation(RESERVE, 50), operation(WRITE_COUNT, 1, READ, 24), operation(RESERVE, 56))
    yield "written-beyond", script(operation(WRITE_COUNT, place=QUEUE + WRITTEN, **near_read(9)), operation(PEEK))
    yield "written-back", script(came, take, operation(WRITE_COUNT, place=QUEUE + WRITTEN, **near_read(-1)), operation(PEEK))
    yield "written-odd", script(operation(WRITE_COUNT, 1, QUEUE + WRITTEN, 7), operation(WANT))
    yield "length-huge", script(operation(WRITE_DATA, 0, 0, 2**64 - 1), operation(WRITE_COUNT, place=QUEUE + WRITTEN, **near_read(8)), operation(PEEK))
    yield "length-beyond", script(operation(WRITE_DATA, 0, 0, 57), operation(WRITE_COUNT, place=QUEUE + WRITTEN, **near_read(8)), operation(PEEK))
    yield "length-changes", script(came, operation(PEEK), operation(WRITE_DATA, 0, 0, 2**63), take)
    yield "own-counts", script(send, operation(WRITE_COUNT, 1, WRITTEN, 2**64 - 8), operation(WRITE_COUNT, 1, WANTED, 24), send)
    yield "across-the-end", script(*[send + operation(WRITE_COUNT, place=READ, size=0, number=0)] * 4, *[came, take] * 4, capacity=32)
    yield "longest", script(operation(RESERVE, 4088), operation(COMMIT, 4088), operation(RESERVE, 4089), capacity=4096)
    yield "smallest", script(operation(RESERVE, 0), operation(COMMIT, 0), operation(RESERVE, 1), capacity=8)


def syscalls_corpus():
    """Nothing but choices: numbers without order, the same each time."""
    for walk in range(6):
        yield f"walk-{walk}", b"".join(hashlib.sha256(f"{walk} {block}".encode()).digest() for block in range(96))


CORPORA = {"elf": elf_corpus, "archive": archive_corpus, "dtb": dtb_corpus, "manifest": manifest_corpus,
           "channel": channel_corpus, "syscalls": syscalls_corpus}


def main():
    check = sys.argv[1:2] == ["--check"]
    arguments = sys.argv[1 + check:]
    if len(arguments) != 1:
        sys.exit(__doc__)
    out, wrong = Path(arguments[0]), []
    for folder, corpus in CORPORA.items():
        files = dict(corpus())
        (out / folder).mkdir(parents=True, exist_ok=True)
        wrong += [path for path in (out / folder).iterdir() if path.name not in files]
        for name, data in files.items():
            path = out / folder / name
            if not check:
                path.write_bytes(data)
            elif not path.exists() or path.read_bytes() != data:
                wrong.append(path)
    for path in wrong:
        print(f"{path}: not what make_corpus.py makes; run it again")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
