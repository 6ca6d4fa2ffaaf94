"""What a patch of `graph_player` must sound like: NumPy, node by node, with no schedule."""

import math

import numpy as np
from graph_player import N, numbers


class Model:
    """Plays the same steps; render() gives the left and the right block."""

    def __init__(self, nodes):
        self.nodes = nodes
        self.blocks = [0] * len(nodes)
        self.lines = [np.zeros(N, np.float32) for _ in nodes]
        self.asleep = set()
        self.ready = set()
        self.gains = {}
        self.moves = {}
        for k, (kind, what) in enumerate(nodes):
            if kind == "gain":
                self.gains[k, 0, 0] = what
            elif kind == "mixer":
                self.gains.update({(k, i, 0): gain for i, gain in enumerate(what)})
            elif kind == "pan":
                angle = (what + 1) * math.pi / 4
                self.gains.update({(k, 0, 0): math.cos(angle), (k, 0, 1): math.sin(angle)})
        self.cords = {}
        self.output = self.before = None

    def patch(self, cords, output):
        # The first is heard at once.
        if self.output is not None and self.before is None:
            self.before = (self.cords, self.output)
        self.cords = {(target, inlet): (source, outlet) for source, outlet, target, inlet in cords}
        self.output = output
        reached, todo = set(), {node for node, _ in output}
        while todo:
            reached |= todo
            sources = {s for (target, _), (s, _) in self.cords.items() if target in todo}
            todo = sources - reached
        # A sum without a cord is no part of it.
        self.ready |= reached & {target for target, _ in self.cords}

    def gain(self, node, number, gain):
        # What was never heard has nothing to ramp from.
        to = self.moves if node in self.ready else self.gains
        to[node, number - 1, 0] = gain

    def quiet(self, node, quiet):
        (self.asleep.add if quiet else self.asleep.discard)(node)

    def render(self):
        if self.before is None:
            return self._rendered(self.cords, self.output)
        # What is in both patches goes on from the same state in both.
        fade = np.arange(N, dtype=np.float32) / N
        start = self._state()
        self._rendered(self.cords, self.output)
        new = self.ran
        self._restore(start, range(len(self.nodes)))
        old = self._rendered(*self.before)
        self._restore(start, new)
        self.before = None
        faded = zip(old, self._rendered(self.cords, self.output), strict=True)
        return [a * (1 - fade) + b * fade for a, b in faded]

    def _state(self):
        return [line.copy() for line in self.lines], list(self.blocks), self.gains, self.moves

    def _restore(self, state, nodes):
        lines, blocks, gains, moves = state
        for k in nodes:
            self.lines[k], self.blocks[k] = lines[k].copy(), blocks[k]
        self.gains = self.gains | {key: gain for key, gain in gains.items() if key[0] in nodes}
        self.moves = self.moves | {key: gain for key, gain in moves.items() if key[0] in nodes}

    def _rendered(self, cords, output):
        self.done = {}
        self.ran = set()
        self.these = cords
        heard = [self._signal(tuple(each)) for each in output]
        # What lies in a loop takes in its input at the end of the block.
        late = {}
        while todo := [k for k in self.ran if self.nodes[k][0] == "late" and k not in late]:
            late |= {k: self._input(k, 0) for k in todo}
        self.lines = [late.get(k, line) for k, line in enumerate(self.lines)]
        for k in self.ran:
            self.blocks[k] += self.nodes[k][0] == "source" and k not in self.asleep
        # As long as no cord leads there, nothing takes a move up.
        taken = {key for key in self.moves if key[0] in self.ran and key[:2] in cords}
        self.gains = self.gains | {key: self.moves[key] for key in taken}
        self.moves = {key: gain for key, gain in self.moves.items() if key not in taken}
        return heard

    def _input(self, node, inlet):
        source = self.these.get((node, inlet))
        return np.zeros(N, np.float32) if source is None else self._signal(source)

    def _gain(self, node, inlet, outlet):
        gain = self.gains[node, inlet, outlet]
        goal = self.moves.get((node, inlet, outlet), gain)
        return np.float32(gain) + np.arange(N, dtype=np.float32) / N * np.float32(goal - gain)

    def _signal(self, signal):
        if signal not in self.done:
            node, outlet = signal
            self.ran.add(node)
            self.done[signal] = self._played(*self.nodes[node], node, outlet)
        return self.done[signal]

    def _played(self, kind, what, node, outlet):
        if kind == "source":
            if node in self.asleep:
                return np.zeros(N, np.float32)
            return np.array(numbers(what, self.blocks[node]), np.float32)
        if kind == "late":
            return self.lines[node]
        if kind == "multiply":
            return self._input(node, 0) * self._input(node, 1)
        inlets = [i for k, i, o in self.gains if k == node and o == outlet]
        return sum(self._gain(node, i, outlet) * self._input(node, i) for i in inlets)
