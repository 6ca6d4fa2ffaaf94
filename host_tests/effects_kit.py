"""Plays nodes without a graph, block by block, and their arithmetic with random words."""

from array import array

import numpy as np

RATE, N = 44100, 64


def play(node, *inputs, n=N, rate=RATE, events=()):
    """What comes out for each inlet's samples: channels x samples; events: (block, call) pairs.

    A source, which has no inlets, plays as many samples as it is given.
    """
    node.prepare(rate, n)
    ins = [array("f", bytes(4 * n)) for _ in node.INLETS]
    outs = [array("f", bytes(4 * n)) for _ in node.OUTLETS]
    calls = node.calls(ins, outs)
    blocks = []
    count = len(inputs[0]) // n
    events = dict(events)
    for k in range(count):
        if k in events:
            events[k]()
        for block, x in zip(ins, inputs, strict=bool(ins)):
            block[:] = array("f", np.asarray(x[k * n : k * n + n], np.float32).tobytes())
        run(calls, n)
        blocks.append([np.array(out, np.float64) for out in outs])
    return np.concatenate(blocks, axis=1) if node.OUTLETS else None


def run(calls, n):
    """One block of a node's calls."""
    for function, *arguments in calls:
        function(*arguments, n)


def noise(seed, frames, level=0.5):
    """White noise of float32."""
    x = np.random.default_rng(seed).uniform(-level, level, frames)
    return x.astype(np.float32).astype(np.float64)


def decibels(x):
    """Of full scale: the largest."""
    return 20 * np.log10(np.max(np.abs(x)) + 1e-12)
