"""What an input stream hands to its program: every frame once, in order, bit for bit."""

import pytest

HEAR = """
s = make({arguments})
s.start()
feed()
time.sleep_ms({ms})
s.stop()
st = s.stats()
print(runs({channels}))
print(heard, st["blocks"], s.pool.available(), s.playing())
print([st[key] for key in ("overruns", "starved", "receive_errors", "restarts")])
"""


def check_sound(run, at_least: int) -> int:
    """The frames of a run of HEAR: one piece from the counter's first, in order and complete."""
    pieces, counts, faults = map(str.split, run.text.splitlines())
    pieces = eval("".join(pieces))
    if pieces[0][0] == 0:
        pieces.pop(0)  # before the microphone was there
    assert len(pieces) == 1, pieces
    first, frames = pieces[0]
    assert first == 1
    assert frames >= at_least
    heard, blocks, available, playing = counts
    assert heard == blocks
    assert (available, playing) == ("8", "False")
    assert eval("".join(faults)) == [0, 0, 0, 0]
    run.check_report(allocated_bytes=0)
    return frames


@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_frame_is_received_once_and_in_order(inputs, bits, channels):
    receive = "mono" if channels == 1 else "stereo"
    arguments = f"{receive}, bits={bits}, channels={channels}"
    run = inputs(HEAR.format(arguments=arguments, channels=channels, ms=120))
    check_sound(run, 64 * 48)
