"""What DMA channels can be connected to: state machines by address, and formats of words."""

# Where the registers of the PIOs begin, and the queues of a state machine within them.
_PIO = (0x50200000, 0x50300000, 0x50400000)
_TXF, _RXF = 0x10, 0x20
_REQUESTS = 8
UNPACED = 0x3F
# As the pins' rate is told by name: the commonest within this share, or what it is in whole Hz.
_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400)
_RATES += (192000,)
_OFF = 0.002


def tx_address(machine):
    """Where a state machine takes words from the bus."""
    return _PIO[machine // 4] + _TXF + machine % 4 * 4


def rx_address(machine):
    """Where a state machine's words are read."""
    return _PIO[machine // 4] + _RXF + machine % 4 * 4


def machine_of(request):
    """The state machine of a data request; -1 for another."""
    return request // _REQUESTS * 4 + request % 4 if request < _REQUESTS * len(_PIO) else -1


def takes(request):
    """Whether a state machine's request is for words that it takes."""
    return request % _REQUESTS < 4


def sending(bits, words, size):
    """The mode of memory.gather for words of 1 << size bytes; None if there is none.

    A halfword goes into both halves of the queue's word, so it is a frame where that takes 32 bits
    for 16-bit samples.
    """
    if size == 1 and bits == 16:
        return 0
    if size == 2:
        if bits == 32:
            return 1
        return 2 if words == 32 else 3
    return None


def nominal(rate):
    """The rate that was asked for, by the one that the divider reaches."""
    near = min(_RATES, key=lambda r: abs(r / rate - 1))
    return near if abs(near / rate - 1) < _OFF else round(rate)
