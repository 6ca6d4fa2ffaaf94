"""The PCM kernels give NumPy's bits: in viper and in plain Python, on both interpreters."""

import numpy as np
import pytest
from aether_tools import interpreter
from kernel_model import float_words, from_pcm, pcm16_samples, pcm32_samples, to_pcm
from micropython_host import Runtime

# Reads words.bin and frames, runs a kernel block by block of 64, and writes what came out.
PROGRAM = """
import sys
class _Bare:
    pass
if not {viper}:
    sys.modules["aether.kernels.viper"] = _Bare
from array import array
from aether import kernels
assert kernels.backend == {backend!r}, kernels.backend

def floats(path):
    # Read through the raw bytes, so that a NaN keeps its payload.
    block = array("f", bytes(256))
    with open(path, "rb") as f:
        while f.readinto(block):
            yield block

def pcm(path, size):
    block = bytearray(size)
    with open(path, "rb") as f:
        while f.readinto(block):
            yield block

def save(name, chunks):
    with open({folder!r} + "/" + name, "wb") as f:
        for chunk in chunks:
            f.write(chunk)

def both(kernel, bytes_a_frame, offset):
    # The right channel gets the block too, backwards, so that a swap would show.
    space = memoryview(bytearray(64 * bytes_a_frame + offset))[offset:]
    back = array("f", bytes(256))
    for block in floats({folder!r} + "/words.bin"):
        for i in range(64):
            back[i] = block[63 - i] if block[63 - i] == block[63 - i] else 0
        kernel(space, block, back, 64)
        yield space

def one(kernel, bytes_a_frame, offset):
    space = memoryview(bytearray(64 * bytes_a_frame + offset))[offset:]
    for block in floats({folder!r} + "/words.bin"):
        kernel(space, block, 64)
        yield space

def back(kernel, path, size, channels):
    outs = [array("f", bytes(256)) for _ in range(channels)]
    for block in pcm({folder!r} + "/" + path, size):
        kernel(*outs, block, 64)
        for out in outs:
            yield out

save("to16", both(kernels.to_pcm16, 4, {odd}))
save("to32", both(kernels.to_pcm32, 8, {odd}))
save("mono16", one(kernels.mono_to_pcm16, 2, {odd}))
save("mono32", one(kernels.mono_to_pcm32, 4, {odd}))
save("from16", back(kernels.from_pcm16, "pcm16.bin", 256, 2))
save("from32", back(kernels.from_pcm32, "pcm32.bin", 512, 2))
save("monofrom16", back(kernels.mono_from_pcm16, "pcm16.bin", 128, 1))
save("monofrom32", back(kernels.mono_from_pcm32, "pcm32.bin", 256, 1))
print("done")
"""
CPYTHON = Runtime("CPython", False, "portable")
MICROPYTHON = Runtime("MicroPython", True, "viper")
needs_micropython = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())


@pytest.fixture(
    params=[
        pytest.param((CPYTHON, False), id="cpython"),
        pytest.param((MICROPYTHON, True), id="micropython-viper", marks=needs_micropython),
        pytest.param((MICROPYTHON, False), id="micropython-portable", marks=needs_micropython),
    ],
    scope="module",
)
def outputs(request, tmp_path_factory):
    """Folder with what the kernels of one runtime wrote."""
    runtime, viper = request.param
    return _run(runtime, viper, 0, tmp_path_factory.mktemp("kernels"))


def _run(runtime, viper, odd, folder):
    float_words().tofile(folder / "words.bin")
    pcm16_samples().tofile(folder / "pcm16.bin")
    pcm32_samples().tofile(folder / "pcm32.bin")
    source = PROGRAM.format(
        viper=viper,
        backend="viper" if viper else "portable",
        folder=str(folder),
        odd=odd,
    )
    assert "done" in runtime.run(source, heap="4M", prepare=False, timeout=120)
    return folder


def _right(words):
    # What the program put into the right channel: each block backwards, NaN replaced by 0.
    floats = words.view(np.float32)
    backwards = np.where(np.isnan(floats), 0, floats).reshape(-1, 64)[:, ::-1]
    return np.ascontiguousarray(backwards, np.float32).view(np.uint32).ravel()


@pytest.mark.parametrize("bits", [16, 32])
def test_floats_become_pcm_rounded_half_to_even_and_saturated(outputs, bits):
    words = float_words()
    got = np.fromfile(outputs / f"to{bits}", f"<i{bits // 8}").reshape(-1, 2)
    np.testing.assert_array_equal(got[:, 0], to_pcm(words, bits))
    np.testing.assert_array_equal(got[:, 1], to_pcm(_right(words), bits))


@pytest.mark.parametrize("bits", [16, 32])
def test_mono_pcm_is_the_left_channel_of_stereo(outputs, bits):
    got = np.fromfile(outputs / f"mono{bits}", f"<i{bits // 8}")
    np.testing.assert_array_equal(got, to_pcm(float_words(), bits))


@pytest.mark.parametrize(("bits", "samples"), [(16, pcm16_samples()), (32, pcm32_samples())])
def test_pcm_becomes_the_nearest_float(outputs, bits, samples):
    mono = np.fromfile(outputs / f"monofrom{bits}", "<u4")
    np.testing.assert_array_equal(mono, from_pcm(samples, bits))
    stereo = np.fromfile(outputs / f"from{bits}", "<u4").reshape(-1, 2, 64)
    frames = from_pcm(samples, bits).reshape(-1, 2)
    np.testing.assert_array_equal(stereo[:, 0].ravel(), frames[:, 0])
    np.testing.assert_array_equal(stereo[:, 1].ravel(), frames[:, 1])


def test_every_16_bit_sample_survives_the_way_to_float_and_back():
    samples = pcm16_samples()
    np.testing.assert_array_equal(to_pcm(from_pcm(samples, 16), 16), samples)


@needs_micropython
@pytest.mark.parametrize("odd", [1, 2, 3])
def test_a_frame_buffer_may_begin_at_any_address(tmp_path, odd):
    folder = _run(MICROPYTHON, True, odd, tmp_path)
    for name, bits in (("mono16", 16), ("mono32", 32)):
        got = np.fromfile(folder / name, f"<i{bits // 8}")
        np.testing.assert_array_equal(got, to_pcm(float_words(), bits))


@needs_micropython
def test_viper_kernels_allocate_nothing():
    MICROPYTHON.run(
        """
import micropython
from array import array
from aether import kernels
a, b, out = array("f", bytes(256)), array("f", bytes(256)), bytearray(512)
assert kernels.backend == "viper"
names = ("to_pcm16", "to_pcm32", "from_pcm16", "from_pcm32")
stereo = [getattr(kernels, n) for n in names]
mono = [getattr(kernels, "mono_" + n) for n in names]
def run():
    stereo[0](out, a, b, 64)
    stereo[1](out, a, b, 64)
    stereo[2](a, b, out, 64)
    stereo[3](a, b, out, 64)
    mono[0](out, a, 64)
    mono[1](out, a, 64)
    mono[2](a, out, 64)
    mono[3](a, out, 64)
def check():
    before = micropython.mem_total()
    micropython.heap_lock()
    run()
    micropython.heap_unlock()
    return micropython.mem_total() - before
check()
assert check() == 0, check()
""",
        prepare=False,
    )
