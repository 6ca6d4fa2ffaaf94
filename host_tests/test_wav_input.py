"""The WAV file that an I2S hears on the virtual board: what is taken, and what is refused."""

import struct

import numpy as np
import pytest
from aether_tools import cli, wav_input
from aether_tools.errors import UserError


def wav(
    body: bytes, bits: int = 16, channels: int = 2, code: int = 1, rate: int = 44100, fmt=b""
) -> bytes:
    width = bits // 8 * channels
    fmt = fmt or struct.pack("<HHIIHH", code, channels, rate, rate * width, width, bits)
    chunks = struct.pack("<4sI", b"fmt ", len(fmt)) + fmt
    chunks += struct.pack("<4sI", b"data", len(body)) + body + b"\0" * (len(body) % 2)
    return struct.pack("<4sI4s", b"RIFF", 4 + len(chunks), b"WAVE") + chunks


GOOD = wav(struct.pack("<4h", 1, -1, 2, -2))
EXTENSIBLE = struct.pack("<HHIIHHHHIH14x", 0xFFFE, 2, 44100, 176400, 4, 16, 22, 16, 3, 1)


@pytest.mark.parametrize(
    ("data", "frames"),
    [
        (GOOD, [(1 << 16, -1 << 16), (2 << 16, -2 << 16)]),
        (wav(bytes([128, 129]), 8), [(0, 1 << 24)]),
        (wav(bytes([129, 127, 128]), 8, 1), [(1 << 24,) * 2, (-1 << 24,) * 2, (0, 0)]),
        (wav(bytes([1, 2, 3, 255, 255, 255]), 24), [(0x03020100, -256)]),
        (wav(struct.pack("<2i", 5, -6), 32), [(5, -6)]),
        (wav(struct.pack("<2f", 0.5, -2), 32, code=3), [(1 << 30, -1 << 31)]),
        (wav(struct.pack("<2f", float("nan"), 1), 32, code=3), [(0, (1 << 31) - 1)]),
        (wav(struct.pack("<2h", 3, 4), fmt=EXTENSIBLE), [(3 << 16, 4 << 16)]),
        # Half a frame at the end is left out.
        (wav(struct.pack("<3h", 1, 2, 3)), [(1 << 16, 2 << 16)]),
        (wav(b""), []),
    ],
)
def test_any_pcm_is_heard_as_32_bit_stereo(tmp_path, data, frames):
    path = tmp_path / "in.wav"
    path.write_bytes(data)
    got = np.frombuffer(wav_input.read(path).frames, "<i4").reshape(-1, 2)
    assert [tuple(frame) for frame in got.tolist()] == frames


BAD = {
    "empty": (b"", "{} is no WAV file"),
    "text": (b"hello, this is no sound at all", "{} is no WAV file"),
    "header": (GOOD[:20], "{} is damaged: it ends too early"),
    "cut": (GOOD[:-3], "{} is damaged: it ends too early"),
    "no data": (GOOD[:36], "{} is damaged: it has no format or no data"),
    "short format": (wav(b"", fmt=b"12345678"), "{} is damaged: its format is too short"),
    "12 bits": (wav(b"", 12), "{}: format 1 of 12 bits, 2 channels, 44100 Hz; what can be read"),
    "six channels": (wav(b"", channels=6), "{}: format 1 of 16 bits, 6 channels, 44100 Hz"),
    "compressed": (wav(b"", code=85), "{}: format 85 of 16 bits, 2 channels, 44100 Hz"),
    "no rate": (wav(b"", rate=0), "{}: format 1 of 16 bits, 2 channels, 0 Hz"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_sound_is_refused_in_a_line(tmp_path, name):
    data, message = BAD[name]
    path = tmp_path / "in.wav"
    path.write_bytes(data)
    with pytest.raises(UserError) as refused:
        wav_input.read(path)
    assert str(refused.value).startswith(message.format(path))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [("none.wav", "No such file"), (".", "no ordinary file"), ("bad.wav", "is no WAV file")],
)
def test_the_command_says_so_and_runs_nothing(tmp_path, monkeypatch, capfd, name, message):
    (tmp_path / "bad.wav").write_bytes(b"bad")
    (tmp_path / "p.py").write_text("print('ran')\n")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["run", "p.py", "--wav-in", name]) == 2
    out, err = capfd.readouterr()
    assert "ran" not in out
    assert err.startswith("aether: ")
    assert message in err
    assert len(err.splitlines()) == 1
