"""The life of an output stream: how it starts and stops, what interrupts it, what it refuses."""

import numpy as np
from stream_run import gaps, on_virtual_board

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
print(s.stats()["blocks"] > 30, s.pool.available(), s.playing())
"""


def test_ctrl_c_in_start_closes_the_bus_and_keeps_no_buffer(streams):
    run = streams(INTERRUPTED.format(turn=3))
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
ready = s._player._ready
while turn < 100:
    try:
        time.sleep_ms(1)
    except KeyboardInterrupt:
        print("raised")
print(s.pool.available(), s.playing())
s.stop()
"""


def test_ctrl_c_in_render_reaches_the_program_and_keeps_no_buffer(pico):
    run = pico(CTRL_C)
    assert run.text.count("KeyboardInterrupt") + run.text.count("raised") >= 2
    assert run.text.splitlines()[-1] == "8 True"


def test_stop_plays_what_was_rendered_and_closes_the_bus(streams):
    run = streams(
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


def test_stop_from_render_ends_the_stream_by_itself(streams):
    run = streams(
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


def test_a_stream_can_be_started_twice_and_again_after_stop(streams):
    run = streams(
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
    # The first time it fades out, the second it begins as it is rendered.
    (gap,) = gaps(run.frames)
    assert (gap.faded_out, gap.faded_in) == (True, False)
    loud = np.flatnonzero(run.frames[:, 0])
    assert gap.at - loud[0] == first * 64


def test_start_after_stop_from_a_callback_plays_on_when_that_is_done(streams):
    run = streams(
        """
s = make()
s.start()
time.sleep_ms(50)
micropython.schedule(lambda _: s.stop(), None)
time.sleep_us(100)
assert s.playing()
s.start()
time.sleep_ms(300)
print(s.playing(), s.stats()["blocks"] > 150)
s.stop()
""",
    )
    assert run.text == "True True\n"
    (gap,) = gaps(run.frames)
    assert (gap.faded_out, gap.faded_in) == (True, False)


# Ctrl-C before or after what the bus is told, each time at the next of these places.
INTERRUPTED_BUS = """
import machine
places = opened = 0
class Bus(machine.I2S):
    def __init__(self, *args, **options):
        global opened
        super().__init__(*args, **options)
        opened += 1
    def irq(self, handler):
        interrupt()
        super().irq(handler)
        interrupt()
    def deinit(self):
        global opened
        interrupt()
        opened = 0
        super().deinit()
        interrupt()
def interrupt():
    global places
    places -= 1
    if not places:
        raise KeyboardInterrupt
machine.I2S = Bus
class Driver(drivers.MachineI2S):
    def open(self):
        super().open()
        interrupt()
s = I2SOut(Driver(0, 16, 17, 18), BufferPool(4), stereo)
interrupts = 0
for place in range(1, 12):
    places = place
    try:
        s.start()
        time.sleep_ms(50)
        s.stop()
    except KeyboardInterrupt:
        interrupts += 1
        s.stop()
    assert not opened and not s.playing(), place
print(interrupts > 4, s.pool.available())
"""


def test_stop_closes_the_bus_wherever_ctrl_c_came_in(tmp_path):
    run = on_virtual_board(tmp_path, "rpi_pico", INTERRUPTED_BUS)
    assert run.text == "True 4\n"


def test_a_bus_that_plays_is_not_taken_from_its_stream(pico):
    run = pico(
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


REFUSED = [
    ("make(ibuf=512)", "ibuf must be at least 513 bytes for writes of 1024, not 512"),
    ("make(ibuf=100, blocks=1)", "ibuf must be at least 257 bytes for writes of 256, not 100"),
    ("make(mono, channels=1, ibuf=600)", "ibuf must be at least 640 bytes"),
    ("make(ibuf=0)", "ibuf must be 1 to 1048576, not 0"),
    ("make(bits=24)", "bits must be 16 or 32, not 24"),
    ("make(bits='16')", "bits must be 16 or 32, not 16"),
    ("make(bits=16.0)", "bits must be 16 or 32, not 16.0"),
    ("make(channels=3)", "channels must be 1 or 2, not 3"),
    ("make(channels=True)", "channels must be 1 or 2, not True"),
    ("make(rate=0)", "rate must be 1000 to 192000, not 0"),
    ("make(rate=44100.0)", "rate must be an int, not float"),
    ("make(blocks=0)", "blocks must be 1 to 64, not 0"),
    ("make(blocks='4')", "blocks must be an int, not str"),
    ("make(None)", "render must be callable, not NoneType"),
    (
        "I2SOut(BufferPool(8), BufferPool(8), stereo)",
        "driver must be of aether.drivers",
    ),
    ("make(pool=BufferPool(8, 16), blocks=1)", "a write must have at least 128 bytes, not 64"),
    ("make(rate=96000, bits=32)", "rate must be lower for 32 bits with a clock of 125000000 Hz"),
    ("make(pool=BufferPool(1))", "the pool has 1 buffers, 2 channels need as many"),
    ("strange_driver(bits=24)", "must have 1 or 2 channels of 16 or 32 bits, not 2 of 24"),
    ("strange_driver(channels=3)", "must have 1 or 2 channels of 16 or 32 bits, not 3 of 16"),
    ("strange_driver(frame_bytes=3)", "frames of 2 channels of 16 bits cannot have 3 bytes"),
    ("strange_pool('f', 62)", "must be float32, a multiple of 4 samples, not 62"),
    ("strange_pool('f', 0)", "must be float32, a multiple of 4 samples, not 0"),
    ("strange_pool('d', 64)", "must be float32, a multiple of 4 samples, not 64"),
    ("strange_pool('i', 64)", "must be float32, a multiple of 4 samples, not 64"),
    ("drivers.MachineI2S(0, 16, 18, 20)", "ws must be sck + 1 on rp2: 17, not 18"),
    ("drivers.MachineI2S(0, 40, 41, 18)", "sck must be a pin that the board has, not 40"),
    ("drivers.MachineI2S(0, 16, 17, 200)", "sd must be a pin that the board has, not 200"),
    ("drivers.MachineI2S(-1, 16, 17, 18)", "i2s_id must be 0 to 1, not -1"),
]

# What somebody else's driver or pool may have, which the kernels could not take.
STRANGE = """
from array import array
def strange_driver(**changes):
    driver = drivers.from_board(board, driver="machine")
    driver.check_write = lambda size: None
    for name in changes:
        setattr(driver, name, changes[name])
    return I2SOut(driver, BufferPool(8), stereo)
def strange_pool(kind, n):
    pool = BufferPool(8)
    pool.silence = lambda: memoryview(array(kind, [0] * n))
    driver = drivers.from_board(board, driver="machine")
    driver.check_write = lambda size: None
    return I2SOut(driver, pool, stereo)
"""


def test_arguments_that_cannot_work_are_refused_with_what_is_allowed(pico):
    lines = [
        f"try:\n    {call}\n    print('?')\nexcept (ValueError, TypeError) as e:\n    print(e)"
        for call, _ in REFUSED
    ]
    run = pico(STRANGE + "\n".join(lines))
    for line, (call, message) in zip(run.text.splitlines(), REFUSED, strict=True):
        assert message in line, call
    assert run.frames is None


def test_the_last_stream_can_be_asked_from_the_prompt(streams):
    run = streams(
        "s = make()\nassert aether.stream.last is None\ns.start()\n"
        "assert aether.stream.last is s\ns.stop()\nprint(aether.stream.last is s)\n",
    )
    assert run.text.strip() == "True"
