"""kaal doctor: what is missing and how to get it."""
import platform

from . import packages, place

HELP = "say what is missing and how to get it"


def add_arguments(parser):
    pass


def run(_options):
    print(f"Python {platform.python_version()}, "
          f"{'source tree ' + str(place.TREE) if place.TREE else 'sysroot ' + str(place.SYSROOT)}")
    for name, members in packages.SETS.items():
        members = [package for package in members if place.TREE or package.sysroot]
        if not members:
            continue
        print(f"\n{name}:" if name == "base" else f"\n{name} (only when asked for):")
        for package in members:
            print(f"  {'ok     ' if package.is_there() else 'MISSING'}  {package.name:24} {package.purpose}")
        lacking = [package for package in members if not package.is_there()]
        if lacking:
            print(f"  as root, type: {packages.install_line(lacking)}")
    lacking = [p for p in packages.missing("base") if place.TREE or p.sysroot]
    print("\n" + ("everything needed is there" if not lacking else
                  f"{len(lacking)} needed packages are missing" +
                  (f"; {place.NAME} run and {place.NAME} test install them" if place.TREE else "")))
    return 1 if lacking else 0
