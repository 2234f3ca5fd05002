#!/usr/bin/env python3
"""
The shell, as a project outside the tree: built with nothing but a moved copy of the sysroot, packed beside the sysroot's own components, booted, and
driven over the serial line as a person would: typing, editing, long lines, Ctrl-C, garbage, pastes.

usage: shell.py BUILD SOURCE
"""
import random
import re
import shutil
import sys

from common import Broken, main
from consumers import map_is_clean, variable
from uart import Talk, expect, pack

sys.dont_write_bytecode = True

PROMPT = rb"kaal( \[\d+\])?> $"
GARBAGE = random.Random(3).randbytes(65536).replace(b"\x01", b"\x02")
WORDS = random.Random(4)
PASTE = "".join("".join(WORDS.choices("abcdefghijklmnopqrstuvwxyz 0123456789#'\">&\\\t", k=WORDS.randrange(0, 200))) + "\n" for _ in range(1024))
PASTE = PASTE[:102400 - 1] + "\n"
LONG = "".join(WORDS.choices("abcdefghijklmnopqrstuvwxyz", k=102400))

# One that does not end, and one that tells its arguments and crashes when it is told to; beside those of the shell's own description.
SLEEPER = """
#include <kaal/object.h>
#include <kaal/time.h>
int main(void)
{
	for (;;)
		kaal_ignore(kaal_thread_sleep(kaal_ticks_now() + kaal_ticks_hz()));
}
"""
TELLER = """
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		printf("argument %d is '%s'\\n", i, argv[i]);
	if (argc == 2 && argv[1][0] == '!')
		*(volatile int *)0x123000 = 0;
	return argc - 1;
}
"""
MORE = "".join(f"""
		{name} {{
			image = "{name}";
			start = "demand";
		}};
""" for name in ("sleeper", "teller"))


def with_meson(sysroot, project):
    """As anybody builds it; returns an archive of its system with two more components."""
    (project / "maps").mkdir()
    sysroot.run(["meson", "setup", "build", "--cross-file", variable(sysroot, "meson_cross_file"), "--werror",
                 f"-Dc_link_args=-Wl,-Map={project}/maps"], project)
    sysroot.run(["meson", "compile", "-C", "build"], project)
    for name, text in (("sleeper", SLEEPER), ("teller", TELLER)):
        (project / f"{name}.c").write_text(text)
        sysroot.run(["sh", "-ec", f"aarch64-kaal-gcc -std=gnu11 -O2 -Wall -Wextra -Werror {name}.c -o build/src/{name} "
                     "$(aarch64-kaal-pkg-config --cflags --libs kaal-sdk)"], project)
    description = (project / "system.dts").read_text()
    (project / "tested.dts").write_text(description.replace("\n\t\thello {", MORE + "\n\t\thello {"))
    return pack(sysroot, project, "build/src", "tested.dts")


def map_is_right(sysroot, project):
    for path in (project / "maps").iterdir():
        map_is_clean(sysroot, project, path)


class Shell:
    """Commands that are typed one after the other, each at the prompt."""

    def __init__(self, sysroot, project, program):
        self.talk = Talk(sysroot, project, program, [], prompt=PROMPT)

    def type(self, *lines):
        for line in lines:
            self.talk.type(line if isinstance(line, bytes) else line.encode() + b"\r")
        return self

    def end(self, last=b"poweroff\r"):
        """What came, without the escape sequences of editing."""
        lines = self.talk.end(last)
        return [re.sub(r"\x1b\[[0-9]*[A-Za-z]|\a", "", line) for line in lines]


def files_are_handled(sysroot, project, program):
    lines = Shell(sysroot, project, program).type(
        "ls", "mkdir a a/b", "echo one two >a/first", "echo three >> a/first", "cat a/first", "cp a/first a/b", "cp a/first 'a/a copy'",
        "mv a/b/first a/b/moved", "ls -l a", "ls a a/b", "cd a/b", "pwd", "cat moved", "hexdump moved", "cd", "mv a/b/moved 'a/a copy' /",
        "ls", "df", "rm -r a", "rm 'a copy'", "ls -l /", "help >notes", "hexdump notes >dump", "ls -l", "echo -n x > short", "cat short short").end()
    expect(lines, ["kaal> ls", "kaal> mkdir a a/b", "kaal> cat a/first", "one two", "three", "kaal> ls -l a", "-         14  a copy", "d          0  b/",
                   "-         14  first", "kaal> ls a a/b", "a:", "a copy", "b/", "first", "a/b:", "moved", "kaal> pwd", "/a/b", "kaal> cat moved", "one two",
                   "three", "kaal> hexdump moved", "00000000  6f 6e 65 20 74 77 6f 0a  74 68 72 65 65 0a        |one two.three.|", "0000000e",
                   "kaal> ls", "a/", "a copy", "moved", "kaal> df", "kaal> ls -l /", "-         14  moved", "kaal> cat short short",
                   "xxkaal> poweroff", "switching off"])


