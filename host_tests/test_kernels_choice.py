"""Which backend is taken, how a test forces another, and what is loaded and kept for it."""

import os
import subprocess

import pytest
from aether_tools import cli, mpy, paths
from kernel_model import NAMES
from kernel_runs import CPYTHON, EVERYWHERE, FORCED_ON_CHIP, THUMB, VIPER, param
from virtual_run import needs_micropython, play

_BACKEND = "from aether import kernels\nprint(kernels.backend)\n"
_REFUSED = """
try:
    from aether import kernels
except ImportError as error:
    print(error)
"""
_HOST = [param(CPYTHON), param(VIPER)]
_KERNELS = paths.LIB / "aether" / "kernels"


def _run(place, source, folder, files=None, **environment):
    (folder / "program.py").write_text(source)
    for name, text in (files or {}).items():
        (folder / name).write_text(text)
    done = subprocess.run(
        place.runtime.command(folder / "program.py"),
        cwd=folder,
        env={"PATH": os.defpath, "MICROPYPATH": str(paths.LIB), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("place", EVERYWHERE)
def test_a_backend_has_every_kernel_and_says_its_name(place):
    place.run(f"for name in {NAMES}:\n    assert callable(getattr(kernels, name)), name\n")


@pytest.mark.parametrize("place", _HOST)
def test_the_environment_forces_a_backend(place, tmp_path):
    assert _run(place, _BACKEND, tmp_path, AETHER_KERNELS="portable") == "portable"
    assert _run(place, _BACKEND, tmp_path, AETHER_KERNELS="") == place.backend


def test_the_environment_is_asked_before_the_module(tmp_path):
    files = {"aether_kernels.py": "BACKEND = 'none'"}
    assert _run(CPYTHON, _BACKEND, tmp_path, files, AETHER_KERNELS="portable") == "portable"


@pytest.mark.parametrize("place", [*_HOST, param(THUMB)])
def test_a_module_forces_a_backend(place):
    files = {"aether_kernels.py": "BACKEND = 'portable'"}
    assert place.runtime.run(_BACKEND, files=files, prepare=False).strip() == "portable"


@needs_micropython
def test_the_environment_reaches_a_virtual_board(monkeypatch):
    monkeypatch.setenv("AETHER_KERNELS", "portable")
    assert play(_BACKEND, "rpi_pico", opened=False).lines == ["portable"]


@pytest.mark.parametrize("name", ["nonsense", "thumb"])
def test_what_no_virtual_board_has_is_the_users_mistake(monkeypatch, capsys, tmp_path, name):
    monkeypatch.setenv("AETHER_KERNELS", name)
    (tmp_path / "program.py").write_text(_BACKEND)
    assert cli.main(["run", str(tmp_path / "program.py")]) == 2
    said = (
        f"aether: AETHER_KERNELS is '{name}'; a virtual board has the kernels viper and portable"
    )
    assert capsys.readouterr().err.strip() == said


@pytest.mark.parametrize(
    ("place", "there"),
    [
        param(CPYTHON, "portable"),
        param(VIPER, "viper, portable"),
        param(THUMB, "thumb, viper, portable"),
    ],
)
@pytest.mark.parametrize("name", ["vfp", "rv32", "thumb_block", "Viper", "."])
def test_what_cannot_be_had_is_refused_with_what_there_is(place, there, name):
    files = {"aether_kernels.py": f"BACKEND = {name!r}"}
    printed = place.runtime.run(_REFUSED, files=files, prepare=False)
    asks = "AETHER_KERNELS or aether_kernels.py asks for"
    assert printed.strip() == f"{asks} the kernels '{name}'; there are: {there}"


_STAND_INS = """
import sys
from types import ModuleType, SimpleNamespace
sys.implementation = SimpleNamespace(**vars(sys.implementation), _mpy={number} << 10 | 0x206)
sys.modules["micropython"] = ModuleType("micropython")
for name in {all}:
    sys.modules["aether.kernels." + name] = None
for name in {there}:
    module = sys.modules["aether.kernels." + name] = ModuleType(name)
    module.backend = name
    for kernel in {names}:
        setattr(module, kernel, name)
"""
_ALL = ("thumb", "vfp", "rv32", "viper")


@pytest.mark.parametrize(
    ("arch", "there", "taken"),
    [
        ("armv6m", _ALL, "thumb"),
        ("armv7m", _ALL, "thumb"),
        ("armv7emsp", _ALL, "vfp"),
        ("armv7emdp", _ALL, "vfp"),
        ("rv32imc", _ALL, "rv32"),
        ("xtensawin", _ALL, "viper"),
        ("x64", _ALL, "viper"),
        (None, _ALL, "viper"),
        ("armv7emsp", ("thumb", "viper"), "viper"),
        ("rv32imc", (), "portable"),
    ],
)
def test_every_arch_takes_its_own(arch, there, taken):
    number = mpy.ARCHS.index(arch)
    head = _STAND_INS.format(number=number, all=_ALL, there=there, names=NAMES)
    assert CPYTHON.runtime.run(head + _BACKEND, prepare=False).strip() == taken


_LOADED = """
import sys
from aether import kernels
print(*sorted(name for name in sys.modules if name.startswith("aether.")))
"""


@pytest.mark.parametrize("place", EVERYWHERE)
def test_no_backend_is_loaded_but_the_one_in_use(place):
    loaded = place.runtime.run(_LOADED, files=place.files, prepare=False).split()
    own = "aether.kernels." + place.backend
    assert [name for name in loaded if not name.startswith(own)] == ["aether.kernels"]
    assert own in loaded


_HEAP = """
import gc
gc.collect()
before = gc.mem_alloc()
from aether import {names}
print(gc.mem_alloc() - before, kernels.backend)
"""
_VIPER_ON_CHIP = FORCED_ON_CHIP[0]


@pytest.mark.parametrize(
    ("place", "names", "most"),
    [
        param(THUMB, "kernels", 12 * 1024),
        param(THUMB, "kernels, BufferPool", 24 * 1024),
        param(_VIPER_ON_CHIP, "kernels", 24 * 1024),
    ],
)
def test_a_board_has_most_of_its_heap_left(place, names, most):
    printed = place.runtime.run(_HEAP.format(names=names), files=place.files, prepare=False)
    taken, backend = printed.split()
    assert backend == place.backend
    assert int(taken) <= most


# A chip has the last word, above; this is what its heap gets for each backend, and runs anywhere.
@pytest.mark.parametrize(
    ("backend", "arch", "most"),
    [
        ("thumb", "armv6m", 8 * 1024),
        ("vfp", "armv7emsp", 8 * 1024),
        ("rv32", "rv32imc", 8 * 1024),
        ("viper", "armv6m", 20 * 1024),
        ("viper", "rv32imc", 20 * 1024),
        ("viper", "xtensawin", 20 * 1024),
    ],
)
def test_a_compiled_backend_is_small(backend, arch, most):
    files = [*_KERNELS.glob(f"{backend}*.py"), _KERNELS / "__init__.py"]
    compiled = [mpy.compile_source(file.read_bytes(), file.name, arch) for file in files]
    assert len(compiled) >= 3
    assert sum(map(len, compiled)) <= most
