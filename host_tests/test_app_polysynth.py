"""The app `polysynth` end to end: what leaves the I2S of the virtual board."""

import numpy as np
import pytest
from aether_tools import example_midi
from app_kit import play_app, scaled, spectrum, trimmed, with_app
from midi_kit import smf, tempo, track
from virtual_run import needs_micropython

pytestmark = needs_micropython

RATE = 44100
WAIT_AND_STOP = """
import time
time.sleep_ms({0})
app.stop()
print(app.stream.playing(), app.stats()["render_errors"])
"""


def song(*events: tuple[int, bytes], end=0) -> dict[str, bytes]:
    """A file of (milliseconds since the event before, its bytes)."""
    return {"/song.mid": smf(track((0, tempo(480000)), *events, end=end))}


def strike(note: int, channel=0, velocity=127) -> bytes:
    return bytes([0x90 | channel, note, velocity])


def loudest(x: np.ndarray) -> float:
    """The frequency of the strongest sine."""
    frequencies, level = spectrum(x, RATE)
    return frequencies[level.argmax()]


def hertz(note: float) -> float:
    return 440 * 2 ** ((note - 69) / 12)


def test_the_piece_is_played_without_allocating_or_an_error():
    played = play_app("polysynth", run=9)
    assert played.report["allocated_bytes"] == played.report["render_errors"] == 0
    assert played.report["true_underruns"] == 0
    assert played.lines == []
    x = scaled(played.frames)
    # Pad and bells in the first seconds, an arpeggio on the right side later.
    assert 0.02 < np.abs(x).max() < 0.9
    assert not np.array_equal(x[:, 0], x[:, 1])


def test_notes_of_a_file_sound_when_and_as_they_should():
    files = song((0, b"\xc0\x05"), (250, strike(69)), (500, strike(69, velocity=0)), end=800)
    played = play_app("polysynth", files=files, file="/song.mid", effects=False)
    x = scaled(played.frames)[:, 0]
    begin = np.flatnonzero(x)[0]
    whole = trimmed(played.frames)
    # The note, of half a second, and a short release; and it ends by itself.
    assert 0.5 < len(whole) / RATE < 0.62
    assert loudest(x[begin + 4410 :][:16384]) == pytest.approx(440, abs=2)
    assert played.report["seconds"] < 1.8
    # In time, from the first block on: what comes before is silence.
    assert begin / RATE == pytest.approx(0.25, abs=0.02)


