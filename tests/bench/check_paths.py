#!/usr/bin/env python3
"""What kaal.paths counts of the calls that paths.c marks: it agrees with the CPU's own counter, and with itself.

usage: check_paths.py IMAGE KERNEL.elf PATHS.elf PATHS.cpio KERNEL.cpio
"""
import sys

from kaal import bench, guest, machine, paths


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    image, kernel, program, archive, counted = sys.argv[1:]
    where = {"image": image, "memory": "1024M", "gic": 2, "cpu": "cortex-a53", "counted": True, "repeatable": True}
    rows = paths.rows(machine.Machine(archive=archive, **where), kernel, program, 30)
    lines = guest.boot(machine.Machine(archive=counted, **where), 30).lines
    told = {row["name"]: row["value"] for row in bench.parse(lines, lambda name: name)}
    names = sorted(row["name"].removesuffix(".instructions") for row in rows if row["name"].endswith(".instructions"))
    values = {row["name"]: row["value"] for row in rows}
    print(f"1..{len(names) + 1}")
    print(f"{'ok' if len(names) >= 3 else 'not ok'} 1 - {len(names)} paths are marked")
    for number, name in enumerate(names, 2):
        total, kinds = values[f"{name}.instructions"], [values[f"{name}.{kind}"] for kind in paths.KINDS]
        # Every way into the kernel and out saves and restores, asks why, and comes back.
        good = total == told.get(name, total) and 20 < sum(kinds) < total and min(kinds[:4]) > 0
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        print(f"# {total} instructions, the CPU's counter says {told.get(name)}; {dict(zip(paths.KINDS, kinds))}", flush=True)


if __name__ == "__main__":
    main()
