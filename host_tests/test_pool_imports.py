"""What importing the library loads and needs: lib/ and nothing else."""

import pytest

_LOADED = """
import sys
{statement}
for name in sorted(sys.modules):
    if name.split(".")[0] == "aether":
        print(name)
"""


@pytest.mark.parametrize(
    "statement",
    [
        "import aether",
        "from aether import BufferPool",
        "from aether import BufferPool, SharedBufferPool; SharedBufferPool(2); BufferPool(2)",
    ],
)
def test_the_pool_loads_neither_graph_nor_nodes_nor_stream(runtime, statement):
    loaded = runtime.run(_LOADED.format(statement=statement), prepare=False).split()
    assert "aether" in loaded
    allowed = ("aether.buffer_pool", "aether.shared_pool", "aether.pool_viper", "aether.const")
    assert [name for name in loaded if name not in ("aether", *allowed)] == []


_NO_MACHINE = 'raise ImportError("no machine here")'
_BARE_MACHINE = "def idle(): pass"
_USE = """
from aether import BufferPool, SharedBufferPool

for pool in (BufferPool(2), SharedBufferPool(2)):
    handle = pool.acquire()
    pool.get_mut(handle)[0] = 1.0
    pool.release(handle)
    assert pool.available() == 2
"""


@pytest.mark.parametrize("machine", [_NO_MACHINE, _BARE_MACHINE])
def test_the_pools_work_without_interrupts_to_mask(runtime, machine):
    runtime.run(_USE, files={"machine.py": machine})


_PLAIN_MACHINE = 'raise AssertionError("machine imported")'


def test_the_plain_pool_does_not_ask_for_machine(runtime):
    source = "from aether import BufferPool; pool = BufferPool(2); pool.release(pool.acquire())"
    runtime.run(source, files={"machine.py": _PLAIN_MACHINE})


def test_the_names_of_the_contract_are_there(runtime):
    runtime.run("""
import aether
from aether import BUFFER_SIZE, DEFAULT_CAPACITY, BufferPool, SharedBufferPool
assert (BUFFER_SIZE, DEFAULT_CAPACITY) == (64, 32)
assert isinstance(SharedBufferPool(1), BufferPool)
try:
    aether.no_such_name
except AttributeError:
    pass
else:
    raise AssertionError("aether.no_such_name")
""")


def test_host_micropython_takes_the_native_twins_where_it_has_an_emitter(micropython):
    source = "import aether.buffer_pool\nprint(aether.buffer_pool.BACKEND)"
    assert micropython.run(source).strip() == micropython.backend
    if micropython.backend == "viper":
        assert micropython.run(source, prepare=False).strip() == "viper"
