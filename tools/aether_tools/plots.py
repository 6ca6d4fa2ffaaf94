"""The look of the pictures: drawn for 900 pixels of width, saved at twice that."""

import logging
from pathlib import Path

# It reports its font cache, and a home that cannot be written to: nothing for our users.
logging.getLogger("matplotlib").setLevel(logging.ERROR)

import matplotlib  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter  # noqa: E402

INK = "#1f2933"
FAINT = "#9aa5b1"
GRID = "#e4e7eb"
BLUE = "#1769aa"
ORANGE = "#d9730d"
RED = "#c0252a"

_STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same picture everywhere
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}


class Picture:
    """A figure in our style, `height` inches of 100 pixels high; use it in `with`."""

    def __init__(self, height: float):
        self._context = matplotlib.rc_context(_STYLE)
        self._height = height

    def __enter__(self) -> Figure:
        self._context.__enter__()
        figure = Figure(figsize=(9, self._height), layout="constrained", facecolor="white")
        figure.get_layout_engine().set(w_pad=0.12, h_pad=0.09)
        return figure

    def __exit__(self, *exc) -> None:
        self._context.__exit__(*exc)


def save(figure: Figure, path: Path) -> None:
    # Without a date and a version, the same figures make the same file.
    metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
    figure.savefig(path, dpi=200, metadata=metadata)


def microseconds(axes: Axes, which: str, low: float, high: float) -> None:
    """A logarithmic axis from `low` to `high` us, its ticks in plain numbers."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    (axes.set_xlim if which == "x" else axes.set_ylim)(low, high)
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 1000 else (1,)))
    axis.set_major_formatter(FuncFormatter(lambda us, _: f"{us:,.10g}"))
    axis.set_minor_formatter(NullFormatter())
