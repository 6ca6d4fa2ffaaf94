"""The output stream on the virtual board, under real MicroPython."""

import wave
from pathlib import Path

import numpy as np
import pytest
from aether_tools import boards, interpreter, session

pytestmark = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())

# A counter 1, 2, 3 … in steps of 1 / 32768 on both channels, which begins anew after 255 blocks.
COUNTER = """
import micropython, time
import aether.stream
from aether import BufferPool, I2SOut, drivers, kernels
import board

count = 0
frames = bytearray(2 * 64 * 255)
for i in range(64 * 255):
    frames[2 * i] = (i + 1) & 0xff
    frames[2 * i + 1] = (i + 1) >> 8
table = [memoryview(frames)[i : i + 128] for i in range(0, len(frames), 128)]

def stereo(left, right):
    mono(left)
    right[:] = left

def mono(out):
    global count
    kernels.mono_from_pcm16(out, table[count % 255], 64)
    count += 1

def make(render=stereo, pool=None, blocks=4, **options):
    return I2SOut(drivers.from_board(board, **options), pool or BufferPool(8), render,
                  blocks=blocks)
"""


class Run:
    """What a program printed, what the DAC got, and the report."""

    def __init__(self, folder: Path, program: str, board="rpi_pico", seconds=10.0, code=0):
        path = folder / "program.py"
        path.write_text(COUNTER + program)
        with (folder / "out.txt").open("w+b") as out:
            result = session.run(
                boards.load(board),
                program=path,
                files={"/board.py": boards.load(board).path},
                seconds=seconds,
                wav=folder / "out.wav",
                stdout=out,
                stderr=out,
            )
            out.seek(0)
            self.text = out.read().decode()
        assert result.exit_code == code, self.text
        self.report = result.report
        self.frames = None
        if result.wavs:
            with wave.open(str(result.wavs[0])) as wav:
                self.rate, self.bits = wav.getframerate(), 8 * wav.getsampwidth()
                data = np.frombuffer(wav.readframes(wav.getnframes()), f"<i{self.bits // 8}")
                self.frames = data.reshape(-1, wav.getnchannels()).astype(np.int64)

    def sound(self):
        """The frames from the first to the last that are not silent."""
        loud = np.flatnonzero(self.frames.any(axis=1))
        return self.frames[loud[0] : loud[-1] + 1]


def counter(frames, bits):
    steps = np.arange(frames) % (255 * 64) + 1
    return steps if bits == 16 else steps * 65536


PLAY = """
s = make({arguments})
s.start()
time.sleep_ms(200)
s.stop()
st = s.stats()
assert s.pool.available() == 8
print(st["blocks"], st["underruns"], st["render_errors"], st["restarts"])
"""


@pytest.mark.parametrize("board", ["rpi_pico", "esp32_generic"])
@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_rendered_block_leaves_the_dac_once_and_in_order(tmp_path, board, bits, channels):
    render = "mono" if channels == 1 else "stereo"
    arguments = f"{render}, bits={bits}, channels={channels}"
    run = Run(tmp_path, PLAY.format(arguments=arguments), board)
    blocks, underruns, errors, restarts = map(int, run.text.split())
    sound = run.sound()
    assert (underruns, errors, restarts) == (0, 0, 0)
    assert run.bits == bits
    assert sound.shape == (blocks * 64, channels)
    assert len(sound) > 0.2 * 44100
    for channel in sound.T:
        np.testing.assert_array_equal(channel, counter(len(sound), bits))
    assert run.report["true_underruns"] == 0
    assert run.report["allocated_bytes"] == 0


@pytest.mark.parametrize("rate", [8000, 22050, 48000, 96000])
def test_other_rates_play_without_a_gap(tmp_path, rate):
    run = Run(tmp_path, PLAY.format(arguments=f"rate={rate}"))
    assert run.rate == rate
    np.testing.assert_array_equal(run.sound()[:, 0], counter(len(run.sound()), 16))
    assert run.report["underruns"] == run.report["true_underruns"] == 0


