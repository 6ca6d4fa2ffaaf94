"""What a voice bank costs, and how many voices play: `python host_tests/bench_bank.py`.

It prints the README's two tables: of the kernels, instructions and cycles in the lane; of an
RP2040, the greatest numbers of voices that a stream over DMA plays at 44.1 kHz without an
underrun, for a second and with no more than 99 % of the time, on the emulated Pico. Two variables
of the environment name its images, as for the tests.
"""

import sys

import lane
import numpy as np
from aether_tools import paths

sys.path.insert(0, str(paths.LIB))

from aether.nodes.bank.bank import MOST_VOICES
from aether_tools import boards, emulation, images, node
from aether_tools.cycles_run import run
from aether_tools.emulated_pico import EmulatedPico, Setting
from bank_cost import BACKENDS, MIXES, drain_cost, voice_cost
from emulated_host import missing

_SECONDS = 20
_TITLES = {
    "mix_stereo": "a voice in stereo",
    "mix_mono": "in mono",
    "mix_stereo_nearest": "in stereo, without interpolation",
    "mix_mono_nearest": "in mono, without interpolation",
    "drain_stereo": "sums to floats, both channels",
    "drain_mono": "one channel",
}
# Title -> options of the bank and of the stream.
_PLAYED = {
    "stereo": ("channels=2", ""),
    "mono": ("channels=1", "channels=1"),
    "stereo, without interpolation": ("channels=2, interpolate=False", ""),
    "mono, without interpolation": ("channels=1, interpolate=False", "channels=1"),
}
_PLAY = """
import gc, time
from aether import I2SOut, SharedBufferPool, drivers
from aether.nodes.bank.bank import Bank
import board

def play(count, options, **stream):
    bank = Bank(count, ["saw"], **options)
    driver = drivers.from_board(board, driver="dma", **stream)
    bank.prepare(driver.true_rate(), 64)
    bank.patch(0, attack=0.01, decay=20, sustain=0.3, release=1)
    for i in range(count):
        bank.note_on(36 + i * 5 % 48, 100, 0, 0, i % 128)
    s = I2SOut(driver, SharedBufferPool(4), bank.render)
    gc.collect()
    s.start()
    time.sleep_ms(1000)
    stats = s.stats()
    sounding = bank.sounding()
    s.stop()
    print(stats["underruns"] + stats["render_errors"], stats["load_mean"], sounding)
"""


def kernels() -> list[str]:
    """The rows of the first table."""
    sums = np.random.default_rng(1).normal(0, 2**24, 128).astype(int).tolist()
    rows = []
    for name, title in _TITLES.items():
        cells = []
        for backend, arch in BACKENDS:
            if name in MIXES:
                cost = voice_cost(backend, name, arch)
            else:
                cost = drain_cost(backend, name, arch, sums)
            cells.append(f"{cost.instructions:.1f} ({cost.cycles:.1f})")
        rows.append(f"| {title} | " + " | ".join(cells) + " |")
    return rows


class Board:
    """An emulated Pico that plays banks; xip: with the model of the flash cache."""

    def __init__(self, pico: EmulatedPico):
        self._pico = pico

    def load(self, count: int, options: str, stream: str) -> float:
        """The mean load of so many voices; 1 or more where there was an underrun."""
        self._pico.restart(_SECONDS, main=False)
        self._pico.cut()
        run(self._pico, _PLAY, "the setup", _SECONDS)
        printed: list[bytes] = []
        options = f"dict({options}), {stream}"
        run(self._pico, f"play({count}, {options})", "a bank", _SECONDS, printed)
        failed, load, sounding = map(float, b"".join(printed).split()[-3:])
        return 1.0 if failed or sounding != count else load

    def most(self, options: str, stream: str) -> tuple[float, int]:
        """The load of 64 voices, and the most voices that play."""
        few = self.load(32, options, stream)
        load = self.load(64, options, stream)
        count = min(MOST_VOICES, 64 + int((0.99 - load) * 32 / (load - few)))
        while self.load(count, options, stream) > 0.99:
            count -= 1
        while count < MOST_VOICES and self.load(count + 1, options, stream) <= 0.99:
            count += 1
        return load, count


def voices() -> list[str]:
    """The rows of the second table."""
    found: dict[str, list[str]] = {title: [] for title in _PLAYED}
    board = boards.load("rpi_pico")
    for xip in (False, True):
        with EmulatedPico(Setting(board, images.find(board), node.find()), xip) as pico:
            pico.boot()
            pico.install(emulation.library(board, pico.loads()))
            for title, options in _PLAYED.items():
                load, count = Board(pico).most(*options)
                more = " or more" if count == MOST_VOICES else ""
                found[title] += [f"{count}{more}", f"{100 * load:.0f}"]
    return [f"| {title} | " + " | ".join(cells) + " |" for title, cells in found.items()]


def main() -> int:
    if not lane.available():
        print(f"aether: {lane.WHY_NOT}", file=sys.stderr)
        return 2
    print("| a frame of | " + " | ".join(f"`{b}`, {arch}" for b, arch in BACKENDS) + " |")
    print("|---|" + "---|" * len(BACKENDS))
    print("\n".join(kernels()))
    if missing():
        print(missing(), file=sys.stderr)
        return 2
    print("\n| a bank in | voices | load of 64, % | voices, cache model | load of 64, % |")
    print("|---|---|---|---|---|")
    print("\n".join(voices()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
