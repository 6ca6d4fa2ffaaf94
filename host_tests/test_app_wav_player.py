"""The app `wav_player` end to end: what leaves the I2S, against NumPy."""

import numpy as np
import pytest
from app_kit import BLOCKS, LOCKED, blocks_of, chunk, play_app, scaled, trimmed, wav_file, with_app
from virtual_run import needs_micropython

pytestmark = needs_micropython

FORMATS = ["u8", "i16", "i24", "i32", "f32"]


def samples(form: str, frames: int, channels: int) -> np.ndarray:
    """Random samples from edge to edge, of no silent frame; integers as they stand in the file."""
    random = np.random.default_rng(frames + channels)
    if form == "f32":
        x = random.uniform(-1.1, 1.1, (frames, channels)).astype("<f4")
        x[1:6, 0] = [1, -1, 2**-31, -3e-5, 1e-30]
        x[6:9, -1] = [np.nan, np.inf, -np.inf]
        return x
    bits = int(form[1:])
    low = 0 if form == "u8" else -(1 << bits - 1)
    x = random.integers(low, low + (1 << bits), (frames, channels))
    x[3, 0], x[4, 0] = low, low + (1 << bits) - 1
    quiet = 128 if form == "u8" else 0
    x[[0, -1]] = quiet + 1
    x[10, 0] = quiet
    return x


def raw(form: str, x: np.ndarray) -> bytes:
    if form == "i24":
        return x.astype("<i4").reshape(-1).view("u1").reshape(-1, 4)[:, :3].tobytes()
    return x.astype({"u8": "u1", "i16": "<i2", "i32": "<i4", "f32": "<f4"}[form]).tobytes()


def numbers(form: str, x: np.ndarray) -> np.ndarray:
    """The samples as float32 of -1 to 1."""
    if form == "f32":
        return x
    if form == "u8":
        return ((x - 128) / 128).astype(np.float32)
    return (x / 2.0 ** (int(form[1:]) - 1)).astype(np.float32)


def pcm(x: np.ndarray, bits: int) -> np.ndarray:
    """What a stream of `bits` makes of float32 samples."""
    full = 2.0 ** (bits - 1)
    return np.clip(
        np.rint(np.nan_to_num(x.astype(float), posinf=2, neginf=-2) * full), -full, full - 1
    ).astype(int)


def music(form="i16", frames=3000, channels=2, **options) -> tuple[dict, np.ndarray]:
    """A board with /music.wav, and the samples in it."""
    x = samples(form, frames, channels)
    bits = {"u8": 8, "f32": 32}.get(form) or int(form[1:])
    options.setdefault("kind", 3 if form == "f32" else 1)
    return {"/music.wav": wav_file(raw(form, x), channels=channels, bits=bits, **options)}, x


@pytest.mark.parametrize("extensible", [False, True], ids=["plain", "extensible"])
@pytest.mark.parametrize("channels", [1, 2], ids=["mono", "stereo"])
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_played_as_it_is_in_the_file(form, channels, extensible):
    files, x = music(form, 3000, channels, extensible=extensible)
    played = play_app("wav_player", files=files)
    bits = 16 if form in ("u8", "i16") else 32
    assert played.frames.dtype.itemsize * 8 == bits
    # Mono of 32 bits leaves the pins on both sides.
    frames = played.frames[:, :channels]
    assert all(np.array_equal(side, frames[:, -1]) for side in played.frames.T[channels:])
    assert np.array_equal(trimmed(frames), trimmed(pcm(numbers(form, x), bits)))
    assert played.report["render_errors"] == played.report["allocated_bytes"] == 0
    if form == "i16":
        assert np.array_equal(trimmed(frames), x)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 32000, 44100, 48000, 96000])
@pytest.mark.parametrize("board", ["rpi_pico", "esp32_generic"])
def test_every_rate_is_the_rate_of_the_bus(rate, board):
    files, x = music(frames=5003, rate=rate)
    played = play_app("wav_player", files=files, board=board)
    assert played.wavs[0][0] == rate
    assert np.array_equal(trimmed(played.frames), x)
    assert not played.frames[-64:].any()


@pytest.mark.parametrize(("form", "bits"), [("i24", 16), ("f32", 16), ("i16", 32), ("u8", 32)])
def test_the_width_of_the_bus_can_be_chosen(form, bits):
    files, x = music(form)
    played = play_app("wav_player", files=files, bits=bits)
    assert played.frames.dtype.itemsize * 8 == bits
    expected = pcm(numbers(form, x), bits)
    assert np.array_equal(trimmed(played.frames), trimmed(expected))


