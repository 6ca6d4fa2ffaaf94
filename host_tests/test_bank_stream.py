"""A voice bank plays through streams: 64 voices on an RP2040, to the pins, without garbage."""

from array import array

import bank_fast
import numpy as np
import pytest
from aether.nodes.bank.bank import Bank

BLOCK = 64
_VOICES = 64
_BLOCKS = 1450
# Voices in every stage of their envelopes; some are let go and come again, from the callback.
_PLAYER = """
class Player:
    def __init__(self, bank, rate):
        bank.prepare(rate, 64)
        bank.patch(0, wave="saw", attack=0.02, decay=1, sustain=0.5, release=5)
        bank.patch(1, wave="sine", attack=0.5, decay=20, sustain=0.2, release=9)
        self.bank = bank
        self.block = 0
        for i in range({voices}):
            bank.note_on(36 + i * 7 % 60, 40 + i, i, i & 1, 2 * i)

    def render(self, left, right):
        if self.block & 31 == 31:
            i = (self.block >> 5) % {voices}
            self.off(i)
            self.on(i, 36 + i * 7 % 60)
            self.bank.bend(self.block * 8 % 8192, 1)
        self.bank.render(left, right)
        self.block += 1

    # Frames of more than eleven words would come from the heap.

    def off(self, i):
        self.bank.note_off(36 + i * 7 % 60, 9, i & 1)

    def on(self, i, note):
        self.bank.note_on(note, 100, i, i & 1, i)
"""
_PLAY = """
from aether.nodes.bank.bank import Bank
{player}
player = Player(Bank({voices}, ["sine", "saw"], channels={channels}), 44100)
def render(left, right=None):
    micropython.heap_lock()
    player.render(left, right)
    micropython.heap_unlock()
import gc
gc.collect()
s = make(render, {options})
s.start()
time.sleep_ms({ms})
print(s.stats()["underruns"], s.stats()["render_errors"], player.bank.sounding())
s.stop()
print(s.last_error())
"""


def expected(voices: int, blocks: int, channels: int = 2, fast: bool = False) -> np.ndarray:
    """What frames of 16 bits have of it: in plain Python, or faster in NumPy."""
    bank = Bank(voices, ["sine", "saw"], channels=channels)
    if fast:
        bank._mix, bank._drain = bank_fast.mix_stereo, bank_fast.drain_stereo
    space: dict = {}
    exec(_PLAYER.format(voices=voices), space)
    player = space["Player"](bank, 44100)
    left, right = (array("f", bytes(4 * BLOCK)) for _ in range(2))
    sound = []
    for _ in range(blocks):
        player.render(left, right)
        sound.append(np.stack([left, right if channels == 2 else left], -1))
    pcm = np.rint(np.concatenate(sound).astype(float) * 32768)
    return pcm.clip(-32768, 32767).astype(np.int64)


def judge(run, voices: int, sound: np.ndarray, seconds: float) -> None:
    """It played for so long without a fault, to the sample."""
    assert run.text.split() == ["0", "0", str(voices), "None"]
    run.check_report(allocated_bytes=0)
    played = run.frames
    # The stream fades in the first block.
    begin = next(k for k in range(4096) if (played[k:][:BLOCK] == sound[BLOCK : 2 * BLOCK]).all())
    many = len(played) - begin - 20 * BLOCK
    assert many > seconds * 44100
    np.testing.assert_array_equal(played[begin:][:many], sound[BLOCK:][:many, : played.shape[1]])


@pytest.fixture(scope="module")
def sound():
    return expected(_VOICES, _BLOCKS, fast=True)


def program(voices: int, ms: int, channels: int = 2, options: str = "") -> str:
    player = _PLAYER.format(voices=voices)
    return _PLAY.format(player=player, voices=voices, ms=ms, channels=channels, options=options)


def test_64_voices_reach_the_pins_without_underrun_or_garbage(dma, sound):
    judge(dma(program(_VOICES, 2060)), _VOICES, sound, 2)


@pytest.mark.parametrize(("channels", "options"), [(2, "hard=True"), (1, "channels=1")])
def test_a_bank_plays_in_an_interrupt_and_in_mono(dma, channels, options):
    sound = expected(8, 200, channels)
    judge(dma(program(8, 200, channels, options)), 8, sound, 0.15)


def test_what_plays_fast_here_is_what_plain_python_plays(sound):
    np.testing.assert_array_equal(expected(_VOICES, 70), sound[: 70 * BLOCK])
