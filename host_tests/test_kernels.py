"""The PCM kernels give NumPy's bits: on every backend, every interpreter, and a Pico."""

from binascii import a2b_base64

import numpy as np
import pytest
from aether_tools import interpreter
from emulated_host import RP2040, needs_chip
from kernel_cases import float_words, pcm16_samples, pcm32_samples
from kernel_model import from_pcm, to_pcm
from micropython_host import Runtime, beside

# Runs kernels by name over the files beside it, 64 frames at a time, and prints what comes out.
PROGRAM = """
import sys
class _Bare:
    pass
if {backend!r} == "portable":
    sys.modules["aether.kernels.viper"] = _Bare
from array import array
from binascii import b2a_base64
from aether import kernels
assert kernels.backend == {backend!r}, kernels.backend

def blocks(path, block):
    # Floats too are read as bytes, so that a NaN keeps its payload.
    with open(path, "rb") as f:
        while f.readinto(block):
            yield block

def to_pcm(kernel, frame, mono):
    space = memoryview(bytearray(64 * frame + {odd}))[{odd}:]
    rights = blocks("rights.bin", array("f", bytes(256)))
    for left in blocks("words.bin", array("f", bytes(256))):
        if mono:
            kernel(space, left, 64)
        else:
            kernel(space, left, next(rights), 64)
        yield space

def from_pcm(kernel, frame, path, mono):
    space = memoryview(bytearray(64 * frame + {odd}))[{odd}:]
    outs = [array("f", bytes(256)) for _ in range(1 if mono else 2)]
    for frames in blocks(path, space):
        kernel(*outs, frames, 64)
        for out in outs:
            yield out

for name in {names}:
    kernel, mono, bits = getattr(kernels, name), name.startswith("mono_"), int(name[-2:])
    frame = bits // 8 * (1 if mono else 2)
    if "to_" in name:
        chunks = to_pcm(kernel, frame, mono)
    else:
        chunks = from_pcm(kernel, frame, "pcm%d.bin" % bits, mono)
    for chunk in chunks:
        sys.stdout.write(name + " " + b2a_base64(chunk).decode())
"""
STEREO = ("to_pcm16", "to_pcm32", "from_pcm16", "from_pcm32")
MONO = tuple("mono_" + name for name in STEREO)
CPYTHON = Runtime("CPython", False, "portable")
MICROPYTHON = Runtime("MicroPython", True, "viper")
needs_micropython = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())
ON_BOARDS = [
    pytest.param((MICROPYTHON, "viper"), id="micropython-viper", marks=needs_micropython),
    pytest.param((RP2040, "thumb"), id="rp2040-thumb", marks=needs_chip),
]


@pytest.fixture(
    params=[
        pytest.param((CPYTHON, "portable"), id="cpython"),
        pytest.param(
            (MICROPYTHON, "portable"), id="micropython-portable", marks=needs_micropython
        ),
        *ON_BOARDS,
    ],
    scope="module",
)
def outputs(request):
    """Kernel -> the bytes that it gave on one runtime."""
    return _run(*request.param, STEREO + MONO)


def _run(runtime, backend, names, odd=0):
    files = {
        "words.bin": float_words().tobytes(),
        "rights.bin": _right(float_words()).tobytes(),
        "pcm16.bin": pcm16_samples().tobytes(),
        "pcm32.bin": pcm32_samples().tobytes(),
    }
    source = PROGRAM.format(backend=backend, names=names, odd=odd)
    outputs = {name: bytearray() for name in names}
    printed = runtime.run(source, files=files, heap="4M", prepare=False, timeout=120)
    for line in printed.splitlines():
        name, chunk = line.split()
        outputs[name] += a2b_base64(chunk)
    return outputs


def _right(words):
    # What the program put into the right channel: each block backwards, NaN replaced by 0.
    floats = words.view(np.float32)
    backwards = np.where(np.isnan(floats), 0, floats).reshape(-1, 64)[:, ::-1]
    return np.ascontiguousarray(backwards, np.float32).view(np.uint32).ravel()


@pytest.mark.parametrize("bits", [16, 32])
def test_floats_become_pcm_rounded_half_to_even_and_saturated(outputs, bits):
    words = float_words()
    got = np.frombuffer(outputs[f"to_pcm{bits}"], f"<i{bits // 8}").reshape(-1, 2)
    np.testing.assert_array_equal(got[:, 0], to_pcm(words, bits))
    np.testing.assert_array_equal(got[:, 1], to_pcm(_right(words), bits))


@pytest.mark.parametrize("bits", [16, 32])
def test_mono_pcm_is_the_left_channel_of_stereo(outputs, bits):
    got = np.frombuffer(outputs[f"mono_to_pcm{bits}"], f"<i{bits // 8}")
    np.testing.assert_array_equal(got, to_pcm(float_words(), bits))


@pytest.mark.parametrize(("bits", "samples"), [(16, pcm16_samples()), (32, pcm32_samples())])
def test_pcm_becomes_the_nearest_float(outputs, bits, samples):
    mono = np.frombuffer(outputs[f"mono_from_pcm{bits}"], "<u4")
    np.testing.assert_array_equal(mono, from_pcm(samples, bits))
    stereo = np.frombuffer(outputs[f"from_pcm{bits}"], "<u4").reshape(-1, 2, 64)
    frames = from_pcm(samples, bits).reshape(-1, 2)
    np.testing.assert_array_equal(stereo[:, 0].ravel(), frames[:, 0])
    np.testing.assert_array_equal(stereo[:, 1].ravel(), frames[:, 1])


def test_every_16_bit_sample_survives_the_way_to_float_and_back():
    samples = pcm16_samples()
    np.testing.assert_array_equal(to_pcm(from_pcm(samples, 16), 16), samples)


@pytest.mark.parametrize("on", ON_BOARDS)
@pytest.mark.parametrize("odd", [1, 2, 3])
def test_a_frame_buffer_may_begin_at_any_address(on, odd):
    outputs = _run(*on, MONO, odd)
    for bits, samples in ((16, pcm16_samples()), (32, pcm32_samples())):
        got = np.frombuffer(outputs[f"mono_to_pcm{bits}"], f"<i{bits // 8}")
        np.testing.assert_array_equal(got, to_pcm(float_words(), bits))
        got = np.frombuffer(outputs[f"mono_from_pcm{bits}"], "<u4")
        np.testing.assert_array_equal(got, from_pcm(samples, bits))


ALLOCATES = """
from array import array
from aether import kernels
from heap_watch import grown
a, b, out = array("f", bytes(256)), array("f", bytes(256)), bytearray(512)
assert kernels.backend == {backend!r}
stereo = [getattr(kernels, name) for name in {stereo}]
mono = [getattr(kernels, name) for name in {mono}]
def run(a, b):
    stereo[0](out, a, b, 64)
    stereo[1](out, a, b, 64)
    stereo[2](a, b, out, 64)
    stereo[3](a, b, out, 64)
    mono[0](out, a, 64)
    mono[1](out, a, 64)
    mono[2](a, out, 64)
    mono[3](a, out, 64)
grown(run, a, b)
print(grown(run, a, b))
"""


@pytest.mark.parametrize("on", ON_BOARDS)
def test_native_kernels_allocate_nothing(on):
    runtime, backend = on
    source = ALLOCATES.format(backend=backend, stereo=STEREO, mono=MONO)
    assert int(runtime.run(source, files=beside("heap_watch.py"), prepare=False)) == 0
