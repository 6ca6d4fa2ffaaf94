"""What sources, envelopes and slow waves cost: `aether cycles host_tests/cycles/nodes_sources.py`.

For a block of 64 samples, without the graph.
"""

from array import array

import micropython
from aether.nodes import ADSR, LFO, Constant, Noise, Saw, Sine

out = memoryview(array("f", bytes(256)))
line = memoryview(array("f", [0.3] * 64))


def ready(node, line=None):
    node.prepare(44100, 64)
    return node.calls([line] * len(node.INLETS), [out])


def run(calls):
    for call in calls:
        call[0](*call[1:], 64)


sine = ready(Sine(440, 0.7))
saw = ready(Saw(440, 0.7))
moved = ready(Sine(440, 0.7), line)
noise = ready(Noise(0.5))
constant = ready(Constant(0.5))
held = ADSR(0.001, 0.001, 0.5, 0.001)
hold = ready(held)
held.on()
moving = ADSR(0.001, 60, 0.5, 60)
decay = ready(moving)
moving.on()
slow = ready(LFO(5, "sine", 0.5, 0.5))
for _ in range(4):
    for calls in (sine, saw, moved, noise, constant, hold, decay, slow):
        run(calls)

begin, state, tables = sine[0]
play, _, _, scratch = sine[1]
end = sine[2][0]
to_float = sine[3][0]
_, saw_state, saw_tables = saw[0]
pitch, pitch_state, powers, _ = moved[0]
rise, noise_state = noise[0]
noise_play = noise[1][0]
hold_value, hold_state, _, value_line = constant[0]
envelope, held_state, _ = hold[0]
_, moving_state, _ = decay[0]
slow_play, slow_state, slow_table, _ = slow[0]


@micropython.viper
def empty(a, b, c, n: int):
    pass


# %% an empty viper call
empty(state, tables, scratch, 64)

# %% to float, a part of all but Constant
# against: an empty viper call
to_float(out, scratch, 64)

# %% Sine
# against: an empty viper call
begin(state, tables, 64)
play(state, tables, scratch, 64)
end(state, tables, scratch, 64)

# %% Saw
# against: an empty viper call
begin(saw_state, saw_tables, 64)
play(saw_state, saw_tables, scratch, 64)
end(saw_state, saw_tables, scratch, 64)

# %% of these, the loop
# against: an empty viper call
play(state, tables, scratch, 64)

# %% the inlet pitch
# against: an empty viper call
pitch(pitch_state, powers, line, 64)

# %% Noise
# against: an empty viper call
rise(noise_state, 64)
noise_play(noise_state, scratch, 64)

# %% Constant
# against: an empty viper call
hold_value(hold_state, out, value_line, 64)

# %% ADSR, held
# against: an empty viper call
envelope(held_state, scratch, 64)

# %% ADSR, decaying
# against: an empty viper call
envelope(moving_state, scratch, 64)

# %% LFO
# against: an empty viper call
slow_play(slow_state, slow_table, scratch, 64)
