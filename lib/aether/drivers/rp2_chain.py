"""Chains of DMA channels: each starts the next when it is done, round and round, without Python.

    out     play    one block from the ring to the PIO, as fast as that takes samples
            wipe    zeros over the block just played
            count   one byte to nowhere, from an address that moves on by one each time
    in      take    one block from the PIO into the ring, as fast as samples come
            count   as above

The ring's addresses wrap round by themselves. The last 15 bits of `count`'s read address say how
many blocks have ended. The PIO's queue of eight samples bridges what is between two blocks, and
nothing else is waited for: a chain keeps up whatever the program does.

All of these allocate; main program only. `half`: samples of 16 bits, else of 32.
"""

from aether.const import const

_HALFWORD, _WORD = const(1), const(2)
# RAM that `count` reads for nothing, on a multiple of 32 KB, where its address wraps round.
_RAM = const(0x20000000)
_WRAP = const(15)
_zero = bytearray(4)
_nowhere = bytearray(4)


def _request(machine, receives):
    # The number by which a state machine asks the DMA for a transfer.
    return machine // 4 * 8 + receives * 4 + machine % 4


def set_out(channels, ring, number, sm, half):
    """Chain (play, wipe, count) from a Ring to the state machine `sm` with that number."""
    play, wipe, count = channels
    play.config(
        read=ring.memory,
        write=sm,
        count=ring.size // (2 if half else 4),
        ctrl=play.pack_ctrl(
            size=_HALFWORD if half else _WORD,
            inc_write=False,
            ring_size=ring.wrap,
            ring_sel=False,
            treq_sel=_request(number, False),
            chain_to=wipe.channel,
        ),
    )
    wipe.config(
        read=_zero,
        write=ring.memory,
        count=ring.size // 4,
        ctrl=wipe.pack_ctrl(
            inc_read=False, ring_size=ring.wrap, ring_sel=True, chain_to=count.channel
        ),
    )
    _set_count(count, play)


def set_in(channels, ring, number, sm, half):
    """Chain (take, count) from the state machine `sm` with that number to a Ring."""
    take, count = channels
    take.config(
        read=sm,
        write=ring.memory,
        count=ring.size // (2 if half else 4),
        ctrl=take.pack_ctrl(
            size=_HALFWORD if half else _WORD,
            inc_read=False,
            ring_size=ring.wrap,
            ring_sel=True,
            treq_sel=_request(number, True),
            chain_to=count.channel,
        ),
    )
    _set_count(count, take)


def _set_count(count, first):
    # It would interrupt after each block; nothing comes of it unless it has a handler.
    count.config(
        read=_RAM,
        write=_nowhere,
        count=1,
        ctrl=count.pack_ctrl(
            size=0,
            inc_write=False,
            ring_size=_WRAP,
            ring_sel=False,
            irq_quiet=False,
            chain_to=first.channel,
        ),
    )


def reset(count):
    """Before the first block none is being moved: one less than none has ended."""
    count.read = _RAM | 0x7FFF


def ended(count) -> int:
    """Blocks that have ended, modulo 32,768. Allocates nothing."""
    return count.read & 0x7FFF
