"""Programs of makers that play run on the virtual board: same samples, same values returned."""

import math
import struct

import numpy as np
import pytest
from maker_programs import ASYNC_PLAYER, PINS, RATES, STATES, TONE
from virtual_run import needs_micropython, play, sounding

pytestmark = needs_micropython

RATE = 16000


@pytest.fixture(params=["rpi_pico", "esp32_generic"])
def board(request):
    return request.param


def wav_file(frames: np.ndarray, rate: int = RATE) -> bytes:
    data = frames.astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, 2, rate, 4 * rate, 4, 16)
    head = b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<I", 16)
    return head + form + b"data" + struct.pack("<I", len(data)) + data


def counted(frames: int) -> np.ndarray:
    """Frames that differ from each other and from silence."""
    n = np.arange(1, frames + 1)
    return np.stack([n, -n], 1)


def run(program: str, board: str, tmp_path, frames: int = 0, seconds: float = 5):
    (tmp_path / "sound.wav").write_bytes(wav_file(counted(frames)))
    program = PINS + "NAME = 'sound.wav'\n" + program
    played = play(program, board, opened=False, fs=tmp_path, seconds=seconds)
    assert played.code == 0, played.err
    assert played.err == ""
    return played


def test_a_tone_plays_without_a_gap_until_the_end(board, tmp_path):
    played = run(TONE, board, tmp_path, seconds=1)
    assert played.lines == ["{100}"]
    period = [round(10000 * math.sin(2 * math.pi * i / 50)) for i in range(50)]
    heard = played.frames[np.flatnonzero(played.frames[:, 0])[0] - 1 :, 0]
    assert len(heard) > 0.9 * 22050
    np.testing.assert_array_equal(heard, np.resize(period, len(heard)))


def test_a_state_machine_in_the_callback_plays_pauses_and_stops(board, tmp_path):
    played = run(STATES, board, tmp_path, frames=4000)
    assert played.lines[:2] == ["44", "1000"]
    happened = eval(played.lines[2])
    # 16,000 bytes a round, in four writes; then silence, and from the start again.
    assert happened[:6] == [4000] * 4 + ["again", 4000]
    assert happened.count("resumed") == 1
    assert happened[-1] == "stopped"
    paused = happened.index("resumed")
    heard = sounding(played.frames)
    rounds = np.resize(counted(4000), (len(heard), 2))
    np.testing.assert_array_equal(heard, rounds)
    assert len(heard) > 1000 * sum(what == 4000 for what in happened[:paused])


def test_a_player_on_asyncio_plays_all_of_a_file_beside_other_tasks(board, tmp_path):
    played = run(ASYNC_PLAYER, board, tmp_path, frames=12000)
    assert played.lines == ["tick 0", "tick 1", "tick 2", "played"]
    np.testing.assert_array_equal(sounding(played.frames), counted(12000))


def test_sound_takes_as_long_as_it_lasts_in_every_format(board, tmp_path):
    played = run(RATES, board, tmp_path)
    assert played.lines == [f"{bits} {n} True" for bits in (16, 32) for n in (1, 2)]
