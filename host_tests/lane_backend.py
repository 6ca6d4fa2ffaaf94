"""A backend of the kernels as a board has it: its machine code in the lane, its wrappers here.

A device file is run by CPython with decorators that put the lane's function in place of each
function that they mark. Buffers are addresses in the lane.
"""

import __future__

import ast
import builtins
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace

import lane
from aether_tools import mpy, paths
from lane.mpy_file import ASM

# The object None, in a register.
_NONE = 6
FOLDER = paths.LIB / "aether" / "kernels"
# The chips' own, and what runs on all of them.
BACKENDS = {"armv6m": "thumb", "armv7emsp": "vfp", "rv32imc": "rv32"}


class Backend:
    """The kernels of a backend, as attributes; `core` is where they run.

    `instructions` and `cycles` count what all calls took since reset(): machine code, with the
    entry and exit of each of its functions; bytecode that calls it is not counted.
    """

    def __init__(self, name: str, arch: str, watched: bool = True):
        self.core = lane.of(arch, watched)
        self._arch = arch
        self._modules: dict[str, ModuleType] = {}
        self.reset()
        module = self._module(f"aether.kernels.{name}")
        self.__dict__.update({k: v for k, v in vars(module).items() if k[0] != "_"})

    def reset(self) -> None:
        """Count from zero."""
        self.instructions = self.cycles = 0

    def _module(self, name: str) -> ModuleType:
        if name not in self._modules:
            path = FOLDER / f"{name.rpartition('.')[2]}.py"
            module = self._modules[name] = ModuleType(name)
            module.__builtins__ = {**vars(builtins), "__import__": self._import}
            self._run(path, module)
        return self._modules[name]

    def _run(self, path: Path, module: ModuleType) -> None:
        functions = lane.load(path, self._arch)
        # Types of viper, as annotations, are names that CPython does not know.
        flags = __future__.annotations.compiler_flag
        tree = _without_assembler(ast.parse(path.read_text()))
        code = compile(tree, str(path), "exec", flags, dont_inherit=True)
        self._functions = functions
        exec(code, vars(module))

    def _import(self, name, *rest):
        if name == "micropython":
            return _Micropython(self, self._functions)
        if name == "sys":
            number = mpy.ARCHS.index(self._arch)
            return SimpleNamespace(implementation=SimpleNamespace(_mpy=number << 10 | 0x206))
        if name.startswith("aether.kernels."):
            before = self._functions
            module = self._module(name)
            self._functions = before
            return module
        return __import__(name, *rest)

    def _called(self, function, *arguments):
        if function.kind == ASM:
            arguments = [_NONE if argument is None else argument for argument in arguments]
        result = self.core.call(function, *arguments)
        self.instructions += self.core.instructions
        self.cycles += self.core.cycles
        return result


def _without_assembler(tree: ast.Module) -> ast.Module:
    # What is decorated runs in the lane, and much of it makes no sense to CPython.
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            node.body = [ast.copy_location(ast.Pass(), node)]
    return tree


class _Micropython:
    # The module as one device file sees it.
    def __init__(self, backend, functions):
        self._backend, self._functions = backend, functions
        self.asm_thumb = self.asm_rv32 = self.viper = self._in_lane

    def _in_lane(self, function):
        # No Python function: a device file may ask whether it got one.
        return partial(self._backend._called, self._functions[function.__name__])

    @staticmethod
    def const(value):
        return value