@pytest.mark.parametrize(("blocks", "size"), [(1, 64), (2, 64), (16, 64), (4, 128), (1, 1024)])
def test_writes_of_any_length_play_without_a_gap(tmp_path, blocks, size):
    program = f"""
def render(left, right):
    for i in range(0, {size}, 64):
        stereo(left[i : i + 64], right[i : i + 64])
"""
    run = Run(
        tmp_path,
        program
        + f"s = make(render, BufferPool(2, {size}), blocks={blocks})\n"
        + "s.start()\ntime.sleep_ms(150)\ns.stop()\n",
    )
    sound = run.sound()[:, 0]
    np.testing.assert_array_equal(sound, counter(len(sound), 16))
    assert run.report["underruns"] == run.report["true_underruns"] == 0


LOCKED = """
class Locked(drivers.MachineI2S):
    def listen(self, ready):
        def locked(i2s):
            micropython.heap_lock()
            try:
                ready(i2s)
            finally:
                micropython.heap_unlock()
        drivers.MachineI2S.listen(self, locked)

s = I2SOut(Locked(0, board.SCK, board.WS, board.SD, bits={bits}, channels={channels}),
           BufferPool(4), {render})
s.start()
time.sleep_ms(200)
s.stop()
print(s.stats()["render_errors"], s.stats()["blocks"] > 100)
"""


@pytest.mark.parametrize(
    ("bits", "channels", "render"), [(16, 2, "stereo"), (32, 2, "stereo"), (16, 1, "mono")]
)
def test_the_callback_runs_under_a_locked_heap(tmp_path, bits, channels, render):
    run = Run(tmp_path, LOCKED.format(bits=bits, channels=channels, render=render))
    assert run.text.split() == ["0", "True"]


def test_a_render_that_allocates_is_reported(tmp_path):
    program = "def render(left, right):\n    bytearray(100)\ns = make(render)\ns.start()\n"
    run = Run(tmp_path, program + "time.sleep_ms(50)\ns.stop()\n")
    assert run.report["allocated_bytes"] > 100


def test_a_pool_without_a_buffer_is_silence_and_is_counted(tmp_path):
    run = Run(
        tmp_path,
        """
pool = BufferPool(3)
s = make(pool=pool)
s.start()
time.sleep_ms(50)
one = pool.acquire()
two = pool.acquire()
time.sleep_ms(100)
failed = pool.failed_acquires()
pool.release(one)
time.sleep_ms(100)
assert pool.failed_acquires() == failed > 50, failed
s.stop()
assert pool.available() == 2
""",
    )
    left = run.sound()[:, 0]
    # Nothing is repeated or lost: the counter goes on after the gap where it stopped.
    np.testing.assert_array_equal(left[left != 0], counter(np.count_nonzero(left), 16))
    gap = np.count_nonzero(left == 0)
    assert gap % 64 == 0
    assert 0.05 * 44100 < gap < 0.15 * 44100
    assert run.report["true_underruns"] == 0


def test_a_render_that_raises_is_silence_for_its_block_and_is_counted(tmp_path):
    run = Run(
        tmp_path,
        """
turn = 0
def render(left, right):
    global turn
    turn += 1
    if turn % 10 == 0:
        left[0] = 1.0
        raise ValueError("no")
    stereo(left, right)
s = make(render)
s.start()
time.sleep_ms(100)
s.stop()
print(s.stats()["render_errors"] == s.stats()["blocks"] // 10, repr(s.last_error()))
assert s.pool.available() == 8
""",
    )
    assert run.text.strip() == "True ValueError('no',)"
    left = run.sound()[:, 0]
    assert not left[9 * 64 : 10 * 64].any()
    np.testing.assert_array_equal(left[left != 0], counter(np.count_nonzero(left), 16))


