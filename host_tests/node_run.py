"""Plays a node by itself, as a graph would, in plain Python."""

from array import array

import numpy as np

RATE = 44100


def play(node, blocks: int, ins=None, actions=None, n: int = 64) -> np.ndarray:
    """What its first outlet gives; it is made ready if it is not.

    ins: by the name of an inlet an array of blocks x n, or less at its end for zeros. actions:
    what is called before a block, by its number.
    """
    node.prepare(RATE, n)
    views = {name: memoryview(array("f", bytes(4 * n))) for name in ins or {}}
    outs = [memoryview(array("f", bytes(4 * n))) for _ in node.OUTLETS]
    calls = node.calls([views.get(name) for name in node.INLETS], outs)
    found = np.zeros((blocks, n), np.float32)
    for block in range(blocks):
        if actions and block in actions:
            actions[block]()
        for name, view in views.items():
            view[:] = array("f", np.float32(ins[name][block]).tobytes())
        for function, *arguments in calls:
            function(*arguments, n)
        found[block] = outs[0]
    return found.ravel().astype(float)


def idle(node) -> bool:
    """Whether a graph would skip it."""
    return node.state[0] == 1


def decibels(x: float) -> float:
    """Of full scale."""
    return 20 * np.log10(x + 1e-12)


def kinks(sound: np.ndarray) -> float:
    """The largest second difference: what a click has, and a smooth curve has not."""
    return float(abs(np.diff(sound, 2)).max())
