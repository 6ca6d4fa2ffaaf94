"""Users of one shared pool that distrust each other; runs on either Python, beside the program.

Each user signs what it owns: a mark against the buffer's index, and a pattern of its own in all
of its samples. A buffer with two owners shows as a foreign mark or pattern, or as one not cleared.
Nothing here allocates after `Crowd` is made, so threads may run with their heap locked.
"""

try:
    from micropython import heap_lock, heap_unlock
    from uctypes import addressof, bytearray_at
except ImportError:
    bytearray_at = None

    def heap_lock():
        pass

    heap_unlock = heap_lock

FOREIGN_MARK, NOT_CLEARED, FOREIGN_CONTENTS, WRONG_OWNERS, WRONG_COPY = range(1, 6)


def raw_bytes(view):
    """The bytes of a float view: views of floats cannot be compared on MicroPython."""
    if bytearray_at is None:
        return view.cast("B")
    return bytearray_at(addressof(view), 4 * len(view))


class Crowd:
    """`users` of `pool`, which is all free; each owns up to `slots` buffers at a time.

    User k calls turn(k, ...) from one context only.
    """

    def __init__(self, pool, users, slots):
        self.pool = pool
        handles = [pool.acquire() for _ in range(pool.capacity())]
        self.raw = [raw_bytes(pool.get_mut(handle)) for handle in handles]
        for handle in handles:
            pool.release(handle)
        size = len(pool.silence())
        self.zeros = bytes(4 * size)
        self.patterns = [bytes([user + 1] * 4 * size) for user in range(users)]
        self.marks = bytearray(pool.capacity())
        self.held = [[None] * slots for _ in range(users)]
        self.letters = [None] * users  # a shared handle on its way from user k to user k + 1
        self.failures = [0] * users
        self.operations = [0] * users
        self.faults = [0] * users

    def run(self, user, turns):
        """`turns` turns with this thread's heap locked."""
        state = user * 7919 + 1
        heap_lock()
        try:
            for _ in range(turns):
                state = (state * 1103515245 + 12345) & 0x3FFFFFFF
                self.turn(user, state >> 12)
        finally:
            heap_unlock()

    def turn(self, user, chance):
        """One or a few operations, chosen by the int `chance`."""
        held = self.held[user]
        slot = chance % len(held)
        action = chance // len(held) % 16
        if held[slot] is None:
            held[slot] = self.take(user)
        elif action == 0:
            self.send(user, held[slot])
        elif action == 1:
            held[slot] = self.part(user, held[slot])
        else:
            self.give(user, held[slot])
            held[slot] = None
        if action == 2:
            self.receive(user)

    def take(self, user):
        self.operations[user] += 1
        handle = self.pool.acquire()
        if handle is None:
            self.failures[user] += 1
            return None
        index = handle & 0xFFFF
        if self.raw[index] != self.zeros:
            self.faults[user] = NOT_CLEARED
        self.sign(user, index)
        return handle

    def sign(self, user, index):
        if self.marks[index]:
            self.faults[user] = FOREIGN_MARK
        self.marks[index] = user + 1
        raw = self.raw[index]
        raw[:] = self.patterns[user]

    def check(self, user, index):
        if self.marks[index] != user + 1:
            self.faults[user] = FOREIGN_MARK
        if self.raw[index] != self.patterns[user]:
            self.faults[user] = FOREIGN_CONTENTS

    def give(self, user, handle):
        index = handle & 0xFFFF
        self.check(user, index)
        self.marks[index] = 0
        self.operations[user] += 1
        self.pool.release(handle)

    def send(self, user, handle):
        """Share a buffer with the next user, who will give up its part at a time of its own."""
        if self.letters[user] is None:
            self.operations[user] += 1
            if self.pool.share(handle) != handle or self.pool.owners(handle) < 2:
                self.faults[user] = WRONG_OWNERS
            self.letters[user] = handle

    def receive(self, user):
        sender = (user or len(self.letters)) - 1
        handle = self.letters[sender]
        if handle is not None:
            self.letters[sender] = None
            if self.raw[handle & 0xFFFF] != self.patterns[sender]:
                self.faults[user] = FOREIGN_CONTENTS
            self.operations[user] += 1
            self.pool.release(handle)

    def part(self, user, handle):
        """Have the buffer for oneself, whoever else may own it."""
        index = handle & 0xFFFF
        self.check(user, index)
        self.marks[index] = 0  # the old buffer may have a new owner before the answer is here
        self.operations[user] += 1
        own = self.pool.make_unique(handle)
        if own is None:
            self.failures[user] += 1
            own = handle
        if self.raw[own & 0xFFFF] != self.patterns[user]:
            self.faults[user] = WRONG_COPY
        self.sign(user, own & 0xFFFF)
        return own

    def settle(self):
        """Give everything back and check that the books balance; when all users are done."""
        pool = self.pool
        for user in range(len(self.held)):
            for handle in self.held[user]:
                if handle is not None:
                    self.give(user, handle)
            if self.letters[user] is not None:
                pool.release(self.letters[user])
        assert not any(self.faults), f"faults {self.faults}"
        assert pool.available() == pool.capacity(), f"{pool.available()} came back"
        failed = sum(self.failures)
        assert pool.failed_acquires() == failed, (pool.failed_acquires(), failed)
        assert pool.high_water() == pool.capacity()
        again = [pool.acquire() & 0xFFFF for _ in range(pool.capacity())]
        assert sorted(again) == list(range(pool.capacity())) and pool.acquire() is None
        return sum(self.operations)
