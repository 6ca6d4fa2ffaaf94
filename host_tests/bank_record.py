"""What a bank's kernels were called with, and what they left: recorded while random notes play."""

from array import array
from dataclasses import dataclass

import bank_player
from aether.nodes.bank import bank, portable, voices_portable, waves, waves_portable
from bank_cost import DRAINS, MIXES

# Of each module, what the lane can call: `begin` calls another.
_NAMES = {
    portable: (*MIXES, *DRAINS),
    voices_portable: ("decide", "tune", "let_go"),
    waves_portable: ("add", "clear", "peak", "store"),
}


@dataclass
class Call:
    """A call; of arrays, what was in them before and after, equal numbers for the same array."""

    name: str
    before: list
    after: list
    result: int | None
    same: list[int]


class _Recorder:
    """A module whose functions write down what they do."""

    def __init__(self, module, calls):
        self._calls = calls
        for name in dir(module):
            what = getattr(module, name)
            setattr(self, name, self._recording(name, what) if name in _NAMES[module] else what)

    def _recording(self, name, function):
        def call(*arguments):
            before = [_copied(argument) for argument in arguments]
            result = function(*arguments)
            after = [_copied(argument) for argument in arguments]
            same = [[other is one for other in arguments].index(True) for one in arguments]
            self._calls.append(Call(name, before, after, result, same))
            return result

        return call


def _copied(argument):
    return array(argument.typecode, argument) if isinstance(argument, array) else argument


def record(monkeypatch, seed, blocks, **options) -> list[Call]:
    """All calls of a run of bank_player.play(), in plain Python."""
    calls: list[Call] = []
    monkeypatch.setattr(bank, "kernels", _Recorder(portable, calls))
    monkeypatch.setattr(bank, "voices", _Recorder(voices_portable, calls))
    monkeypatch.setattr(waves, "hot", _Recorder(waves_portable, calls))
    bank_player.play(seed, blocks, **options)
    monkeypatch.undo()
    return calls


def replay(core, function, call: Call) -> None:
    """AssertionError unless machine code in the lane leaves the same in every array."""
    core.forget()
    arguments = []
    for k, argument in enumerate(call.before):
        if not isinstance(argument, array):
            arguments.append(6 if argument is None else argument)  # the object None
        elif call.same[k] < k:
            arguments.append(arguments[call.same[k]])
        else:
            arguments.append(core.place(argument.tobytes()))
    result = core.call(function, *arguments)
    assert result == call.result, call.name
    for address, left in zip(arguments, call.after, strict=True):
        if isinstance(left, array):
            data = core.read(address, len(left) * left.itemsize)
            got = array(left.typecode, data)
            wrong = [
                i for i in range(len(left)) if data[4 * i :][:4] != left.tobytes()[4 * i :][:4]
            ]
            assert not wrong, (call.name, wrong[:8], [(got[i], left[i]) for i in wrong[:4]])
