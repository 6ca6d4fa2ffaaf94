"""A pool of sample buffers: all block memory is allocated once, at boot.

Taking and giving back a buffer touches a free stack and nothing else, so neither makes garbage,
and both cost the same however many buffers there are.

The design follows the buffer pool of a Rust audio engine (aether_core::buffer_pool). Departures:
releases are checked, a recycled buffer has a new handle, a released handle can no longer be
read, the default capacity is 32 and not 20,480, and a buffer can be shared by several owners.
"""

from array import array

from aether.const import const

# The native twins of the hot methods, where this MicroPython has an emitter to make them.
try:
    from aether.pool_viper import BACKEND, bind
except (ImportError, SyntaxError, ValueError):
    BACKEND, bind = "portable", None

BUFFER_SIZE = const(64)
DEFAULT_CAPACITY = const(32)

# The book, one array of ints per pool: counters first, then one record per buffer.
# A record is `generation << 8 | owners`; no owners means that the buffer is free.
FREE = const(0)  # buffers on the free stack
LOWEST = const(1)  # the fewest there ever were
FAILED = const(2)  # acquires that found none
WORDS = const(3)  # samples of a buffer
CAPACITY = const(4)
SHARED = const(5)  # 1 where a critical section guards book and stack
RECORDS = const(6)

# 14 bits of generation above 16 bits of index keep a handle below 2**30: no board boxes it.
GENERATIONS = const(0x3FFF00)
# Counters stop below 2**30, where an int would start to be allocated on a board.
COUNTER_END = const(0x3FFFFFFF)


def _check(name, value, low, high, step):
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("%s must be an int, not %s" % (name, type(value).__name__))
    if not low <= value <= high or value % step:
        multiple = " and a multiple of %d" % step if step > 1 else ""
        raise ValueError("%s must be %d to %d%s, not %d" % (name, low, high, multiple, value))


def _read_only(view):
    # CPython can guard a view against writing; MicroPython has no such view.
    return view.toreadonly() if hasattr(view, "toreadonly") else view


def _refuse(handle):
    if isinstance(handle, bool) or not isinstance(handle, int):
        raise TypeError("a handle is an int from acquire(), not %s" % type(handle).__name__)
    raise ValueError("handle %d is not held: released, stale or never issued" % handle)


_SILENCE = _read_only(memoryview(array("f", bytes(4 * BUFFER_SIZE))))


