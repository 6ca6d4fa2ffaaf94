"""The tests of the emulator's JavaScript: each file by `node --test`."""

import os
import subprocess
from functools import cache
from pathlib import Path

import pytest
from aether_tools import node
from aether_tools.errors import UserError

FOLDER = Path(__file__).parent / "emulator"
FILES = sorted(FOLDER.glob("*.test.mjs"))
LONGEST = 300


@cache
def found() -> node.Node | str:
    """Node and rp2040js, or why they cannot be had."""
    try:
        return node.find()
    except UserError as error:
        return str(error)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(".test.mjs"))
def test_javascript(file: Path) -> None:
    had = found()
    if isinstance(had, str):
        pytest.skip(had)
    environment = os.environ | {node.VARIABLE: str(had.rp2040js)}
    command = [*had.command, "--test", str(file)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=LONGEST
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_files() -> None:
    assert len(FILES) > 10
