"""Writes the description of 32 components in a chain: each asks the one before it. Three are greedy.

usage: many.py OUTPUT
"""
import sys
from pathlib import Path

COUNT = 32
GREEDY = {7: "memory", 9: "channel", 11: "dma"}
DEVICE = """			devices {
				clock {
					compatible = "arm,pl031";
					trusted-dma;
				};
			};
"""


def component(index):
    lines = [f"\t\tlink-{index} {{", '\t\t\timage = "link";', f'\t\t\targuments = "{index}", "{GREEDY.get(index, "modest")}";',
             f"\t\t\tpriority = <{100 + index % 5}>;", "\t\t\tmemory-max = <0x100000>;"]
    if GREEDY.get(index) == "dma":
        lines += ["\t\t\tdma-max = <0x4000>;", DEVICE.rstrip("\n")]
    if index + 1 == COUNT:
        lines += ['\t\t\tprivileges = "power";']
    else:
        lines += ["\t\t\tprovides {", f"\t\t\t\tlink{index}: link {{", '\t\t\t\t\tprotocol = "test,link";', "\t\t\t\t\tversion = <1 0>;",
                  "\t\t\t\t};", "\t\t\t};"]
    if index > 0:
        lines += ["\t\t\tuses {", "\t\t\t\tbefore {", f"\t\t\t\t\tservice = <&link{index - 1}>;", "\t\t\t\t\tversion = <1 0>;",
                  "\t\t\t\t\tchannel-max = <0x2000>;", "\t\t\t\t};", "\t\t\t};"]
    return "\n".join(lines) + "\n\t\t};\n"


def main():
    text = "".join(component(index) for index in range(COUNT))
    Path(sys.argv[1]).write_text(f'/dts-v1/;\n\n/ {{\n\tcompatible = "kaal,system";\n\tversion = <1>;\n\n\tcomponents {{\n{text}\t}};\n}};\n')


if __name__ == "__main__":
    main()
