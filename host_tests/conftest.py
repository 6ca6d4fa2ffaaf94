"""What every test shares: the device library on the path, hypothesis profiles, the runtimes."""

import os
import sys
from functools import cache

import pytest
from aether_tools import interpreter, paths
from hypothesis import HealthCheck, settings
from micropython_host import CPYTHON, PORTABLE, VIPER, Runtime

sys.path.insert(0, str(paths.LIB))

# A stop of the whole machine is no fault of the code: no deadline. CI sees the same every time.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("local", **_COMMON)
settings.register_profile("ci", derandomize=True, database=None, **_COMMON)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


@cache
def _missing(runtime: Runtime) -> str:
    """Why a runtime cannot be had on this machine; empty where it can."""
    if not runtime.micropython:
        return ""
    if not interpreter.available():
        return interpreter.why_not()
    plain = Runtime("any", micropython=True, backend="any")
    emitter = plain.run("import sys; print(sys.implementation._mpy >> 10)", prepare=False)
    if runtime.backend == "viper" and int(emitter) == 0:
        return "the host MicroPython of this machine has no native code emitter"
    return ""


def _available(runtime: Runtime) -> Runtime:
    if reason := _missing(runtime):
        pytest.skip(reason)
    return runtime


@pytest.fixture(params=[VIPER, PORTABLE], ids=lambda runtime: runtime.name)
def micropython(request) -> Runtime:
    """The host MicroPython, with the native twins of the pool and with these forced off."""
    return _available(request.param)


@pytest.fixture(params=[CPYTHON, VIPER, PORTABLE], ids=lambda runtime: runtime.name)
def runtime(request) -> Runtime:
    """Each interpreter in turn, bare: CPython, and MicroPython with either twin of the pool."""
    return _available(request.param)


def pytest_terminal_summary(terminalreporter) -> None:
    if not interpreter.available():
        terminalreporter.write_line(f"skipped what needs it: {interpreter.why_not()}")
