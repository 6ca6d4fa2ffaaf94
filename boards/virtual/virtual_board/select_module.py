"""The module `select` of the virtual board: waiting moves the virtual clock."""

from virtual_board import board as _board
from virtual_board import costs as _costs
from virtual_board import engine as _engine
from virtual_board import real as _real
from virtual_board.uart import UART as _UART

__name__ = "select"

POLLIN = 1
POLLOUT = 4
POLLERR = 8
POLLHUP = 16


class _Poll:
    def __init__(self):
        _engine.call(_costs.POLL_MAKE)
        self._items = []
        self._host = _real.select.poll()
        self._streams = 0

    def _find(self, obj):
        for item in self._items:
            if item[0] is obj:
                return item
        return None

    def register(self, obj, eventmask=POLLIN | POLLOUT):
        _engine.call(_costs.POLL_REGISTER)
        item = self._find(obj)
        if item is not None:
            item[1] = eventmask
            self._host_call("modify", item, eventmask)
            return False
        item = [obj, eventmask, _is_virtual(obj)]
        self._host_call("register", item, eventmask)
        self._items.append(item)
        return True

    def unregister(self, obj):
        _engine.call(_costs.POLL_CHANGE)
        item = self._find(obj)
        if item is not None:
            if not item[2]:
                self._host.unregister(obj)
            self._items.remove(item)

    def modify(self, obj, eventmask):
        _engine.call(_costs.POLL_CHANGE)
        self._modify(obj, eventmask)

    def _modify(self, obj, eventmask):
        item = self._find(obj)
        if item is None:
            raise OSError(2)
        item[1] = eventmask
        self._host_call("modify", item, eventmask)

    def _host_call(self, name, item, eventmask):
        if not item[2]:
            getattr(self._host, name)(item[0], eventmask)

    def _ready(self, host_ms):
        found = []
        others = 0
        for item in self._items:
            if item[2]:
                events = item[0].ioctl(3, item[1]) & (item[1] | POLLERR | POLLHUP)
                if events:
                    found.append((item[0], events))
            else:
                others += 1
        if others:
            for entry in self._host.poll(0 if found else host_ms):
                found.append((entry[0], entry[1]))
        return found

    def poll(self, timeout=-1, flags=0):
        _engine.call(_costs.POLL)
        if timeout is None or timeout < 0:
            limit = _engine.FAR
        else:
            limit = _engine.now + int(timeout * 1_000_000)
        host_ms = 0
        while True:
            found = self._ready(host_ms)
            if found or _engine.now >= limit:
                break
            # Only the host can end a wait that has no event before it.
            host_ms = 10 if _engine.next_due == _engine.FAR == limit else 0
            if _engine.pending():
                _engine.call(0)
            else:
                _engine.wait_event(limit)
        if flags & 1:
            for obj, _ in found:
                self._modify(obj, 0)
        return found

    def ipoll(self, timeout=-1, flags=0):
        return iter(self.poll(timeout, flags))


def _is_virtual(obj):
    return isinstance(obj, (_board.current.I2S, _UART))


def poll():
    return _Poll()


def select(rlist, wlist, xlist, timeout=None):
    poller = _Poll()
    for obj in rlist:
        poller.register(obj, POLLIN)
    for obj in wlist:
        item = poller._find(obj)
        poller.register(obj, POLLOUT | (item[1] if item else 0))
    ready = poller.poll(-1 if timeout is None else timeout * 1000)
    return (
        [o for o, e in ready if e & (POLLIN | POLLERR | POLLHUP) and o in rlist],
        [o for o, e in ready if e & (POLLOUT | POLLERR | POLLHUP) and o in wlist],
        [],
    )
