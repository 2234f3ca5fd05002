"""The table of `kaal bench` as a picture: bars on a logarithmic scale, ours beside other systems'."""
import math
from xml.sax.saxutils import escape

# Key in baselines.toml, name, colour.
SYSTEMS = (("kaal", "KaaL", "#1b6ca8"), ("sel4", "seL4", "#e0903c"), ("zephyr", "Zephyr", "#6aa84f"),
           ("linux", "Linux, smallest", "#a64d79"), ("linux_debian", "Linux, Debian", "#d5a6bd"))
# Rows of detail that a picture is no place for.
LEFT_OUT = ("stub.", "boot.stage.")
DETAILS = (".loads", ".stores", ".mrs", ".msr", ".dsb", ".isb", ".branches")
WIDTH, LEFT, RIGHT, TOP = 1000, 250, 110, 90
BAR, GAP, HEADING = 9, 8, 30


def wanted(row):
    return row["value"] > 0 and row["unit"] in ("instructions", "bytes") and not row["name"].startswith(LEFT_OUT) \
        and not row["name"].endswith(DETAILS)


def group_of(row):
    first = row["name"].partition(".")[0]
    return first if row["unit"] == "instructions" else f"{first} ({row['unit']})"


def grouped(rows, baselines):
    """[(group, [(row name, [(value, system index)])])]: groups in the rows' order, each name once."""
    groups = {}
    for row in filter(wanted, rows):
        others = baselines.get(row["name"], {})
        bars = [(row["value"], 0)] + [(others[key], i) for i, (key, _, _) in enumerate(SYSTEMS) if i and key in others]
        groups.setdefault(group_of(row), []).append((row["name"], bars))
    return list(groups.items())


def text(x, y, words, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(words)}</text>'


def power_name(power):
    """10**power with a letter for thousands."""
    return f"{10 ** (power % 3)}{' kMGT'[power // 3]}".strip()


def legend():
    x = LEFT
    for _, name, colour in SYSTEMS:
        yield f'<rect x="{x}" y="46" width="12" height="12" fill="{colour}"/>'
        yield text(x + 17, 56, name)
        x += 40 + 8 * len(name)


def row_height(bars):
    return len(bars) * BAR + GAP


def svg(rows, baselines):
    """The whole picture."""
    groups = grouped(rows, baselines)
    values = [value for _, members in groups for _, bars in members for value, _ in bars]
    low, high = 0, math.ceil(math.log10(max(values, default=10)))
    height = TOP + sum(HEADING + sum(row_height(bars) for _, bars in members) for _, members in groups) + 20

    def at(value):
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(max(value, 1)) - low) / max(high - low, 1)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"',
           ' font-family="sans-serif" font-size="11">',
           f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
           text(LEFT, 26, "Instructions (bytes where said), KaaL beside other systems on the same emulated machine", 'font-size="16"'), *legend()]
    for power in range(low, high + 1):
        x = at(10**power)
        out += [f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{height - 15}" stroke="#dddddd"/>',
                text(x, TOP - 12, power_name(power), 'text-anchor="middle" fill="#666666"')]
    y = TOP
    for group, members in groups:
        out.append(text(12, y + 18, group, 'font-weight="bold" font-size="13"'))
        y += HEADING
        for name, bars in members:
            out.append(text(LEFT - 8, y + len(bars) * BAR / 2 + 4, name, 'text-anchor="end"'))
            for i, (value, system) in enumerate(bars):
                top, end, colour = y + i * BAR, at(value), SYSTEMS[system][2]
                out += [f'<rect x="{LEFT}" y="{top}" width="{max(end - LEFT, 1):.1f}" height="{BAR - 1}" fill="{colour}"/>',
                        text(end + 4, top + BAR - 1, f"{value:,}", 'font-size="9"')]
            y += row_height(bars)
    return "\n".join(out + ["</svg>", ""])
