"""Writes the description of a system of benchmark components.

usage: systems.py NUMBER OUTPUT    NUMBER: how many, the last of which tells; or `crash`: one that crashes
"""
import sys
from pathlib import Path

HEAD = """/dts-v1/;

/ {
	compatible = "kaal,system";
	version = <1>;

	components {
"""


def component(name, arguments, more=""):
    texts = ", ".join(f'"{argument}"' for argument in arguments)
    return f"\t\t{name} {{\n\t\t\timage = \"component\";\n\t\t\targuments = {texts};\n\t\t\tpriority = <100>;\n" \
           f"\t\t\tmemory-max = <0x40000>;\n{more}\t\t}};\n"


def main():
    what, output = sys.argv[1:]
    tells = '\t\t\tprivileges = "power", "supervision";\n'
    if what == "crash":
        text = component("crash", ["crash"], tells + '\t\t\trestart = "on-failure";\n')
    else:
        text = "".join(component(f"idle-{i}", ["idle"]) for i in range(int(what) - 1))
        text += component("last", ["last", what], tells)
    Path(output).write_text(HEAD + text + "\t};\n};\n")


if __name__ == "__main__":
    main()
