"""A node that makes noise."""

from aether import kernels
from aether.checks import number, whole
from aether.nodes.node import IDLE, Node
from aether.nodes.sources.choice import hot, loops
from aether.nodes.sources.words import GAIN, LEVEL, PHASE, WORDS

# The least that no sample times it can exceed 32 bits.
_MOST = 65535
_seeds = 0


class Noise(Node):
    """White noise: all values from -level to level are as likely. It repeats after 2**32 - 1.

    level: 0 to 1; it may be set at any time and moves over one block. seed: 1 to 2**32 - 1, which
    says where it begins; without one, each node has its own. Marsaglia, "Xorshift RNGs", 2003: 32
    bits, shifts by 13, 17 and 5. Main program only; allocates.
    """

    INLETS = ()

    def __init__(self, level: float = 1.0, seed=None):
        global _seeds
        super().__init__(WORDS)
        if seed is None:
            _seeds += 1
            seed = _seeds * 0x9E3779B9 & 0xFFFFFFFF
        seed = whole("seed", seed, 1, 0xFFFFFFFF)
        self.state[PHASE] = (seed ^ 0x80000000) - 0x80000000
        self.level = level

    def ready(self):
        self._scratch = bytearray(4 * self.n)
        self.state[GAIN] = self.state[LEVEL]

    @property
    def level(self) -> float:
        return self._level

    @level.setter
    def level(self, level: float):
        self._level = level = number("level", level, 0, 1)
        self.state[LEVEL] = int(level * _MOST)
        if level:
            self.state[IDLE] = 0

    def calls(self, ins, outs):
        return [
            (hot.rise, self.state),
            (loops.noise, self.state, self._scratch),
            (kernels.mono_from_pcm32, outs[0], self._scratch),
        ]

    def __str__(self):
        return "Noise, level %s" % self._level