class BufferPool:
    """`capacity` buffers of `buffer_size` float32 samples, all allocated here.

    capacity: 0 to 65,535 buffers; buffer_size: 4 to 1024 samples, a multiple of 4. Raises
    TypeError or ValueError for anything else, MemoryError if the heap cannot hold it. Needs
    4 bytes a sample and at most 40 bytes a buffer more.

    After the constructor no method allocates, on success or on exhaustion; only an error does,
    for its exception. Every method may be called from the main program and from a soft callback.
    Against hard interrupts and the second core use `SharedBufferPool`.
    """

    def __init__(self, capacity: int = DEFAULT_CAPACITY, buffer_size: int = BUFFER_SIZE):
        _check("capacity", capacity, 0, 65535, 1)
        _check("buffer_size", buffer_size, 4, 1024, 4)
        # From a range it is one allocation; from bytes it would be two, the first as large.
        samples = array("f", range(capacity * buffer_size))
        whole = memoryview(samples)
        self._samples = samples
        self._views = [
            whole[i : i + buffer_size] for i in range(0, capacity * buffer_size, buffer_size)
        ]
        self._readers = self._views
        if hasattr(whole, "toreadonly"):
            self._readers = [view.toreadonly() for view in self._views]
        # Book and stack have a spare entry, so that the steps below need no branch.
        self._book = book = array("i", range(RECORDS + capacity + 1))
        book[FREE] = book[LOWEST] = book[CAPACITY] = capacity
        book[FAILED] = 0
        book[WORDS] = buffer_size
        book[SHARED] = 0
        self._stack = bytearray((capacity + 1) * (2 if capacity > 256 else 1))
        self._push = self._push_wide if capacity > 256 else self._push_narrow
        self._top = self._top_wide if capacity > 256 else self._top_narrow
        for i in range(capacity):
            self._push(capacity - 1 - i, i)  # so that buffer 0 is taken first
        for i in range(RECORDS, len(book)):
            book[i] = 0
        self._silence = _SILENCE
        if buffer_size != BUFFER_SIZE:
            self._silence = _read_only(memoryview(array("f", bytes(4 * buffer_size))))
        self.silence = self._own_silence
        if bind is not None and type(self) is BufferPool:
            bind(self, (_refuse, None, None))

    def acquire(self):
        """Take a free buffer: its handle, a non-negative int, or None when none is free.

        The caller owns the buffer, which is all zeros, until it releases it. The first handles
        are 0, 1, 2 and so on; afterwards the buffer released last comes first.
        """
        handle = self._take()
        if handle < 0:
            return None
        self._views[handle & 0xFFFF][:] = self._silence
        return handle

    def release(self, handle: int):
        """Give up one ownership of a buffer; the last one frees it.

        Its contents stay until the next acquire. ValueError for a handle that is not held
        (released twice, stale, never issued), TypeError for what is no int; the pool is then
        unchanged.
        """
        if not self._give(self._index(handle), handle >> 16):
            _refuse(handle)

    def get(self, handle: int):
        """The buffer's samples for reading: a memoryview of 'f', `buffer_size` long.

        The view is the pool's own and belongs to the handle's owner; on CPython it is
        read-only. ValueError or TypeError as for release().
        """
        return self._readers[self._find(handle)]

    def get_mut(self, handle: int):
        """The buffer's samples for writing; the same view object at every call. Else as get()."""
        return self._views[self._find(handle)]

    @staticmethod
    def silence():
        """A view of zeros to read from: `buffer_size` of a pool, BUFFER_SIZE of the class.

        It is shared by everybody: nobody may write to it.
        """
        return _SILENCE

    def _own_silence(self):
        return self._silence

    def available(self) -> int:
        """Free buffers."""
        return self._book[FREE]

    def capacity(self) -> int:
        """All buffers, free or not."""
        return self._book[CAPACITY]

    def high_water(self) -> int:
        """The most buffers in use at once since construction or reset_high_water()."""
        return self._book[CAPACITY] - self._book[LOWEST]

    def reset_high_water(self):
        """Start the high-water mark anew, from the number of buffers in use now."""
        self._book[LOWEST] = self._book[FREE]

    def failed_acquires(self) -> int:
        """How often acquire() or make_unique() returned None."""
        return self._book[FAILED]

    def share(self, handle: int) -> int:
        """Add an owner and return the handle, so that one block feeds several readers.

        Each owner releases once. ValueError beyond 255 owners, else errors as for release().
        """
        owners = self._add(self._index(handle), handle >> 16)
        if not owners:
            _refuse(handle)
        if owners > 255:
            raise ValueError("handle %d has 255 owners already, the most there can be" % handle)
        return handle

    def owners(self, handle: int) -> int:
        """How many owners the buffer has, 1 to 255. Errors as for release()."""
        return self._book[RECORDS + self._find(handle)] & 0xFF

    def make_unique(self, handle: int):
        """A handle with the same contents whose buffer the caller alone owns.

        It is the handle itself for its sole owner. Else it is a fresh copy, and the caller's
        ownership of the old one is given up. None, and nothing changed, when the pool is
        exhausted. Errors as for release().
        """
        if self.owners(handle) == 1:
            return handle
        fresh = self._take()
        if fresh < 0:
            return None
        self._views[fresh & 0xFFFF][:] = self._views[handle & 0xFFFF]
        self.release(handle)
        return fresh

    def _index(self, handle):
        # Index of a handle that may be held; what cannot be one is refused.
        if isinstance(handle, bool) or not isinstance(handle, int):
            _refuse(handle)
        i = handle & 0xFFFF
        if i >= self._book[CAPACITY]:
            _refuse(handle)
        return i

    def _find(self, handle):
        # Index of a held buffer; anything else is refused.
        i = self._index(handle)
        record = self._book[RECORDS + i]
        if not record & 0xFF or record >> 8 != handle >> 16:
            _refuse(handle)
        return i

    # The steps below touch book and stack only, and SharedBufferPool puts them in its section.
    # They have no branch: at one MicroPython runs soft callbacks and raises Ctrl-C, masked
    # interrupts or not. A condition is the number 0 or 1 instead, and what must not happen is
    # multiplied by it, or goes to a spare entry. Nor do they need more than eleven words of
    # frame, which would come from the heap.

    def _take(self):
        # The top buffer with its first owner: its handle, or -1 when there is none.
        book = self._book
        some = min(book[FREE], 1)
        free = book[FREE] - some
        book[FREE] = free
        book[LOWEST] = min(book[LOWEST], free)
        book[FAILED] = min(book[FAILED] + 1 - some, COUNTER_END)
        i = self._top(free)
        book[RECORDS + i] += some
        return (book[RECORDS + i] >> 8 << 16 | i) * some + some - 1

    def _add(self, i, generation):
        # One owner more: how many there are then, 0 if it is not held, 256 if there are too many.
        record = self._book[RECORDS + i]
        held = min(record & 0xFF, 1) * (record >> 8 == generation)
        self._book[RECORDS + i] = record + held * (record & 0xFF < 255)
        return held * ((record & 0xFF) + 1)

    def _give(self, i, generation):
        # One owner less: 1 if it was held, else 0. The last one's buffer gets a new generation.
        record = self._book[RECORDS + i]
        held = min(record & 0xFF, 1) * (record >> 8 == generation)
        last = held * (record & 0xFF == 1)
        self._book[RECORDS + i] = record - held + (last << 8) & (GENERATIONS | 0xFF)
        self._push(self._book[FREE], i)  # above the top, where it does not count
        self._book[FREE] += last
        return held

    def _push_narrow(self, place, i):
        self._stack[place] = i

    def _push_wide(self, place, i):
        self._stack[2 * place] = i & 0xFF
        self._stack[2 * place + 1] = i >> 8

    def _top_narrow(self, place):
        return self._stack[place]

    def _top_wide(self, place):
        return self._stack[2 * place] | self._stack[2 * place + 1] << 8
