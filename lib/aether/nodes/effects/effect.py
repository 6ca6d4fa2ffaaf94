"""What effects have in common: gains that move over a block, and the mix of dry and wet."""

from array import array

from aether.checks import number
from aether.nodes.effects.words import DRY, GOAL, INVERSE, NEXT, WET
from aether.nodes.node import Node


class Effect(Node):
    """An effect whose samples are whole numbers of 2**-24 within; `words` says what its state has.

    What comes in is held below 32, +30 dB, and NaN is taken for 0.
    """

    IN_PLACE = True
    # The first words of its gains.
    GAINS = ()

    def ready(self):
        state = self.state
        state[INVERSE] = 16384 // self.n
        for at in self.GAINS:
            # Before the first block there is nothing to click.
            state[at] = state[at + GOAL] = state[at + NEXT]

    def _work(self, blocks: int):
        """Views of so many blocks of words, each from its block to the end of all. Allocates."""
        words = memoryview(array("i", bytes(4 * blocks * self.n)))
        return [words[i * self.n :] for i in range(blocks)]

    @property
    def mix(self) -> float:
        return self._mix

    @mix.setter
    def mix(self, mix: float):
        mix = number("mix", mix, 0, 1, "(dry to wet)")
        self.state[WET + NEXT] = int(mix * 32768)
        self.state[DRY + NEXT] = 32768 - self.state[WET + NEXT]
        self._mix = mix
