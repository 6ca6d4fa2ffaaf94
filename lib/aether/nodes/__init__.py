"""Nodes: the parts of a patch, one file each. What a program does not name is not loaded."""

# Public name -> the module that has it.
_HOMES = {
    "Bank": "bank.bank",
    "Node": "node",
    "BandPass": "filters.biquad",
    "HighPass": "filters.biquad",
    "HighShelf": "filters.biquad",
    "LowPass": "filters.biquad",
    "LowShelf": "filters.biquad",
    "Notch": "filters.biquad",
    "Peak": "filters.biquad",
    "HighPass1": "filters.one_pole",
    "LowPass1": "filters.one_pole",
    "Filter": "filters.svf",
    "Gain": "mix.gain",
    "Mixer": "mix.mixer",
    "Multiply": "mix.multiply",
    "Pan": "mix.pan",
    "Constant": "sources.constant",
    "Noise": "sources.noise",
    "Saw": "sources.wave",
    "Sine": "sources.sine",
    "Square": "sources.wave",
    "Triangle": "sources.wave",
    "ADSR": "control.adsr",
    "LFO": "control.lfo",
    "Delay": "effects.delay",
    "Reverb": "effects.reverb",
    "SoftClip": "effects.soft_clip",
    "Meter": "io.meter",
    "WavPlayer": "io.wav",
}


def __getattr__(name):
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError("there is no node '%s'; there are: %s" % (name, _names()))
    value = getattr(__import__("aether.nodes." + home, None, None, (name,)), name)
    globals()[name] = value
    return value


def _names():
    return ", ".join(sorted(_HOMES))