def mistakes_are_told(sysroot, project, program):
    lines = Shell(sysroot, project, program).type(
        "nonsense", "cat nothing", "ls -x", "echo 'open", "cp one", "cp one two three", "mkdir /", "rm /", "mv x y", "echo a >", "ls &", "run nobody",
        "kill nobody", "cat nothing >made", "ls", "echo fine", "cd nothing", "rm -r /nothing", "restart shell nobody").end()
    expect(lines, ["nonsense: no such command; `help` lists them, `run` starts a component", "kaal [1]> cat nothing", "nothing: No such file or directory",
                   "kaal [1]> ls -x", "ls: no option -x; usage: ls [-l] [PATH...]", "kaal [1]> echo 'open", "shell: a quote has no end",
                   "usage: cp FROM... TO", "three: Not a directory", "/: File exists", "shell: a name must follow >", "ls: only `run` can go on in the background",
                   "nobody: no such component; `ps` lists them", "nobody: no such component; `ps` lists them", "kaal [1]> cat nothing >made",
                   "nothing: No such file or directory", "kaal [1]> ls", "made", "kaal> echo fine", "fine", "kaal> cd nothing",
                   "nothing: No such file or directory"])


def keys_edit(sysroot, project, program):
    """Each line is typed with mistakes, and corrected before Enter."""
    shell = Shell(sysroot, project, program).type(
        b"ehco right\x01\x06\x04\x06h\r", b"echo wrong\x17right two\r", b"echo ab\x1b[D\x1b[DX\x1b[3~\r", b"\x1b[A\x7fz\r", b"garbage\x15echo killed\r",
        b"echo >no", b"tes\rec\tthat\r", b"cat no\t\r", b"mk\tfolder\r", b"c\t\t", b"d fold\t\r", b"pwd\r", b"not a command", b"\x03", b"echo \xc3\xa9\xe2\x82\xac\x1b[D\x7f!\r",
        b"time ec\ttimed\r", b"run tel\tone 'two words'\r")
    # The second half of a line that was begun: no prompt comes between.
    for i, step in enumerate(shell.talk.steps):
        after = {b"tes\rec\tthat\r": rb"no$", b"d fold\t\r": rb"kaal> c\x1b\[K\r\x1b\[7C$", b"\x03": rb"command$"}.get(step.text)
        if after:
            shell.talk.steps[i] = step._replace(after=after)
    expect(shell.end(), ["right", "right two", "Xb", "Xz", "killed", "that", "kaal> cd folder/", "kaal> pwd", "/folder", "kaal> not a command^C",
                         "!\u20ac", "timed", "teller: argument 1 is 'one'", "teller: argument 2 is 'two words'", "root-task: teller: exit code 2"])


def long_lines_are_whole(sysroot, project, program):
    """A line of 100 KiB, as a command; what is shown of it is a window."""
    shell = Shell(sysroot, project, program).type(f"echo {LONG} >long", "ls -l")
    shell.talk.type(b"cat long\r")
    lines = shell.end()
    expect(lines, [f"- {len(LONG) + 1:>10}  long", LONG])


def pastes_are_whole(sysroot, project, program):
    """100 KiB at once: into a file, and out of it again."""
    shell = Shell(sysroot, project, program)
    shell.talk.type(b"cat >paste\r" + PASTE.encode() + b"\x04ls -l paste\r")
    shell.type("cat paste")
    lines = shell.end()
    at = lines.index("kaal> cat paste") + 1
    if f"- {len(PASTE):>10}  paste" not in lines or lines[at:at + PASTE.count("\n")] != PASTE.split("\n")[:-1]:
        raise Broken("the file is not what was pasted: " + "\n".join(lines[-5:]))


def garbage_is_no_harm(sysroot, project, program):
    """64 KiB of anything, and a person who wants to go on."""
    shell = Shell(sysroot, project, program)
    shell.talk.type(GARBAGE)
    shell.talk.type(b"\x03", rb"(?s).*$", pause=3)
    shell.type("echo still $here")
    lines = shell.end()
    expect(lines, ["still $here"])


