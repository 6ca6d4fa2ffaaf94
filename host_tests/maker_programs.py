"""Programs for machine.I2S as makers write them, each in one of the usual ways to play or record.

They know nothing of aether. PINS goes before each; WAVs are 44 bytes of header and PCM.
"""

PINS = """
import sys, time
from machine import I2S, Pin

if sys.platform == "rp2":
    BCK, LCK, DATA = Pin(16), Pin(17), Pin(18)
else:
    BCK, LCK, DATA = Pin(26), Pin(25), Pin(22)
"""

# Writes whole periods of a sine for ever, until the board is switched off.
TONE = """
import math, struct

RATE, FREQUENCY = 22050, 441
samples = bytearray(RATE // FREQUENCY * 2)
for i in range(RATE // FREQUENCY):
    angle = 2 * math.pi * i * FREQUENCY / RATE
    struct.pack_into("<h", samples, 2 * i, round(10000 * math.sin(angle)))

dac = I2S(0, sck=BCK, ws=LCK, sd=DATA, mode=I2S.TX, bits=16, format=I2S.MONO, rate=RATE, ibuf=2000)
wrote = set()
try:
    while True:
        wrote.add(dac.write(samples))
finally:
    print(wrote)
    dac.deinit()
"""

# A state machine in the callback; PLAY, PAUSE, RESUME and STOP come from the main program.
STATES = """
PLAY, PAUSE, RESUME, STOP = 0, 1, 2, 3
state = PAUSE
happened = []

def step(i2s):
    global state
    if state == PLAY:
        n = wav.readinto(view)
        if n:
            happened.append(i2s.write(view[:n]))
        else:
            wav.seek(44)
            happened.append("again")
            i2s.write(silence)
    elif state == PAUSE:
        i2s.write(silence)
    elif state == RESUME:
        happened.append("resumed")
        state = PLAY
        i2s.write(silence)
    else:
        happened.append("stopped")
        wav.close()
        i2s.deinit()

silence = bytearray(1000)
view = memoryview(bytearray(4000))
wav = open(NAME, "rb")
print(wav.seek(44))
dac = I2S(0, sck=BCK, ws=LCK, sd=DATA, mode=I2S.TX, bits=16, format=I2S.STEREO, rate=16000,
          ibuf=8000)
dac.irq(step)
print(dac.write(silence))
state = PLAY
time.sleep_ms(400)
state = PAUSE
time.sleep_ms(200)
state = RESUME
time.sleep_ms(400)
state = STOP
time.sleep_ms(100)
print(happened)
"""

# A task that plays the file once beside another that ticks.
ASYNC_PLAYER = """
import asyncio

async def play(dac, name):
    writer = asyncio.StreamWriter(dac)
    view = memoryview(bytearray(3000))
    with open(name, "rb") as wav:
        wav.seek(44)
        while True:
            n = wav.readinto(view)
            if not n:
                break
            writer.write(view[:n])
            await writer.drain()

async def tick():
    for i in range(3):
        await asyncio.sleep_ms(100)
        print("tick", i)

async def main():
    dac = I2S(0, sck=BCK, ws=LCK, sd=DATA, mode=I2S.TX, bits=16, format=I2S.STEREO, rate=16000,
              ibuf=10000)
    ticking = asyncio.create_task(tick())
    await play(dac, NAME)
    print("played")
    await ticking
    await asyncio.sleep_ms(200)
    dac.deinit()

asyncio.run(main())
"""

# A microphone that sends 24 bits in 32, of which the upper 16 are kept.
RECORDER = """
def header(rate, size):
    return (b"RIFF" + (36 + size).to_bytes(4, "little")
            + b"WAVEfmt " + b"\\x10\\0\\0\\0\\1\\0\\1\\0" + rate.to_bytes(4, "little")
            + (2 * rate).to_bytes(4, "little") + b"\\2\\0\\x10\\0" + b"data"
            + size.to_bytes(4, "little"))

def upper(raw, out):
    for i in range(len(raw) // 4):
        out[2 * i] = raw[4 * i + 2]
        out[2 * i + 1] = raw[4 * i + 3]
    return len(raw) // 2

RATE, SECONDS = 8000, 1
SIZE = 2 * RATE * SECONDS
microphone = I2S(0, sck=BCK, ws=LCK, sd=DATA, mode=I2S.RX, bits=32, format=I2S.MONO, rate=RATE,
                 ibuf=16000)
raw = bytearray(4000)
kept = memoryview(bytearray(2000))
wav = open(NAME, "wb")
print(wav.write(header(RATE, SIZE)))
"""

RECORD_BLOCKING = (
    RECORDER
    + """
left, reads = SIZE, set()
while left:
    reads.add(microphone.readinto(raw))
    n = min(upper(raw, kept), left)
    left -= wav.write(kept[:n])
wav.close()
microphone.deinit()
print(reads, left)
"""
)

RECORD_IRQ = (
    RECORDER
    + """
left, reads = SIZE, []

def heard(i2s):
    global left
    n = min(upper(raw, kept), left)
    left -= wav.write(kept[:n])
    if left:
        reads.append(i2s.readinto(raw))
    else:
        reads.append("full")

microphone.irq(heard)
reads.append(microphone.readinto(raw))
while left:
    time.sleep_ms(10)
wav.close()
microphone.deinit()
print(reads, left)
"""
)

RECORD_ASYNC = (
    RECORDER
    + """
import asyncio

async def record():
    reader = asyncio.StreamReader(microphone)
    left = SIZE
    while left:
        n = await reader.readinto(raw)
        n = min(upper(memoryview(raw)[:n], kept), left)
        left -= wav.write(kept[:n])
    print("recorded")

async def main():
    task = asyncio.create_task(record())
    for i in range(3):
        await asyncio.sleep_ms(250)
        print("beside it", i)
    await task

asyncio.run(main())
wav.close()
microphone.deinit()
"""
)

# How long two writes of a quarter of a second take, in each format, once the ring is full.
RATES = """
def measure(bits, form, channels):
    data = bytearray(RATE // 4 * bits // 8 * channels)
    dac = I2S(0, sck=BCK, ws=LCK, sd=DATA, mode=I2S.TX, bits=bits, format=form, rate=RATE,
              ibuf=len(data))
    done = []
    dac.irq(lambda i2s: done.append(time.ticks_ms()))
    for _ in range(4):
        before = len(done)
        dac.write(data)
        while len(done) == before:
            time.sleep_us(100)
    dac.deinit()
    return time.ticks_diff(done[3], done[1])

RATE = 11025
# An ESP32 takes a DMA buffer of 256 frames at once.
STEP = 4 if sys.platform == "rp2" else 24
for bits in (16, 32):
    for form, channels in ((I2S.MONO, 1), (I2S.STEREO, 2)):
        took = measure(bits, form, channels)
        print(bits, channels, abs(took - 500) <= STEP)
"""
