"""Entry of `kaal`: parses the command line and hands over to the command's module."""
import argparse
import importlib
import signal
import sys

from . import place
from .errors import Failure

# name: (module, works in the tree, works in the sysroot)
COMMANDS = {
    "run": ("run", True, True),
    "test": ("test", True, False),
    "bench": ("bench", True, False),
    "soak": ("soak", True, False),
    "install": ("install", True, False),
    "doctor": ("doctor", True, True),
    "new": ("new", False, True),
    "image": ("image", True, True),
    "gdb": ("gdb", True, True),
}


def make_parser():
    parser = argparse.ArgumentParser(prog=place.NAME, description="KaaL's tool.",
                                     epilog=f"{place.NAME} COMMAND --help tells more.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (module_name, in_tree, in_sysroot) in COMMANDS.items():
        if not (in_tree if place.TREE else in_sysroot):
            continue
        module = importlib.import_module(f".{module_name}", __package__)
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
        options = make_parser().parse_args()
        return options.run(options)
    except Failure as failure:
        print(f"kaal: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
