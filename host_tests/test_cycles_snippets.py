"""Files of snippets for `aether cycles`: how they are cut into cells, and what is refused."""

import pytest
from aether_tools import snippets
from aether_tools.errors import UserError

_FILE = """\
import math
from array import array as block

if math.pi > 3:
    big = 1
for turn in range(3):
    pass


class Empty:
    def method(self):
        hidden = 1


def helper(parameter):
    local = parameter


# %% first thing
big + Empty().method()

# %%   second, with blanks
# against: first thing
# samples: 64
for own in range(turn):
    helper(block)
    math.sin(local)
"""


def _read(folder, text):
    path = folder / "s.py"
    path.write_text(text)
    return snippets.read(path)


def test_a_file_is_its_setup_and_its_cells(tmp_path):
    file = _read(tmp_path, _FILE)
    assert file.name == "s.py"
    assert file.setup.startswith("import math") and "# %%" not in file.setup
    assert [cell.title for cell in file.cells] == ["first thing", "second, with blanks"]
    assert [cell.line for cell in file.cells] == [19, 22]
    assert "for own in range(turn)" in file.cells[1].body
    assert "first thing" not in file.cells[0].body


def test_a_cell_gets_the_names_that_the_setup_binds_and_it_reads(tmp_path):
    first, second = _read(tmp_path, _FILE).cells
    assert first.names == ["Empty", "big"]
    assert second.names == ["block", "helper", "math", "turn"]


def test_a_cell_says_what_it_is_compared_with_and_how_many_samples_it_works_on(tmp_path):
    first, second = _read(tmp_path, _FILE).cells
    assert (first.against, first.samples) == (None, None)
    assert (second.against, second.samples) == ("first thing", 64)


def test_what_is_no_file_of_snippets_is_refused_with_the_line(tmp_path):
    for text, words in (
        ("x = 1\n", "no snippet"),
        ("", "no snippet"),
        ("x = (\n# %% a\npass\n", "s.py, line 1"),
        ("x = 1\n# %% a\npass\n# %% b\nif x\n", "s.py, line 5"),
        ("# %%\npass\n", "line 1: a snippet needs a title"),
        ("# %% a\npass\n# %% a\npass\n", "two snippets are called 'a'"),
        (
            "# %% a\n# against: b\npass\n# %% c\n",
            "line 1: no snippet is called 'b'; there are: a, c",
        ),
        ("# %% a\n# samples: few\npass\n", "wants a number, not 'few'"),
        ("# %% a\n# samples: 0\npass\n", "wants a number, not '0'"),
        ("# %% a\nif 1:\n    return\n", "line 1: a snippet runs to its end"),
        ("# %% a\ncontinue\n", "s.py, line 2"),
        ("x = '\0'\n# %% a\n", "s.py"),
    ):
        with pytest.raises(UserError, match=r".") as caught:
            _read(tmp_path, text)
        assert words in str(caught.value), text
        assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00")
    for name in ("none.py", "binary.py", "."):
        with pytest.raises(UserError, match="cannot read"):
            snippets.read(tmp_path / name)


def test_the_snippets_beside_the_tests_can_be_read(request):
    folder = request.path.parent / "cycles"
    files = [snippets.read(path) for path in sorted(folder.glob("*.py"))]
    assert {"kernels.py", "pool.py", "stream.py"} <= {file.name for file in files}
    for file in files:
        assert file.cells
    assert any(cell.against for file in files for cell in file.cells)
