"""Reads the sound of a WAV file block by block, for ever if asked."""

try:
    from aether.wav.bytes_viper import move
except (ImportError, SyntaxError, ValueError):
    from aether.wav.bytes_portable import move


class Reader:
    """Fills `block`, the bytes of n frames, from an open file. Allocates only here.

    form: the file's Format. loop: begin again, without a gap, where the sound ends. `over` says
    that nothing more comes, `errors` how often that was because the file could not be read.
    """

    def __init__(self, file, form, loop: bool, n: int):
        self._n = n
        self._file = file
        self._readinto = file.readinto
        self._form = form
        self.loop = loop
        self._frame_bytes = form.frame_bytes
        self._size = n * form.frame_bytes
        self.block = bytearray(self._size)
        # Eight-bit samples are unsigned: their silence is 128.
        self._spare = bytearray((b"\x80" if form.bits == 8 else b"\x00") * self._size)
        self.errors = 0
        self.rewind()

    # A function whose locals, stack and three words for its `try` come to more than eleven words
    # gets its frame from the heap at every call: so they are short.

    def read(self) -> bool:
        """Fill the block with what comes next, at the very end with silence; False if it cannot.

        Not to be called when `over`. Any context; allocates nothing.
        """
        got = 0
        try:
            got = self._readinto(self.block)
        except Exception:
            pass
        if self._whole and got == self._size:
            self._whole -= 1
            return True
        return self._last(got)

    def rewind(self):
        """Begin at the beginning; an error that the file has is raised. Allocates nothing."""
        self._file.seek(self._form.start)
        self._remain(self._form.frames)
        self.over = False

    def close(self):
        """Close the file; nothing is read any more."""
        self.over = True
        self._file.close()

    def _last(self, got):
        if not self._whole and got >= self._rest * self._frame_bytes and self._joined():
            return True
        self.over = True
        self.errors += 1
        return False

    def _joined(self):
        try:
            return self._seam()
        except Exception:
            return False

    def _seam(self):
        # The block holds the last frames: after them come the first ones, or silence.
        have = self._rest
        if not self.loop:
            self.over = True
            self._append(have, self._n - have)
            return True
        taken = 0
        while have < self._n:
            self._file.seek(self._form.start)
            taken = min(self._n - have, self._form.frames)
            if self._readinto(self._spare) < taken * self._frame_bytes:
                return False
            self._append(have, taken)
            have += taken
        self._file.seek(self._form.start + taken * self._frame_bytes)
        self._remain(self._form.frames - taken)
        return True

    def _append(self, at, frames):
        size = self._frame_bytes
        move(self.block, at * size, self._spare, frames * size)

    def _remain(self, frames):
        # Frames up to the end of the sound, from where the file stands now.
        self._whole = frames // self._n
        self._rest = frames % self._n