def test_channels_are_programs_and_pan_bend_and_volume_are_heard():
    files = song(
        (0, b"\xb0\x0a\x00"),
        (0, b"\xe0\x00\x60"),
        (10, strike(69)),
        (500, b"\xb0\x7b\x00"),
        (0, b"\xb1\x0a\x7f"),
        (300, b"\x91\x51\x7f"),
        end=700,
    )
    played = play_app("polysynth", files=files, file="/song.mid", effects=False, run=3)
    x = scaled(played.frames)
    left, right = np.abs(x[: RATE // 2]).max(axis=0)
    assert left > 20 * right
    assert loudest(x[RATE // 4 :, 0][:8192]) == pytest.approx(hertz(70), abs=3)
    later = x[int(0.95 * RATE) :][:8192]
    assert loudest(later[:, 1]) == pytest.approx(hertz(81), abs=6)


def heard(controller: int, **options) -> np.ndarray:
    """The left side of a short note, with controller 74 at a value."""
    files = song(
        (0, bytes([0xB0, 74, controller])),
        (0, b"\xc0\x06"),
        (400, strike(57)),
        (300, strike(57, velocity=0)),
        end=700,
    )
    played = play_app("polysynth", files=files, file="/song.mid", **options)
    assert played.report["allocated_bytes"] == 0
    return scaled(trimmed(played.frames))[:, 0]


def test_a_controller_opens_the_filter_and_a_room_rings_on():
    def bright(x):
        frequencies, level = spectrum(x[2000:][:8192], RATE)
        return level[frequencies > 4000].max() - level[frequencies < 300].max()

    opened, half, shut, dry = heard(127), heard(64), heard(0), heard(0, effects=False)
    assert bright(opened) > bright(half) + 10 > bright(shut) + 15
    assert bright(dry) > bright(half) + 10
    # Without the room there is the release alone.
    assert len(dry) / RATE == pytest.approx(0.5, abs=0.05)
    assert len(opened) > len(dry) + 0.2 * RATE


def test_only_the_channels_that_were_asked_for():
    files = song((0, strike(69)), (100, strike(81, 1)), end=400)
    played = play_app("polysynth", files=files, file="/song.mid", channels=1)
    x = scaled(trimmed(played.frames))[:, 0]
    assert loudest(x[1000:][:8192]) == pytest.approx(880, abs=6)


def test_a_loop_plays_on_and_stop_fades_out():
    files = song((0, strike(69)), (90, strike(69, velocity=0)), end=10)
    played = play_app(
        "polysynth", WAIT_AND_STOP.format(900), files=files, file="/song.mid", loop=True
    )
    assert played.lines == ["False 0"]
    x = scaled(played.frames)[:, 0]
    assert len(np.trim_zeros(x)) / RATE > 0.85
    assert np.abs(x[-8:]).max() < 0.0005
    # No step that the sound itself does not have.
    assert np.abs(np.diff(x)).max() < 0.2


@pytest.mark.parametrize("seconds", [0.1, 0.7])
def test_seconds_are_those_from_the_first_sound_to_the_last(seconds):
    files = song((0, strike(60, 5)), end=4000)
    played = play_app("polysynth", files=files, file="/song.mid", seconds=seconds)
    assert len(trimmed(played.frames)) / RATE == pytest.approx(seconds, abs=0.01)
    assert np.abs(scaled(played.frames[-100:])).max() < 0.001


# Plays a keyboard, on the other UART.
KEYS = """
import time
from machine import UART
keys = UART(1, 31250)
def press(data):
    keys.write(data)
    time.sleep_ms(300)
"""


def test_a_keyboard_is_heard_in_all_its_nonsense():
    played = play_app(
        "polysynth",
        KEYS + "press(b'\\x95\\xf8\\x45\\xfe\\x7f')\nprint(app.stats()['voices'])\n"
        "press(b'\\x45\\x00')\npress(bytes(range(256)))\nprint(app.stats()['voices'] > 0)\n"
        "app.stop()\nprint(app.stats()['render_errors'])",
        midi_in="uart",
        run=4,
    )
    assert played.lines == ["1", "True", "0"]
    assert played.report["allocated_bytes"] == 0
    x = scaled(trimmed(played.frames))[:, 0]
    assert loudest(x[2000:][:8192]) == pytest.approx(440, abs=6)


def test_a_keyboard_beside_a_file():
    files = song((0, b"\xc0\x05"), (0, strike(60)), (50, strike(60, velocity=0)), end=50)
    after = KEYS + "time.sleep_ms(400)\npress(b'\\x95\\x51\\x7f')\nprint(app.stats()['voices'])"
    played = play_app("polysynth", after, files=files, file="/song.mid", midi_in="uart")
    assert played.lines == ["1"]


def test_the_prompt_can_play_too():
    after = "app.synth.note_on(0, 60, 100, 0)\nimport time\ntime.sleep_ms(50)\n"
    after += "print(app.stats()['voices'], app.status)\napp.stop()\napp.stop()"
    played = play_app("polysynth", after, midi_in="uart", voices=8, rate=48000, bits=32)
    assert played.lines == [
        "1 polysynth on rpi_pico, uart, 8 voices, 48000 Hz, 32 bit stereo, kernels viper"
    ]


def test_another_follows_one_that_was_stopped_or_refused():
    files = song((0, strike(69)), end=300)
    snippet = """
import time
for file in ("/none.mid", "/song.mid", "/bad.mid", "/song.mid"):
    try:
        app = polysynth.start(board, file=file)
        time.sleep_ms(100)
        app.stop()
        print("played")
    except ValueError as error:
        print(error)
"""
    damaged = files["/song.mid"][:-1]
    played = with_app("polysynth", snippet, files=files | {"/bad.mid": damaged}, seconds=3)
    said = played.lines
    assert said[0] == "'/none.mid' does not exist"
    assert said[2].startswith("'/bad.mid' is damaged: byte 18: a chunk has ")
    assert [said[1], said[3]] == ["played"] * 2
    assert played.code == 0


@pytest.mark.parametrize("board", ["esp32_s3", "rpi_pico2"])
def test_other_boards_play_it(board):
    played = play_app("polysynth", board=board, run=3)
    assert played.report["allocated_bytes"] == played.report["render_errors"] == 0
    assert np.abs(scaled(played.frames)).max() > 0.02


def test_a_board_without_the_memory_is_told_so():
    snippet = """
try:
    polysynth.start(board)
except ValueError as error:
    print(error)
"""
    played = with_app("polysynth", snippet, board="esp32_generic")
    assert played.lines == ["there is no memory for 16 voices and their waves here"]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"file": 7}, "TypeError a song must be a path, not int"),
        ({"file": "/board.py"}, "ValueError '/board.py' is no MIDI file: it must begin with MThd"),
        ({"midi_in": "tty"}, "ValueError midi_in must be 'uart', 'usb' or None, not 'tty'"),
        ({"midi_in": "usb"}, "RuntimeError USB MIDI needs a package on the board"),
        ({"channels": 16}, "ValueError a channel must be 0 to 15, not 16"),
        ({"voices": 0}, "ValueError voices must be 1 to 64, not 0"),
        ({"voices": 65}, "ValueError voices must be 1 to 64, not 65"),
        ({"voices": 2.0}, "TypeError voices must be an int, not float"),
        ({"seconds": 0}, "ValueError seconds must be 0.1 to 86400, not 0"),
        ({"seconds": float("nan")}, "ValueError seconds must be 0.1 to 86400, not nan"),
        ({"rate": 0}, "ValueError rate must be 1000 to 192000, not 0"),
        ({"bits": 24}, "ValueError bits must be 16 or 32, not 24"),
    ],
    ids=str,
)
def test_bad_options_are_refused_in_one_line(options, line, refusals):
    assert refusals[str(options)].startswith(line)


@pytest.fixture(scope="module")
def refusals():
    """What each of the bad options above is refused with; in one run, as a run takes a while."""
    mark = test_bad_options_are_refused_in_one_line.pytestmark[0]
    cases = ", ".join(str(options) for options, _ in mark.args[1])
    snippet = f"""
nan = float("nan")
for options in ({cases}):
    try:
        polysynth.start(board, **options)
        print("accepted")
    except (TypeError, ValueError, RuntimeError) as error:
        print(type(error).__name__, error)
"""
    lines = with_app("polysynth", snippet).lines
    return dict(zip((str(options) for options, _ in mark.args[1]), lines, strict=True))


def test_the_piece_lasts_as_long_as_the_demo_plays_it():
    files = {"/song.mid": example_midi.piece()}
    after = "print(app.player._frames / 44100, app.player._count)"
    played = play_app("polysynth", after, files=files, file="/song.mid", seconds=0.1)
    length = float(played.lines[0].split()[0])
    assert length == pytest.approx(example_midi.seconds(), abs=0.01)
