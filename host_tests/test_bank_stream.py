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
player = Player(Bank({voices}, ["sine", "saw"]), 44100)
def render(left, right):
    micropython.heap_lock()
    player.render(left, right)
    micropython.heap_unlock()
import gc
gc.collect()
s = make(render)
s.start()
time.sleep_ms({ms})
print(s.stats()["underruns"], s.stats()["render_errors"], player.bank.sounding())
s.stop()
print(s.last_error())
"""


def expected(blocks: int) -> np.ndarray:
    """What frames of 16 bits have of it, in NumPy."""
    bank = Bank(_VOICES, ["sine", "saw"])
    bank._mix, bank._drain = bank_fast.mix_stereo, bank_fast.drain_stereo
    space: dict = {}
    exec(_PLAYER.format(voices=_VOICES), space)
    player = space["Player"](bank, 44100)
    left, right = (array("f", bytes(4 * BLOCK)) for _ in range(2))
    sound = []
    for _ in range(blocks):
        player.render(left, right)
        sound.append(np.stack([left, right], -1))
    pcm = np.rint(np.concatenate(sound).astype(float) * 32768)
    return pcm.clip(-32768, 32767).astype(np.int64)


@pytest.fixture(scope="module")
def sound():
    return expected(_BLOCKS)


def test_64_voices_reach_the_pins_without_underrun_or_garbage(dma, sound):
    player = _PLAYER.format(voices=_VOICES)
    run = dma(_PLAY.format(player=player, voices=_VOICES, ms=2060))
    assert run.text.split() == ["0", "0", str(_VOICES), "None"]
    run.check_report(allocated_bytes=0)
    played = run.frames
    # The stream fades in the first block.
    begin = next(k for k in range(4096) if (played[k:][:BLOCK] == sound[BLOCK : 2 * BLOCK]).all())
    many = len(played) - begin - 20 * BLOCK
    assert many > 2 * 44100
    np.testing.assert_array_equal(played[begin:][:many], sound[BLOCK:][:many])