INTERRUPTED = """
turn = 0
def render(left, right):
    global turn
    turn += 1
    stereo(left, right)
    if turn == {turn}:
        raise KeyboardInterrupt
s = make(render)
try:
    s.start()
    time.sleep_ms(100)
    print("not raised")
except KeyboardInterrupt:
    print("raised", s.playing(), s.pool.available())
s.stop()
s.start()
time.sleep_ms(50)
s.stop()
print(s.stats()["blocks"] > 40, s.pool.available(), s.playing())
"""


def test_ctrl_c_in_start_closes_the_bus_and_keeps_no_buffer(tmp_path):
    run = Run(tmp_path, INTERRUPTED.format(turn=3))
    assert run.text.splitlines() == ["raised False 8", "True 8 False"]


CTRL_C = """
turn = 0
def render(left, right):
    global turn
    turn += 1
    stereo(left, right)
    if turn in (60, 61, 80):
        raise KeyboardInterrupt
s = make(render)
s.start()
# A board prints what a callback raises and goes on; here we stand in for its scheduler.
ready = s._ready
while turn < 100:
    try:
        time.sleep_ms(1)
    except KeyboardInterrupt:
        print("raised")
print(s.pool.available(), s.playing())
s.stop()
"""


def test_ctrl_c_in_render_reaches_the_program_and_keeps_no_buffer(tmp_path):
    run = Run(tmp_path, CTRL_C)
    assert run.text.count("KeyboardInterrupt") + run.text.count("raised") >= 2
    assert run.text.splitlines()[-1] == "8 True"


def test_stop_plays_what_was_rendered_and_closes_the_bus(tmp_path):
    run = Run(
        tmp_path,
        """
s = make()
s.start()
time.sleep_ms(100)
s.stop()
before = count
time.sleep_ms(500)
assert count == before and not s.playing()
s.stop()
print(count)
""",
    )
    sound = run.sound()
    assert len(sound) == int(run.text) * 64
    assert 0 < len(run.frames) - len(sound) < 0.2 * 44100


def test_stop_from_render_ends_the_stream_by_itself(tmp_path):
    run = Run(
        tmp_path,
        """
def render(left, right):
    stereo(left, right)
    if count == 100:
        s.stop()
s = make(render)
s.start()
time.sleep_ms(1000)
print(s.playing(), s.stats()["render_errors"])
""",
    )
    assert run.text.split() == ["False", "0"]
    assert 100 * 64 <= len(run.sound()) <= 104 * 64
    assert len(run.frames) < 0.5 * 44100


def test_a_stream_can_be_started_twice_and_again_after_stop(tmp_path):
    run = Run(
        tmp_path,
        """
s = make()
s.start()
s.start()
time.sleep_ms(50)
s.stop()
first = s.stats()["blocks"]
s.start()
time.sleep_ms(50)
s.stop()
print(first, s.stats()["blocks"], count)
""",
    )
    first, second, total = map(int, run.text.split())
    assert first + second == total
    left = run.frames[:, 0]
    np.testing.assert_array_equal(left[left != 0], counter(total * 64, 16))


def test_a_bus_that_plays_is_not_taken_from_its_stream(tmp_path):
    run = Run(
        tmp_path,
        """
s = make()
s.start()
other = make(mono, channels=1)
try:
    other.start()
except RuntimeError as error:
    print(error)
assert s.playing() and not other.playing()
s.stop()
other.start()
other.stop()
""",
    )
    assert run.text.strip() == "I2S 0 plays another stream: stop it first"


def test_poll_restarts_a_stream_whose_callback_was_lost(tmp_path):
    run = Run(
        tmp_path,
        """
def nothing(_):
    pass
def hog(_):
    # The scheduler's queue is full while the driver wants to enter its callback.
    for _ in range(8):
        micropython.schedule(nothing, None)
    time.sleep_ms(30)
s = make()
s.start()
time.sleep_ms(100)
assert not s.poll()
micropython.schedule(hog, None)
time.sleep_ms(100)
stood = count
time.sleep_ms(100)
assert count == stood
assert s.poll()
time.sleep_ms(100)
assert count > stood + 40
assert not s.poll()
s.stop()
print(s.stats()["restarts"], s.stats()["underruns"])
""",
    )
    assert run.text.split() == ["1", "1"]
    left = run.sound()[:, 0]
    np.testing.assert_array_equal(left[left != 0], counter(np.count_nonzero(left), 16))
    assert run.report["lost_callbacks"] == 1


