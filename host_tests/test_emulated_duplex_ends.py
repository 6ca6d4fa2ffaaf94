"""How the duplex pair on the emulated Pico ends, begins again, and what it refuses."""

from dma_kit import ECHO, on_chip
from emulated_host import needs_chip

pytestmark = needs_chip


def test_nothing_is_allocated_while_it_runs_and_in_closing():
    run = on_chip("""
d = drivers.Rp2Duplex(16, 17, 18, 18)
d.prepare(64, 4)
d.open()
d.run(nothing)
micropython.heap_lock()
while d.ended_in() < 20:
    d.ended()
d.close()
d.close()
micropython.heap_unlock()
print(channels(), running())
""")
    assert run.lines == ["12 []"]


def test_it_opens_again_and_again_in_step():
    run = on_chip(f"""{ECHO}
d = echo(48000)
for _ in range(3):
    time.sleep_us(777)
    d.open()
    noise(d.slots[0])
    sent = bytes(d.slots[0])
    d.run(nothing)
    while d.ended_in() < 2:
        pass
    d.close()
    print(sent == bytes(d.slots_in[0]), channels(), running())
""")
    assert run.lines[1:] == ["True 12 []"] * 3


def test_it_stops_at_once():
    run = on_chip("""
d = drivers.Rp2Duplex(16, 17, 18, 18)
d.prepare(64, 4)
d.open()
for slot in d.slots:
    noise(slot)
d.run(nothing)
while d.ended_in() < 1:
    pass
time.sleep_us(300)
d.deinit()
out, inp = bytes(d._ring.memory), bytes(d._ring_in.memory)
time.sleep_ms(5)
print(out == bytes(d._ring.memory), inp == bytes(d._ring_in.memory), channels(), running())
""")
    assert run.lines == ["True True 12 []"]
    assert len(run.buses[0].frames) < 128


def test_a_soft_reset_stops_it_and_its_memory_is_the_next_programs():
    on_chip("""
d = drivers.Rp2Duplex(16, 17, 18, 18)
d.prepare(64, 8)
d.open()
d.run(nothing)
Pin(18, Pin.OUT, value=1)
while d.ended_in() < 20:
    pass
""")
    run = on_chip("""
import gc
print(channels(), running())
gc.collect()
free = [bytearray(b"U" * 1000) for _ in range(gc.mem_free() // 1100)]
time.sleep_ms(50)
print(sum(block != bytes(b"U" * 1000) for block in free))
""")
    assert run.lines == ["12 []", "0"]


def test_what_is_lacking_is_said_and_all_of_the_rest_given_back():
    run = on_chip("""
make = lambda: drivers.Rp2Duplex(16, 17, 18, 19)
held = [rp2.DMA() for _ in range(8)]
refused(make)
for dma in held:
    dma.close()
print(channels())

@rp2.asm_pio()
def idle():
    nop()

machines = [rp2.StateMachine(n, idle) for n in (0, 1, 2, 4, 5, 6)]
for sm in machines:
    sm.active(1)
refused(make)
for sm in machines:
    sm.active(0)
for pio in (0, 1):
    rp2.PIO(pio).remove_program()

@rp2.asm_pio()
def long():
    for _ in range(10):
        nop()

for pio in (0, 1):
    rp2.PIO(pio).add_program(long)
refused(make)
rp2.PIO(1).remove_program()
d = make()
d.prepare(64, 4)
refused(lambda: drivers.Rp2Duplex(20, 21, 22, 19))
refused(lambda: drivers.Rp2DMAIn(20, 21, 18))
d.close()
refused(lambda: drivers.Rp2Duplex(20, 21, 22, 19).close())
print(channels(), running())
""")
    assert run.lines == [
        "RuntimeError: 5 DMA channels are needed, 4 are free: stop what uses them",
        "12",
        "RuntimeError: 2 state machines of one PIO are needed: PIO 0 has 1 free, PIO 1 has 1 free",
        "RuntimeError: 2 state machines of one PIO are needed: PIO 0 has no room for the program, "
        "PIO 1 has no room for the program",
        "RuntimeError: pin 19 (sd_in) belongs to another stream: stop it first",
        "RuntimeError: pin 18 (sd) belongs to another stream: stop it first",
        "taken",
        "12 []",
    ]


BAD = [
    ("16, 18, 19, 20", "ValueError: ws must be the pin next to sck (16), not 18"),
    ("16, 17, 17, 20", "ValueError: sd must be a pin of its own, not 17"),
    ("16, 17, 18, 16", "ValueError: sd_in must be a pin of its own, not 16"),
    ("16, 17, 18, 30", "ValueError: sd_in must be 0 to 29, not 30"),
    ("16, 17, 18, '19'", "TypeError: sd_in must be an int, not str"),
    ("16, 17, 18, 19, bits=24", "ValueError: bits must be 16 or 32, not 24"),
    ("16, 17, 18, 19, channels=3", "ValueError: channels must be 1 or 2, not 3"),
    ("16, 17, 18, 19, clock=1", "ValueError: clock must be 18000000 to 300000000, not 1"),
    ("16, 17, 18, 19, rate=999", "ValueError: rate must be 1000 to 192000, not 999"),
]


def test_bad_arguments_are_refused_in_a_line():
    calls = "".join(f"refused(lambda: drivers.Rp2Duplex({arguments}))\n" for arguments, _ in BAD)
    assert on_chip(calls + "print(channels())\n").lines == [*(error for _, error in BAD), "12"]
