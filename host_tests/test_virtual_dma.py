"""rp2.DMA on the virtual board: transfers in memory, chains, interrupts, what is refused."""

import pytest
from virtual_run import needs_micropython, play

pytestmark = needs_micropython

SETUP = """
import machine, micropython, rp2, time
from uctypes import addressof
source = bytearray(range(100))
target = bytearray(100)
dma = rp2.DMA()
def done(dma):
    while dma.active():
        pass
"""


def lines(code: str, board: str = "rpi_pico") -> list[str]:
    played = play(SETUP + code, board, opened=False)
    assert played.code == 0, played.err
    return played.lines


def test_copies_memory():
    assert lines("""
dma.config(read=source, write=target, count=25, ctrl=dma.pack_ctrl(), trigger=True)
done(dma)
print(target == source, dma.read - addressof(source), dma.write - addressof(target), dma.count)
""") == ["True 100 100 0"]


@pytest.mark.parametrize(
    ("fields", "count", "result"),
    [
        ("size=0", 3, "000102ff"),
        ("size=1", 1, "0001ffff"),
        ("inc_read=False", 2, "0001020300010203ff"),
        ("inc_write=False", 2, "04050607ff"),
        ("bswap=True", 1, "03020100ff"),
        ("size=1, bswap=True", 2, "01000302ff"),
    ],
)
def test_how_a_transfer_is_made(fields, count, result):
    assert lines(f"""
target = bytearray(b"\\xff" * 16)
dma.config(read=source, write=target, count={count}, ctrl=dma.pack_ctrl({fields}), trigger=True)
done(dma)
print(target.hex()[:{len(result)}])
""") == [result]


@pytest.mark.parametrize("side", ["read", "write"])
def test_addresses_go_round_a_ring(side):
    assert lines(f"""
store = bytearray(range(64))
at = -addressof(store) % 16
ring = memoryview(store)[at:at + 16]
first = ring[0]
side = {side!r}
ctrl = dma.pack_ctrl(size=0, ring_size=4, ring_sel=side == "write")
if side == "read":
    dma.config(read=ring, write=target, count=20, ctrl=ctrl, trigger=True)
else:
    dma.config(read=source, write=ring, count=20, ctrl=ctrl, trigger=True)
done(dma)
moved = target[:20] if side == "read" else ring
print([x - first if side == "read" else x for x in bytes(moved)])
print(getattr(dma, side) - addressof(ring))
""") == [
        str([*range(16), 0, 1, 2, 3] if side == "read" else [16, 17, 18, 19, *range(4, 16)]),
        "4",
    ]


def test_a_chain_runs_in_order_and_ends_with_who_chains_to_itself():
    assert lines("""
other = rp2.DMA()
middle = bytearray(100)
dma.config(read=source, write=middle, count=25, ctrl=dma.pack_ctrl(chain_to=other.channel))
other.config(read=middle, write=target, count=25, ctrl=other.pack_ctrl())
dma.active(True)
done(dma)
done(other)
print(target == source)
""") == ["True"]


def test_memory_changes_when_the_transfer_is_done():
    # 60,000 bytes take 15,000 clocks: 120 us.
    assert lines("""
big, copy = bytearray(b"x" * 60000), bytearray(60000)
dma.config(read=big, write=copy, count=15000, ctrl=dma.pack_ctrl(), trigger=True)
time.sleep_us(40)
print(dma.active(), copy[0], 4000 < dma.count < 12000, 0 < dma.read - addressof(big) < 60000)
time.sleep_us(100)
print(dma.active(), copy == big)
""") == ["True 0 True True", "False True"]


def test_a_hard_handler_runs_before_a_soft_one():
    assert lines("""
told = []
def soft(dma):
    told.append("soft")
def hard(dma):
    told.append("hard")
told.extend((1, 2, 3)); told.clear()  # room: a hard handler cannot allocate
other = rp2.DMA()
dma.irq(soft)
other.irq(hard, hard=True)
for each in (dma, other):
    ctrl = each.pack_ctrl(irq_quiet=False)
    each.config(read=source, write=target, count=1, ctrl=ctrl)
state = machine.disable_irq()
dma.active(True)
other.active(True)
time.sleep_ms(1)
print(told)
machine.enable_irq(state)
print(told)
""") == ["[]", "['hard', 'soft']"]


def test_masked_completions_make_one_call():
    assert lines("""
calls = 0
def hard(dma):
    global calls
    calls += 1
dma.irq(hard, hard=True)
dma.config(read=source, write=target, count=1, ctrl=dma.pack_ctrl(irq_quiet=False))
state = machine.disable_irq()
for _ in range(5):
    dma.active(True)
    done(dma)
machine.enable_irq(state)
print(calls, dma.irq().flags())
dma.active(True)
print(calls)
""") == ["1 1", "2"]


def test_a_quiet_channel_calls_nobody():
    assert lines("""
dma.irq(lambda dma: print("called"))
dma.config(read=source, write=target, count=1, ctrl=dma.pack_ctrl(), trigger=True)
done(dma)
print("done")
""") == ["done"]