def test_a_faster_chip_plays_stereo_of_24_bits_with_32():
    files, x = music("i24")
    played = play_app("wav_player", files=files, board="rpi_pico2")
    assert np.array_equal(trimmed(played.frames), pcm(numbers("i24", x), 32))


@pytest.mark.parametrize("frames", [1, 63, 64, 65, 128, 2560, 20000])
def test_it_ends_by_itself_after_the_last_frame(frames):
    x = np.full((frames, 2), 1000)
    played = play_app("wav_player", files={"/music.wav": wav_file(raw("i16", x))})
    assert len(trimmed(played.frames)) == frames
    assert not played.frames[-64:].any()
    assert played.report["seconds"] < 1
    assert played.report["render_errors"] == 0


@pytest.mark.parametrize("frames", [1, 10, 64, 70, 128, 1000, 5003])
@pytest.mark.parametrize("channels", [1, 2], ids=["mono", "stereo"])
def test_a_loop_has_no_gap(frames, channels):
    x = (np.arange(frames * channels) % 30000 + 1).reshape(-1, channels)
    files = {"/music.wav": wav_file(raw("i16", x), channels=channels, after=chunk(b"LIST", b"no"))}
    stop = "import time\ntime.sleep_ms(400)\napp.stop()\nprint(app.stats()['read_errors'])"
    played = play_app("wav_player", stop, files=files, loop=True)
    sound = trimmed(played.frames)
    assert len(sound) > 0.4 * 44100
    # The last blocks are those of the fade-out.
    steady = sound[: len(sound) - 700]
    assert np.array_equal(steady, np.resize(x, (len(steady), channels)))
    assert played.report["allocated_bytes"] == 0
    assert played.lines == ["0"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_loop_that_is_shorter_than_a_block_in_every_format(form):
    x = samples(form, 40, 1)
    kind, bits = (3, 32) if form == "f32" else (1, int(form[1:]))
    data = wav_file(raw(form, x), channels=1, bits=bits, kind=kind)
    snippet = f'p = wav_player.Player(board, "/x.wav", True, None)\n{BLOCKS}'
    snippet += "show(lambda left, right: p._mono(left), 20)"
    frames = blocks_of(with_app("wav_player", snippet, files={"/x.wav": data}))[:, 0]
    expected = np.resize(numbers(form, x)[:, 0], len(frames))
    assert np.array_equal(frames, expected, equal_nan=True)


def test_a_stop_fades_out():
    t = np.arange(44100) / 44100
    x = np.rint(32000 * np.sin(2 * np.pi * 440 * t))[:, None] * [1, -1]
    stop = "import time\ntime.sleep_ms(303)\napp.stop()\nprint(app.stream.playing())"
    played = play_app("wav_player", stop, files={"/music.wav": wav_file(raw("i16", x))})
    # From the first frame on, which in this file comes with a click, to the silence after it.
    start = np.flatnonzero(played.frames.any(axis=1))[0]
    left, right = scaled(played.frames[start:]).T
    assert np.abs(left + right).max() < 2 / 32768
    own = (2 * np.pi * 440 / 44100) ** 2
    # Where the fade-out begins, the slope changes by the height of the tone over 15 ms.
    assert np.abs(np.diff(left, 2)).max() < own * 1.02 + 2 / 32768 + 1 / (0.015 * 44100)
    # What was buffered, and 15 ms.
    assert len(trimmed(played.frames)) / 44100 < 0.303 + 0.08
    assert played.lines == ["False"]


@pytest.mark.parametrize("loud", [3.0, np.inf])
def test_what_is_too_loud_fades_from_full_scale(loud):
    data = wav_file(raw("f32", np.full((5000, 1), loud)), channels=1, bits=32, kind=3)
    snippet = f'p = wav_player.Player(board, "/x.wav", True, None)\np._fade = 0\n{BLOCKS}'
    snippet += "show(lambda left, right: p._mono(left), 10)"
    frames = blocks_of(with_app("wav_player", snippet, files={"/x.wav": data}))[:, 0]
    expected = np.cos(np.pi * np.arange(641)[::64] / 640) / 2 + 0.5
    assert np.abs(frames[::64] - expected[:-1]).max() < 1e-6
    assert (np.diff(frames) <= 0).all() and frames[-1] < 1e-3


def test_other_chunks_are_skipped():
    x = samples("i16", 500, 2)
    before = chunk(b"JUNK", b"\x01" * 27) + b"\0" + chunk(b"bext", b"\x02" * 602)
    after = chunk(b"LIST", b"\x7f" * 400)
    data = wav_file(raw("i16", x), before=before, after=after)
    played = play_app("wav_player", files={"/music.wav": data})
    assert np.array_equal(trimmed(played.frames), x)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, 4_000_000, 2001])
