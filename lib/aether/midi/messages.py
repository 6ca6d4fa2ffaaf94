"""The messages of a MIDI channel, each to the method of a handler that is meant for it."""

# A handler has any of these methods, and what it lacks is not called. Everything is an int:
# channel 0 to 15; note, velocity, number and value 0 to 127, but 0 to 16383 in bend(), where 8192
# is the middle; frame, where in the next block it is due, from 0 on.
METHODS = (
    "note_off",  # (channel, note, velocity, frame)
    "note_on",  # (channel, note, velocity, frame), velocity 1 to 127
    "key_pressure",  # (channel, note, value, frame)
    "control",  # (channel, number, value, frame)
    "program",  # (channel, number, frame)
    "pressure",  # (channel, value, frame)
    "bend",  # (channel, value, frame)
)
ALL_CHANNELS = 0xFFFF


class Messages:
    """Hands messages on to the methods of `handler`, see METHODS.

    channels: None for all, or those that are heard, an int of 0 to 15 or several. TypeError or
    ValueError for others. Allocates in the constructor only.
    """

    def __init__(self, handler, channels=None):
        # Bit by bit, those that are heard.
        self.channels = channel_mask(channels)
        self._note_off = method_of(handler, "note_off")
        self._note_on = method_of(handler, "note_on")
        self._key_pressure = method_of(handler, "key_pressure")
        self._control = method_of(handler, "control")
        self._program = method_of(handler, "program")
        self._pressure = method_of(handler, "pressure")
        self._bend = method_of(handler, "bend")

    # Seven ifs, and no more than eleven words of locals and stack: a frame of more is allocated.

    def send(self, message, frame=0):
        """Hand on a message: status, and above it, by 8 bits each, its one or two data bytes.

        status: 0x80 to 0xEF; data: 0 to 127. A note-on of velocity 0 is a note-off. What the
        handler raises comes through. Any context that its methods may be called from; allocates
        nothing.
        """
        kind = message & 0xF0
        if not self.channels >> (message & 15) & 1:
            return
        if kind == 0x90 and message >> 16:
            self._note_on(message & 15, message >> 8 & 127, message >> 16, frame)
        elif kind <= 0x90:
            self._note_off(message & 15, message >> 8 & 127, message >> 16, frame)
        elif kind == 0xB0:
            self._control(message & 15, message >> 8 & 127, message >> 16, frame)
        elif kind == 0xE0:
            self._bend(message & 15, message >> 8 & 127 | message >> 16 << 7, frame)
        elif kind == 0xC0:
            self._program(message & 15, message >> 8, frame)
        elif kind == 0xD0:
            self._pressure(message & 15, message >> 8, frame)
        else:
            self._key_pressure(message & 15, message >> 8 & 127, message >> 16, frame)


def method_of(handler, name):
    """A method, bound, so that calling it allocates nothing; one that ignores all if it lacks."""
    return getattr(handler, name, _ignore)


def channel_mask(channels):
    """The bits of channels, see Messages. TypeError or ValueError for what is none."""
    if channels is None:
        return ALL_CHANNELS
    if isinstance(channels, int):
        channels = (channels,)
    mask = 0
    for channel in channels:
        if isinstance(channel, bool) or not isinstance(channel, int):
            raise TypeError("a channel must be an int, not %s" % type(channel).__name__)
        if not 0 <= channel <= 15:
            raise ValueError("a channel must be 0 to 15, not %d" % channel)
        mask |= 1 << channel
    return mask


def _ignore(one=0, two=0, three=0, four=0):
    pass
