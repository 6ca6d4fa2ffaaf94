"""The pool does what the model does, over any sequence of operations, on every runtime."""

import json

import pytest
from aether import BufferPool, SharedBufferPool
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from micropython_host import beside
from pool_player import Player
from pool_sequences import (
    Judge,
    buffer_sizes,
    handle_arguments,
    judge,
    patterns,
    sequences,
    small_capacities,
)

_ANSWER = """\
import json
import aether
from pool_player import play

def answer(question):
    asked = json.loads(question)
    pool = getattr(aether, asked["pool"])(asked["capacity"], asked["buffer_size"])
    for outcome in play(pool, asked["steps"]):
        print(json.dumps(outcome))
"""


class Machine(RuleBasedStateMachine):
    """Pool and model side by side in this process; each rule is one step of the player."""

    pool_class = BufferPool

    @initialize(capacity=small_capacities, buffer_size=buffer_sizes)
    def start(self, capacity, buffer_size):
        self.player = Player(self.pool_class(capacity, buffer_size))
        self.judge = Judge(capacity, buffer_size)

    def do(self, *step):
        self.judge.check(list(step), self.player.step(*step))

    @rule()
    def acquire(self):
        self.do("acquire")

    @rule(name=st.sampled_from(["release", "owners", "make_unique", "read"]), at=handle_arguments)
    def with_handle(self, name, at):
        self.do(name, at)

    @rule(at=handle_arguments, times=st.sampled_from([1, 2, 255]))
    def share(self, at, times):
        self.do("share", at, times)

    @rule(at=handle_arguments, pattern=patterns)
    def write(self, at, pattern):
        self.do("write", at, pattern)

    @rule(name=st.sampled_from(["reset_high_water", "silence"]))
    def without_argument(self, name):
        self.do(name)

    @precondition(lambda self: self.judge.model.available == 0)
    @rule()
    def acquire_when_exhausted(self):
        self.do("acquire")


class SharedMachine(Machine):
    pool_class = SharedBufferPool


class TestBufferPoolAgainstTheModel(Machine.TestCase):
    settings = settings(max_examples=100, stateful_step_count=60)


class TestSharedBufferPoolAgainstTheModel(SharedMachine.TestCase):
    settings = settings(max_examples=100, stateful_step_count=60)


@pytest.fixture
def conversation(runtime):
    conversation = runtime.converse(_ANSWER, beside("pool_player.py"))
    yield conversation
    conversation.close()


@pytest.mark.parametrize("pool", ["BufferPool", "SharedBufferPool"])
def test_every_runtime_gives_the_trace_of_the_model(runtime, conversation, pool):
    @settings(
        max_examples=50 if runtime.emulated else 150, suppress_health_check=list(HealthCheck)
    )
    @given(sequence=sequences())
    def compare(sequence):
        answer = conversation.ask(json.dumps({"pool": pool} | sequence))
        judge(sequence, [json.loads(line) for line in answer.splitlines()])

    compare()
