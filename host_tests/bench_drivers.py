"""What a stream costs an RP2040: `python host_tests/bench_drivers.py` prints the README's table.

On the emulated Pico at 125 MHz, 44.1 kHz, blocks of 64 frames: by how much a loop of the main
program slows down while a stream plays behind it, all that interrupts and callbacks do included.
Two variables of the environment name the images, as for the tests.
"""

import sys

from aether_tools import boards, emulation, images, node
from aether_tools.cycles_run import run
from aether_tools.emulated_pico import EmulatedPico, Setting
from emulated_host import missing

_SECONDS = 10
_SETUP = """
import micropython, time
from aether import I2SOut, SharedBufferPool, drivers, kernels
import board

def nothing(left, right):
    pass

def loop(us=100000):
    end = time.ticks_add(time.ticks_us(), us)
    n = 0
    while time.ticks_diff(end, time.ticks_us()) > 0:
        n += 1
    return n

alone = loop()

def share():
    time.sleep_ms(20)
    return 1 - loop() / alone

def stream(**options):
    s = I2SOut(drivers.from_board(board, **options), SharedBufferPool(4), nothing)
    s.start()
    taken = share()
    assert s.stats()["underruns"] == 0, s.stats()
    s.stop()
    print(taken, s.stats()["latency_frames"])

class Copier:
    # Frames that are converted already, from a pool's buffer into the driver's ring.
    def __init__(self):
        pool = SharedBufferPool(4)
        self.block = pool.get_mut(pool.acquire())
        self.driver = drivers.from_board(board, driver="dma")
        self.driver.prepare(64, 6)
        self.slots = self.driver.slots
        self.at = 0
        self.copied = self.copy
        self.scheduled = self.schedule

    def copy(self, _):
        at = self.at
        kernels.copy(self.slots[at & 7], self.block, 64)
        self.at = at + 1

    def schedule(self, _):
        micropython.schedule(self.copied, None)

    def play(self, hard):
        self.driver.open()
        self.driver.run(self.copied if hard else self.scheduled)
        taken = share()
        self.driver.close()
        print(taken, 6 * 64)
"""
# What is measured -> (how, the target as a share of the CPU, flash zero-wait).
CASES = {
    "`machine.I2S`, an empty render, four blocks a write": ('stream(driver="machine")', None),
    "DMA, an empty render": ('stream(driver="dma")', 0.08),
    "DMA, an empty render, in the interrupt": ('stream(driver="dma", hard=True)', 0.08),
    "DMA, an empty render, 32 bits": ('stream(driver="dma", bits=32)', 0.1),
    "DMA, frames that are converted already": ("Copier().play(False)", 0.05),
    "the same, in the interrupt": ("Copier().play(True)", 0.05),
}


def measure(xip: bool) -> dict[str, tuple[float, int]]:
    """Title -> share of the CPU, and frames from render to the pins; xip: with the cache model."""
    board = boards.load("rpi_pico")
    found = {}
    with EmulatedPico(Setting(board, images.find(board), node.find()), xip) as pico:
        pico.boot()
        pico.install(emulation.library(board, pico.loads()))
        pico.restart(_SECONDS, main=False)
        run(pico, _SETUP, "the setup", _SECONDS)
        for title, (code, _) in CASES.items():
            printed: list[bytes] = []
            run(pico, code, title, _SECONDS, printed)
            share, frames = b"".join(printed).split()[-2:]
            found[title] = float(share), int(frames)
    return found


def table() -> list[str]:
    zero_wait, cached = measure(False), measure(True)
    lines = []
    for title, (_, target) in CASES.items():
        (share, frames), (worse, _) = zero_wait[title], cached[title]
        goal = f"{100 * target:.0f} %" if target else ""
        lines.append(
            f"| {title} | {100 * share:.1f} | {100 * worse:.1f} | {goal} | {frames / 44.1:.1f} |"
        )
    return lines


if __name__ == "__main__":
    if missing():
        sys.exit(missing())
    print("\n".join(table()))
