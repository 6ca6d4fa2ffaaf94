"""What every test shares: the device library on the path, hypothesis profiles, the runtimes."""

import os
import signal
import struct
import sys
import wave
from collections.abc import Callable
from functools import cache, partial

import emulated_host
import input_run
import pytest
import stream_run
from aether_tools import interpreter, paths
from emulated_host import RP2040
from hypothesis import HealthCheck, settings
from micropython_host import CPYTHON, PORTABLE, VIPER, Runtime

sys.path.insert(0, str(paths.LIB))

# A shell starts what runs in the background with Ctrl-C ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A stop of the whole machine is no fault of the code: no deadline. CI sees the same every time.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("local", **_COMMON)
settings.register_profile("ci", derandomize=True, database=None, **_COMMON)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


@cache
def _missing(runtime: Runtime) -> str:
    """Why a runtime cannot be had on this machine; empty where it can."""
    if runtime.emulated:
        return emulated_host.missing()
    if not runtime.micropython:
        return ""
    if not interpreter.available():
        return interpreter.why_not()
    plain = Runtime("any", micropython=True, backend="any")
    emitter = plain.run("import sys; print(sys.implementation._mpy >> 10)", prepare=False)
    if runtime.backend == "viper" and int(emitter) == 0:
        return "the host MicroPython of this machine has no native code emitter"
    return ""


def _skip(request, reason: str, emulated: bool) -> None:
    """Skips a test for a reason, if there is one, or for that of its mark `not_emulated`."""
    marker = request.node.get_closest_marker("not_emulated")
    if not reason and marker and emulated:
        reason = f"not on the emulated Pico: {marker.args[0]}"
    if reason:
        pytest.skip(reason)


def _available(request) -> Runtime:
    """The runtime that a test is run on; skips the test where it cannot be."""
    _skip(request, _missing(request.param), request.param.emulated)
    return request.param


@pytest.fixture(params=[VIPER, PORTABLE, RP2040], ids=lambda runtime: runtime.name)
def micropython(request) -> Runtime:
    """The host's MicroPython, with the pool's native twins and with these forced off; a Pico's."""
    return _available(request)


@pytest.fixture(params=[CPYTHON, VIPER, PORTABLE, RP2040], ids=lambda runtime: runtime.name)
def runtime(request) -> Runtime:
    """Each interpreter in turn, bare: CPython, and those of `micropython`."""
    return _available(request)


_EMULATED = "emulated"


def _board(request, tmp_path) -> Callable[[str], stream_run.Run]:
    if request.param == _EMULATED:
        _skip(request, emulated_host.missing(), True)
        return stream_run.on_chip
    _skip(request, "" if interpreter.available() else interpreter.why_not(), False)
    return partial(stream_run.on_virtual_board, tmp_path, request.param)


@pytest.fixture(params=["rpi_pico", _EMULATED])
def pico(request, tmp_path) -> Callable[[str], stream_run.Run]:
    """Runs a program that streams: on the virtual Pico, and on the emulated one."""
    return _board(request, tmp_path)


@pytest.fixture(params=["machine", "dma"])
def streams(request, pico) -> Callable[[str], stream_run.Run]:
    """As `pico`, with streams over each driver: make() takes it."""
    return lambda program: pico(f"DRIVER = '{request.param}'\n{program}")


@pytest.fixture
def dma(pico) -> Callable[[str], stream_run.Run]:
    """As `pico`, with streams over the driver that is on RP2 alone."""
    return lambda program: pico("DRIVER = 'dma'\n" + program)


@pytest.fixture(params=["rpi_pico", "esp32_generic", _EMULATED])
def board(request, tmp_path) -> Callable[[str], stream_run.Run]:
    """As `pico`, and on a virtual ESP32."""
    return _board(request, tmp_path)


def _inputs(request, tmp_path) -> Callable[[str], stream_run.Run]:
    name, driver = request.param
    if name == _EMULATED:
        _skip(request, emulated_host.missing(), True)
        run = input_run.on_chip
    else:
        _skip(request, "" if interpreter.available() else interpreter.why_not(), False)
        run = partial(input_run.on_virtual_board, tmp_path, name)
    return lambda program: run(f"DRIVER = '{driver}'\n{program}")


_MACHINE_IN = [(name, "machine") for name in ("rpi_pico", "esp32_generic", _EMULATED)]
_DMA_IN = [(name, "dma") for name in ("rpi_pico", _EMULATED)]


@pytest.fixture(params=_MACHINE_IN + _DMA_IN, ids="-".join)
def inputs(request, tmp_path) -> Callable[[str], stream_run.Run]:
    """Runs a program that receives a counter, over each driver of each board: make() takes it."""
    return _inputs(request, tmp_path)


@pytest.fixture(params=_MACHINE_IN, ids="-".join)
def machine_in(request, tmp_path) -> Callable[[str], stream_run.Run]:
    """As `inputs`, over machine.I2S alone."""
    return _inputs(request, tmp_path)


@pytest.fixture(params=_DMA_IN, ids="-".join)
def dma_in(request, tmp_path) -> Callable[[str], stream_run.Run]:
    """As `inputs`, over the driver that is on RP2 alone."""
    return _inputs(request, tmp_path)


@pytest.fixture
def recorded(tmp_path):
    """A WAV of frames n, -n from 1 on."""
    path = tmp_path / "in.wav"
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(2)
        wav.setframerate(44100)
        wav.writeframes(b"".join(struct.pack("<hh", n, -n) for n in range(1, 3000)))
    return path


def pytest_configure(config) -> None:
    config.addinivalue_line("markers", "not_emulated(why): this test cannot run on a chip")


def pytest_unconfigure() -> None:
    emulated_host.CHIP.close()


def pytest_terminal_summary(terminalreporter) -> None:
    if not interpreter.available():
        terminalreporter.write_line(f"skipped what needs it: {interpreter.why_not()}")
    if reason := emulated_host.missing():
        terminalreporter.write_line(reason)
