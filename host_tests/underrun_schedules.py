"""Streams that are held up at random, on the virtual board: what they count, and what happened.

Runs on that board, see test_underruns.py: `play(seed)` prints what a stream says, and the truth.
The truth is seen through the board's insides, `time._engine` and `I2S._driver`.
"""

import gc
import json
import random
import time

import board
import machine
import micropython
from aether import BufferPool, I2SOut
from aether.drivers.machine_i2s import MachineI2S

engine = time._engine
ESP32 = board.PLATFORM == "esp32"
RATES = (8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000)
# ns in which a blocking write puts a half into the empty ring of rp2.
FIRST = 128 * 600
# ns between a call and what it leads to.
NEAR = 200000


class Truth:
    """What the driver does, seen from within.

    near: how many writes came within a piece of their edge, where the data before them end, from
    handing over until they were taken in. late: callbacks that came half a write behind their
    time; near_late: how many within a piece of that. fill: fewest bytes left at a write.
    """

    def __init__(self, driver):
        self.d = driver
        self.piece = 256
        if ESP32:
            self._next_buffer, driver._next_buffer = driver._next_buffer, self.next_buffer
            self._copy_out, driver._copy_out = driver._copy_out, self.copy_out
            self._note, driver._note = driver._note, self.note
        else:
            self._starved, driver.starved = driver.starved, self.starved
        self._schedule, engine.schedule = engine.schedule, self.schedule

    def opened(self, part, half_write, fresh):
        """A bus; `part`: ns that what is handed over at once lasts; fresh: not in between."""
        self.part, self.half_write = part, half_write
        if not ESP32:
            self.piece = 512 // self.d.bits
        if fresh:
            self.before = self.d.underruns
            self.near = self.late = self.near_late = self.writes = self.stretches = 0
            self.fill = 1 << 30
        else:
            # What it held is gone, and so is what it knew of a gap.
            self.before -= 1
        self.handed = self.edge = 0
        self.heard = self.listening = False
        self.due = None
        self.opened_at = self.d._began if ESP32 else 0
        self.last = 0
        self.copied = False

    def gaps(self):
        return self.d.underruns - self.before

    def handing(self, listening):
        """A write is about to be handed over."""
        if ESP32:
            left = self.edge_esp32() - self.opened_at - (self.playing() + 1) * self.d._step
            left = left * 256 // self.d._step * self.d._frame
        else:
            left = self.ring()
            low, high = self.edge_rp2()
            if not self.heard:
                # Only the first half can be missed.
                if self.d._ends < engine.now + FIRST:
                    self.near += 1
            elif low - self.d._step < engine.now < high + self.d._step:
                self.near += 1
        if listening and self.listening:
            self.fill = min(self.fill, max(left, 0))
            if self.due is not None:
                late = engine.now - max(self.due, self.handed + self.part) - self.half_write
                self.late += late > 0
                self.near_late += abs(late) < self.d._step
        self.due = None
        self.handed = self.room = engine.now
        self.writes += 1
        self.heard = True
        self.listening = listening

    def schedule(self, function, argument, meter):
        queued = self._schedule(function, argument, meter)
        if queued and argument is self.d.shell:
            self.due = self.room if ESP32 else engine.now
        return queued

    def near_now(self):
        """Whether the edge is near, and it is not sure yet that there is a gap."""
        edge = self.edge_esp32() if ESP32 else self.edge_rp2()[0]
        return abs(engine.now - edge) < (2 if ESP32 else 1) * self.d._step

    # rp2

    def starved(self, frames):
        if not self.d._starving:
            self.edge = engine.now
        self._starved(frames)

    def ring(self):
        d = self.d
        return d.available() + (d.len - d.state[3] if d.copying else 0)

    def edge_rp2(self):
        """From when to when the half is fed that lacks data, if no more are written."""
        d = self.d
        if d._starving:
            return self.edge, self.edge
        unit = 64 if d._unit else 128
        there = self.ring()
        halves = (there - 128) // unit + 1 if there >= 128 else 0
        # Halves whose interrupts are held back are fed as soon as these come.
        halves -= (0, 1, 1, 2)[d._pending]
        at = d._ends + halves * d._step
        return at, max(at, engine.now)

    # esp32: buffers have numbers, as they are played since the opening.

    def playing(self):
        return round((self.d._began - self.opened_at) / self.d._step)

    def next_buffer(self):
        edge = self.edge_esp32()
        if not self._next_buffer():
            return False
        d = self.d
        self.edge = edge
        self.last = self.playing() + (d._current - d._playing) % d._count
        self.room = self.opened_at + (self.last - d._count + 1) * d._step
        return True

    def copy_out(self):
        """Some of a write is taken in; the meter thinks it was as soon as there was room."""
        d = self.d
        since = max(self.handed, self.room)
        edge = self.edge_esp32() if d._at else self.edge
        if self.copied:
            if since - d._step < edge < engine.now + d._step:
                self.near += 1
            elif edge < since and (since < d._began + NEAR or engine.now > d._eof - NEAR):
                # Of a gap it is the end that is near: in which buffer is it?
                self.near += 1
        self.copied = True
        self._copy_out()

    def note(self, n):
        d = self.d
        self.stretches += d._filled[d._current] != d._at
        self._note(n)

    def edge_esp32(self):
        d = self.d
        return self.opened_at + self.last * d._step + d._at * d._step // d._size


