"""The functions in a .mpy file; its format: MicroPython's py/persistentcode.c."""

import ast
import functools
from dataclasses import dataclass, field
from pathlib import Path

from aether_tools import mpy

BYTECODE, NATIVE, VIPER, ASM = range(4)
# A constant object that stands for the table of MicroPython's functions.
FUN_TABLE = object()
_HAS_CHILDREN, _RELOCATED, _RODATA, _BSS = 4, 0x10, 0x20, 0x40


@dataclass(eq=False)
class Function:
    """One function's machine code (or bytecode) and what it refers to."""

    name: str
    kind: int
    code: bytes
    result: int
    """Type of an assembler function's result: MicroPython's MP_NATIVE_TYPE_*."""
    objects: list
    """Constant objects, shared by all functions of a file."""
    children: list["Function"] = field(default_factory=list)


@functools.cache
def load(path: Path, arch: str) -> dict[str, Function]:
    """Name of each function at the top of a device file -> the function, as `arch` gets it."""
    source = Path(path).read_bytes()
    return compiled(source, Path(path).name, arch)


def compiled(source: bytes, name: str, arch: str) -> dict[str, Function]:
    """As load, from source text."""
    # Machine code carries no name in a .mpy; the order is the source's.
    names = [node.name for node in _scopes(ast.parse(source))]
    module = read(mpy.compile_source(source, name, arch))
    for function, given in zip(module.children, names, strict=True):
        function.name = given
    return {function.name: function for function in module.children}


def _scopes(node):
    # The nodes that become functions of their own, down to the first of each branch.
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            yield child
        elif isinstance(child, ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.DictComp):
            child.name = type(child).__name__
            yield child
        else:
            yield from _scopes(child)


def read(data: bytes) -> Function:
    """The module's own function, with all others as its children."""
    return _Reader(data).module()


class _Reader:
    def __init__(self, data: bytes):
        self._data, self._at = data, 4
        if data[:2] != b"M\x06":
            raise ValueError("not a .mpy of version 6")
        if data[2] & 0x40:
            self._uint()  # flags of the arch: what it may use beyond the base set

    def module(self) -> Function:
        names, objects = self._uint(), self._uint()
        for _ in range(names):
            length = self._uint()
            if not length & 1:  # odd: the number of a name that every MicroPython has
                self._bytes((length >> 1) + 1)
        self._objects = [self._object() for _ in range(objects)]
        return self._function()

    def _object(self):
        kind = self._uint()
        if kind == 0:
            return FUN_TABLE
        if kind <= 4:
            return (None, False, True, ...)[kind - 1]
        length = self._uint()
        if kind == 10:
            return tuple(self._object() for _ in range(length))
        text = self._bytes(length)
        if kind <= 6:
            self._bytes(1)  # a zero ends strings and bytes
            return text.decode() if kind == 5 else text
        return {7: int, 8: float, 9: complex}[kind](text.decode())

    def _function(self) -> Function:
        head = self._uint()
        kind, code = head & 3, self._bytes(head >> 3)
        result = 0
        if kind == NATIVE:
            self._uint()  # where its names and line numbers begin
        elif kind == VIPER:
            if self._uint() & (_RELOCATED | _RODATA | _BSS):
                raise ValueError("a module written in C is not read here")
        elif kind == ASM:
            self._uint()  # scope flags
            self._uint()  # number of arguments
            result = self._uint()
        children = [self._function() for _ in range(self._uint() if head & _HAS_CHILDREN else 0)]
        return Function("<module>", kind, code, result, self._objects, children)

    def _uint(self) -> int:
        value = 0
        while True:
            (byte,) = self._bytes(1)
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value

    def _bytes(self, count: int) -> bytes:
        self._at += count
        if self._at > len(self._data):
            raise ValueError("the .mpy ends too early")
        return self._data[self._at - count : self._at]
