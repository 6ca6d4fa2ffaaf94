"""The frames of a WAV file, block by block, as floats."""

from aether import kernels
from aether.wav.reader import Reader

try:
    from aether.wav.bytes_viper import floats, mono_floats, widen8, widen24
except (ImportError, SyntaxError, ValueError):
    from aether.wav.bytes_portable import floats, mono_floats, widen8, widen24


class Frames:
    """Blocks of n frames of an open file; loop: for ever. Allocates only here.

    reader: what reads them. frames: bytes that decode takes: decode(left, right, frames, n), or
    decode(mono, frames, n).
    """

    def __init__(self, file, form, loop: bool, n: int):
        self.reader = Reader(file, form, loop, n)
        self.decode = _decoder(form)
        self.frames = self.reader.block
        self._widen = None
        if form.bits in (8, 24):
            self._widen = widen8 if form.bits == 8 else widen24
            self._samples = n * form.channels
            self.frames = bytearray(self._samples * (form.bits + 8) // 8)

    def read(self) -> bool:
        """Fill `frames` with the next block; False if it cannot. As Reader.read()."""
        if not self.reader.read():
            return False
        if self._widen:
            self._widen(self.frames, self.reader.block, self._samples)
        return True


def _decoder(form):
    # Of a block of the file's frames, widened to 16 or 32 bits, into float32 blocks.
    mono = form.channels == 1
    if form.floating:
        return mono_floats if mono else floats
    if form.bits <= 16:
        return kernels.mono_from_pcm16 if mono else kernels.from_pcm16
    return kernels.mono_from_pcm32 if mono else kernels.from_pcm32
