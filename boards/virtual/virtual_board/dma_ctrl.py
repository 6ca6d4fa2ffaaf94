"""The control register of a DMA channel: its fields by chip."""

from virtual_board.arguments import integer

# Name and width from bit 0 up; bits without a name are None's.
_RP2040 = (
    ("enable", 1),
    ("high_pri", 1),
    ("size", 2),
    ("inc_read", 1),
    ("inc_write", 1),
    ("ring_size", 4),
    ("ring_sel", 1),
    ("chain_to", 4),
    ("treq_sel", 6),
    ("irq_quiet", 1),
    ("bswap", 1),
    ("sniff_en", 1),
    ("busy", 1),
    (None, 4),
    ("write_err", 1),
    ("read_err", 1),
    ("ahb_err", 1),
)
_RP2350 = _RP2040[:4] + (("inc_read_rev", 1), ("inc_write", 1), ("inc_write_rev", 1))
_RP2350 += _RP2040[5:13] + ((None, 2),) + _RP2040[14:]
_READ_ONLY = ("busy", "ahb_err")
_PERMANENT = 0x3F
_WORD = 2

# (name, lowest bit, bits) of the chip at hand.
fields = []
_shifts = {}


def configure(rp2350):
    """Chooses the chip."""
    fields.clear()
    at = 0
    for name, bits in _RP2350 if rp2350 else _RP2040:
        if name is not None:
            fields.append((name, at, bits))
            _shifts[name] = (at, (1 << bits) - 1)
        at += bits


def get(ctrl, name):
    """A field of a control register."""
    shift, mask = _shifts[name]
    return ctrl >> shift & mask


def default(channel):
    """Quiet, unpaced, words, both addresses going up, enabled."""
    return _put(
        0,
        irq_quiet=1,
        treq_sel=_PERMANENT,
        inc_write=1,
        inc_read=1,
        size=_WORD,
        enable=1,
        chain_to=channel & 15,
    )


def _put(ctrl, **values):
    for name, value in values.items():
        shift, mask = _shifts[name]
        ctrl = ctrl & ~(mask << shift) | value << shift
    return ctrl


def pack(channel, values):
    """What DMA.pack_ctrl gives for keyword arguments."""
    values = dict(values)
    ctrl = default(channel)
    if "default" in values:
        ctrl = integer(values.pop("default"))
    for name, shift, bits in fields:
        if name in values:
            value = integer(values.pop(name))
            if name in _READ_ONLY:
                continue
            mask = (1 << bits) - 1
            if value & mask != value:
                raise ValueError("bad field value")
            ctrl = ctrl & ~(mask << shift) | value << shift
    if values:
        raise TypeError
    return ctrl


def unpack(ctrl):
    """What DMA.unpack_ctrl gives."""
    ctrl = integer(ctrl)
    return {name: ctrl >> shift & (1 << bits) - 1 for name, shift, bits in fields}


def shift(name):
    """The lowest bit of a field."""
    return _shifts[name][0]