def interrupts_end_commands(sysroot, project, program):
    """Ctrl-C ends what runs: a component, a long output, typing for a file, a line."""
    shell = Shell(sysroot, project, program).type("run sleeper")
    shell.talk.type(b"\x03", rb"run sleeper\r\n$", pause=0.3)
    shell.type("ps", f"echo {LONG[:20000]} >long", "cat long long long long long long long long long long long long")
    shell.talk.type(b"\x03", rb"[a-z]{2000}")
    shell.type("cat >half")
    shell.talk.type(b"a line\rmore\x03", rb"half\r\n$")
    shell.type("run sleeper &", "run sleeper", "kill sleeper", "run hello")
    lines = shell.end()
    expect(lines, ["root-task: sleeper: stopped", "^C", "kaal [1]> ps", "kaal> cat >half", "kaal> run sleeper &", "kaal> run sleeper",
                   "sleeper: it runs already", "root-task: sleeper: killed", "hello: 1: hello, world"])
    shown = sum(line.count("a") for line in lines[lines.index("kaal> cat >half") - 3:])
    if shown > 12 * LONG[:20000].count("a"):
        raise Broken("the long output was not ended")


def components_are_managed(sysroot, project, program):
    lines = Shell(sysroot, project, program).type(
        "echo kept >kept", "kill uart", "cat kept", "kill shell", "cat kept", "restart files", "ls", "run teller !", "ps", "mem", "caps uart", "caps teller", "uptime",
        "time run hello", "log", "stop files", "ls", "restart files", "ls /", "echo new >new", "ls").end()
    text = "\n".join(lines)
    expect(lines, ["root-task: uart: killed", "root-task: uart: restarted", "kaal> cat kept", "kept", "root-task: shell: killed", "root-task: shell: restarted",
                   "kaal> cat kept", "kept", "root-task: files: stopped", "kaal [1]> ps", "kaal> mem",
                   "teller: it does not run", "hello: 1: hello, world", "kaal> log", "root-task: uart: killed", "root-task: files: stopped", "kaal> ls", "new"])
    for pattern in (r"root-task: teller: crashed at 0x[0-9a-f]+ main\+0x[0-9a-f]+: write of address 0x123000: nothing is mapped there",
                    r"^uart +running +2  killed +\d+$", r"^shell +running +2  killed +\d+$", r"^files +running +2  stopped +\d+$",
                    r"^teller +ended +1  fault +\d+$", r"^sleeper +not started +0  - +0$", r"^free: \d+ KiB, \d+ slots$",
                    r"^up \d+ us; the first prompt came after \d+ ns$", r"^ +\d+ +irq handler +[rwgx-]{4}", r"^ +1 +cnode +rw-- ", r"^\d+ us, of which the shell ran \d+ us$"):
        if not re.search(pattern, text, re.M):
            raise Broken(f"nothing is like {pattern}\n{text}")


def what_help_says_is_there(sysroot, project, program):
    """Each command of the README is one that `help` tells, and the other way round."""
    lines = Shell(sysroot, project, program).type("help", "help run").end()
    told = {line.split()[0] for line in lines[lines.index("kaal> help") + 1:lines.index("kaal> help run")] if re.match(r"[a-z]+ .* {2}", line)}
    written = set(re.findall(r"^\| `(\w+)", (project / "README.md").read_text().partition("## Commands")[2], re.M))
    if told != written:
        raise Broken(f"help: {sorted(told - written)}, README.md: {sorted(written - told)}")
    expect(lines, ["run NAME [ARGUMENT...] [&]", "  starts a component, and waits for its end unless there is an &"])


def default_system_boots(sysroot, project):
    """`kaal run` alone ends at the prompt."""
    talk = Talk(sysroot, project, "", [], prompt=PROMPT)
    talk.command = ["kaal", "run"]
    talk.type(b"run hello\r")
    expect(talk.end(b"poweroff\r"), ["KaaL; `help` lists the commands", "hello: 1: hello, world", "switching off"])


def shell(tap, sysroot, _build, source):
    project = sysroot.scratch / "shell"
    shutil.copytree(source / "examples/services/shell", project)
    program = tap.check("meson: builds, without a warning", with_meson, sysroot, project)
    tap.check("meson: the link map names only the sysroot and libgcc.a", map_is_right, sysroot, project)
    for name, check in (("files are handled", files_are_handled), ("mistakes are told", mistakes_are_told), ("keys edit", keys_edit),
                        ("a line of 100 KiB is whole", long_lines_are_whole), ("a paste of 100 KiB is whole", pastes_are_whole),
                        ("garbage is no harm", garbage_is_no_harm), ("Ctrl-C ends what runs", interrupts_end_commands),
                        ("components are managed", components_are_managed), ("help and README.md agree", what_help_says_is_there)):
        tap.check(name, check, sysroot, project, program)
    tap.check("kaal run: the default system ends at the prompt", default_system_boots, sysroot, project)


if __name__ == "__main__":
    main(__doc__, shell)
