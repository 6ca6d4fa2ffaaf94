"""Interrupts whose handlers are Python: hard ones run at once, in the middle of the program.

As in the firmware, one interrupt serves all channels that have raised it; meanwhile others wait,
no soft callback runs, and the heap is locked. A handler that raises is not called again.
"""

from virtual_board import costs, engine, real


def serve(hardware):
    """Calls the handlers of the channels that have raised an interrupt, until none has."""
    began = engine.now
    stolen = engine.stolen
    called_back = engine.in_callback
    engine.masked = 1
    engine.in_callback = engine.in_interrupt = True
    try:
        again = True
        while again and not engine.ended:
            again = False
            for channel in hardware.channels:
                if channel.raised and channel.listening:
                    again = True
                    channel.raised = False
                    channel.flag = 1
                    _dispatch(hardware, channel)
    finally:
        engine.in_callback = called_back
        engine.in_interrupt = False
        engine.stolen = stolen + engine.now - began
        engine.masked = 0
        for source in engine._sources:
            source.unmasked()


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
