"""MIDI: messages off a wire or out of a file, and what a synthesiser makes of them.

What a program does not name is not loaded, as in `aether`.
"""

# Public name -> the module that has it.
_HOMES = {
    "Knob": "knob",
    "Parser": "parser",
    "Player": "player",
    "Song": "song",
    "Synth": "synth",
    "UartIn": "uart",
}


def __getattr__(name):
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError("module 'aether.midi' has no '%s'" % name)
    value = getattr(__import__("aether.midi." + home, None, None, (name,)), name)
    globals()[name] = value
    return value
