"""Runs a program over the DMA drivers on the emulated Pico, and what its pins did."""

from dataclasses import dataclass

import numpy as np
from emulated_host import CHIP

# Free DMA channels, and what a call raises in one line.
TOOLS = """
import micropython, rp2, time
from machine import Pin
from aether import drivers

# The data pin as after power-on: the recorder hears its level even where it drives nothing.
Pin(18, Pin.OUT, value=0)
Pin(18, Pin.IN)

def channels():
    found = []
    try:
        while True:
            found.append(rp2.DMA())
    except OSError:
        pass
    for dma in found:
        dma.close()
    return len(found)

def running():
    return [n for n in range(8) if rp2.StateMachine(n).active()]

def refused(make):
    try:
        make()
    except Exception as error:
        print("%s: %s" % (type(error).__name__, error))
    else:
        print("taken")

def nothing(_):
    pass

def noise(view, seed=1):
    for i in range(len(view)):
        seed = (seed * 69069 + 12345) & 0x3fffff
        view[i] = seed >> 14
"""
# Sends blocks of noise over a duplex pair that hears itself, and prints how many of six come in as
# they went out, with the bytes of one.
ECHO = """
def echo(rate, sck=16, ws=17, bits=16, channels=2, frames=64, **options):
    d = drivers.Rp2Duplex(sck, ws, 18, 18, rate=rate, bits=bits, channels=channels, **options)
    d.prepare(frames, 8)
    d.open()
    for k, slot in enumerate(d.slots[:7]):
        noise(slot, k + 1)
        if d.doubled:
            for i in range(0, len(slot), 8):
                slot[i + 4 : i + 8] = bytes(slot[i : i + 4])
    sent = [bytes(slot) for slot in d.slots]
    if d.doubled:
        sent = [b"".join(s[i : i + 4] for i in range(0, len(s), 8)) for s in sent]
    d.run(nothing)
    while d.ended_in() < 7:
        pass
    assert d.ended() - d.ended_in() in (0, 1), (d.ended(), d.ended_in())
    d.close()
    got = [bytes(slot) for slot in d.slots_in]
    print(rate, sum(s == g for s, g in zip(sent[1:7], got[1:7])), len(got[1]), d.distance)
    return d
"""
_SECONDS = 20


@dataclass
class Bus:
    """What pins 16, 17 and 18 carried in one go: frames x 2, with the rate at the pins."""

    rate: float
    bits: int
    frames: np.ndarray


@dataclass
class Run:
    """What a program printed, and each time that its bus was open."""

    text: str
    buses: list[Bus]

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def on_chip(program: str) -> Run:
    CHIP.restart({})
    text = CHIP.execute(TOOLS + program, _SECONDS)
    segments = CHIP.play_out(0)
    assert not any(segment.odd_words for segment in segments), segments
    return Run(text, [_bus(segment) for segment in segments if segment.rate])


def _bus(segment) -> Bus:
    frames = np.fromfile(segment.file, f"<i{segment.bits // 8}").reshape(-1, 2)
    return Bus(segment.rate, segment.bits, frames)
