#!/usr/bin/env python3
"""A second build, of a copy of the source in another place, installs the same bytes.

usage: reproducible.py BUILD SOURCE MACHINE_FILE [MESON_OPTION…]
"""
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

from common import Broken, Sysroot, Tap, install, run

NOT_SOURCE = {".git", "packagecache", "__pycache__"}


def copy_source(source, copy):
    """The source without history and without build directories, under a longer path than any usual one."""
    def ignored(folder, names):
        return [name for name in names
                if name in NOT_SOURCE or (Path(folder) / name / "meson-private").is_dir()]
    shutil.copytree(source, copy, ignore=ignored, symlinks=True)


def build_again(source, scratch, machine_file, options):
    """Builds what is installed; returns the second sysroot."""
    copy = scratch / ("a-much-longer-path-" * 4) / "kaal"
    copy_source(source, copy)
    build = copy / "deep" / "build"
    run(["meson", "setup", build, "--wrap-mode=nodownload", "--cross-file", copy / "cross" / machine_file,
         "--prefix", "/other/place", *options], copy, os.environ, timeout=300)
    targets = json.loads(run(["meson", "introspect", "--targets", build], copy, os.environ))
    installed = [os.path.relpath(name, build) for target in targets if target["installed"]
                 for name in target["filename"]]
    run(["ninja", "-C", build, *installed], copy, os.environ, timeout=600)
    second = scratch / "second"
    second.mkdir()
    return install(build, second)


def digest(root):
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(root.rglob("*")) if path.is_file()}


def same(one, other):
    if one.keys() != other.keys():
        raise Broken(f"only one of the two has {sorted(one.keys() ^ other.keys())}")
    if different := [name for name in one if one[name] != other[name]]:
        raise Broken(f"{len(different)} of {len(one)} files differ:\n" + "\n".join(different))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    build, source, machine_file, *options = sys.argv[1:]
    tap = Tap()
    with Sysroot(build) as sysroot:
        second = tap.check("a copy of the source builds in another place", build_again, source, sysroot.scratch,
                           machine_file, options)
        if second:
            tap.check("both builds install the same bytes", lambda: same(digest(sysroot.root), digest(second)))
    tap.end()


if __name__ == "__main__":
    main()
