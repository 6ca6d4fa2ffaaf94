"""The virtual board's copies: the viper ones do what the portable ones do."""

import random
import subprocess
import textwrap

import pytest
from aether_tools import interpreter, paths
from virtual_run import needs_micropython

pytestmark = needs_micropython

SCRIPT = """
import sys, array, random
sys.path.insert(0, {path!r})
from virtual_board import copies_portable as portable
from virtual_board import copies_viper as viper
random.seed({seed})
def buffer(n):
    return bytearray(random.getrandbits(8) for _ in range(n))
def pack(dst, src):
    return dst << 31 | src
def both(name, make):
    results = []
    seed = random.getrandbits(30)
    for module in (portable, viper):
        random.seed(seed)
        arguments = make()
        getattr(module, name)(*arguments)
        results.append([bytes(a) for a in arguments if not isinstance(a, int)])
    assert results[0] == results[1], (name, seed)
def ring_state(size, offset):
    r = random.randint
    return array.array("i", (r(0, size - 1), r(0, size - 1), size, offset))
for _ in range(40):
    r = random.randint
    both("copy", lambda: (buffer(300), buffer(300), r(0, 100), pack(r(0, 200), r(0, 200))))
    both("clear", lambda: (buffer(300), r(0, 100), r(0, 200)))
    both("left16", lambda: (buffer(300), buffer(300), 4 * r(0, 32), pack(r(0, 60), r(0, 60))))
    both("left32", lambda: (buffer(300), buffer(300), 8 * r(0, 16), pack(r(0, 60), r(0, 60))))
    both("ring_put", lambda: (buffer(333), ring_state(333, r(0, 99)), buffer(300), r(0, 200)))
    unit = random.choice((0, 2, 4))
    both("ring_get", lambda: (buffer(256), buffer(333), ring_state(333, 0), r(0, 1) << 15 | unit))
    keep = random.choice((0x0C, 0x0F, 0xCC, 0xFF))
    both("ring_read", lambda: (buffer(300), buffer(333), ring_state(333, r(0, 99)),
                               8 * r(0, 16) << 8 | keep))
print("same")
"""


def test_viper_and_portable_agree(tmp_path):
    script = tmp_path / "script.py"
    path = str(paths.BOARDS / "virtual")
    script.write_text(textwrap.dedent(SCRIPT).format(path=path, seed=random.getrandbits(30)))
    run = subprocess.run(
        [*interpreter.command(), str(script)], capture_output=True, text=True, timeout=60
    )
    if "SyntaxError" in run.stderr:
        pytest.skip("no native code on this machine")
    assert run.stdout == "same\n", run.stderr
