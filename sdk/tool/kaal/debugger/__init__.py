"""What `kaal gdb` adds to gdb: runs inside gdb, which brings the module gdb."""
