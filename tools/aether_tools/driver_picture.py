"""Bars of the drivers side by side, for the pictures of probe and demo."""

from matplotlib.axes import Axes

from aether_tools import plots
from aether_tools.driver_figures import number

# A row of a mosaic: three axes beside each other.
ROW = ["cpu", "latency", "jitter"]
# Room on the right of the longest bar for its figure, as a share of the bar.
_ROOM = 1.75


def draw(axes: dict[str, Axes], drivers: dict[str, dict]) -> None:
    """axes: those of ROW; drivers: as `driver_figures.table` takes them."""
    cpu = {name: driver["cpu"] for name, driver in drivers.items()}
    _bars(axes["cpu"], {n: v and 100 * v for n, v in cpu.items()}, "{:.1f} %")
    axes["cpu"].set_title("CPU, by driver")
    if any(driver["cpu_clock"] == "host" for driver in drivers.values()):
        axes["cpu"].set_xlabel("by the clock of this machine", loc="left")
    _bars(axes["latency"], {n: d["latency_ms"] for n, d in drivers.items()}, "{:.1f} ms")
    axes["latency"].set_title("Latency")
    off = {name: driver["jitter_us"] for name, driver in drivers.items()}
    _bars(axes["jitter"], {n: j and j["max"] for n, j in off.items()}, None)
    axes["jitter"].set_title("Jitter, at most")
    for name in ROW[1:]:
        axes[name].set_yticklabels([])


def _bars(axes: Axes, values: dict[str, float | None], form: str | None) -> None:
    """One bar for each value, the first on top, with its figure; none for None."""
    rows = range(len(values))[::-1]
    lengths = [value or 0 for value in values.values()]
    axes.barh(rows, lengths, 0.55, color=plots.BLUE)
    for row, value in zip(rows, values.values(), strict=True):
        text = "-" if value is None else form.format(value) if form else f"{number(value)} µs"
        axes.annotate(text, (value or 0, row), (6, 0), textcoords="offset points", va="center")
    axes.set_yticks(rows, list(values))
    axes.set_ylim(-0.6, len(values) - 0.4)
    axes.set_xlim(0, (max(lengths) or 1) * _ROOM)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
