"""Whether a call takes anything from the heap; runs on MicroPython, beside the program.

The heap's fill before and after does not tell: a frame of over 11 words comes from the heap and
goes back at its return, and with the heap locked it quietly comes from the stack.
"""

import gc

import micropython


def grown(step, one, other):
    """0 where step(one, other) takes nothing from the heap, not even for a while."""
    if hasattr(micropython, "mem_total"):
        return _counted(step, one, other)
    return _collected(step, one, other)


def _counted(step, one, other):
    # This MicroPython counts all bytes that are asked for, whether they are there or not.
    before = micropython.mem_total()
    micropython.heap_lock()
    try:
        step(one, other)
    finally:
        micropython.heap_unlock()
    return micropython.mem_total() - before


def _collected(step, one, other):
    # A board's does not: there whatever is asked for sets off a collection, which takes away the
    # garbage laid out here.
    for _ in range(64):
        bytearray(64)
    before = gc.mem_alloc()
    gc.threshold(0)
    try:
        step(one, other)
    finally:
        gc.threshold(-1)
    return gc.mem_alloc() - before
