"""Streams under random faults, for some seconds each; `make soak` does it for an hour."""

import pytest
import soak
from aether_tools import interpreter


@pytest.mark.parametrize("stream", soak.STREAMS, ids=str)
def test_a_stream_loses_no_frame_no_buffer_and_no_byte_to_faults(stream):
    if not interpreter.available():
        pytest.skip(interpreter.why_not())
    done = soak.soak(stream, seconds=10)
    assert done.faults > 50
    done.check()
