"""Draws a patch: nodes from left to right as the sound goes, cords, buffers, costs."""

from pathlib import Path

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from aether_tools import plots

# In units of the drawing: a column, a row, a box.
_COLUMN, _ROW, _WIDE, _HIGH = 3.2, 1.25, 2.5, 0.86
_OUTPUT = -1


def draw(report: dict, path: Path) -> None:
    """report: as `aether graph` makes it; a .png or .svg, as the path says."""
    places = _places(report)
    rows = 1 + max(y for _, y in places.values())
    columns = 1 + max(x for x, _ in places.values())
    with plots.Picture(0.5 + 9 / (columns * _COLUMN) * rows * _ROW) as figure:
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_xlim(-_WIDE * 0.6, (columns - 1) * _COLUMN + _WIDE * 0.6)
        axes.set_ylim(-(rows - 0.45) * _ROW, 0.6 * _ROW)
        total = report["us"] or 1
        # Letters that a box has room for.
        room = int(9 * 72 * _WIDE / (columns * _COLUMN) / 3.5)
        joined = sorted(_joined(report), key=lambda cord: (cord[2], cord[3]))
        targets = [cord[2] for cord in joined]
        for i, (source, outlet, target, inlet) in enumerate(joined):
            # Each arrives below the one before.
            below = 0.17 * (targets[:i].count(target) - (targets.count(target) - 1) / 2)
            label = _label(report, source, outlet, target, inlet)
            _cord(axes, _point(places[source]), _point(places[target]), below, label)
        for k, node in enumerate(report["nodes"]):
            x, y = _point(places[k])
            cost = node["us"]
            lines = [_buffers(node), f"{cost:,.1f} µs" if cost else ""]
            if not node["heard"]:
                lines = ["not heard"]
            small = "   ".join(line for line in lines if line)
            text = node["text"]
            if len(text) > room:
                text = text[: room - 1] + "…"
            _box(axes, x, y, node["name"], text, small, (cost or 0) / total)
        x, y = _point(places[_OUTPUT])
        _box(axes, x, y, "output", f"{report['rate']:,.0f} Hz", "", 0)
        block = 1e6 * report["frames"] / report["rate"]
        clock = "RP2040, 125 MHz" if report["clock"] != "host" else "by this machine's clock"
        axes.set_title(
            f"{Path(report['app']).stem}: {report['buffers']} of {report['capacity']} buffers, "
            f"{report['us']:,.0f} µs of the {block:,.0f} µs of a block ({clock})"
        )
        plots.save(figure, path)


def _joined(report):
    # Cords and output; the two of a stereo pair are drawn as one.
    ends = [
        *report["cords"],
        *([k, outlet, _OUTPUT, i] for i, (k, outlet) in enumerate(report["output"])),
    ]
    pairs = {}
    for source, outlet, target, inlet in ends:
        pairs.setdefault((source, target), []).append((outlet, inlet))
    return [
        (source, [o for o, _ in each], target, [i for _, i in each])
        for (source, target), each in pairs.items()
    ]


def _label(report, source, outlets, target, inlets):
    """Which outlet goes where, as far as there is a choice; a stereo pair needs no words."""
    text = _names(report["nodes"][source]["outlets"], outlets)
    if target != _OUTPUT:
        to = _names(report["nodes"][target]["inlets"], inlets)
        text = f"{text} → {to}" if text and to else text or to
    return text


def _names(names, numbers):
    if len(names) == 1 or [names[k] for k in numbers] == ["left", "right"]:
        return ""
    # Of a stereo mixer the number of the input.
    plain = (names[k].removesuffix(" left").removesuffix(" right") for k in numbers)
    return "+".join(dict.fromkeys(plain))


def _buffers(node):
    numbers = [str(k) for k in node["buffers"] if k >= 0]
    return f"buffer {', '.join(numbers)}" if numbers else ""


def _places(report):
    """Column and row of each node: right before what it goes to, and the output at the end."""
    count = len(report["nodes"])
    # Columns from the right; as often as there are nodes: what then still moves lies in a loop.
    column = dict.fromkeys(range(count), 1)
    for _ in range(count):
        before = dict(column)
        for source, _, target, _ in report["cords"]:
            column[source] = min(max(column[source], column[target] + 1), count)
        if column == before:
            break
    used = sorted(set(column.values()), reverse=True)
    places, height = {}, {}
    for k in sorted(column, key=lambda k: (-column[k], not report["nodes"][k]["heard"])):
        x = used.index(column[k])
        places[k] = (x, height.get(x, 0))
        height[x] = height.get(x, 0) + 1
    places[_OUTPUT] = (len(used), 0)
    return places


def _point(place):
    return place[0] * _COLUMN, -place[1] * _ROW


def _cord(axes, source, target, below, label):
    (x0, y0), (x1, y1) = source, target
    back = x1 <= x0
    start = (x0, y0 - _HIGH / 2) if back else (x0 + _WIDE / 2, y0)
    end = (x1, y1 - _HIGH / 2) if back else (x1 - _WIDE / 2, y1 - below)
    # What passes by other columns goes round them.
    far = back or (x1 - x0 > 1.5 * _COLUMN and y0 == y1)
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            connectionstyle=f"arc3,rad={-0.25 if back else 0.3 if far else 0}",
            arrowstyle="-|>",
            mutation_scale=10,
            lw=1.1,
            color=plots.ORANGE if back else plots.FAINT,
            zorder=1,
            shrinkA=0,
            shrinkB=0,
        )
    )
    if label:
        axes.annotate(
            label, end, (-9, 2), textcoords="offset points", ha="right", fontsize=6.5, zorder=5
        )


def _box(axes, x, y, name, text, small, share):
    axes.add_patch(
        FancyBboxPatch(
            (x - _WIDE / 2, y - _HIGH / 2),
            _WIDE,
            _HIGH,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor="white",
            edgecolor=plots.BLUE,
            lw=1.2,
            zorder=2,
        )
    )
    # How much of the whole it takes.
    axes.add_patch(
        FancyBboxPatch(
            (x - _WIDE / 2, y - _HIGH / 2),
            _WIDE * share,
            0.07,
            boxstyle="square,pad=0",
            facecolor=plots.ORANGE,
            edgecolor="none",
            zorder=3,
        )
    )
    axes.text(x, y + 0.2, name, ha="center", va="center", fontsize=9, weight="bold", zorder=4)
    axes.text(x, y - 0.04, text, ha="center", va="center", fontsize=6.5, zorder=4)
    axes.text(
        x, y - 0.25, small, ha="center", va="center", fontsize=6.5, color=plots.BLUE, zorder=4
    )
