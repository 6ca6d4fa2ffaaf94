"""What a synthesiser makes of MIDI: a handler that plays the patches of a voice bank."""

from array import array

from aether.const import const

_MODULATION = const(1)
_DATA = const(6)
_VOLUME = const(7)
_PAN = const(10)
_EXPRESSION = const(11)
_PEDAL = const(64)
_PARAMETER_LOW = const(100)
_PARAMETER = const(101)
_SOUND_OFF = const(120)
_RESET = const(121)
_NOTES_OFF = const(123)
_CENTRE = const(8192)
# Semitones that the bend wheel goes either way, until a file says another.
_RANGE = const(2)
_MOST_RANGE = const(24)
# Vibrato: a wave is 2**16. A triangle of 2**14 times a wheel of 127 is half a semitone, of which a
# bank counts 8,192 in one.
_VIBRATO_HZ = 5.5
_DEPTH = const(9)
_PATCHES = const(16)
# Frames a second of a bank that does not know its own yet.
_USUAL = const(44100)


class Synth:
    """Plays `bank`; the methods are those of messages.METHODS.

    A channel plays the patch of its own number, until a program change picks another, by its
    number modulo 16, which ends the notes of the channel. Controllers: modulation (1) is vibrato,
    by way of advance(); volume (7, 100 at first) and expression (11) weigh the velocities of what
    is struck next, as pan (10) places it; 64 is the pedal; 100, 101 and 6 set the range of the
    bend wheel, two semitones at first; 120 and 123 to 127 end all notes of a channel, 121 puts its
    controllers back. Others are what on_control() says.

    Allocates in the constructor only; the methods may be called where the bank's may.
    """

    def __init__(self, bank):
        self._bank = bank
        self._patch = bytearray(range(_PATCHES))
        self._volume = bytearray([100] * 16)
        self._expression = bytearray([127] * 16)
        # Both at once: what velocities are weighed by, of 127.
        self._weight = bytearray([100] * 16)
        self._pan = bytearray([64] * 16)
        self._wheel = bytearray(16)
        self._range = bytearray([_RANGE] * 16)
        self._parameter = array("H", [0x3FFF] * 16)
        # By how much a channel is bent, in 8192ths of a semitone.
        self._bent = array("i", bytes(64))
        # How many wheels are up, and where the vibrato is in its wave, and goes in a frame.
        self._shaking = 0
        self._phase = 0
        self._step = int(_VIBRATO_HZ * 65536 * 256 / (bank.rate or _USUAL))
        self._others = [None] * 128
        # Of the note that is being struck.
        self._frame = self._velocity = 0

    def on_control(self, number: int, function):
        """From now on call function(value) for a controller, of any channel; None to leave it.

        Main program only; the function runs where messages come, and may not allocate there.
        """
        self._others[number] = function

    def advance(self, n: int):
        """Let `n` frames of vibrato pass: once a block, before it is rendered."""
        if self._shaking:
            self._phase = (self._phase + (self._step * n >> 8)) & 0xFFFF
            self._shake(self._phase)

    # A frame of more than eleven words of arguments, locals and stack is allocated: so there are
    # steps between.

    def note_on(self, channel, note, velocity, frame):
        self._frame = frame
        self._velocity = velocity * self._weight[channel] // 127 or 1
        self._strike(channel, note)

    def note_off(self, channel, note, velocity, frame):
        self._bank.note_off(note, frame, self._patch[channel])

    def control(self, channel, number, value, frame):
        if number == _MODULATION:
            self._modulate(channel, value)
        elif number == _VOLUME:
            self._volume[channel] = value
            self._weigh(channel)
        elif number == _EXPRESSION:
            self._expression[channel] = value
            self._weigh(channel)
        elif number == _PAN:
            self._pan[channel] = value
        elif number == _PEDAL:
            self._bank.sustain(value > 63, self._patch[channel])
        elif number == _PARAMETER:
            self._parameter[channel] = self._parameter[channel] & 127 | value << 7
        elif number == _PARAMETER_LOW:
            self._parameter[channel] = self._parameter[channel] & 0x3F80 | value
        elif number == _DATA:
            if not self._parameter[channel]:
                self._range[channel] = min(value, _MOST_RANGE)
        elif number == _RESET:
            self._reset(channel)
        elif number == _SOUND_OFF or number >= _NOTES_OFF:
            self._silence(channel)
        if self._others[number] is not None:
            self._others[number](value)

    def program(self, channel, number, frame):
        number &= _PATCHES - 1
        if number != self._patch[channel]:
            self._silence(channel)
            self._patch[channel] = number
            self._tune(channel, 0)

    def bend(self, channel, value, frame):
        self._bent[channel] = (value - _CENTRE) * self._range[channel]
        self._tune(channel, 0)

    def _strike(self, channel, note):
        self._bank.note_on(
            note, self._velocity, self._frame, self._patch[channel], self._pan[channel]
        )

    def _tune(self, channel, more):
        self._bank.bend(self._bent[channel] + more, self._patch[channel])

    def _weigh(self, channel):
        self._weight[channel] = self._volume[channel] * self._expression[channel] // 127

    def _modulate(self, channel, value):
        self._shaking += (value > 0) - (self._wheel[channel] > 0)
        self._wheel[channel] = value
        if not value:
            self._tune(channel, 0)

    def _shake(self, phase):
        # From -2**14 up to 2**14, and down again.
        height = abs(phase - 0x8000) - 0x4000
        channel = 0
        while channel < 16:
            if self._wheel[channel]:
                self._tune(channel, height * self._wheel[channel] >> _DEPTH)
            channel += 1

    def _reset(self, channel):
        self._expression[channel] = 127
        self._weigh(channel)
        self._parameter[channel] = 0x3FFF
        self._bent[channel] = 0
        self._modulate(channel, 0)
        self._bank.sustain(False, self._patch[channel])

    def _silence(self, channel):
        self._bank.sustain(False, self._patch[channel])
        self._bank.all_off(self._patch[channel])
