"""rp2.PIO and rp2.StateMachine on the virtual board: aether's programs, and who has what."""

import pytest
from virtual_run import needs_micropython, play

pytestmark = needs_micropython

OWN = "the virtual board does not run PIO programs of one's own: use `aether emulate`"
BLINK = """
import rp2
from machine import Pin
@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)
def blink():
    wrap_target()
    set(pins, 1)                    [31]
    nop()                           [31]
    mov(x, invert(y)).side(1)       [3]
    irq(rel(0))
    pull(noblock | ifempty)
    wait(1, irq, rel(2))
    jmp(not_x, "end")
    label("end")
    set(pins, 0).delay(31)
    wrap()
"""
SETUP = """
import rp2, machine
import aether.drivers.rp2_programs as programs
send = programs.transmitter(16, 16, 1, 2)
def refused(use):
    try:
        use()
    except (OSError, ValueError, TypeError) as error:
        print(type(error).__name__, error)
"""


def lines(code: str, board: str = "rpi_pico") -> list[str]:
    played = play(SETUP + code, board, opened=False)
    assert played.code == 0, played.err
    return played.lines


@pytest.mark.parametrize(
    "use",
    [
        "rp2.StateMachine(0, blink, freq=2000, set_base=Pin(25))",
        "rp2.PIO(0).add_program(blink)",
        "rp2.PIO(1).state_machine(0, blink)",
    ],
)
def test_a_pio_program_of_ones_own_is_referred_to_the_emulator(use):
    played = play(f"{BLINK}\n{use}", opened=False)
    assert played.code == 1
    assert played.err.splitlines()[-1] == f"NotImplementedError: {OWN}"


def test_a_transmitter_that_differs_by_one_instruction_is_ones_own():
    played = play(
        """
import rp2
from rp2 import PIO
import aether.drivers.rp2_programs
source = open("/lib/aether/drivers/rp2_programs.py").read()
exec(source.replace("nop().side(sck)", "nop().side(0)"))
rp2.PIO(0).add_program(transmitter(16, 16, 1, 2))
""",
        opened=False,
    )
    assert played.code == 1
    assert OWN in played.err


@pytest.mark.parametrize(("board", "count"), [("rpi_pico", 2), ("rpi_pico2", 3)])
def test_there_are_so_many_blocks_and_machines(board, count):
    assert lines(
        f"""
print([rp2.PIO(i) for i in range({count})], rp2.StateMachine({4 * count - 1}))
for number in (-1, {count}):
    refused(lambda: rp2.PIO(number))
refused(lambda: rp2.StateMachine({4 * count}))
""",
        board,
    ) == [
        f"[{', '.join(f'PIO({i})' for i in range(count))}] StateMachine({4 * count - 1})",
        *["ValueError invalid PIO"] * 2,
        "ValueError invalid StateMachine",
    ]


def test_a_block_holds_32_instructions():
    assert lines("""
pio = rp2.PIO(0)
more = [programs.transmitter(16, 16, 1, 2) for _ in range(3)]
pio.add_program(more[0])
pio.add_program(more[1])
refused(lambda: pio.add_program(more[2]))
pio.remove_program(more[0])
refused(lambda: pio.remove_program(more[0]))
pio.add_program(more[2])
pio.remove_program()
pio.add_program(send)
""") == ["OSError [Errno 12] ENOMEM", "ValueError prog not in instruction memory"]


@pytest.mark.parametrize(
    ("freq", "fits"), [(-1, True), (2822400, True), (1907, False), (125000001, False)]
)
def test_a_frequency_that_the_divider_reaches(freq, fits):
    assert lines(
        f"refused(lambda: rp2.StateMachine(0, send, freq={freq}, out_base=machine.Pin(18)))"
    ) == ([] if fits else ["ValueError freq out of range"])


def test_machines_that_machine_i2s_has_are_not_to_be_had():
    assert lines("""
from machine import I2S, Pin
def i2s(id, sck):
    return I2S(id, sck=Pin(sck), ws=Pin(sck + 1), sd=Pin(sck + 2), mode=I2S.TX, bits=16,
               format=I2S.STEREO, rate=8000, ibuf=1000)
bus = i2s(0, 16)
refused(lambda: rp2.StateMachine(0))
print(rp2.StateMachine(1).active(), len([rp2.DMA() for _ in range(9)]))
refused(lambda: i2s(1, 20))
bus.deinit()
print(rp2.StateMachine(0), rp2.DMA())
""") == [
        "ValueError StateMachine claimed by external resource",
        "False 9",
        "OSError cannot claim 2 DMA channels",
        "StateMachine(0) DMA(0)",
    ]


@pytest.mark.parametrize("call", ["put(1)", "get()", "exec('nop()')", "restart()", "irq(print)"])
def test_what_a_machine_does_beside_playing_is_refused(call):
    played = play(f"{SETUP}\nrp2.StateMachine(0).{call}", opened=False)
    assert played.code == 1
    assert played.err.splitlines()[-1].endswith("use `aether emulate`")
