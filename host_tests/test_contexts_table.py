"""README's table of what may be called from where: it is complete, and what it says holds."""

import importlib
import inspect
import re
import sys
from unittest.mock import MagicMock

import pytest
from aether_tools import interpreter, paths
from stream_run import on_virtual_board

STREAMS = ("I2SOut", "I2SIn", "I2SDuplex")
POOLS = ("BufferPool", "SharedBufferPool")
GRAPH = ("Graph",)
MIDI = ("Parser", "Player", "Song", "Synth", "UartIn")
DRIVERS = {
    "MachineI2S": "machine_i2s",
    "MachineI2SIn": "machine_i2s_in",
    "MachineDuplex": "machine_duplex",
    "Rp2DMA": "rp2_dma",
    "Rp2DMAIn": "rp2_dma_in",
    "Rp2Duplex": "rp2_duplex",
}
MAIN, SOFT, HARD, OTHER = range(4)


def _rows() -> list[tuple[list[str], list[str], list[str]]]:
    """Of each row: whose names they are, the names, and the four answers."""
    text = (paths.ROOT / "README.md").read_text()
    table = text[text.index("| may be called from |") :].partition("\n\n")[0]
    rows = []
    for line in table.splitlines()[2:]:
        first, *answers = [cell.strip() for cell in line.strip("| ").split(" | ")]
        owners, _, names = first.rpartition(": ")
        same = rows[-1][1] if names == "the same" else []
        names = re.findall("`(.*?)`", names) or same
        owned = list(DRIVERS) if owners.startswith("drivers,") or owners == "drivers" else []
        rows.append((re.findall("`(.*?)`", owners) or owned, names, answers))
    return rows


ROWS = _rows()


def _named(owner: str) -> list[str]:
    return [name for owners, names, _ in ROWS if owner in owners for name in names]


def _answers(owner: str, context: int) -> dict[str, bool]:
    """What the table says of each name of an owner; its constructor is the owner's name."""
    found = {}
    for owners, names, answers in ROWS:
        for name in names:
            if owner in owners or name == owner + "()":
                found[name] = answers[context].startswith("yes")
    return found


def _public(kind: type) -> set[str]:
    """Methods, properties, and properties that can be set, as the table writes them."""
    found = set()
    for name in dir(kind):
        value = inspect.getattr_static(kind, name)
        if name[0] == "_":
            continue
        if isinstance(value, property):
            found |= {name, name + " = …"} if value.fset else {name}
        elif callable(value) or isinstance(value, staticmethod):
            found.add(name + "()")
    return found


@pytest.mark.parametrize("name", POOLS + STREAMS)
def test_every_method_has_one_row_and_every_row_is_of_a_method(name):
    kind = getattr(importlib.import_module("aether"), name)
    assert sorted(_named(name)) == sorted(_public(kind))


def test_every_method_of_a_graph_has_one_row_too():
    # A stream gets the graph's render, which is made for the stream's channels.
    kind = getattr(importlib.import_module("aether"), *GRAPH)
    assert sorted(_named(*GRAPH)) == sorted(_public(kind) | {"render()"})


def test_every_method_of_a_node_has_one_row_and_its_parameters_have_one_for_all():
    nodes = importlib.import_module("aether.nodes")
    shared = _public(nodes.Node)
    for name in nodes._HOMES:
        own = {each for each in _public(getattr(nodes, name)) - shared if each[-2:] == "()"}
        assert sorted(set(_named(name)) - shared) == sorted(own), name


@pytest.mark.parametrize("name", MIDI)
def test_every_method_of_midi_has_one_row_too(name):
    kind = getattr(importlib.import_module("aether.midi"), name)
    assert sorted(_named(name)) == sorted(_public(kind))


