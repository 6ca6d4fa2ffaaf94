"""The two interpolators beside each core of an RP2040, from section 2.3.1.6 of its datasheet.

Without what no kernel here uses: forced upper bits, blend, clamp, signed results and crossed ones.
A load or store takes one cycle, as of everything in the SIO.
"""

ADDRESS = 0xD0000000
BYTES = 0x1000
_FIRST = 0x80
_WORD = 0xFFFFFFFF
_NAMES = ["accum0", "accum1", "base0", "base1", "base2", "pop0", "pop1", "pop2"]
_NAMES += ["peek0", "peek1", "peek2", "ctrl0", "ctrl1", "add0", "add1", "base01"]
_CROSS_INPUT, _ADD_RAW = 1 << 16, 1 << 18
_OTHER = 1 << 15 | 1 << 17 | 15 << 19


class Interpolator:
    """One of them; registers are attributes."""

    def __init__(self):
        for name in _NAMES:
            setattr(self, name, 0)

    def read(self, name: str) -> int:
        if name in ("add0", "add1"):
            return self._masked(int(name[3]))
        if name[:-1] not in ("pop", "peek"):
            return getattr(self, name)
        lanes = [self._lane(0), self._lane(1)]
        result = [*lanes, self.base2 + self._masked(0) + self._masked(1) & _WORD][int(name[-1])]
        if name.startswith("pop"):
            self.accum0, self.accum1 = lanes
        return result

    def write(self, name: str, value: int) -> None:
        if name in ("add0", "add1"):
            name = f"accum{name[3]}"
            value = getattr(self, name) + value & _WORD
        elif (name.startswith("ctrl") and value & _OTHER) or name == "base01":
            raise ValueError(f"{name} = {value:#x} is not modelled")
        setattr(self, name, value)

    def _input(self, lane: int) -> int:
        crossed = bool(getattr(self, f"ctrl{lane}") & _CROSS_INPUT)
        return getattr(self, f"accum{lane ^ crossed}")

    def _masked(self, lane: int) -> int:
        ctrl = getattr(self, f"ctrl{lane}")
        lowest, highest = ctrl >> 5 & 31, ctrl >> 10 & 31
        mask = (2 << highest) - 1 & ~((1 << lowest) - 1)
        return self._input(lane) >> (ctrl & 31) & mask

    def _lane(self, lane: int) -> int:
        raw = getattr(self, f"ctrl{lane}") & _ADD_RAW
        masked = self._input(lane) if raw else self._masked(lane)
        return getattr(self, f"base{lane}") + masked & _WORD


class Sio:
    """Both, as memory: reads and writes of words by their place behind ADDRESS."""

    def __init__(self):
        self._interpolators = Interpolator(), Interpolator()

    def read(self, place: int) -> int:
        """What a load of a word gives."""
        interpolator, name = self._at(place)
        return interpolator.read(name)

    def write(self, place: int, value: int) -> None:
        """What a store of one does."""
        interpolator, name = self._at(place)
        interpolator.write(name, value)

    def _at(self, place: int):
        which, register = divmod(place - _FIRST, 4 * len(_NAMES))
        if which not in (0, 1):
            raise ValueError(f"no register that is modelled is at {ADDRESS + place:#x}")
        return self._interpolators[which], _NAMES[register // 4]
