"""A Standard MIDI File as a table of frames and messages, ready for a callback."""

import errno
from array import array

from aether.midi.smf import read_header
from aether.midi.tempo import TempoMap

# Messages of a song: eight bytes of memory each.
MOST = 4096
# Frames beyond this come near 2**30, where ints are allocated on a board: 6 h 45 at 44.1 kHz.
_LONGEST = 0x3FFF0000


class Song:
    """Messages in order: times[i] is the frame at which messages[i] is due, both array('I').

    frames: how long it lasts, at `rate` frames a second; channels: the bits of those used.
    Song(path, rate) reads a MIDI file, of format 0 or 1, up to `most` messages.

    ValueError in one line for a file that is missing, is none, is damaged or too long; nothing is
    kept then. Reads the file twice and holds 64 bytes of each track meanwhile. Main program only;
    allocates.
    """

    def __init__(self, path: str, rate, most: int = MOST):
        if not isinstance(path, str):
            raise TypeError("a song must be a path, not %s" % type(path).__name__)
        if not 1 <= rate <= 1000000:
            raise ValueError("rate must be 1 to 1000000, not %s" % rate)
        try:
            with open(path, "rb") as file:
                self._read(file, rate, most)
        except OSError as error:
            why = "does not exist" if error.errno == errno.ENOENT else "cannot be read: %s" % error
            raise ValueError("'%s' %s" % (path, why))
        except ValueError as error:
            raise ValueError("'%s' %s" % (path, error))
        except MemoryError:
            raise ValueError("'%s' has more messages than there is memory for" % path)

    def _read(self, file, rate, most):
        count = 0
        for track in read_header(file)[1]:
            while track.next():
                count += track.message != 0
                if count > most:
                    raise ValueError("has more than %d messages" % most)
        self.rate = rate
        self.channels = 0
        self.times = array("I", bytes(4 * count))
        self.messages = array("I", bytes(4 * count))
        division, tracks = read_header(file)
        self._merge(tracks, TempoMap(division, rate))

    def _merge(self, tracks, tempo):
        i = last = 0
        going = [track for track in tracks if track.next()]
        while going:
            # Of those due at once, the first track's comes first.
            track = going[0]
            for other in going:
                if other.tick < track.tick:
                    track = other
            if track.tempo:
                tempo.change(track.tick, track.tempo)
            else:
                self.times[i] = _frame(tempo, track.tick)
                self.messages[i] = track.message
                self.channels |= 1 << (track.message & 15)
                i += 1
            if not track.next():
                going.remove(track)
        for track in tracks:
            last = max(last, track.tick)
        self.frames = _frame(tempo, last)


def _frame(tempo, tick):
    frame = tempo.frame(tick)
    if frame > _LONGEST:
        raise ValueError("lasts longer than %d frames" % _LONGEST)
    return frame
