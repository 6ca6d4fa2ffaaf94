"""The words of a ring player's state, an array('i'): ring_native has them as constants."""

STATE = 0  # STOPPED, PLAYING or FLUSHING
BUSY = 1  # 1 while a callback runs, STARTING while the main program fills the ring
PENDING = 2  # a callback is scheduled and has not run
WRITE = 3  # the block that is rendered next, counted from the start modulo 32,768
ENDED = 4  # blocks that had ended at the last callback, modulo 32,768
LOOKAHEAD = 5  # blocks that are rendered ahead, the one being played included
MARGIN = 6  # transfers: with fewer left of a block, it is too late for the next
FADE = 7  # 1: the next block begins from nothing; 2: the one after
ATTENTION = 8  # settle() is wanted after the callback
BLOCKS = 9  # blocks rendered
UNDERRUNS = 10  # blocks played as silence
LATE = 11  # callbacks that were a block late or more
SECONDS = 12  # time spent in callbacks, and the rest of it
MICROSECONDS = 13
MOST = 14  # microseconds of the longest block
MASK = 15  # slots in the ring, less one
SHAPE = 16  # what Level wants done to a block
SEEN = 17  # blocks that had ended when the last block was placed, modulo 32,768
LEAST = 18  # the fewest blocks there were, the one being played included
ADDRESS = 19  # of the ring, and the bytes of a slot; where the last frame is in it
SIZE = 20
LAST = 21
WORDS = 22

STARTING = 2

STOPPED = 0
PLAYING = 1
FLUSHING = 2
