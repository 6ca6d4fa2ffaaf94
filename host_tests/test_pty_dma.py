"""Streams on the virtual board behind the pty, over DMA above all: wall time, and resets."""

import time
import wave

import numpy as np
import pytest
from aether_tools import boards, interpreter, layout
from pty_kit import virtual

pytestmark = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())

# Blocks numbered by their samples, so many ahead that a slow host does not matter.
PLAYER = """
import board
from array import array
from aether import I2SOut, SharedBufferPool, drivers
n = 0
store = memoryview(array("f", bytes(4 * 3200)))
for i in range(3200):
    store[i] = (i + 1) / 32768
ramps = [store[i:i + 64] for i in range(0, 3200, 64)]
def render(left, right):
    global n
    left[:] = right[:] = ramps[n % 50]
    n += 1
driver = drivers.from_board(board, driver="dma", rate=8000)
stream = I2SOut(driver, SharedBufferPool(2), render, blocks=63)
stream.start()
"""


@pytest.fixture
def board(tmp_path):
    root = tmp_path / "root"
    for path, what in layout.device_files(boards.load("virtual"), "tone").items():
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(what if isinstance(what, bytes) else what.read_bytes())
    (root / "main.py").unlink()
    with virtual(tmp_path, "--wav", tmp_path / "out.wav") as board:
        yield board


def played(path) -> np.ndarray:
    with wave.open(str(path)) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (8000, 2, 2)
        return np.frombuffer(wav.readframes(wav.getnframes()), "<i2").reshape(-1, 2)


def test_a_stream_plays_on_without_a_gap_while_the_prompt_waits(board, tmp_path):
    with board.line() as line:
        line.raw()
        line.execute(PLAYER)
        time.sleep(1)
        blocks, underruns = eval(line.execute("print((n, stream.stats()['underruns']))"))
    assert board.stop() == 0
    frames = played(tmp_path / "out.wav")
    assert underruns == 0
    assert 120 < blocks < 800
    count = np.arange(len(frames)) % 3200 + 1
    assert np.array_equal(frames, np.stack([count, count], 1))
    assert len(frames) > 8000


@pytest.mark.parametrize("driver", ["dma", "machine"])
def test_a_soft_reset_ends_the_sound_and_frees_the_pins(board, tmp_path, driver):
    player = PLAYER.replace('driver="dma"', f"driver={driver!r}")
    for _ in range(2):
        board.does("exec", player + "import time\ntime.sleep(0.3)")
    assert board.stop() == 0
    for name in ("out.wav", "out.2.wav"):
        frames = played(tmp_path / name)
        assert 2400 < len(frames) < 80000
        loud = np.flatnonzero(frames[:, 0])
        assert frames[loud[:3], 0].tolist() == [1, 2, 3]


def test_a_stopped_stream_is_quiet(board, tmp_path):
    with board.line() as line:
        line.raw()
        line.execute(PLAYER)
        line.execute("stream.stop()")
        assert line.execute("import rp2\nprint(len([rp2.DMA() for _ in range(12)]))") == "12\r\n"
        time.sleep(0.5)
    assert board.stop() == 0
    assert len(played(tmp_path / "out.wav")) < 20000
