"""A voice bank plays the same on every interpreter: samples, tables, and all that it remembers."""

import ast
import re
from itertools import pairwise

import bank_player
import pytest
from aether_tools import paths
from micropython_host import beside

FOLDER = paths.LIB / "aether" / "nodes" / "bank"
_PLAY = """
import gc
import bank_player
gc.collect()
print(bank_player.play({seed}, {blocks}, **{options}))
"""
_OPTIONS = [
    {"count": 4},
    {"count": 7, "n": 20, "channels": 1, "acts": 2},
    {"count": 5, "interpolate": False, "headroom": 1},
    {"count": 3, "channels": 1, "interpolate": False, "n": 4, "acts": 1},
    {"count": 1, "n": 128, "acts": 5, "waves": ["square", [0.5, 0, -1]], "tune": 432.5},
]


@pytest.mark.parametrize("seed", range(len(_OPTIONS)))
def test_random_notes_sound_the_same_on_every_interpreter(micropython, seed):
    blocks = 40 if micropython.emulated else 400
    options = {"waves": ["saw", "sine", "triangle"], **_OPTIONS[seed]}
    program = _PLAY.format(seed=seed, blocks=blocks, options=options)
    out = micropython.run(program, files=beside("bank_player.py"), heap="4M")
    assert ast.literal_eval(out) == bank_player.play(seed, blocks, **options)


def test_as_many_voices_as_there_can_be_never_wrap_around():
    # All at full level, in phase, and to one side: 128 of them are 16 times full scale.
    bank = bank_player.Bank(128, ["square"], channels=1, headroom=8)
    bank.prepare(44100, 64)
    bank.patch(0, attack=0, sustain=1)
    for _ in range(128):
        bank.note_on(33, 127)
    loud = []
    left = bank_player.array("f", bytes(256))
    for _ in range(30):
        bank.render(left)
        loud += left
    steps = [abs(b - a) for a, b in pairwise(loud)]
    assert 13 < max(loud) < 16
    assert -16 < min(loud) < -13
    # A sum that wraps around jumps by 32.
    assert max(steps) < 5


def _words(path):
    # The source of each function, without what only one of the twins needs.
    text = path.read_text()
    text = re.sub(r"ptr32\(int\(bank\) \+ int\(todo\[k\]\)\)", "part(bank, todo[k] >> 2)", text)
    text = re.sub(
        r"ptr32\(int\((\w+)\) \+ \(state - _ATTACK\) \* \(_STAGE << 2\)\)",
        r"part(\1, (state - _ATTACK) * _STAGE)",
        text,
    )
    text = re.sub(r"ptr32\(int\((\w+)\) \+ \((.*) << 2\)\)\n", r"part(\1, \2)\n", text)
    text = text.replace("b = ptr32(bank)", "b = bank")
    text = text.replace("ptr8(int(b) + (_PANS << 2))", "bytes(b[_PANS : _PANS + 32])")
    text = re.sub(r"\b_([A-Z])", r"\1", text)
    tree = ast.parse(text)
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name != "part":
            found[node.name] = ast.unparse(_Bare().visit(node))
    return found


class _Bare(ast.NodeTransformer):
    # Without types, conversions, masks, and the ways to say minus.
    def visit_FunctionDef(self, node):
        node.decorator_list, node.returns = [], None
        node.body = node.body[1:]
        return self.generic_visit(node)

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        return node.args[0] if getattr(node.func, "id", "") == "int" else node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Sub) and getattr(node.left, "value", None) == 0:
            return ast.UnaryOp(ast.USub(), node.right)
        if isinstance(node.op, ast.BitAnd) and getattr(node.right, "value", 0) == 0xFFFFFFFF:
            return node.left
        return node


@pytest.mark.parametrize("name", ["voices", "waves"])
def test_viper_and_plain_python_are_the_same_words(name):
    viper, portable = (_words(FOLDER / f"{name}_{kind}.py") for kind in ("viper", "portable"))
    assert viper == portable


def test_the_numbers_of_places_are_the_same_everywhere():
    from aether.nodes.bank import places

    for name in ("viper", "voices_viper"):
        text = (FOLDER / f"{name}.py").read_text()
        found = re.findall(r"^_(\w+) = const\((\w+)\)$", text, re.M)
        assert len(found) > 8
        for constant, value in found:
            assert constant == "LONG" or getattr(places, constant) == int(value, 0), constant
