"""Effects, meters and files take nothing from the heap while they play, see heap_watch."""

import numpy as np
from app_kit import wav_file
from micropython_host import beside

_STEPS = """
from array import array
from heap_watch import grown
from aether import BufferPool, Graph
from aether.nodes import Delay, Gain, Meter, Reverb, SoftClip, WavPlayer

graph = Graph(BufferPool(16))
player = graph.add(WavPlayer("x.wav", loop=True))
delay = graph.add(Delay(0.01, 0.5))
loop = graph.add(Delay(0.002, 0))
half = graph.add(Gain(0.5))
reverb = graph.add(Reverb(size=0.25))
clip = graph.add(SoftClip(3, channels=2))
meter = graph.add(Meter())
graph.connect(player, delay)
graph.connect(delay, reverb)
graph.connect(reverb, clip)
graph.connect(loop, half)
graph.connect(half, loop)
graph.connect(delay, meter)
graph.output(clip)
graph.compile()
left, right = memoryview(array("f", bytes(256))), memoryview(array("f", bytes(256)))

def render(one, other):
    graph.render(left, right)

player.play()
taken = 0
for turn in range(40):
    taken += grown(render, None, None)
    if turn == 10:
        delay.seconds, delay.mix, reverb.room, clip.drive = 0.005, 0.3, 0.9, 5
    if turn == 20:
        player.play()
    if turn == 30:
        player.stop()
print(taken, meter.peak > -30, any(left), player.playing())
"""


def test_a_patch_of_effects_allocates_nothing(micropython):
    raw = np.full(1000, 16384).astype("<i2").tobytes()
    files = {**beside("heap_watch.py"), "x.wav": wav_file(raw, channels=1)}
    out = micropython.run(_STEPS, files=files)
    if micropython.backend != "portable":
        assert out == "0 True True False\n"
    else:
        assert out.endswith("True True False\n")
