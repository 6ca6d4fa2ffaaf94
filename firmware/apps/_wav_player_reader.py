"""Reads the sound of a WAV file block by block, for ever if asked."""

from aether import BUFFER_SIZE

try:
    from apps._wav_player_viper import move
except (ImportError, SyntaxError, ValueError):
    from apps._wav_player_portable import move


class Reader:
    """Fills `block`, the bytes of BUFFER_SIZE frames, from an open file. Allocates only here.

    form: the file's Format. loop: begin again, without a gap, where the sound ends. `over` says
    that nothing more comes.
    """

    def __init__(self, file, form, loop: bool):
        self._file = file
        self._form = form
        self._loop = loop
        self._frame_bytes = form.frame_bytes
        size = BUFFER_SIZE * form.frame_bytes
        self.block = bytearray(size)
        # Eight-bit samples are unsigned: their silence is 128.
        self._spare = bytearray((b"\x80" if form.bits == 8 else b"\x00") * size)
        self.errors = 0
        self.over = False
        self._file.seek(form.start)
        self._remain(form.frames)

    def read(self) -> bool:
        """Fill the block with what comes next; False, and no more, when nothing does.

        The last block ends with silence. What cannot be read is counted in `errors`, and is the
        end. Any context; allocates nothing.
        """
        if self.over:
            return False
        good = False
        try:
            good = self._fill()
        except Exception:
            pass
        if not good:
            self.over = True
            self.errors += 1
        return good

    def close(self):
        """Close the file; nothing is read any more."""
        self.over = True
        self._file.close()

    # A function whose locals, stack and three words for its `try` come to more than eleven words
    # gets its frame from the heap at every call: hence the short ones.

    def _fill(self):
        got = self._file.readinto(self.block)
        if self._whole:
            self._whole -= 1
            return got == len(self.block)
        return got >= self._rest * self._frame_bytes and self._seam()

    def _seam(self):
        # The block holds the last frames: after them the first ones, or silence.
        have = self._rest
        if not self._loop:
            self.over = True
            self._append(have, BUFFER_SIZE - have)
            return True
        taken = 0
        while have < BUFFER_SIZE:
            self._file.seek(self._form.start)
            taken = min(BUFFER_SIZE - have, self._form.frames)
            if self._file.readinto(self._spare) < taken * self._frame_bytes:
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
        self._whole = frames // BUFFER_SIZE
        self._rest = frames % BUFFER_SIZE