@pytest.fixture
def driver_classes(monkeypatch):
    """Those of aether.drivers, where a chip's modules are stood in for."""
    before = set(sys.modules)
    for name in ("machine", "rp2", "uctypes"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    yield [
        getattr(importlib.import_module("aether.drivers." + file), name)
        for name, file in DRIVERS.items()
    ]
    for name in set(sys.modules) - before:
        if name.startswith("aether.drivers.rp2_"):
            del sys.modules[name]


def test_every_method_of_a_driver_has_one_row_and_every_row_is_of_one(driver_classes):
    public = set().union(*(_public(kind) for kind in driver_classes))
    assert sorted(_named("MachineI2S")) == sorted(public)


def test_every_function_has_one_row_and_so_has_every_constructor():
    from aether import drivers, kernels

    functions = [name + "()" for name in kernels.__all__ if name != "backend"]
    assert sorted(_named("kernels")) == sorted(functions)
    functions = [
        name + "()"
        for name, value in vars(drivers).items()
        if inspect.isfunction(value) and name[0] != "_"
    ]
    assert sorted(_named("drivers")) == sorted(functions)
    made = [name for owners, names, _ in ROWS if not owners for name in names]
    owners = (*POOLS, *STREAMS, *GRAPH, *DRIVERS, *MIDI)
    assert sorted(made) == sorted(name + "()" for name in owners)


def test_every_row_answers_for_every_context():
    for _, names, answers in ROWS:
        assert len(answers) == 4, names
        assert all(re.match("(yes|no)\\b", answer) for answer in answers), names


# How a stream of each kind is made, with what it needs.
_MAKE = {
    "I2SOut": "I2SOut(drivers.from_board(board, driver=DRIVER), SharedBufferPool(4), render)",
    "I2SIn": "I2SIn(drivers.input_from_board(board, driver=DRIVER, bits=32, rate=22050), "
    "SharedBufferPool(4), render)",
    "I2SDuplex": "I2SDuplex(drivers.duplex_from_board(board, driver=DRIVER, rate=16000), "
    "SharedBufferPool(4), render)",
}
_PROGRAM = """
import _thread, gc, machine, micropython, time
from array import array
import board
from aether import I2SDuplex, I2SIn, I2SOut, SharedBufferPool, BufferPool, drivers, kernels
DRIVER = {driver!r}
def render(*views):
    pass
s = {make}
"""
_STREAMS = [(name, driver) for name in STREAMS for driver in ("machine", "dma")]


def _call(name: str) -> str:
    """The statement that a name of the table stands for, of the stream `s`."""
    if name[0] == "I":
        return name[:-1] + "s.driver, s.pool, render)"
    return "s." + name.replace("…", "0.5")


@pytest.fixture
def rpi_pico(tmp_path):
    if not interpreter.available():
        pytest.skip(interpreter.why_not())
    return lambda program: on_virtual_board(tmp_path, "rpi_pico", program)


def _said(run) -> dict[str, str]:
    """What each line says of its name: "name -> text"."""
    return dict(line.split(" -> ") for line in run.text.splitlines())


@pytest.mark.parametrize(("name", "driver"), _STREAMS)
def test_the_other_core_is_refused_what_the_table_refuses_it(rpi_pico, name, driver):
    answers = _answers(name, OTHER)
    steps = "".join(
        f"""
    try:
        {_call(each)}
        print({each!r}, "-> fine")
    except RuntimeError as error:
        print({each!r}, "->", str(error)[:7])
"""
        for each in answers
    )
    program = _PROGRAM.format(driver=driver, make=_MAKE[name])
    said = _said(
        rpi_pico(
            f"""{program}
def other():{steps}
s.start()
_thread.start_new_thread(other, ())
time.sleep_ms(50)
s.stop()
"""
        )
    )
    assert said == {each: "fine" if fine else "streams" for each, fine in answers.items()}


# In a callback: each by itself, without a heap.
_CALLED = """
def called(source):
    for i in range(len(CALLS)):
        micropython.heap_lock()
        try:
            CALLS[i]()
        except Exception as error:
            errors[i] = error
        micropython.heap_unlock()
    done.append(1)
done = []
errors = [None] * len(CALLS)
"""
_SOFTLY = """
micropython.schedule(called, None)
time.sleep_ms(200)
"""
_HARD = """
machine.Timer(mode=machine.Timer.ONE_SHOT, period=5, callback=called, hard=True)
time.sleep_ms(20)
"""
_TOLD = """
for name, error in zip(NAMES, errors):
    print(name, "->", repr(error) if error else "fine")
"""


def _from(context: int, calls: dict[str, str]) -> str:
    """A program's end: `calls`, what each name stands for, made from a context."""
    listed = "".join(f"    lambda: {call},\n" for call in calls.values())
    how = _SOFTLY if context == SOFT else _HARD
    return f"NAMES = {list(calls)}\nCALLS = [\n{listed}]\n{_CALLED}{how}{_TOLD}"


@pytest.mark.parametrize("context", [SOFT, HARD], ids=["soft", "hard"])
@pytest.mark.parametrize(("name", "driver"), _STREAMS)
def test_a_callback_may_call_what_the_table_allows_it_without_a_heap(pico, name, driver, context):
    allowed = [each for each, yes in _answers(name, context).items() if yes]
    allowed.sort(key=lambda each: each == "stop()")
    program = _PROGRAM.format(driver=driver, make=_MAKE[name]) + "s.start()\ntime.sleep_ms(30)\n"
    calls = {each: _call(each) for each in allowed}
    run = pico(f"{program}{_from(context, calls)}print('playing ->', s.playing())\ns.stop()")
    said = _said(run)
    assert said.pop("playing") == str(context == HARD)  # a soft one has stopped it
    assert said == dict.fromkeys(allowed, "fine")


# What a method of a pool is called with: a handle with one owner, or with two.
_OF_POOLS = {
    "release()": "release(pool.acquire())",
    "share()": "release(pool.share(one))",
    "make_unique()": "release(pool.make_unique(pool.share(one)))",
    "get()": "get(one)",
    "get_mut()": "get_mut(one)",
    "owners()": "owners(one)",
}
_POOL = """
pool = {pool}(8)
one = pool.acquire()
"""


@pytest.mark.parametrize("context", [SOFT, HARD], ids=["soft", "hard"])
@pytest.mark.parametrize("pool", POOLS)
def test_a_callback_may_use_a_pool_where_the_table_allows_it(pico, pool, context):
    allowed = [each for each, yes in _answers(pool, context).items() if yes]
    assert bool(allowed) == (context == SOFT or pool == "SharedBufferPool")
    calls = {each: "pool." + _OF_POOLS.get(each, each) for each in allowed}
    program = _PROGRAM.format(driver="dma", make="None") + _POOL.format(pool=pool)
    assert _said(pico(program + _from(context, calls))) == dict.fromkeys(allowed, "fine")


_BLOCKS = """
dst, src, left, right = [array("f", [0.5] * 4) for _ in range(4)]
gain = array("f", [0.5])
gain_step = array("f", [0.5, 0.1])
out = bytearray(64)
frames = bytearray(64)
n = 4
"""


@pytest.mark.parametrize("context", [SOFT, HARD], ids=["soft", "hard"])
def test_a_callback_may_call_every_kernel(pico, context):
    from aether.kernels import portable

    calls = {}
    for each in (name for name, yes in _answers("kernels", context).items() if yes):
        arguments = ", ".join(inspect.signature(getattr(portable, each[:-2])).parameters)
        calls[each] = f"kernels.{each[:-2]}({arguments})"
    program = _PROGRAM.format(driver="dma", make="None") + _BLOCKS
    assert _said(pico(program + _from(context, calls))) == dict.fromkeys(calls, "fine")
    assert len(calls) > 10
