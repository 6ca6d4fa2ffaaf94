"""The life of an input stream: how it starts and stops, what bars its way, what it refuses."""

import pytest


def test_all_24_bits_of_a_microphone_are_received(inputs):
    run = inputs(
        """
words = bytearray(64 * 8)
def receive(left, right):
    global heard
    if left[63] > 0:
        kernels.to_pcm32(words, left, right, 64)
        heard += 1
s = make(receive, bits=32)
s.start()
feed()
time.sleep_ms(30)
s.stop()
samples = array("i", bytes(words))
first = samples[126] >> 16
print(heard > 5, [x - (first << 16) for x in samples[126:127]],
      [x + (first << 16) for x in samples[127:128]])
"""
    )
    assert run.text.split(maxsplit=1) == ["True", f"[{0x5A00}] [{0x5A00}]\n"]


def test_a_stream_can_be_started_twice_and_again_after_stop(inputs):
    run = inputs(
        """
s = make()
s.start()
s.start()
feed()
time.sleep_ms(40)
s.stop()
first, pieces = s.stats()["blocks"], runs()
heard = 0
s.start()
assert s.stats()["blocks"] < 3
feed()
time.sleep_ms(40)
s.stop()
s.stop()
print(first > 10, s.stats()["blocks"] == heard, s.stats()["overruns"], s.pool.available())
# What the chip sends anew it begins anew; a WAV goes on.
print([[len(p), p[-1][0]] for p in ([p for p in pieces if p[0]], [p for p in runs() if p[0]])])
"""
    )
    first, pieces = run.text.splitlines()
    assert first == "True True 0 8"
    (one, start), (two, _) = eval(pieces)
    assert (one, two, start) == (1, 1, 1)


def test_stop_from_receive_ends_the_stream_there(inputs):
    run = inputs(
        """
def receive(left, right):
    stereo(left, right)
    if heard == 10:
        s.stop()
s = make(receive)
s.start()
feed()
time.sleep_ms(80)
print(heard, s.playing(), s.stats()["receive_errors"], s.pool.available())
s.start()
time.sleep_ms(40)
s.stop()
print(heard > 20, s.playing(), s.pool.available())
"""
    )
    assert run.text.splitlines() == ["10 False 0 8", "True False 8"]


def test_stop_from_another_callback_ends_the_stream(inputs):
    run = inputs(
        """
def end(_):
    s.stop()
s = make()
s.start()
time.sleep_ms(30)
micropython.schedule(end, None)
time.sleep_ms(20)
before = heard
time.sleep_ms(20)
print(before > 5, heard == before, s.playing(), s.pool.available())
"""
    )
    assert run.text.split() == ["True", "True", "False", "8"]


def test_stop_from_a_callback_while_start_opens_the_bus_ends_the_stream(inputs):
    run = inputs(
        """
from machine import Timer
s = make()
stopped = 0
def stop(_):
    global stopped
    if s.playing():
        stopped += 1
    s.stop()
for us in list(range(20, 1500, 40)) + list(range(1500, 12000, 500)):
    timer = Timer(
        -1 if sys.platform == "rp2" else 0,
        mode=Timer.ONE_SHOT, period=us, tick_hz=1000000, callback=stop
    )
    before = stopped
    s.start()
    timer.deinit()
    if stopped > before:
        assert not s.playing() and s.pool.available() == 8, us
    s.stop()
s.start()
feed()
time.sleep_ms(30)
s.stop()
print(stopped > 2, heard > 5, s.pool.available())
""",
    )
    assert run.text == "True True 8\n"


@pytest.mark.parametrize("blocks", [None, 2])
def test_a_frame_waits_as_long_as_the_stream_says(inputs, blocks):
    run = inputs(
        f"""
at = array("i", [0])
def receive(left, right):
    if not at[0]:
        at[0] = time.ticks_us()
s = make(receive, rate=16000, blocks={blocks})
s.start()
opened = time.ticks_us()
time.sleep_ms(60)
s.stop()
waited = time.ticks_diff(at[0], opened) * 16000 // 1000000
print(waited, s.stats()["latency_frames"], getattr(s.driver, "step_frames", int)())
"""
    )
    waited, latency, step = map(int, run.text.split())
    # The first frame comes in at the beginning of what is received at once; opening takes time.
    assert latency - step - 16 <= waited <= latency + 8


