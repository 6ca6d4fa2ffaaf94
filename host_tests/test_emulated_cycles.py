"""`aether cycles` on stock firmware: figures that repeat, their targets, the README's."""

import json
import re
from pathlib import Path

import pytest
from command_kit import aether
from emulated_run import needs_images

pytestmark = needs_images

SUITE = sorted((Path(__file__).parent / "cycles").glob("*.py"))
README = Path(__file__).parent.parent / "README.md"
# Another build of the same MicroPython has its functions elsewhere, and a few cycles more or less.
TOLERANCE = 0.05


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("cycles")
    done = aether(folder, "cycles", *SUITE, "--json", "c.json", patience=300)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "c.json").read_text())


@pytest.fixture(scope="module")
def by_title(report) -> dict:
    return {row["title"]: row for file in report["files"] for row in file["snippets"]}


def test_the_figures_of_two_runs_are_the_same(report, tmp_path):
    pool = next(path for path in SUITE if path.name == "pool.py")
    assert aether(tmp_path, "cycles", pool, "--json", "c.json").returncode == 0
    again = json.loads((tmp_path / "c.json").read_text())["files"][0]
    assert again == next(file for file in report["files"] if file["file"] == "pool.py")


def test_a_warm_snippet_without_garbage_takes_as_long_each_time(by_title):
    for row in by_title.values():
        if row["bytes"]:
            continue  # the heap is another one each time
        figures = row["zero_wait"]
        # A stream's meter takes some cycles more or less, as the clock stands.
        assert figures["least"] == pytest.approx(figures["cycles"], rel=1e-3), row["title"]
        assert figures["most"] <= 1.05 * figures["cycles"], row["title"]


def test_the_cache_model_is_never_faster_than_no_waiting(by_title):
    for row in by_title.values():
        assert row["flash_cache"]["cycles"] >= row["zero_wait"]["cycles"], row["title"]
        assert row["flash_cache"]["cold"] >= row["flash_cache"]["least"], row["title"]


def test_a_pair_of_acquire_and_release_takes_36_us_at_most(by_title):
    assert by_title["pool.release(pool.acquire())"]["zero_wait"]["us"] <= 36


def test_nothing_of_the_pool_the_stream_and_the_kernels_leaves_a_byte(by_title):
    obvious = {"a fresh array of 64 floats", "one block in plain Python floats"}
    for title, row in by_title.items():
        # A loop that stores a constant makes no float object.
        bytecode = title.endswith("in bytecode") and title != "clear in bytecode"
        if title in obvious or bytecode:
            assert row["bytes"] > 0, title
        else:
            assert row["bytes"] == 0, title


def test_an_empty_snippet_costs_nothing_and_a_known_one_what_it_must(tmp_path):
    (tmp_path / "s.py").write_text(
        "import micropython\n"
        "@micropython.asm_thumb\n"
        "def wait(r0):\n    label(L)\n    sub(r0, 1)\n    bne(L)\n"
        "# %% nothing\npass\n# %% 1000\nwait(1000)\n# %% 2000\nwait(2000)\n"
    )
    done = aether(tmp_path, "cycles", "s.py", "--json", "c.json")
    assert done.returncode == 0, done.stderr
    nothing, short, long = json.loads((tmp_path / "c.json").read_text())["files"][0]["snippets"]
    assert nothing["zero_wait"]["cycles"] == 0
    # A subtraction is one cycle, a branch that is taken two: so says Arm of the Cortex-M0+.
    assert long["zero_wait"]["cycles"] - short["zero_wait"]["cycles"] == 3000


@pytest.mark.parametrize(
    ("cell", "code", "said"),
    [
        ("1 / 0", 1, "ZeroDivisionError"),
        ("while True: pass", 1, "did not end within 0.2 emulated seconds"),
        ("import machine; machine.reset()", 1, "resets the chip"),
        ("import sys; sys.exit()", 1, "did not run to its end"),
        ("import machine; machine.mem32[0x400F0000] = 1", 1, "marks of its own"),
        ("import machine; machine.bootloader()", 3, "not emulated"),
    ],
)
def test_a_snippet_that_fails_is_named_and_nothing_is_written(tmp_path, cell, code, said):
    (tmp_path / "s.py").write_text(f"# %% good\npass\n# %% the bad one\n{cell}\n")
    done = aether(tmp_path, "cycles", "s.py", "--json", "c.json", "--seconds", "0.2")
    assert done.returncode == code
    assert said in done.stderr
    assert "'the bad one' of s.py" in done.stderr
    assert "aether_tools" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["s.py"]


def _readme_rows() -> dict[str, tuple[float, float]]:
    """Title -> µs zero-wait and with the cache model, of the README's table of cycles."""
    rows = re.findall(r"^\| `?([^|`]+?)`? \| ([\d.,]+) \| ([\d.,]+) \|", README.read_text(), re.M)
    return {title: (_number(a), _number(b)) for title, a, b in rows}


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def test_the_readme_says_what_is_measured(by_title):
    rows = {title: us for title, us in _readme_rows().items() if title in by_title}
    assert len(rows) >= 12
    for title, (zero_wait, cached) in rows.items():
        row = by_title[title]
        assert zero_wait == pytest.approx(row["zero_wait"]["us"], rel=TOLERANCE), title
        assert cached == pytest.approx(row["flash_cache"]["us"], rel=TOLERANCE), title
