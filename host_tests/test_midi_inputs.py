"""MIDI from a UART and from USB, with stand-ins for the hardware."""

import sys
import types

import pytest
from aether.midi import Parser, UartIn
from aether.midi.usb import take, usb_in
from aether_tools import boards
from micropython_host import beside
from midi_kit import Log

# A UART whose readinto() fails where a real one would wait: for more than is there.
UART = """
class Pin:
    def __init__(self, number):
        self.number = number

class UART:
    last = None
    def __init__(self, id, baudrate, rx):
        self.given = (id, baudrate, rx.number)
        self.waiting = bytearray(1 << 12)
        self.have = 0
        self.open = True
        self.failing = False
        UART.last = self
    def put(self, data):
        for byte in data:
            self.waiting[self.have] = byte
            self.have += 1
    def any(self):
        return self.have
    def readinto(self, buf, nbytes):
        assert 0 < nbytes <= min(self.have, len(buf))
        if self.failing:
            return None
        for i in range(nbytes):
            buf[i] = self.waiting[i]
        self.have -= nbytes
        for i in range(self.have):
            self.waiting[i] = self.waiting[i + nbytes]
        return nbytes
    def deinit(self):
        self.open = False
"""


@pytest.fixture
def machine(monkeypatch):
    module = types.ModuleType("machine")
    exec(UART, module.__dict__)
    monkeypatch.setitem(sys.modules, "machine", module)
    return module


@pytest.mark.parametrize("name", boards.names())
def test_bytes_of_the_boards_uart_become_messages(machine, name):
    board = boards.load(name)
    log = Log()
    source = UartIn(board, Parser(log))
    uart = machine.UART.last
    assert uart.given == (board.MIDI_ID, 31250, board.MIDI_RX)
    source.poll()
    uart.put(b"\x90\x3c")
    source.poll()
    assert log.calls == []
    uart.put(b"\x40" + b"\x3d\x41" * 40)
    source.poll()
    assert 10 < len(log.calls) < 41  # the rest waits for its turn
    source.poll()
    source.poll()
    assert log.calls == [("note_on", 0, 60, 64, 0)] + [("note_on", 0, 61, 65, 0)] * 40
    source.close()
    assert not uart.open


def test_a_uart_that_has_nothing_after_all(machine):
    log = Log()
    source = UartIn(boards.load("rpi_pico"), Parser(log))
    machine.UART.last.put(b"\x90\x3c\x40")
    machine.UART.last.failing = True
    source.poll()
    assert log.calls == []


def test_a_board_without_a_midi_socket_is_refused(machine):
    with pytest.raises(ValueError, match="the board file must say where MIDI comes in"):
        UartIn(types.SimpleNamespace(NAME="x"), None)


_WATCHED = """
import sys
import fake
sys.modules["machine"] = fake
from aether.midi import Parser, UartIn
from heap_watch import grown

class Board:
    MIDI_ID = 0
    MIDI_RX = 1

class Handler:
    def __init__(self):
        self.heard = 0
    def note_on(self, channel, note, velocity, frame):
        self.heard += 1

handler = Handler()
source = UartIn(Board, Parser(handler))
fake.UART.last.put(b"\\x90" + b"\\x3c\\x40\\xf8" * 60)

def poll(source, times):
    for _ in range(times):
        source.poll()

print(grown(poll, source, 20), handler.heard)
"""


def test_polling_allocates_nothing(micropython):
    files = beside("heap_watch.py") | {"fake.py": UART}
    assert micropython.run(_WATCHED, files=files) == "0 60\n"


# Code index number and bytes of a packet -> what it is.
PACKETS = [
    ((9, 0x92, 60, 64), [("note_on", 2, 60, 64, 0)]),
    ((0x38, 0x82, 60, 64), [("note_off", 2, 60, 64, 0)]),
    ((0xB, 0xB0, 74, 9), [("control", 0, 74, 9, 0)]),
    ((0xC, 0xC0, 5, 0), [("program", 0, 5, 0)]),
    ((0xE, 0xE0, 0, 64), [("bend", 0, 8192, 0)]),
    ((0xF, 0xF8, 0, 0), [("midi_clock",)]),
    ((4, 0xF0, 1, 2), []),
    ((7, 3, 4, 0xF7), []),
    ((5, 0xF7, 0x90, 0x3C), []),
    ((0, 0x90, 60, 64), []),
]


@pytest.mark.parametrize(("packet", "calls"), PACKETS)
def test_packets_of_usb(packet, calls):
    log = Log()
    take(Parser(log), *packet)
    assert log.calls == calls


class Device:
    """What stands in for usb.device.get()."""

    def __init__(self):
        self.given = None

    def init(self, interface, **options):
        self.given = interface, options


@pytest.fixture
def usb(monkeypatch):
    """The package of micropython-lib, as far as it is used."""
    device = Device()
    package = types.ModuleType("usb")
    package.device = types.ModuleType("usb.device")
    package.device.get = lambda: device
    midi = types.ModuleType("usb.device.midi")
    midi.MIDIInterface = type("MIDIInterface", (), {})
    for name, module in (("usb", package), ("usb.device", package.device)):
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(sys.modules, "usb.device.midi", midi)
    return device


def test_a_computer_plays_by_usb(usb):
    log = Log()
    interface = usb_in(Parser(log))
    assert usb.given == (interface, {"builtin_driver": True})
    interface.on_midi_event(9, 0x90, 60, 64)
    assert log.calls == [("note_on", 0, 60, 64, 0)]


def test_without_the_package_or_the_firmware_it_says_what_to_do(usb, monkeypatch):
    def init(*args, **options):
        raise AttributeError("'module' object has no attribute 'USBDevice'")

    usb.init = init
    with pytest.raises(RuntimeError, match=r"has no machine\.USBDevice"):
        usb_in(Parser(Log()))
    monkeypatch.setitem(sys.modules, "usb.device.midi", None)
    with pytest.raises(RuntimeError, match="mpremote mip install usb-device-midi"):
        usb_in(Parser(Log()))
