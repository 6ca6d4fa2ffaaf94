"""The app `polysynth` on the emulated Pico: what it plays there, and that nothing is missing."""

import numpy as np
from app_kit import trimmed
from emulated_run import app_on_both, needs_images
from midi_kit import smf, tempo, track

pytestmark = needs_images

REPORT = """
import gc, time
while app.stream.playing() and time.ticks_ms() < 12000:
    time.sleep_ms(20)
stats = app.stats()
print(stats["underruns"], stats["render_errors"], stats["restarts"])
gc.collect()
print(gc.mem_free() > 8000)
"""


def burst(notes: int) -> dict[str, bytes]:
    """A file of a chord on four channels, which ends, and of another."""
    chord = [(0, bytes([0x90 | i % 4, 40 + i, 90])) for i in range(notes)]
    end = [(300 * (i == 0), bytes([0x80 | i % 4, 40 + i, 0])) for i in range(notes)]
    return {"/song.mid": smf(track((0, tempo(480000)), *chord, *end, *chord, *end, end=300))}


def test_a_song_is_the_same_on_the_chip_without_an_underrun():
    """More notes at once than there are voices, and then again."""
    both = app_on_both(
        "polysynth", REPORT, files=burst(24), file="/song.mid", effects=False, most=10
    )
    assert not both.chip.error
    assert both.chip.lines == ["0 0 0", "True"]
    assert both.virtual.lines[0] == both.chip.lines[0]
    ours, theirs = trimmed(both.virtual.frames), trimmed(both.chip.frames)
    assert len(ours) > 40000
    np.testing.assert_array_equal(ours, theirs)


def test_the_whole_synthesiser_keeps_up_with_the_piece():
    """Filter and room, too: the chip's figures, and that there is memory left."""
    both = app_on_both("polysynth", REPORT, seconds=3, most=11)
    assert not both.chip.error
    assert both.chip.lines == ["0 0 0", "True"]
    ours, theirs = trimmed(both.virtual.frames), trimmed(both.chip.frames)
    assert len(ours) > 2.9 * 44100
    # Effects may round otherwise in the chip's own arithmetic.
    assert np.abs(ours.astype(int) - theirs).max() <= 1


KEYS = """
import time
from machine import UART
keys = UART(1, 31250)
chord, ends = b"\\x90\\x40\\x7f\\x44\\x7f", b"\\xf8\\x40\\x00\\xfe\\x44\\x00"
for data in (chord, ends, bytes(range(128, 256))):
    keys.write(data)
    time.sleep_ms(150)
    print(app.stats()["voices"])
app.stop()
stats = app.stats()
print(stats["underruns"], stats["render_errors"])
"""


def test_a_keyboard_plays_it():
    both = app_on_both("polysynth", KEYS, midi_in="uart", effects=False, most=10)
    assert not both.chip.error
    assert both.virtual.lines == both.chip.lines
    assert both.chip.lines[0] == "2"
    assert both.chip.lines[-1] == "0 0"
    assert len(trimmed(both.chip.frames)) > 4000