def test_underruns_are_estimated_from_the_clock(tmp_path):
    run = Run(
        tmp_path,
        """
def render(left, right):
    stereo(left, right)
    if count in (200, 300, 400):
        time.sleep_ms(80)
s = make(render)
s.start()
time.sleep_ms(1200)
s.stop()
print(s.stats()["underruns"], s.stats()["late_callbacks"])
""",
    )
    underruns, late = map(int, run.text.split())
    assert underruns == run.report["true_underruns"] == 3
    assert late >= 3


def test_load_is_the_share_of_the_time_that_rendering_took(tmp_path):
    run = Run(
        tmp_path,
        """
def render(left, right):
    time.sleep_us(363)
s = make(render)
s.start()
time.sleep_ms(300)
s.stop()
print(s.stats()["load_mean"], s.stats()["load_max"])
""",
    )
    mean, most = map(float, run.text.split())
    # A block lasts 1451 us, and interrupts that come meanwhile count as well.
    assert 0.25 <= mean <= most < 0.36


REFUSED = [
    ("make(ibuf=512)", "ibuf must be at least 513 bytes for writes of 1024, not 512"),
    ("make(ibuf=100, blocks=1)", "ibuf must be at least 257 bytes for writes of 256, not 100"),
    ("make(mono, channels=1, ibuf=600)", "ibuf must be at least 640 bytes"),
    ("make(ibuf=0)", "ibuf must be 1 to 1048576, not 0"),
    ("make(bits=24)", "bits must be 16 or 32, not 24"),
    ("make(bits='16')", "bits must be 16 or 32, not 16"),
    ("make(channels=3)", "channels must be 1 or 2, not 3"),
    ("make(rate=0)", "rate must be 1000 to 192000, not 0"),
    ("make(rate=44100.0)", "rate must be an int, not float"),
    ("make(blocks=0)", "blocks must be 1 to 64, not 0"),
    ("make(blocks='4')", "blocks must be an int, not str"),
    ("make(None)", "render must be callable, not NoneType"),
    (
        "I2SOut(BufferPool(8), drivers.from_board(board), stereo)",
        "driver must be of aether.drivers",
    ),
    ("make(pool=BufferPool(8, 16), blocks=1)", "a write must have at least 128 bytes, not 64"),
    ("make(rate=96000, bits=32)", "rate must be lower for 32 bits with a clock of 125000000 Hz"),
    ("make(pool=BufferPool(1))", "the pool has 1 buffers, 2 channels need as many"),
    ("drivers.MachineI2S(0, 16, 18, 20)", "ws must be sck + 1 on rp2: 17, not 18"),
    ("drivers.MachineI2S(-1, 16, 17, 18)", "i2s_id must be 0 to 7, not -1"),
]


def test_arguments_that_cannot_work_are_refused_with_what_is_allowed(tmp_path):
    lines = [
        f"try:\n    {call}\n    print('?')\nexcept (ValueError, TypeError) as e:\n    print(e)"
        for call, _ in REFUSED
    ]
    run = Run(tmp_path, "\n".join(lines))
    for line, (call, message) in zip(run.text.splitlines(), REFUSED, strict=True):
        assert message in line, call
    assert run.frames is None


def test_the_last_stream_can_be_asked_from_the_prompt(tmp_path):
    run = Run(
        tmp_path,
        "s = make()\nassert aether.stream.last is None\ns.start()\n"
        "assert aether.stream.last is s\ns.stop()\nprint(aether.stream.last is s)\n",
    )
    assert run.text.strip() == "True"
