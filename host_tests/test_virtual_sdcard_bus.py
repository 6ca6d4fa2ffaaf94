"""What the virtual SD card answers on the bus, byte for byte, to drivers of every kind."""

import pytest
from virtual_run import needs_micropython, play

pytestmark = needs_micropython

# A driver in the raw: command() returns the first answer that is none of the idle bytes.
RAW = """
from machine import SPI, Pin
bus = SPI(0, baudrate=8_000_000, sck=Pin(18), mosi=Pin(19), miso=Pin(16))
cs = Pin(17, Pin.OUT, value=1)
bus.write(b"\\xff" * 10)

def command(number, argument=0, crc=0xFF, more=0):
    cs(0)
    frame = bytes((0x40 | number,)) + argument.to_bytes(4, "big") + bytes((crc,))
    bus.write(frame)
    if number == 12:
        bus.read(1, 0xFF)
    for _ in range(8):
        answer = bus.read(1, 0xFF)
        if answer != b"\\xff":
            break
    return (answer + bus.read(more, 0xFF)).hex()

def token(most=8):
    for i in range(most):
        byte = bus.read(1, 0xFF)[0]
        if byte != 0xFF:
            return byte

def wake():
    command(0, crc=0x95)
    command(8, 0x1AA, 0x87, 4)
    while True:
        command(55)
        if command(41, 0x40000000) == "00":
            break
"""


@pytest.fixture
def card(tmp_path):
    folder = tmp_path / "card"
    folder.mkdir()

    def run(program: str, **options):
        p = play(RAW + program, opened=False, sd=folder, **options)
        assert p.code == 0, p.err
        return p.lines

    return run


def test_it_wakes_up_as_a_high_capacity_card(card):
    assert card("""
print(command(0, crc=0x95), command(8, 0x1AA, 0x87, 4), command(58, more=4))
print(command(55), command(41, 0x40000000), command(55), command(41, 0x40000000))
print(command(58, more=4), command(16, 512), command(13, more=1), command(59))
print(command(41), command(60), command(0, crc=0x95), command(60))
""") == ["01 01000001aa 0100ff8000", "01 01 01 00", "00c0ff8000 00 0000 00", "04 04 01 05"]


def test_its_size_is_in_its_register(card):
    assert card("""
wake()
print(command(9), token())
csd = bus.read(16, 0xFF)
print(csd[0] >> 6, ((csd[7] & 63) << 16 | csd[8] << 8 | csd[9]) + 1, bus.read(3, 0xFF).hex())
print(command(10), token(), len(set(bus.read(16, 0xFF))) > 5)
""") == ["00 254", "1 8192 ffffff", "00 254 True"]


def test_blocks_are_written_and_read_alone_and_in_a_row(card):
    assert card("""
import time
def put(start, data):
    bus.write(bytes((0xFF, start)))
    bus.write(data)
    bus.write(b"..")
    answer = bus.read(1, 0xFF)[0] & 31
    busy = 0
    while bus.read(1, 0xFF)[0] == 0:
        busy += 1
    return answer, busy > 0
wake()
print(command(24, 70000), put(0xFE, bytes(range(256)) * 2))
print(command(25, 70001), put(0xFC, b"1" * 512), put(0xFC, b"2" * 512))
bus.write(b"\\xfd\\xff")
print(bus.read(1, 0xFF)[0])
while bus.read(1, 0xFF)[0] == 0:
    pass
print(command(17, 70000), token(), bus.read(512, 0xFF) == bytes(range(256)) * 2)
print(command(18, 70001), end=" ")
for _ in range(2):
    print(token(), set(bus.read(512, 0xFF)), bus.read(2, 0xFF).hex(), end=" ")
print(command(12), token(), command(13, more=1))
""") == [
        "00 (5, True)",
        "00 (5, True) (5, True)",
        "0",
        "00 254 True",
        "00 254 {49} ffff 254 {50} ffff 00 None 0000",
    ]


def test_what_lies_behind_its_end_is_refused(card):
    assert card("""
wake()
last = 8 * 1024 * 1024 - 1
print(command(17, last), token(), bus.read(514, 0xFF)[0])
print(command(17, last + 1), command(18, last), token(), len(bus.read(514, 0xFF)), token())
""") == ["00 254 0", "40 00 254 514 8"]


def test_it_hears_what_is_meant_for_it_alone(card):
    assert card("""
wake()
other = Pin(20, Pin.OUT, value=1)
cs(1)
other(0)
bus.write(b"\\x40\\0\\0\\0\\0\\0" * 9)
print(bus.read(4, 0xFF).hex())
other(1)
print(command(13, more=1))
# Another driver's pin, after the first one has gone.
cs(1)
cs = Pin(21, Pin.OUT, value=1)
print(command(0, crc=0x95), command(8, 0x1AA, 0x87, 4))
""") == ["ffffffff", "0000", "01 01000001aa"]


def test_a_buffer_may_be_of_any_kind(card):
    assert card("""
import array
wake()
command(17, 0)
token()
whole, words = bytearray(512), array.array("I", bytes(512))
view = memoryview(whole)
bus.write_readinto(b"\\xff" * 256, view[:256])
bus.readinto(view[256:], 0xFF)
command(17, 0)
token()
bus.readinto(words, 0xFF)
print(bytes(words) == bytes(whole), bytes(whole[510:]).hex())
try:
    bus.write_readinto(b"1", whole)
except ValueError as error:
    print(error)
""") == ["True 55aa", "buffers must be the same length"]
