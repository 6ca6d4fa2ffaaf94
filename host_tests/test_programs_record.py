"""Programs of makers that record run on the virtual board: what was heard is in their file."""

import wave

import numpy as np
import pytest
from maker_programs import PINS, RECORD_ASYNC, RECORD_BLOCKING, RECORD_IRQ
from virtual_run import needs_micropython, play

pytestmark = needs_micropython

RATE = 8000


@pytest.fixture
def voice(tmp_path):
    """A recording of 0, 1, 2 ... on the left, which a mono microphone sends."""
    path = tmp_path / "voice.wav"
    n = np.arange(3 * RATE)
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(np.stack([n, n[::-1]], 1).astype("<i2").tobytes())
    return path


@pytest.fixture(params=["rpi_pico", "esp32_generic"])
def record(request, tmp_path, voice):
    """Runs a recorder; lines that it printed, and the samples in its file."""

    def run(program: str) -> tuple[list[str], np.ndarray]:
        fs = tmp_path / "flash"
        fs.mkdir()
        program = PINS + "NAME = 'mic.wav'\n" + program
        ran = play(program, request.param, opened=False, fs=fs, wav_in=voice, seconds=5)
        assert ran.code == 0, ran.err
        with wave.open(str(fs / "mic.wav")) as wav:
            assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, RATE)
            return ran.lines, np.frombuffer(wav.readframes(wav.getnframes()), "<i2")

    return run


@pytest.mark.parametrize(("board", "warned"), [("rpi_pico", True), ("esp32_generic", False)])
def test_who_records_into_the_flash_of_a_pico_is_warned(board, warned, tmp_path):
    opened = "file = open('a.raw', 'wb')\n"
    receive = "I2S(0, sck=BCK, ws=LCK, sd=DATA, mode=I2S.RX, bits=16, format=I2S.MONO, "
    receive += "rate=8000, ibuf=2000)\n"
    for program in (opened + receive, receive + opened):
        ran = play(PINS + program, board, opened=False, seconds=1)
        assert any("a file in flash" in line for line in ran.result.messages) == warned
    closed = opened + "file.close()\n"
    for program in (opened + receive.replace("RX", "TX"), receive, closed + receive):
        ran = play(PINS + program, board, opened=False, seconds=1)
        assert not any("a file in flash" in line for line in ran.result.messages)


def assert_heard(samples: np.ndarray) -> None:
    """A second without a gap, from near the start of the recording on."""
    assert len(samples) == RATE
    assert 0 <= samples[0] < 64
    np.testing.assert_array_equal(samples, samples[0] + np.arange(RATE))


def test_a_blocking_recorder(record):
    lines, samples = record(RECORD_BLOCKING)
    assert lines == ["44", "{4000} 0"]
    assert_heard(samples)


def test_a_recorder_in_the_callback(record):
    lines, samples = record(RECORD_IRQ)
    assert lines == ["44", f"{[4000] * 8 + ['full']} 0"]
    assert_heard(samples)


def test_a_recorder_on_asyncio(record):
    lines, samples = record(RECORD_ASYNC)
    assert lines == ["44", "beside it 0", "beside it 1", "beside it 2", "recorded"]
    assert_heard(samples)
