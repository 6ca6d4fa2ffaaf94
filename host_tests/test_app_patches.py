"""The apps `drone` and `groovebox`: patches that play, and are changed while they do."""

import json

import numpy as np
import pytest
from aether_tools import paths
from app_kit import spectrum, with_app
from command_kit import aether
from emulated_run import needs_images
from virtual_run import needs_micropython

_END = """
st = app.stats()
app.stop()
print(st["underruns"], st["render_errors"])
print(app.stream.playing(), app.stream.pool.available() == app.stream.pool.capacity())
"""
_RATE = 44100


def played(app, during, options="", board="rpi_pico", seconds=4.0):
    done = with_app(
        app,
        f"import time\napp = {app}.start(board{options})\n{during}{_END}",
        board=board,
        seconds=seconds,
    )
    assert done.code == 0, done.err
    assert done.lines[-2:] == ["0 0", "False True"]
    return done


def sound(done):
    return done.frames.astype(np.float64).mean(axis=1) / 32768


def steps(x):
    """The largest jump of the slope, which a click would be."""
    return float(np.max(np.abs(np.diff(x, 2))))


@needs_micropython
@pytest.mark.parametrize("board", ["rpi_pico", "esp32_s3"])
def test_the_drone_hums_its_note_and_allocates_nothing(board):
    done = played("drone", "time.sleep_ms(2500)\n", ", note=45", board)
    x = sound(done)
    hertz, power = spectrum(x[_RATE // 2 : _RATE * 2], _RATE)
    # A2, the saws' note, and the octave below it.
    for note in (110, 55):
        near = power[(hertz > note - 3) & (hertz < note + 3)].max()
        assert near > 100 * np.median(power[(hertz > 40) & (hertz < 400)])
    assert done.report["allocated_bytes"] == 0
    assert abs(x[-50:]).max() < 0.01


@needs_micropython
def test_the_drone_is_patched_anew_while_it_plays_without_a_click():
    during = """
from aether.nodes import Delay
time.sleep_ms(1000)
echo = app.graph.add(Delay(0.1, feedback=0.6))
app.graph.disconnect(app.filter, app.reverb)
app.graph.connect(app.filter, echo)
app.graph.connect(echo, app.reverb)
app.graph.compile()
time.sleep_ms(500)
app.note = 48
app.reverb.mix = 0.6
time.sleep_ms(500)
print("echo" in str(app.graph), "delay" in str(app.graph))
"""
    done = played("drone", during)
    assert done.lines[-3] == "False True"
    x = sound(done)
    # Up to the first echo, which begins as suddenly as the sound was put into it.
    assert steps(x[_RATE : _RATE + 4400]) < 2 * steps(x[_RATE // 2 : _RATE])


@needs_micropython
def test_the_groovebox_keeps_time():
    during = """
app.snare = app.hat = "." * 16
app.bass = [0] * 16
app.chords = []
app.kick = "x...x...x...x..."
time.sleep_ms(4500)
"""
    done = played("groovebox", during, ", tempo=60", seconds=6.0)
    x = np.abs(sound(done))
    # The first chord sounds on through its bar.
    loud = np.flatnonzero(x > 0.2)
    begins = [int(k) for k in loud if k > _RATE // 2 and x[k - 2000 : k].max() < 0.2]
    assert len(begins) >= 3
    # A second a beat, from a driver of 44,099.488 frames.
    np.testing.assert_allclose(np.diff(begins), _RATE, atol=64)
    assert done.report["allocated_bytes"] == 0


@needs_micropython
def test_the_groovebox_says_what_a_pattern_must_be():
    during = """
for what in ('app.kick = "x.x."', 'app.bass = [1, 2]', 'app.tempo = 1000', 'app.mute("tom")'):
    try:
        exec(what)
    except ValueError as error:
        print(error)
app.mute("hat")
print(app.kick, len(app.bass), app.chords[0])
time.sleep_ms(300)
"""
    done = played("groovebox", during)
    assert done.lines[-7:-2] == [
        "kick must be a text of 16 steps, as 'x...x...'",
        "bass must have 16 notes, not 2",
        "tempo must be 40 to 240 quarters a minute, not 1000",
        "drum must be one of kick, snare, hat, not 'tom'",
        "x...x...x...x... 16 (60, 63, 67, 70)",
    ]


@needs_micropython
def test_the_patch_in_readme_plays():
    text = (paths.ROOT / "README.md").read_text().partition("### A patch")[2]
    program = text.partition("```python\n")[2].partition("```")[0]
    own = text.partition("A node of your own")[2].partition("```python\n")[2].partition("```")[0]
    after = """
import time
time.sleep_ms(500)
own = graph.add(Rectify())
graph.disconnect(pluck, echo)
graph.connect(pluck, own)
graph.connect(own, echo)
graph.compile()
time.sleep_ms(500)
st = stream.stats()
stream.stop()
print(st["underruns"], st["render_errors"])
"""
    done = with_app("drone", program + own + after, seconds=3.0)
    assert done.code == 0, done.err
    assert done.lines[0] == "2 buffers"
    assert "graph: 5 nodes, 2 of" in done.lines[1]
    assert done.lines[-1] == "0 0"
    assert np.abs(sound(done)).max() > 0.05


@needs_images
@pytest.mark.parametrize("app", ["drone", "groovebox"])
def test_a_pico_has_the_memory_and_the_time_for_it(app, tmp_path):
    done = aether(tmp_path, "emulate", "--app", app, "--seconds", 8, "--json", "report.json")
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["blocks"] > 1000
    assert report["underruns"] == report["allocated_bytes"] == report["render_errors"] == 0
    assert report["load_mean"] < 0.85