def test_the_last_stream_can_be_asked_from_the_prompt(inputs):
    run = inputs(
        "s = make()\nassert aether.stream_in.last is None\ns.start()\n"
        "assert aether.stream_in.last is s\ns.stop()\nprint(aether.stream_in.last is s)\n",
    )
    assert run.text.strip() == "True"


def test_a_stream_out_plays_beside_a_stream_in(inputs):
    run = inputs(
        """
played = 0
def play(left, right):
    global played
    played += 1
s = make(rate=16000, ibuf=4096)
driver = drivers.from_board(board, driver=DRIVER, rate=16000, ibuf=4096)
out = I2SOut(driver, SharedBufferPool(4), play)
gc.collect()
out.start()
s.start()
feed()
time.sleep_ms(100)
s.stop()
out.stop()
pieces = [piece for piece in runs() if piece[0]]
print(len(pieces), pieces[0][1] > 900, s.stats()["overruns"], out.stats()["underruns"])
"""
    )
    assert run.text.split() == ["1", "True", "0", "0"]


CLASH = """
places = tape = None  # an ESP32 has no room for two streams and these
MOST = 0
gc.collect()
def refused(make):
    try:
        make()
    except (RuntimeError, TypeError, ValueError) as error:
        print("%s: %s" % (type(error).__name__, error))
    else:
        print("taken")
class Same:
    # The microphone on a pin of the output.
    RATE, IBUF, DRIVER, IN_ID = 16000, 8192, DRIVER, board.IN_ID
    IN_SCK, IN_WS, IN_SD = board.IN_SCK, board.IN_WS, board.SD
def receive():
    I2SIn(drivers.input_from_board(Same, driver=DRIVER), SharedBufferPool(8), stereo).start()
out = I2SOut(drivers.from_board(board, driver=DRIVER), SharedBufferPool(8), stereo)
out.start()
refused(receive)
out.stop()
out = None
s = make(ibuf=4096)
s.start()
refused(lambda: make(mono, channels=1).start())
refused(lambda: I2SOut(drivers.input_from_board(board, driver=DRIVER, rate=16000),
                       SharedBufferPool(8), stereo))
s.stop()
refused(lambda: I2SIn(drivers.from_board(board, driver=DRIVER), SharedBufferPool(8), stereo))
s = make(ibuf=4096)
s.start()
s.stop()
print(s.playing(), s.pool.available())
"""


def test_what_another_stream_has_is_not_taken_from_it(inputs):
    run = inputs(CLASH)
    pin, same, no_out, no_in, again = run.text.splitlines()
    assert pin.startswith("RuntimeError: pin ")
    assert pin.endswith(" belongs to another stream: stop it first")
    assert same.startswith("RuntimeError: ")
    assert same.endswith("another stream: stop it first")
    assert no_out.startswith(("TypeError: driver must be one for output, not ", "RuntimeError: "))
    assert no_in.startswith("TypeError: driver must be one for input, not ")
    assert again == "False 8"


