"""Drivers side by side: jitter, the table of probe and demo, and the panel of their pictures."""

import io

import numpy as np
import pytest
from aether_tools import driver_figures, driver_picture, plots
from matplotlib.figure import Figure
from rich.console import Console

DMA = {
    "cpu": 0.078,
    "cpu_clock": "board",
    "latency_frames": 384,
    "latency_ms": 8.71,
    "callback_frames": 64,
    "period_us": 1451.26,
    "jitter_us": {"mean": 1, "rms": 2.5, "max": 51},
    "callback_us": {"min": 120, "median": 122, "p99": 123, "max": 150},
    "underruns": 0,
    "late_callbacks": 0,
    "bytes": 0.0,
}
MACHINE = DMA | {"cpu": 0.46, "latency_frames": 2624, "latency_ms": 59.5, "underruns": 3}
# One that played, and of which nothing more is known.
BARE = dict.fromkeys(DMA) | {"cpu_clock": "host"}


def starts(*off):
    """Callbacks of 1000 us: the first come at once, then one is late by each of `off`."""
    settling = np.arange(driver_figures.SETTLING) * 7.0
    exact = settling[-1] + 1000.0 * np.arange(1, len(off) + 1)
    return np.concatenate((settling, exact + off))


def test_callbacks_on_time_have_no_jitter_however_the_stream_began():
    off = driver_figures.jitter(starts(0, 0, 0, 0), 1000)
    assert off == {"mean": 0, "rms": 0, "max": 0}


def test_one_late_callback_makes_two_intervals_wrong():
    off = driver_figures.jitter(starts(0, 0, 30, 0, 0), 1000)
    assert off["mean"] == pytest.approx(60 / 4)
    assert off["rms"] == pytest.approx((2 * 30**2 / 4) ** 0.5)
    assert off["max"] == 30


@pytest.mark.parametrize("n", [0, 1])
def test_of_too_few_callbacks_there_is_no_jitter_to_tell(n):
    assert driver_figures.jitter(starts(*[0] * n), 1000) is None


def printed(drivers, default):
    console = Console(file=io.StringIO(), width=120)
    console.print(driver_figures.table(drivers, default))
    return console.file.getvalue()


def test_the_table_has_a_column_for_each_driver_and_marks_the_boards():
    lines = printed({"dma": DMA, "machine": MACHINE}, "dma").splitlines()
    [head] = [line.split() for line in lines if "driver" in line]
    assert head == ["driver", "dma,", "the", "board's", "machine"]
    [cpu] = [line.split() for line in lines if "CPU" in line]
    assert cpu == ["CPU", "7.8%", "46.0%"]
    [latency] = [" ".join(line.split()) for line in lines if "latency" in line]
    assert latency == "latency 384 frames, 8.7 ms 2,624 frames, 59.5 ms"
    [jitter] = [" ".join(line.split()) for line in lines if "jitter" in line]
    assert jitter.endswith("2.50 µs, at most 51.0 µs 2.50 µs, at most 51.0 µs")
    [underruns] = [line.split() for line in lines if "underruns" in line]
    assert underruns == ["underruns", "0", "3"]


def test_what_only_one_driver_knows_has_a_dash_for_the_other():
    text = printed({"dma": DMA, "machine": BARE}, "machine")
    [cpu] = [line.split() for line in text.splitlines() if "CPU" in line]
    assert cpu == ["CPU", "7.8%", "-"]


def test_what_no_driver_knows_has_no_row():
    assert "jitter" not in printed({"machine": BARE}, "machine")


def test_a_driver_that_cannot_be_had_is_told_in_one_line():
    lines = driver_figures.missing({"machine": MACHINE}, {"dma": "it needs MicroPython 1.27"})
    assert lines == ["The driver dma cannot be had here: it needs MicroPython 1.27."]


def test_a_board_of_another_kind_than_rp2_has_one_driver_and_says_so():
    assert len(driver_figures.missing({"machine": MACHINE}, {})) == 1
    assert driver_figures.missing({"dma": DMA, "machine": MACHINE}, {}) == []
    assert driver_figures.missing({}, {}) == []


@pytest.mark.parametrize(
    "drivers",
    [{"dma": DMA, "machine": MACHINE}, {"machine": MACHINE}, {"dma": BARE}],
    ids=["both", "one", "bare"],
)
def test_the_panel_has_a_bar_with_its_figure_for_each_driver(drivers, tmp_path):
    with plots.Picture(2) as figure:
        assert isinstance(figure, Figure)
        axes = figure.subplot_mosaic([driver_picture.ROW])
        driver_picture.draw(axes, drivers)
        for one in axes.values():
            assert len(one.patches) == len(one.texts) == len(drivers)
        names = [label.get_text() for label in axes["cpu"].get_yticklabels()]
        assert names == list(drivers)
        figures = [text.get_text() for text in axes["latency"].texts]
        assert figures == [
            f"{d['latency_ms']:.1f} ms" if d["cpu"] else "-" for d in drivers.values()
        ]
        host = any(d["cpu_clock"] == "host" for d in drivers.values())
        assert ("this machine" in axes["cpu"].get_xlabel()) == host
        plots.save(figure, tmp_path / "panel.png")
