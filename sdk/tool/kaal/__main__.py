"""Entry of `kaal`: parses the command line and hands over to the command's module."""
import argparse
import importlib
import signal
import sys

from . import place
from .errors import Failure

# Each is a module of this name, with _ for -.
COMMANDS = ("run", "test", "bench", "soak", "prove", "install", "doctor", "new", "image", "gdb", "size", "cross-file", "completion")
TREE_ONLY = {"test", "bench", "soak", "prove", "install"}
SYSROOT_ONLY = {"cross-file"}


def is_here(name):
    """Whether the command works where the tool stands."""
    return name not in (SYSROOT_ONLY if place.TREE else TREE_ONLY)


class Version(argparse.Action):
    """--version: looked up when it is asked for."""

    def __init__(self, option_strings, dest):
        super().__init__(option_strings, dest, nargs=0, help="say which KaaL this is")

    def __call__(self, parser, *_):
        print(f"KaaL {place.version()}")
        parser.exit()


class Parser(argparse.ArgumentParser):
    """Says with each mistake where to read on."""

    def error(self, message):
        super().error(f"{message}; `{self.prog} --help` tells more")


def make_parser():
    parser = Parser(prog=place.NAME, description="KaaL's tool.", epilog=f"{place.NAME} COMMAND --help tells more.")
    parser.add_argument("--version", action=Version)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in filter(is_here, COMMANDS):
        module = importlib.import_module(f".{name.replace('-', '_')}", __package__)
        description = getattr(module, "DESCRIPTION", module.HELP[0].upper() + module.HELP[1:] + ".")
        command = commands.add_parser(name, help=module.HELP, description=description,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


def main():
    # Ended from outside, leave no scratch folder and no QEMU behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if not place.TREE and not place.SYSROOT:
            raise Failure("this is neither KaaL's tree nor a sysroot; clone or install again")
        if sys.argv[1:2] and sys.argv[1] in COMMANDS and not is_here(sys.argv[1]):
            where = "an installed sysroot" if place.TREE else "KaaL's source tree"
            raise Failure(f"`{sys.argv[1]}` works in {where} only; `{place.NAME} --help` lists what works here")
        options = make_parser().parse_args()
        return options.run(options)
    except Failure as failure:
        print(f"kaal: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
