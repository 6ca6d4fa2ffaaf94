"""What `wav_player` says of files that it cannot play: one line, and what is allowed."""

import struct

import pytest
from app_kit import chunk, wav_file, with_app
from virtual_run import needs_micropython

pytestmark = needs_micropython

GOOD = wav_file(bytes(range(1, 201)))
FMT = GOOD[12:36]


def riff(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def changed(at: int, form: str, value: int) -> bytes:
    data = bytearray(GOOD)
    struct.pack_into(form, data, at, value)
    return bytes(data)


NO_FMT = "is damaged: its header has no fmt chunk"
NO_DATA = "is damaged: its header has no data chunk"
NO_WAV = "is no WAV file: it must begin with RIFF and WAVE"
ALLOWED = "; allowed: PCM of 8, 16, 24 and 32, float of 32"
FORMATS = "; allowed: PCM (1) and float (3)"
RATES = "must be 1000 to 192000, not "

# Name -> the file, and the end of the line that refuses it.
DAMAGED = {
    "empty": (b"", "is empty"),
    "text": (b"this is no music at all", NO_WAV),
    "zeros": (bytes(4096), NO_WAV),
    "avi": (b"RIFF\x10\0\0\0AVI " + GOOD[12:], NO_WAV),
    "rifx": (b"RIFX" + GOOD[4:], NO_WAV),
    "cut4": (GOOD[:4], NO_FMT),
    "cut8": (GOOD[:8], NO_FMT),
    "cut12": (GOOD[:12], NO_FMT),
    "cut20": (GOOD[:20], "is damaged: its fmt chunk has 0 bytes, not 16"),
    "cut30": (GOOD[:30], "is damaged: its fmt chunk has 10 bytes, not 16"),
    "cut36": (GOOD[:36], NO_DATA),
    "cut40": (GOOD[:40], NO_DATA),
    "cut44": (GOOD[:44], "has no sound in it"),
    "cut47": (GOOD[:47], "has no sound in it"),
    "no_sound": (riff(FMT, chunk(b"data", b"")), "has no sound in it"),
    "data_first": (riff(chunk(b"data", b"1234"), FMT), "its data comes before a fmt chunk"),
    "far_chunk": (riff(chunk(b"LIST", b"", 0xFFFFFFFF), FMT), NO_FMT),
    "far_chunk_after": (riff(FMT, chunk(b"LIST", b"", 0xFFFFFFF0)), NO_DATA),
    "many_chunks": (riff(FMT, chunk(b"JUNK", b"") * 5000, chunk(b"data", b"1234")), NO_DATA),
    "short_fmt": (riff(chunk(b"fmt ", FMT[8:22])), "its fmt chunk has 14 bytes, not 16"),
    "adpcm": (changed(20, "<H", 2), "has format 2" + FORMATS),
    "mp3": (changed(20, "<H", 0x55), "has format 85" + FORMATS),
    "format0": (changed(20, "<H", 0), "has format 0" + FORMATS),
    "strange_guid": (
        wav_file(b"1234", extensible=True).replace(b"\x80\0\0\xaa", b"\x80\0\0\xab"),
        "has a format of its own; allowed: PCM and float",
    ),
    "short_extensible": (changed(20, "<H", 0xFFFE), "of its own; allowed: PCM and float"),
    "extensible_mp3": (wav_file(b"1234", extensible=True, kind=85), "has format 85" + FORMATS),
    "surround": (wav_file(bytes(120), channels=6), "has 6 channels; allowed: 1 and 2"),
    "channels0": (changed(22, "<H", 0), "has 0 channels; allowed: 1 and 2"),
    "bits12": (changed(34, "<H", 12), "has PCM samples of 12 bits" + ALLOWED),
    "bits0": (changed(34, "<H", 0), "has PCM samples of 0 bits" + ALLOWED),
    "double": (wav_file(bytes(64), bits=64, kind=3), "has float samples of 64 bits" + ALLOWED),
    "float16": (wav_file(bytes(64), kind=3), "has float samples of 16 bits" + ALLOWED),
    "align": (changed(32, "<H", 3), "it has 3 bytes a frame, 2 channels of 16 bits make 4"),
    "align0": (changed(32, "<H", 0), "it has 0 bytes a frame, 2 channels of 16 bits make 4"),
    "rate0": (changed(24, "<I", 0), RATES + "0"),
    "rate_low": (changed(24, "<I", 999), RATES + "999"),
    "rate_high": (changed(24, "<I", 192001), RATES + "192001"),
    "rate_huge": (changed(24, "<I", 0xFFFFFFFF), RATES + "4294967295"),
}

TRY = """
def attempt(**options):
    try:
        wav_player.start(board, **options).stop()
        print("accepted")
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
"""


@pytest.fixture(scope="module")
def lines():
    """What is said of each damaged file; in one run, as a run takes a while."""
    snippet = f"{TRY}\nfor name in {list(DAMAGED)}:\n    attempt(file='/' + name)\n"
    files = {"/" + name: data for name, (data, _) in DAMAGED.items()}
    played = with_app("wav_player", snippet, files=files)
    assert (played.code, played.err, played.wavs) == (0, "", [])
    return dict(zip(DAMAGED, played.lines, strict=True))


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused_in_one_line(name, lines):
    assert lines[name].startswith(f"ValueError '/{name}'")
    assert lines[name].endswith(DAMAGED[name][1])


def test_a_board_is_free_for_the_next_file_after_a_refusal():
    snippet = f"{TRY}attempt(file='/bad')\nattempt(file='/good')"
    played = with_app("wav_player", snippet, files={"/bad": GOOD[:30], "/good": GOOD})
    assert played.lines[1] == "accepted"
    assert played.frames.any()


def test_a_file_of_noise_never_hangs_nor_plays_by_chance():
    import random

    noise = random.Random(1)
    files = {}
    for k in range(150):
        data = bytearray(GOOD)
        for _ in range(noise.randrange(1, 12)):
            data[noise.randrange(4, 44)] = noise.randrange(256)
        files[f"/{k}"] = bytes(data[: noise.randrange(20, len(data))])
    snippet = f"{TRY}\nfor k in range({len(files)}):\n    attempt(file='/%d' % k)\n"
    played = with_app("wav_player", snippet, files=files, seconds=60)
    assert (played.code, played.err, len(played.lines)) == (0, "", len(files))
    assert all(line == "accepted" or line.startswith("ValueError '/") for line in played.lines)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"file": "/none.wav"}, "ValueError '/none.wav' does not exist"),
        ({"file": "/lib"}, "ValueError '/lib' is a folder"),
        ({"file": ""}, "ValueError '' is a folder"),
        ({"file": 7}, "TypeError file must be a path, not int"),
        ({"bits": 24}, "ValueError bits must be 16 or 32, not 24"),
        ({}, "ValueError there is no .wav file on the board: copy one to it"),
    ],
    ids=str,
)
def test_bad_options_are_refused_in_one_line(options, line):
    files = {"/good.wav": GOOD} if "bits" in options else {}
    played = with_app("wav_player", f"{TRY}attempt(**{options!r})", files=files)
    assert played.lines == [line]