def test_a_hard_handler_that_raises_is_printed_and_not_called_again():
    out = lines("""
mistake = ValueError("twice")
def hard(dma):
    raise mistake
dma.irq(hard, hard=True)
dma.config(read=source, write=target, count=1, ctrl=dma.pack_ctrl(irq_quiet=False))
for _ in range(3):
    dma.active(True)
    done(dma)
print("on")
""")
    assert out[0] == "Uncaught exception in IRQ callback handler"
    assert out[-2:] == ["ValueError: twice", "on"]
    assert out.count(out[0]) == 1


def test_a_hard_handler_cannot_allocate():
    out = lines("""
dma.irq(lambda dma: bytearray(100), hard=True)
dma.config(read=source, write=target, count=1, ctrl=dma.pack_ctrl(irq_quiet=False), trigger=True)
done(dma)
print(len(bytearray(100)))
""")
    assert "MemoryError" in out[-2]
    assert out[-1] == "100"


def test_a_hard_handler_takes_its_time_from_the_program():
    assert lines("""
def slow(dma):
    time.sleep_us(500)
def wait():
    start = time.ticks_us()
    dma.active(True)
    for _ in range(20):
        time.ticks_us()
    return time.ticks_us() - start
dma.config(read=source, write=target, count=1, ctrl=dma.pack_ctrl(irq_quiet=False))
idle = wait()
dma.irq(slow, hard=True)
print(500 <= wait() - idle < 530)
""") == ["True"]


@pytest.mark.parametrize(("board", "count"), [("rpi_pico", 12), ("rpi_pico2", 16)])
def test_there_are_so_many_channels(board, count):
    assert lines(
        f"""
channels = [dma] + [rp2.DMA() for _ in range({count - 1})]
try:
    rp2.DMA()
except OSError as error:
    print(error.errno, [each.channel for each in channels] == list(range({count})))
channels[3].close()
channels[3].close()
print(channels[3].channel, rp2.DMA().channel)
""",
        board,
    ) == ["16 True", "255 3"]


def test_a_channel_that_nobody_has_any_more_is_free():
    assert lines("""
import gc
len([rp2.DMA() for _ in range(11)])
gc.collect()
print(len([rp2.DMA() for _ in range(8)]) == 8)
""") == ["True"]


def test_a_closed_channel_has_no_registers():
    assert (
        lines("""
dma.close()
for use in (lambda: dma.read, lambda: dma.count, lambda: dma.active(), lambda: dma.config()):
    try:
        use()
    except ValueError as error:
        print(error)
""")
        == ["channel closed"] * 4
    )


@pytest.mark.parametrize(
    ("board", "chain", "plain"),
    [("rpi_pico", 11, 0x3F8000 | 0x39), ("rpi_pico2", 13, 0xFE0000 | 0x59)],
)
def test_control_registers_have_the_layout_of_the_chip(board, chain, plain):
    assert lines(
        """
other = rp2.DMA()
print(dma.pack_ctrl(), other.pack_ctrl() - dma.pack_ctrl())
ctrl = dma.pack_ctrl(size=1, treq_sel=5, ring_size=7, ring_sel=1, chain_to=3, irq_quiet=0)
fields = dma.unpack_ctrl(ctrl)
print([fields[n] for n in ("size", "treq_sel", "ring_size", "ring_sel", "chain_to", "irq_quiet")])
print(dma.pack_ctrl(default=ctrl, size=2) == dma.pack_ctrl(**dict(fields, size=2)))
""",
        board,
    ) == [f"{plain} {1 << chain}", "[1, 5, 7, 1, 3, 0]", "True"]


@pytest.mark.parametrize(
    ("use", "error"),
    [
        ("dma.pack_ctrl(size=9)", "ValueError: bad field value"),
        ("dma.pack_ctrl(speed=1)", "TypeError: "),
        ("dma.config(size=1)", "TypeError: extra keyword arguments given"),
        ("dma.write = b'123'", "TypeError: can't convert bytes to int"),
    ],
)
def test_wrong_arguments(use, error):
    code = f"""
try:
    {use}
except (TypeError, ValueError) as error:
    print(type(error).__name__ + ": " + str(error))
"""
    assert lines(code)[0].startswith(error)


@pytest.mark.parametrize(
    ("use", "what"),
    [
        ("write=0x40054000", "DMA to address 0x40054000"),
        ("read=0x4004c00c", "DMA from address 0x4004c00c"),
        ("ctrl=dma.pack_ctrl(treq_sel=36)", "DMA paced by request 36"),
        ("ctrl=dma.pack_ctrl(treq_sel=0)", "a state machine without a program"),
    ],
)
def test_what_is_not_modelled_is_refused(use, what):
    arguments = {"read": "source", "write": "target", "count": "1", "ctrl": "dma.pack_ctrl()"}
    arguments.update([use.split("=", 1)])
    given = ", ".join(f"{name}={value}" for name, value in arguments.items())
    played = play(f"{SETUP}\ndma.config({given}, trigger=True)", opened=False)
    assert played.code == 1
    last = played.err.splitlines()[-1]
    assert what in last
    assert last.endswith("use `aether emulate`")


def test_an_esp32_has_none():
    played = play("import rp2", "esp32_generic", opened=False)
    assert played.code == 1
    assert "ImportError" in played.err