class Watched(MachineI2S):
    truth = None
    blocking = True

    def open(self):
        MachineI2S.open(self)
        self.blocking = True
        d = self._i2s._driver
        if Watched.truth is None or Watched.truth.d is not d:
            Watched.truth = Truth(d)
        Watched.truth.opened(self.part, self.half_write, self.fresh)
        self.fresh = False

    def listen(self, ready):
        self.blocking = False
        MachineI2S.listen(self, ready)

    def write(self, frames):
        Watched.truth.handing(not self.blocking)
        MachineI2S.write(self, frames)


def busy(us):
    """The processor computes for so long: nothing else gets it but interrupts."""
    engine.call(int(us) * 1000)


def between(low, high):
    return random.randint(int(low), int(high))


def stream_of(render):
    """A stream of random format, and what its writes and its ring last in us."""
    while True:
        channels = random.choice((1, 2))
        bits = random.choice((16, 32))
        rate = random.choice(RATES)
        frame = bits // 8 * channels
        size = random.choice((64, 64, 64, 16, 32, 100, 128, 256))
        blocks = between(1, 12)
        ibuf = between(100, 0.06 * rate * frame)
        if ESP32:
            if between(1, 4) > 1:
                # Whole DMA buffers, and not but two of them.
                size = random.choice((64, 128, 256))
                blocks = 256 // size * between(1, 3)
            ibuf = between(512, 4096) * frame
        try:
            driver = Watched(
                0,
                board.SCK,
                board.WS,
                board.SD,
                rate=rate,
                bits=bits,
                channels=channels,
                ibuf=ibuf,
            )
            stream = I2SOut(driver, BufferPool(2, size), render[channels], blocks=blocks)
        except ValueError:
            continue
        most = min(driver.most_bytes(), size * blocks * frame)
        driver.part = most * 1000000000 // (frame * rate)
        write = size * blocks * 1000000 // rate
        driver.half_write = 500 * write
        if write < 30000:
            return stream, blocks, write, driver.buffered_frames() * 1000000 // rate


class Schedule:
    def __init__(self, seed):
        random.seed(seed)
        self.stream, self.blocks, self.write, self.ring = stream_of((None, self.mono, self.stereo))
        # How much of its time a block takes; how often something holds it up, and by how much.
        self.longest = random.choice((1, 2, 4)) * self.ring
        if between(0, 1):
            # Few gaps, far from each other.
            self.load, self.bursts, self.actions = random.choice((0, 0.2, 0.5)), 0, "sr"
        else:
            self.load = random.choice((0, 0.3, 0.6, 0.6, 0.9, 1.2))
            self.bursts = random.choice((0, 0, 10, 50))
            self.actions = random.choice(("s", "s", "sssh", "sbsm", "sc", "sshbmc", "ssl"))

    def stereo(self, left, right):
        self.mono(left)

    def mono(self, out):
        us = self.load * self.write / self.blocks * random.uniform(0.5, 1.5)
        if between(1, 1000) <= self.bursts:
            us += between(0, self.longest)
        busy(us)

    def act(self):
        what = random.choice(self.actions)
        if what == "s":
            time.sleep_us(between(100, self.ring))
        elif what == "b":
            busy(between(100, self.ring))
        elif what == "h":
            busy(between(100, self.longest) if between(1, 4) == 1 else 100)
        elif what == "r" and between(1, 10) == 1:
            busy(self.ring // 2 + between(0, 4 * self.ring))
        elif what == "m":
            state = machine.disable_irq()
            # No callback runs, unlike in a call to the board.
            engine.spend(between(1000, 1.9 * self.stream.driver._i2s._driver._step))
            machine.enable_irq(state)
        elif what == "c":
            micropython.schedule(hog, between(100, self.ring))
        elif what == "l" and between(1, 4) == 1:
            micropython.schedule(fill, between(100, self.longest))
        self.stream.poll()

    def play(self):
        if between(1, 4) == 1:
            self.start()
            time.sleep_us(between(1, self.ring))
            self.stop()
        self.start()
        writes = between(5, 60)
        end = time.ticks_add(time.ticks_us(), writes * self.write)
        while time.ticks_diff(end, time.ticks_us()) > 0:
            self.act()
        truth = Watched.truth
        self.shown = self.stream.stats()["underruns"]
        self.going_on = truth.d._starving
        self.gaps = truth.gaps() + self.going_on
        self.near = truth.near + truth.near_now()
        self.stop()

    def start(self):
        self.stream.driver.fresh = True
        self.stream.start()

    def stop(self):
        self.stream.stop()
        while self.stream.playing():  # the scheduler's queue was full
            time.sleep_ms(1)


def hog(us):
    busy(us)


def nothing(_):
    pass


def fill(us):
    # The scheduler's queue is full while the driver wants to enter its callback.
    try:
        for _ in range(8):
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass
    busy(us)


def play(seed):
    gc.collect()
    s = Schedule(seed)
    gc.collect()
    s.play()
    truth = Watched.truth
    stats = s.stream.stats()
    driver = s.stream.driver
    told = {
        "seed": seed,
        "shown": s.shown,
        "shown_gaps": s.gaps,
        "going_on": s.going_on,
        "shown_near": s.near,
        "underruns": stats["underruns"],
        "gaps": max(truth.gaps(), s.gaps),
        "near": truth.near,
        "stretches": truth.stretches,
        "late": stats["late_callbacks"],
        "truly_late": truth.late,
        "near_late": truth.near_late,
        "fill": stats["fill_min"],
        "left": truth.fill // driver.frame_bytes,
        "piece": truth.piece,
        "restarts": stats["restarts"],
        "stream": (driver.channels, driver.bits, driver.rate, driver.ibuf, s.blocks, s.write),
        "schedule": (s.load, s.bursts, s.longest, s.actions),
    }
    print(json.dumps(told))