def test_a_size_that_cannot_be_true_is_that_of_the_file(size):
    x = samples("i16", 500, 2)
    data = wav_file(raw("i16", x), size=size)
    played = play_app("wav_player", files={"/music.wav": data})
    assert np.array_equal(trimmed(played.frames), x)


def test_a_file_that_was_cut_off_plays_what_is_there():
    x = samples("i24", 500, 2)
    data = wav_file(raw("i24", x), bits=24)[: -6 * 100 - 4]
    played = play_app("wav_player", files={"/music.wav": data}, bits=32)
    sound = trimmed(played.frames)
    assert len(sound) == 399
    assert np.array_equal(sound, x[:399] << 8)


FAULTY = """
from apps import wav_player
class Faulty:
    def __init__(self, path, mode):
        self.file = open(path, mode)
        self.reads = 0
        self.seek = self.file.seek
        self.read = self.file.read
        self.close = self.file.close
    def readinto(self, buffer):
        self.reads += 1
        if self.reads > 60:
            {0}
        return self.file.readinto(buffer)
import aether.wav.file
aether.wav.file.open = Faulty
app = wav_player.start(board{1})
import time
time.sleep_ms(500)
print(app.stream.playing(), app.stats()["read_errors"], app.stats()["render_errors"])
app.stop()
"""


@pytest.mark.parametrize("fault", ["raise OSError(5)", "return 0", "return 100"])
@pytest.mark.parametrize("loop", ["", ", loop=True"], ids=["once", "loop"])
def test_a_card_that_is_pulled_out_ends_in_silence(fault, loop):
    files, x = music(frames=20000)
    played = with_app("wav_player", FAULTY.format(fault, loop), files=files)
    assert played.lines == ["False 1 0"]
    assert np.array_equal(trimmed(played.frames), x[: 60 * 64])
    assert not played.frames[-64:].any()


def test_without_a_name_the_first_file_on_the_board_is_played():
    mine, x = music(frames=100)
    other, _ = music(frames=200)
    data = other["/music.wav"]
    files = {"/sd/a/b.wav": data, "/Tune.WAV": mine["/music.wav"], "/z.wav": data, "/a.mp3": b"x"}
    played = play_app("wav_player", "print(app.status)", files=files)
    assert np.array_equal(trimmed(played.frames), x)
    assert played.lines == [
        "wav_player on rpi_pico, /Tune.WAV, 44100 Hz, 16 bit stereo, kernels viper"
    ]
    deep = {"/sd/a/b.wav": mine["/music.wav"]}
    assert np.array_equal(trimmed(play_app("wav_player", files=deep).frames), x)


@pytest.mark.parametrize("channels", [1, 2], ids=["mono", "stereo"])
@pytest.mark.parametrize("form", FORMATS)
def test_both_twins_give_the_same_samples_and_the_native_one_does_not_allocate(form, channels):
    files, _ = music(form, 300, channels)
    show = "p._stereo" if channels == 2 else "lambda left, right: p._mono(left)"
    snippet = f"""
p = wav_player.Player(board, "/music.wav", True, None)
{BLOCKS}
show({show}, 10)
p._fade = 0
show({show}, 12)
"""
    viper, portable = (
        blocks_of(with_app("wav_player", snippet, files=files, twin=twin))
        for twin in ("viper", "portable")
    )
    assert np.array_equal(viper, portable, equal_nan=True)
    assert viper[: 10 * 64].any()
    assert not viper[-64:].any()

    arguments = "p._stereo, 40, left, right" if channels == 2 else "p._mono, 40, left"
    snippet = f"""
{BLOCKS}{LOCKED}
for loop in (True, False):
    p = wav_player.Player(board, "/music.wav", loop, None)
    locked({arguments})
    p.stream.stop()
p = wav_player.Player(board, "/music.wav", True, None)
p._fade = 0
locked({arguments})
print(p._over)
"""
    played = with_app("wav_player", snippet, files=files)
    assert (played.lines, played.err) == (["True"], "")
