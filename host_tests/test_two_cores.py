"""A stream and a second core: what is refused there, and what the README shows instead."""

import re

import numpy as np
import pytest
from aether_tools import interpreter, paths
from stream_run import on_virtual_board

FILL = """
import machine
pool = SharedBufferPool(9)
def fill(view):
    mono(view)
"""
PLAY = """
s = make(render, pool)
s.start()
time.sleep_ms(200)
working = False
time.sleep_ms(50)
s.stop()
while tail != head:
    pool.release(ready[tail])
    tail = (tail + 1) & 7
print(count, pool.available(), s.stats()["render_errors"])
"""


@pytest.fixture
def rpi_pico(tmp_path):
    if not interpreter.available():
        pytest.skip(interpreter.why_not())
    return lambda program: on_virtual_board(tmp_path, "rpi_pico", program)


@pytest.mark.parametrize("driver", ["machine", "dma"])
def test_blocks_that_the_other_core_has_filled_are_played_in_order(rpi_pico, driver):
    code = next(
        block
        for block in re.findall(
            r"```python\n(.*?)```", (paths.ROOT / "README.md").read_text(), re.S
        )
        if "start_new_thread" in block
    )
    run = rpi_pico(f"DRIVER = {driver!r}\n{FILL}{code}{PLAY}")
    count, available, errors = map(int, run.text.split())
    assert (available, errors) == (9, 0)
    assert count > 100
    # The other core may be late, and leave a block of silence; no block is lost or played twice.
    left = run.frames[run.frames[:, 0] != 0, 0]
    np.testing.assert_array_equal(left, np.arange(1, len(left) + 1))
    assert len(left) % 64 == 0
    assert len(left) > 100 * 64


@pytest.mark.parametrize(
    "call", ["make()", "s.start()", "s.stop()", "s.poll()", "s.mute()", "setattr(s, 'gain', 2)"]
)
def test_the_other_core_may_not_work_on_a_stream(rpi_pico, call):
    run = rpi_pico(
        f"""
import _thread
s = make()
said = []
def other():
    try:
        {call}
    except RuntimeError as error:
        said.append(str(error))
_thread.start_new_thread(other, ())
time.sleep_ms(50)
print(said, s.playing())
s.stop()
"""
    )
    assert "belong to the main program's core" in run.text
    assert "SharedBufferPool" in run.text
    assert run.text.rstrip().endswith("False")
