"""The words of a ring receiver's state, an array('i'): ring_in_native has them as constants."""

STATE = 0  # STOPPED or PLAYING
BUSY = 1  # a callback runs
PENDING = 2  # a callback is scheduled and has not run
NEXT = 3  # the block that is received next, counted from the start modulo 32,768
ENDED = 4  # blocks that were full at the last callback, modulo 32,768
ATTENTION = 5  # settle() is wanted after the callback
MASK = 6  # slots in the ring, less one
BLOCKS = 7  # blocks received
OVERRUNS = 8  # blocks written over before they were received
LATE = 9  # callbacks that were a block late or more
WAITED = 10  # the most blocks that waited at once
SECONDS = 11  # time spent in callbacks, and the rest of it
MICROSECONDS = 12
MOST = 13  # microseconds of the longest block
WORDS = 14

STOPPED = 0
PLAYING = 1
