"""What filters cost on an RP2040: `aether cycles host_tests/cycles/nodes_filters.py`."""

from array import array

from aether.nodes.filters.biquad import LowPass, Peak
from aether.nodes.filters.svf import Filter

# A sawtooth: no silence.
left = memoryview(array("f", [0.9 * (i - 32) / 32 for i in range(64)]))
out = memoryview(array("f", bytes(256)))
n = 64


def made(node):
    node.prepare(44100.0, n)
    return node.calls([left] * len(node.INLETS), [out])


(glide, low, table), (render, low, _, _) = made(LowPass(1000))
_, (_, peak, _, _) = made(Peak(1000, 1, 6))
(bend, svf, _), _, _ = made(Filter(1000))
glide(low, table, n)
glide(peak, table, n)

# %% low pass
# samples: 64
render(low, left, out, n)

# %% peak
# samples: 64
render(peak, left, out, n)

# %% a block's beginning
glide(low, table, n)

# %% a block's beginning, with the cutoff on its way
bend(svf, left, n)
glide(svf, table, n)
