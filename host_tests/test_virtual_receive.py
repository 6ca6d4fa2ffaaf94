"""The virtual I2S as a receiver, from a WAV file."""

import struct

import numpy as np
import pytest
from virtual_run import needs_micropython, play

pytestmark = needs_micropython

BOARDS = ["rpi_pico", "esp32_generic"]


def test_asyncio_reads(tmp_path):
    wav = tmp_path / "in.wav"
    wav.write_bytes(wav_file(np.arange(1, 8001, dtype="<i2").reshape(-1, 1), 16000))
    p = play(
        """
        import asyncio
        async def main():
            i2s = open_i2s(mode=I2S.RX, rate=16000, format=I2S.MONO, ibuf=8192)
            reader = asyncio.StreamReader(i2s)
            buf = bytearray(2000)
            got = []
            while len(got) < 4000:
                n = await reader.readinto(buf)
                got.extend(int.from_bytes(buf[i:i + 2], "little") for i in range(0, n, 2))
            first = got.index(1)
            print(got[first:first + 3000] == list(range(1, 3001)))
        asyncio.run(main())
        """,
        wav_in=wav,
    )
    assert p.lines == ["True"]


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize("form", ["MONO", "STEREO"])
def test_what_is_received(board, bits, form, tmp_path):
    n = np.arange(1, 1001, dtype="<i2")
    wav = tmp_path / "in.wav"
    wav.write_bytes(wav_file(np.stack([n, -n], 1), 16000))
    p = play(
        f"""
        i2s = open_i2s(mode=I2S.RX, bits={bits}, format=I2S.{form}, rate=16000)
        buf = bytearray({bits // 8 * (2 if form == "STEREO" else 1)} * 700)
        print(i2s.readinto(buf) == len(buf))
        print(buf.hex())
        """,
        board,
        wav_in=wav,
    )
    got = np.frombuffer(bytes.fromhex(p.lines[1]), f"<i{bits // 8}").astype(int)
    want = np.stack([n, -n], 1)[:700].astype(int)
    want = want if form == "STEREO" else want[:, :1]
    assert p.lines[0] == "True"
    # The slots are 32 bits wide, a 16-bit sample in the upper half.
    assert np.array_equal(got.reshape(want.shape), want << bits - 16)


def test_callback_times_when_receiving():
    p = play("""
        def program(wires):
            times = []
            buf = bytearray(256)
            def ready(s):
                times.append(time.ticks_us())
                if len(times) < 8:
                    s.readinto(buf)
            i2s = I2S(0, **wires)
            start = time.ticks_us()
            i2s.irq(ready)
            i2s.readinto(buf)
            time.sleep_ms(60)
            print([t - start for t in times])
        program(wires(mode=I2S.RX))
    """)
    # MicroPython v1.28 on an emulated RP2040.
    firmware = [1915, 3364, 4815, 6266, 7718, 9169, 10620, 12071]
    assert np.allclose(eval(p.out), firmware, rtol=0, atol=15)


@pytest.mark.parametrize("board", BOARDS)
def test_receiving_in_a_callback_allocates_nothing(board, tmp_path):
    wav = tmp_path / "in.wav"
    wav.write_bytes(wav_file(np.arange(100000, dtype="<i2").reshape(-1, 1), 44100))
    p = play(
        """
        def ready(s):
            s.readinto(buf)
            time.sleep_ms(5)
        buf = bytearray(1024)
        i2s = open_i2s(mode=I2S.RX)
        i2s.irq(ready)
        i2s.readinto(buf)
        """,
        board,
        wav_in=wav,
    )
    assert p.report["callbacks"] > 100
    assert p.report["allocated_bytes"] == 0


def test_after_the_end_of_the_input_comes_silence(tmp_path):
    wav = tmp_path / "in.wav"
    wav.write_bytes(wav_file(np.full((100, 1), 7, "<i2"), 44100))
    p = play(
        """
        i2s = open_i2s(mode=I2S.RX, format=I2S.MONO)
        buf = bytearray(1000)
        i2s.readinto(buf)
        print(sum(buf), buf[198], buf[200])
        """,
        wav_in=wav,
    )
    assert p.lines == ["700 7 0"]


def wav_file(samples: np.ndarray, rate: int) -> bytes:
    width, channels = samples.dtype.itemsize, samples.shape[1]
    fmt = struct.pack(
        "<HHIIHH", 1, channels, rate, rate * width * channels, width * channels, 8 * width
    )
    body = samples.tobytes()
    return (
        struct.pack("<4sI4s4sI", b"RIFF", 36 + len(body), b"WAVE", b"fmt ", 16)
        + fmt
        + struct.pack("<4sI", b"data", len(body))
        + body
    )
