"""Interrupts whose handlers are Python: hard ones run at once, in the middle of the program.

As in the firmware, one interrupt serves all DMA channels that have raised it; meanwhile others
wait, no soft callback runs, and the heap is locked. A handler that raises is not called again.
"""

from virtual_board import costs, engine, real


def serve(work, source):
    """Runs work(source), which calls handlers, as an interrupt of that source."""
    # What it allocates, its frame too, is no part of what a callback does that it comes upon.
    total = real.micropython.mem_total
    before = total()
    _serve(work, source)
    engine.foreign_bytes += total() - before


def _serve(work, source):
    began = engine.now
    stolen = engine.stolen
    called_back = engine.in_callback
    engine.masked = 1
    engine.in_callback = engine.in_interrupt = True
    try:
        work(source)
    finally:
        engine.in_callback = called_back
        engine.in_interrupt = False
        engine.stolen = stolen + engine.now - began
        engine.masked = 0
        for each in engine._sources:
            each.unmasked()


def channels(hardware):
    """Calls the handlers of the DMA channels that have raised an interrupt, until none has."""
    again = True
    while again and not engine.ended:
        again = False
        for channel in hardware.channels:
            if channel.raised and channel.listening:
                again = True
                channel.raised = False
                channel.flag = 1
                _dispatch(hardware, channel)


def timer(source):
    """Calls the handler of a timer: its callback, with itself."""
    engine.now += costs.IRQ_ENTRY
    real.micropython.heap_lock()
    try:
        source._callback(source)
    except engine.VirtualEnd:
        raise
    except BaseException as error:
        source._callback = None
        _tell(error)
    finally:
        real.micropython.heap_unlock()
    engine.now += costs.IRQ_EXIT


def _take(hardware, ns):
    engine.now += ns
    hardware.run(engine.now)


def _dispatch(hardware, channel):
    handler = channel.handler
    if handler is None:
        return
    meter = hardware.meter
    if not channel.hard:
        _take(hardware, costs.IRQ_SOFT)
        engine.schedule(handler, channel.owner, meter)
        return
    _take(hardware, costs.IRQ_ENTRY)
    real.micropython.heap_lock()
    try:
        meter.interrupt(handler, channel.owner)
    except engine.VirtualEnd:
        raise
    except BaseException as error:
        channel.handler = None
        channel.listening = False
        _tell(error)
    finally:
        real.micropython.heap_unlock()
    _take(hardware, costs.IRQ_EXIT)


def _tell(error):
    locks = real.unlock_heap()
    real.sys.stdout.write("Uncaught exception in IRQ callback handler\n")
    real.print_error(error)
    while locks:
        real.micropython.heap_lock()
        locks -= 1
