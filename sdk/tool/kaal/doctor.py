"""kaal doctor: what is missing and how to get it."""
import platform

from . import packages, place

HELP = "say what is missing and how to get it"


def add_arguments(parser):
    pass


def groups():
    """(heading, packages) as they concern the place where the tool stands."""
    if place.TREE:
        for name, members in packages.SETS.items():
            yield name if name == "base" else f"{name} (only when asked for)", members
        return
    members = [package for package in packages.SETS["base"] if package.sysroot]
    yield "base", [package for package in members if not package.choice]
    yield "for building (what your project uses)", [package for package in members if package.choice]


def run(_options):
    print(f"Python {platform.python_version()}, "
          f"{'source tree ' + str(place.TREE) if place.TREE else 'sysroot ' + str(place.SYSROOT)}")
    for name, members in groups():
        print(f"\n{name}:")
        lacking = [package for package in members if not package.is_there()]
        for package in members:
            print(f"  {'MISSING' if package in lacking else 'ok     '}  {package.name:24} {package.purpose}")
        if lacking:
            print(f"  as root, type: {packages.install_line(lacking)}")
    lacking = [p for p in packages.missing("base") if place.TREE or p.sysroot and not p.choice]
    print("\n" + ("everything needed is there" if not lacking else
                  f"{len(lacking)} needed packages are missing" +
                  (f"; {place.NAME} run and {place.NAME} test install them" if place.TREE else "")))
    return 1 if lacking else 0
