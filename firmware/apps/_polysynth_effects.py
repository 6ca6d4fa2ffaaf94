"""The effects of `polysynth`: a filter that a controller opens, and a room."""

from aether.midi import Knob
from aether.nodes import Filter, Reverb

# Hz: the cutoff of the filter when its controller is at the highest, and octaves from there to the
# lowest.
BRIGHTEST = 12000
OCTAVES = 6
# Times the delays of a reverb: for its memory.
ROOM = 0.35
# The controller that opens the filter.
CUTOFF = 74


def add(graph, bank, synth):
    """Have a graph's output come from a bank by way of effects, and a Synth turn the filter.

    Main program only; allocates.
    """
    knob = graph.add(Knob(-OCTAVES, 0, 127))
    tone = graph.add(Filter(BRIGHTEST, q=0.9, channels=2))
    room = graph.add(Reverb(room=0.85, mix=0.25, size=ROOM, channels=2))
    graph.connect(bank, tone)
    graph.connect(knob, tone, inlet="cutoff")
    graph.connect(tone, room)
    graph.output(room)
    synth.on_control(CUTOFF, knob.turn)
