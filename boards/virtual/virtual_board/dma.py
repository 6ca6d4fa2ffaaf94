"""rp2.DMA as programs see it; see dma_hardware for what happens behind it."""

from virtual_board import costs, dma_ctrl, engine, finalised, memory
from virtual_board.arguments import integer
from virtual_board.pio import StateMachine
from virtual_board.unsupported import refuse

_EBUSY = 16
_CLOSED = 0xFF
_MASK = 0xFFFFFFFF
_hardware = None
_GIVEN = ("read", "write", "count", "ctrl", "trigger")
_NONE = object()


def configure(hardware):
    global _hardware
    _hardware = hardware


class DMA:
    """A channel, claimed until close()."""

    def __init__(self):
        engine.enter(costs.DMA)
        finalised.sweep(_hardware)
        self._channel = _hardware.claim()
        engine.leave()
        if self._channel is None:
            raise OSError(_EBUSY)
        self._tie = finalised.tie(self._channel)
        self.channel = self._channel.number

    def __repr__(self):
        return "DMA(%d)" % self.channel

    def _open(self):
        if self._channel is None:
            raise ValueError("channel closed")
        return self._channel

    @property
    def read(self):
        channel = self._open()
        engine.enter(costs.DMA_GET)
        value = channel.read
        if channel.steps & 1:
            value += _hardware.progress(channel) << channel.size
        engine.leave()
        return value

    @read.setter
    def read(self, value):
        value = _source(value)
        channel = self._setting()
        channel.read = value
        engine.leave()

    @property
    def write(self):
        channel = self._open()
        engine.enter(costs.DMA_GET)
        value = channel.write
        if channel.steps & 2:
            value += _hardware.progress(channel) << channel.size
        engine.leave()
        return value

    @write.setter
    def write(self, value):
        value = _target(value)
        channel = self._setting()
        channel.write = value
        engine.leave()

    @property
    def count(self):
        channel = self._open()
        engine.enter(costs.DMA_GET)
        value = channel.count - _hardware.progress(channel)
        engine.leave()
        return value

    @count.setter
    def count(self, value):
        value = integer(value) & _MASK
        channel = self._setting()
        channel.reload = value
        engine.leave()

    @property
    def ctrl(self):
        channel = self._open()
        engine.enter(costs.DMA_GET)
        value = channel.ctrl
        if channel.busy:
            value |= 1 << dma_ctrl.shift("busy")
        engine.leave()
        return value

    @ctrl.setter
    def ctrl(self, value):
        value = integer(value) & _MASK
        _hardware.set_ctrl(self._setting(), value)
        engine.leave()

    def _setting(self):
        # Values are converted before it: a `try` around leave() would allocate, in callbacks too.
        channel = self._open()
        engine.enter(costs.DMA_SET)
        return channel

    @property
    def registers(self):
        return Registers(self._open())

    def config(self, **given):
        """Sets registers; the last of them starts the channel if trigger is true."""
        channel = self._open()
        for name in given:
            if name not in _GIVEN:
                raise TypeError("extra keyword arguments given")
        engine.enter(costs.DMA_CONFIG + len(given) * costs.DMA_VALUE)
        try:
            for name, change in _CHANGES:
                value = given.get(name, _NONE)
                if value is not _NONE:
                    change(channel, value)
            if given.get("trigger"):
                _hardware.start(channel)
                engine.spend(costs.DMA_STARTED)
        finally:
            engine.leave()

    def active(self, on=_NONE):
        channel = self._open()
        engine.enter(costs.DMA_ACTIVE)
        if on is not _NONE:
            if on:
                _start(channel)
            else:
                _hardware.stop(channel)
                _hardware.update()
        busy = channel.busy
        engine.leave()
        return busy

    def irq(self, handler=_NONE, hard=False):
        """Calls handler(dma) when a block has ended; the object that says whether it has."""
        channel = self._channel
        engine.enter(costs.DMA_IRQ)
        if channel is not None:
            channel.owner = self
            if channel.irq is None:
                channel.irq = Irq(channel)
                channel.raised = False
            if handler is not _NONE:
                channel.handler = handler
                channel.hard = bool(hard)
                channel.flag = 0
                channel.listening = handler is not None
                _hardware.update()
        engine.leave()
        return channel and channel.irq

    def close(self):
        engine.enter(costs.DMA_CLOSE)
        channel = self._channel
        if channel is not None:
            self._channel = None
            self.channel = _CLOSED
            channel.tied = -1
            _hardware.release(channel)
            if self._tie is not None:
                self._tie.close()
        engine.leave()

    def __del__(self):
        # Where the interpreter calls it; see `finalised` for where it does not.
        channel = self.__dict__.get("_channel")
        if channel is not None:
            _hardware.release(channel)

    def pack_ctrl(self, *args, **fields):
        if args:
            raise TypeError("pack_ctrl only takes keyword arguments")
        engine.call(costs.DMA_PACK + len(fields) * costs.DMA_FIELD)
        return dma_ctrl.pack(self.channel, fields)

    @staticmethod
    def unpack_ctrl(value):
        engine.call(costs.DMA_UNPACK)
        return dma_ctrl.unpack(value)


class Irq:
    """What DMA.irq() returns."""

    def __init__(self, channel):
        self._channel = channel

    def flags(self):
        return self._channel.flag

    def trigger(self, on=None):
        channel = self._channel
        raised = channel.raised and channel.listening
        if on is not None:
            channel.flag = 0
            channel.listening = bool(on)
            _hardware.update()
        return int(raised)

    def __call__(self):
        channel = self._channel
        if channel.handler is not None:
            channel.handler(channel.owner)


class Registers:
    """The first four registers of a channel, as words; of whoever has it by then."""

    def __init__(self, channel):
        self._channel = channel

    def __len__(self):
        return 16

    def __getitem__(self, index):
        finalised.sweep(_hardware)
        channel = self._channel
        return (channel.read, channel.write, channel.count, channel.ctrl)[_index(index)] & _MASK

    def __setitem__(self, index, value):
        _CHANGES[_index(index)][1](self._channel, value)
        if index == 3:
            _hardware.start(self._channel)


def _index(index):
    if not isinstance(index, int) or not 0 <= index < 4:
        refuse("DMA registers but the first four")
    return index


def _source(value):
    if isinstance(value, StateMachine):
        return value.rx_address()
    return value if isinstance(value, int) else memory.address_of(value)


def _target(value):
    if isinstance(value, StateMachine):
        return value.tx_address()
    return value if isinstance(value, int) else memory.writable_address_of(value)


def _read_from(channel, value):
    channel.read = _source(value)


def _write_to(channel, value):
    channel.write = _target(value)


def _set_count(channel, value):
    channel.reload = integer(value) & _MASK


def _set_ctrl(channel, value):
    _hardware.set_ctrl(channel, integer(value) & _MASK)


def _start(channel):
    try:
        _hardware.start(channel)
        engine.spend(costs.DMA_STARTED)
    except BaseException:
        engine.leave()
        raise


_CHANGES = (("read", _read_from), ("write", _write_to), ("count", _set_count), ("ctrl", _set_ctrl))