REFUSE = """
def refused(make):
    try:
        make()
    except (RuntimeError, TypeError, ValueError) as error:
        print("%s: %s" % (type(error).__name__, error))
    else:
        print("taken")
class Odd:
    def __init__(self, **changes):
        for name in dir(board):
            if name.isupper():
                setattr(self, name, getattr(board, name))
        for name in changes:
            setattr(self, name, changes[name])
def odd(**changes):
    drivers.input_from_board(Odd(**changes), driver=DRIVER, rate=16000)
"""
# What any driver refuses; on every board.
REFUSED = [
    ("make(bits=24)", "ValueError: bits must be 16 or 32, not 24"),
    ("make(bits='16')", "ValueError: bits must be 16 or 32, not 16"),
    ("make(channels=3)", "ValueError: channels must be 1 or 2, not 3"),
    ("make(rate=0)", "ValueError: rate must be 1000 to 192000, not 0"),
    ("make(rate=44100.0)", "TypeError: rate must be an int, not float"),
    ("make(blocks=0)", "ValueError: blocks must be "),
    ("make(blocks=65)", "ValueError: blocks must be "),
    ("make(blocks='4')", "TypeError: blocks must be an int, not str"),
    ("make(None)", "TypeError: receive must be callable, not NoneType"),
    ("make(pool=5)", "TypeError: pool must be a buffer pool, not int"),
    (
        "make(pool=SharedBufferPool(1))",
        "ValueError: the pool has 1 buffers, 2 channels need as many",
    ),
    (
        "I2SIn(SharedBufferPool(8), SharedBufferPool(8), stereo)",
        "TypeError: driver must be of aether.drivers, not SharedBufferPool",
    ),
    ("odd(IN_SD=board.IN_WS)", "ValueError: sd must be a pin of its own, not "),
    ("odd(IN_SCK=-1)", "ValueError: sck must be 0 to "),
    ("odd(IN_SD=None)", "TypeError: sd must be an int, not NoneType"),
    ("odd(IN_ID=None)", "ValueError: the board file must say where the microphone is"),
    (
        "drivers.input_from_board(board, driver='usb')",
        "ValueError: driver must be 'dma' or 'machine', not 'usb'",
    ),
]


def check_refused(run, cases, also=""):
    calls = "".join(f"refused(lambda: {call})\n" for call, _ in cases)
    given_back = "s = make()\ns.start()\ntime.sleep_ms(30)\ns.stop()\nprint(heard > 5)\n"
    *lines, last = run(REFUSE + also + calls + given_back).text.splitlines()
    for line, (call, message) in zip(lines, cases, strict=True):
        assert line.startswith(message), call
    assert last == "True"


def test_arguments_that_cannot_work_are_refused_with_what_is_allowed(inputs):
    check_refused(inputs, REFUSED)


ON_RP2 = [
    ("odd(IN_WS=board.IN_SCK + 2)", "ValueError: ws must be sck + 1 on rp2: 11, not 12"),
    ("odd(IN_WS=board.IN_SCK - 1)", "ValueError: ws must be sck + 1 on rp2: 11, not 9"),
    ("odd(IN_ID=2)", "ValueError: i2s_id must be 0 to 1, not 2"),
    ("make(ibuf=512)", "ValueError: ibuf must be at least 513 bytes for reads of 256 frames, not"),
    (
        "make(pool=SharedBufferPool(8, 4), blocks=3, ibuf=200)",
        "ValueError: ibuf must be at least 224 bytes for reads of 12 frames, not 200: the stream "
        "would never start",
    ),
    ("make(ibuf=0)", "ValueError: ibuf must be 1 to 1048576, not 0"),
    (
        "make(rate=44100)",
        "ValueError: rate must be 37316 at most with a clock of 125000000 Hz, not 44100: the I2S "
        "interrupt of rp2 would not keep up, DMA does",
    ),
    (
        "slowly(lambda: drivers.MachineI2S(0, 16, 17, 18, rate=192000, bits=32))",
        "ValueError: rate must be another with a clock of 18000000 Hz: 192000 cannot be had, the "
        "nearest is 140625",
    ),
]
SLOWLY = """
def slowly(make):
    import machine
    machine.freq(18000000)
    try:
        make()
    finally:
        machine.freq(125000000)
"""


@pytest.mark.parametrize(
    "machine_in", [("rpi_pico", "machine"), ("emulated", "machine")], indirect=True
)
def test_what_machine_i2s_of_an_rp2_cannot_do_is_refused(machine_in):
    check_refused(machine_in, ON_RP2, SLOWLY)


ON_DMA = [
    ("odd(IN_WS=board.IN_SCK + 2)", "ValueError: ws must be the pin next to sck (10), not 12"),
    ("make(pool=BufferPool(8))", "TypeError: the driver over DMA needs a SharedBufferPool, not"),
    (
        "make(pool=SharedBufferPool(8, 48))",
        "ValueError: the pool's buffers must have a power of two of samples for DMA, not 48",
    ),
    (
        "make(pool=SharedBufferPool(8, 1024), blocks=9)",
        "ValueError: blocks must be 8 at most with 4096 bytes each, not 9",
    ),
    (
        "slowly(lambda: make(rate=192000, bits=32))",
        "ValueError: rate must be another with a clock of 18000000 Hz: 192000 cannot be had, the "
        "nearest is 140625",
    ),
    (
        "I2SIn(drivers.Rp2Duplex(10, 11, 12, 13), SharedBufferPool(8), stereo)",
        "TypeError: driver must be one for input, not Rp2Duplex",
    ),
]


