"""KaaL's tool: drives Meson, QEMU, GDB and pkg-config, in the tree and in the sysroot."""
