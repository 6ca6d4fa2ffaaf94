"""`aether graph` draws the patch of an app, and says what it is made of."""

import json
import xml.etree.ElementTree as ET

import pytest
from command_kit import aether, refused

_APP = """
from aether import Graph, I2SOut, SharedBufferPool, drivers
from aether.nodes import Bank, Gain, Mixer

def start(board, compiled=True):
    driver = drivers.from_board(board)
    graph = Graph(SharedBufferPool(16), driver.true_rate())
    bank = graph.add(Bank(4, ["saw"], channels=1), "voices")
    mixer = graph.add(Mixer(2), "sum")
    graph.connect(bank, mixer)
    graph.connect(bank, mixer)
    graph.add(Gain(0.5), "spare")
    graph.output(mixer)
    if compiled:
        graph.compile()
        bank.note_on(60)
    stream = I2SOut(driver, graph.pool, graph.render)
    stream.start()
    return stream
"""


@pytest.fixture
def app(tmp_path):
    path = tmp_path / "patch.py"
    path.write_text(_APP)
    return path


def test_it_draws_and_says_what_the_patch_is_made_of(app, tmp_path):
    out, data = tmp_path / "p.svg", tmp_path / "p.json"
    done = aether(tmp_path, "graph", app, "--out", out, "--json", data)
    assert done.returncode == 0, done.stderr
    report = json.loads(data.read_text())
    assert [node["name"] for node in report["nodes"]] == ["voices", "sum", "spare"]
    assert report["cords"] == [[0, 0, 1, 0], [0, 0, 1, 1]]
    assert report["output"] == [[1, 0], [1, 0]]
    assert (report["buffers"], report["capacity"], report["clock"]) == (2, 16, "host")
    assert report["nodes"][0]["us"] > 0
    assert report["nodes"][2]["us"] is None
    assert "not heard" in done.stdout
    assert ET.parse(out).getroot().tag.endswith("svg")


def test_an_app_without_a_graph_is_told_so_and_nothing_is_written(app, tmp_path):
    out = tmp_path / "p.png"
    done = aether(tmp_path, "graph", app, "--option", "compiled=False", "--out", out)
    assert "has no graph" in refused(done)
    assert not out.exists()


def test_an_app_that_fails_shows_its_own_traceback(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text("def start(board):\n    raise OSError('no luck')\n")
    done = aether(tmp_path, "graph", path, "--out", "p.png")
    assert done.returncode == 1
    assert "no luck" in done.stderr


def test_a_picture_of_another_kind_is_refused(app, tmp_path):
    done = aether(tmp_path, "graph", app, "--out", "patch.txt")
    assert "--out must end in .png or .svg" in refused(done)
