"""What host_tests/soak.py runs on a virtual board: a stream, and faults that come at random."""

PROGRAM = """
import gc, machine, micropython, random, time
from array import array
from aether import I2SDuplex, I2SIn, I2SOut, SharedBufferPool, drivers, kernels
import board

random.seed({seed})
SECONDS = {seconds}
WAY = {way!r}
DRIVER = {driver!r}
PERIOD = {period}
MASKED_US = 20000
if DRIVER == "machine" and board.PLATFORM == "rp2":
    # Masked for longer, old samples are played; what comes in runs over the ring's own pointers.
    MASKED_US = 600 if WAY == "out" else 20
half = memoryview(array("f", [0.5] * 64))
pool = SharedBufferPool(12)
slow_us = slow_turns = failing = own = 0
# Of the recording that comes in: how many blocks were handed over, the last frame that was there,
# frames left out, how often that was, though there were buffers, and how often within a block.
calls = last = lost = jumps = torn = lacked = 0

def heard(left):
    global calls, last, lost, jumps, torn, lacked
    calls += 1
    missing = (int(left[0] * 32768) - last - 1) % PERIOD
    if missing > PERIOD // 2:
        missing -= PERIOD  # they came twice: an RP2's I2S interrupt was late
    last = int(left[63] * 32768)
    within = (last - int(left[0] * 32768) - 63) % PERIOD
    lost += missing + within
    jumps += (missing != 0 and lacked == lacking()) + (within > 0)
    torn += within > 0
    lacked = lacking()

def burden():
    global slow_turns, failing
    if slow_turns:
        slow_turns -= 1
        time.sleep_us(slow_us)
    if failing:
        failing -= 1
        raise ValueError("on purpose")

def render(left, right):
    left[:] = half
    right[:] = half
    burden()

def receive(left, right):
    heard(left)
    burden()

def echo(in_left, in_right, left, right):
    heard(in_left)
    kernels.copy(left, in_left, 64)
    kernels.copy(right, in_right, 64)
    burden()

def nothing(_):
    pass

def hog(us):
    time.sleep_us(us)

def crowd(us):
    # The scheduler's queue is full for so long.
    try:
        while True:
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass
    time.sleep_us(us)

def stop(_):
    stream.stop()

def collected():
    gc.collect()

def slow():
    global slow_us, slow_turns
    slow_us = random.randrange(200, 4000)
    slow_turns = random.randrange(1, 60)

def failed():
    global failing
    failing = random.randrange(1, 9)

def take(most):
    global own
    taken = [pool.acquire() for _ in range(most)]
    own += taken.count(None)
    return taken

def lacking():
    # How often the stream lacked a buffer.
    return pool.failed_acquires() - own

def give(taken):
    time.sleep_ms(random.randrange(1, 80))
    for block in taken:
        if block is not None:
            pool.release(block)

def exhausted():
    give(take(random.randrange(1, 13)))

def masked():
    state = machine.disable_irq()
    start = time.ticks_us()
    us = random.randrange(MASKED_US)
    while time.ticks_diff(time.ticks_us(), start) < us:
        pass
    machine.enable_irq(state)

def hogged():
    micropython.schedule(hog, random.randrange(1000, 100000))

def crowded():
    micropython.schedule(crowd, random.randrange(0, 60000))

def levelled():
    if random.randrange(3):
        stream.gain = random.random() * 2
    else:
        stream.mute(not stream.muted)

def stopped():
    global slow_turns
    if random.randrange(2):
        stream.stop()
    else:
        micropython.schedule(stop, None)
    slow_turns = 0
    for _ in range(500):
        if stream.playing():
            time.sleep_ms(1)

def polled():
    stream.poll()

FAULTS = [collected, slow, failed, exhausted, masked, hogged, crowded, polled]
if WAY != "in":
    FAULTS.append(levelled)
totals = {{}}
sessions = faults = 0

def healed():
    global slow_turns, failing
    slow_turns = failing = 0
    if WAY != "in":
        stream.gain = 1
        stream.mute(False)

def begin(taken):
    # With `taken` the pool has no buffers.
    global last, calls, lost, jumps, torn, own
    calls = lost = jumps = torn = 0
    own += len(taken) > 0  # the start's own try
    gc.collect()  # the buses' rings are on this board's heap
    if source:
        last = source.frames % PERIOD
    stream.start()
    give(taken)

def end():
    global sessions
    stream.stop()
    sessions += 1
    note(totals, stream.stats())
    note(totals, dict(calls=calls, lost=lost, jumps=jumps, torn=torn))

def note(totals, stats):
    for name, value in stats.items():
        if name in ("load_max", "high_water", "fill_max"):
            totals[name] = max(totals.get(name, 0), value)
        elif name not in ("load_mean", "latency_frames", "fill_min"):
            totals[name] = totals.get(name, 0) + value

def disturb(until, stops=True):
    global faults
    while stream.playing() and time.ticks_diff(until, time.ticks_ms()) > 0:
        time.sleep_ms(random.randrange({fault_ms} * 2))
        (stopped if stops and not random.randrange(100) else random.choice(FAULTS))()
        faults += 1

def play(until):
    # One session, from start to stop.
    begin(take(random.choice((0, 0, 12))))
    disturb(until)
    healed()
    end()

def heap():
    # After a session without faults, which forgets the last exception.
    begin(())
    time.sleep_ms(100)
    end()
    gc.collect()
    return gc.mem_alloc()

def final():
    # Faults, and then none: what is played and counted at last.
    found = dict(first=source and source.frames, at=kept)
    if sink:
        sink.flush()
        sink._file = file
        start = sink.frames
    already = lacking()
    begin(take(12))
    disturb(time.ticks_add(time.ticks_ms(), 5000), stops=False)
    healed()
    time.sleep_ms(1000)
    found["settled"] = stream.stats()
    time.sleep_ms(300)
    found.update(stats=stream.stats(), lost=lost, lacking=lacking() - already)
    found["apart"] = time.ticks_diff(opened[-1], opened[0])
    found["periods"] = [bus.period_us(1 << 12) for bus in buses]
    end()
    if sink:
        found["to"] = kept + sink.frames - start
    print(found)

def later(milliseconds):
    return time.ticks_add(time.ticks_ms(), milliseconds)  # wraps after 12 days

class Again:
    # A file that begins anew.
    def __init__(self, file):
        self.file = file

    def readinto(self, buffer):
        n = self.file.readinto(buffer)
        if not n:
            self.file.seek(0)
            n = self.file.readinto(buffer)
        return n

def ports():
    # What the virtual board has behind the stream's buses.
    if DRIVER == "dma":
        import rp2
        return [rp2.StateMachine(number)._port for number in stream.driver._claim.machines]
    return [bus._i2s._driver for bus in buses]

def timed(bus, i):
    opening = bus.open
    def open():
        global openings
        opening()
        opened[i] = time.ticks_us()
        openings += 1
    bus.open = open

opened = [0, 0]
openings = 0
source = sink = None
options = dict(driver=DRIVER, rate={rate})
if WAY == "out":
    stream = I2SOut(drivers.from_board(board, **options), pool, render)
elif WAY == "in":
    stream = I2SIn(drivers.input_from_board(board, **options), pool, receive)
else:
    stream = I2SDuplex(drivers.duplex_from_board(board, **options), pool, echo)
buses = [stream.driver]
if hasattr(stream.driver, "output"):
    buses = [stream.driver.output, stream.driver.input]
for i in range(len(buses)):
    timed(buses[i], i)

# An hour of a recording would be too long, and so would one of sound: the recording begins anew,
# and only the final session is written down.
gc.collect()
begin(())
for port in ports():
    source = source or port.source
if source:
    source._file = Again(source._file)
time.sleep_ms(100)
for port in ports():
    sink = sink or port.sink
end()
port = None
kept = 0
if sink:
    sink.flush()
    file, sink._file, kept = sink._file, None, sink.frames
# What is allocated once has been, when the heap is looked at first.
play(later(5000))
before = heap()
over = later(SECONDS * 1000)
while time.ticks_diff(over, time.ticks_ms()) > 0:
    play(over)
final()
after = heap()
note(totals, dict(lacking=lacking(), openings=openings))
print((sessions, faults, before, after, pool.available(), totals))
"""
