"""What to do to a pool: one set of hypothesis strategies for every runtime, and their judge."""

import binascii

import numpy as np
from hypothesis import strategies as st
from pool_model import PoolModel
from pool_player import RECENT, resolve

small_capacities = st.integers(0, 6)
# Both sides of the step from one byte to two in the free stack.
large_capacities = st.sampled_from([255, 256, 257, 300])
buffer_sizes = st.sampled_from([4, 8, 12])
# Any 32-bit patterns: NaN, infinities, denormals and minus zero have to survive too.
patterns = st.binary(min_size=4, max_size=16).map(lambda raw: (raw + bytes(-len(raw) % 4)).hex())
# A held or stale handle as it is, most of the time; else one that was never issued.
offsets = st.one_of(
    st.just(0),
    st.just(0),
    st.just(0),
    st.sampled_from([1, -1, 1 << 16, -(1 << 16), 1 << 30, 1 << 31, 1 << 32, 1 << 62, 1 << 64]),
    st.sampled_from([-(1 << 30), -(1 << 31), -(1 << 32), -(1 << 64)]),
    st.integers(-(1 << 66), 1 << 66),
)
handle_arguments = st.tuples(st.integers(0, 63), offsets).map(list)

_steps = st.one_of(
    st.just(["acquire"]),
    st.just(["acquire"]),
    st.tuples(st.just("release"), handle_arguments).map(list),
    st.tuples(st.just("release"), handle_arguments).map(list),
    st.tuples(
        st.sampled_from(["owners", "make_unique", "make_unique", "read"]), handle_arguments
    ).map(list),
    st.tuples(st.just("share"), handle_arguments, st.sampled_from([1, 1, 2, 255])).map(list),
    st.tuples(st.just("write"), handle_arguments, patterns).map(list),
    st.sampled_from([["reset_high_water"], ["silence"]]),
)
_crowds = st.tuples(
    st.sampled_from(["acquire_many", "release_many"]), st.sampled_from([1, 40, 256, 300])
).map(list)


@st.composite
def sequences(draw) -> dict:
    """A pool's two sizes and up to 60 steps for it; large pools are filled and emptied in bulk."""
    large = draw(st.integers(0, 9)) == 0
    return {
        "capacity": draw(large_capacities if large else small_capacities),
        "buffer_size": draw(buffer_sizes),
        "steps": draw(st.lists(st.one_of(_steps, _crowds) if large else _steps, max_size=60)),
    }


def bits(samples: np.ndarray) -> str:
    return samples.tobytes().hex()


class Judge:
    """Follows a trace with the model; AssertionError at the first step that it does not allow."""

    def __init__(self, capacity: int, buffer_size: int) -> None:
        self.model = PoolModel(capacity, buffer_size)
        self.handles: list[int] = []

    def check(self, step: list, outcome: list) -> None:
        name, argument, value = (*step, None, None)[:3]
        result, counters, owner_counts, contents = outcome
        try:
            wanted = getattr(self, f"_{name}")(argument, value, result)
        except ValueError:
            wanted = "ValueError"
        assert result == wanted, f"{step} gave {result}, not {wanted}"
        model, recent = self.model, self.handles[-RECENT:]
        assert counters == [model.available, model.high_water, model.failed_acquires], step
        assert owner_counts == [self._owner_count(handle) for handle in recent], step
        assert contents == [bits(model.samples(handle)) for handle in recent], step

    def _acquire(self, _argument, _value, result):
        self.model.acquire(result)
        return self._issued(result)

    def _acquire_many(self, count, _value, result):
        assert len(result) == count
        return [self._acquire(None, None, handle) for handle in result]

    def _release(self, argument, _value, _result):
        return self.model.release(resolve(self.handles, argument))

    def _release_many(self, count, _value, _result):
        return [handle for handle in self.handles[-count:] if self._release_if_held(handle)]

    def _release_if_held(self, handle: int) -> bool:
        if held := self.model.holds(handle):
            self.model.release(handle)
        return held

    def _share(self, argument, value, _result):
        handle = resolve(self.handles, argument)
        for _ in range(value):
            self.model.share(handle)
        return handle

    def _owners(self, argument, _value, _result):
        return self.model.owners(resolve(self.handles, argument))

    def _make_unique(self, argument, _value, result):
        handle = resolve(self.handles, argument)
        if not self.model.holds(handle):
            raise ValueError("not held")
        self.model.make_unique(handle, result)
        return self._issued(result)

    def _read(self, argument, _value, _result):
        return bits(self.model.get(resolve(self.handles, argument)))

    def _write(self, argument, value, _result):
        samples = self.model.get(resolve(self.handles, argument))
        words = np.frombuffer(binascii.unhexlify(value), np.uint32)
        samples.view(np.uint32)[:] = np.resize(words, samples.size)

    def _reset_high_water(self, _argument, _value, _result):
        self.model.reset_high_water()

    def _silence(self, _argument, _value, _result):
        return bits(np.zeros(self.model.storage.shape[1], np.float32))

    def _issued(self, handle: int | None) -> int | None:
        if handle is not None:
            self.handles.append(handle)
        return handle

    def _owner_count(self, handle: int) -> int:
        return self.model.owners(handle) if self.model.holds(handle) else 0


def judge(sequence: dict, trace: list) -> None:
    """Compare the trace of one whole sequence with the model, step by step."""
    verdict = Judge(sequence["capacity"], sequence["buffer_size"])
    assert len(trace) == len(sequence["steps"])
    for step, outcome in zip(sequence["steps"], trace, strict=True):
        verdict.check(step, outcome)