def test_what_dma_cannot_do_is_refused(dma_in):
    check_refused(dma_in, ON_DMA, SLOWLY)


def test_an_esp32_has_as_many_peripherals_as_its_name_tells(tmp_path):
    from input_run import on_virtual_board

    program = """
import sys
class Chip:
    platform = "esp32"
    class implementation:
        _machine = "Generic ESP32C3 module with ESP32C3"
import aether.drivers.machine_bus as bus
print(bus.peripherals())
bus.sys = Chip
refused(lambda: drivers.MachineI2SIn(1, 4, 5, 6))
"""
    run = on_virtual_board(tmp_path, "esp32_generic", "DRIVER = 'machine'\n" + REFUSE + program)
    assert run.text.splitlines() == ["2", "ValueError: i2s_id must be 0 to 0, not 1"]


def test_large_blocks_have_a_ring_that_fits(dma_in):
    run = dma_in(
        """
def receive(left, right):
    global heard
    heard += 1
s = make(receive, SharedBufferPool(2, 1024))
print(len(s.driver.slots))
s.start()
time.sleep_ms(60)
s.stop()
print(heard)
"""
    )
    assert run.text.split() == ["4", "2"]


LOCKED = """
def locked(ready):
    def callback(bus):
        micropython.heap_lock()
        try:
            ready(bus)
        finally:
            micropython.heap_unlock()
    return callback
if DRIVER == "dma":
    import aether.ring_in_native as hot
    plain = hot.ticking
    hot.ticking = lambda *parts: locked(plain(*parts))
s = make({receive}, bits={bits}, channels={channels})
if DRIVER == "machine":
    s._player._on_ready = locked(s._player._on_ready)
s.start()
feed()
time.sleep_ms(100)
s.poll()
s.stop()
print(s.stats()["receive_errors"], s.stats()["overruns"], heard > 20)
"""


@pytest.mark.parametrize(
    ("bits", "channels", "receive"), [(16, 2, "stereo"), (32, 2, "stereo"), (32, 1, "mono")]
)
def test_the_callback_runs_under_a_locked_heap(inputs, bits, channels, receive):
    run = inputs(LOCKED.format(bits=bits, channels=channels, receive=receive))
    assert run.text.split() == ["0", "0", "True"]
    run.check_report(allocated_bytes=0)


@pytest.mark.not_emulated("seven seconds of it take too long")
def test_nothing_is_lost_at_the_end_of_the_block_numbers(dma_in):
    # 32,768 blocks of 8 frames last 5.9 s.
    run = dma_in(
        """
frames = bytearray(32)
before = wrong = 0
def receive(left, right):
    global before, wrong
    kernels.to_pcm16(frames, left, right, 8)
    first = frames[0] + 256 * frames[1]
    if first != before % PERIOD + 1 and first:
        wrong += 1
    before = first + 7
s = make(receive, SharedBufferPool(4, 8), blocks=8)
s.start()
time.sleep_ms(6500)
s.stop()
print(s.stats()["blocks"] > 33000, wrong, s.stats()["overruns"], s.stats()["late_callbacks"])
"""
    )
    assert run.text.split() == ["True", "0", "0", "0"]


@pytest.mark.not_emulated("its second core is not")
@pytest.mark.parametrize(
    "call", ["I2SIn(s.driver, s.pool, stereo)", "s.start()", "s.stop()", "s.poll()"]
)
def test_the_other_core_may_not_work_on_a_stream(dma_in, call):
    run = dma_in(
        f"""
import _thread
s = make()
s.start()
said = []
def other():
    try:
        {call}
    except RuntimeError as error:
        said.append(str(error))
_thread.start_new_thread(other, ())
time.sleep_ms(50)
print(said, s.playing())
s.stop()
"""
    )
    assert "belong to the main program's core" in run.text
    assert run.text.endswith("True\n")
