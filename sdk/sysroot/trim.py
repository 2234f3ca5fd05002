#!/usr/bin/env python3
"""Removes from a finished install what picolibc brings and KaaL's programs must not link.

Run by `meson install`: start-up and linker scripts come from libkaal, and
libnosys would answer system calls with stubs.
"""
import os
from pathlib import Path

lib = Path(os.environ["MESON_INSTALL_DESTDIR_PREFIX"]) / "lib"
for name in ("libg.a", "libnosys.a", "picolibc.ld", "picolibcpp.ld"):
    (lib / name).unlink(missing_ok=True)
