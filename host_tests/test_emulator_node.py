"""Node and rp2040js: found, installed once, or one line that says what is missing."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from aether_tools import download, node, paths
from aether_tools.errors import UserError

PINNED = json.loads(paths.PACKAGE_JSON.read_text())["dependencies"]["rp2040js"]
# Leaves what npm would leave; the log beside it has a line for each start.
INSTALL = f"""\
import json, os, sys
from pathlib import Path
with open(os.path.join(os.path.dirname(__file__), "log"), "a") as log:
    print(json.dumps([sys.argv[1:], sorted(os.listdir())]), file=log)
package = Path("node_modules", "rp2040js")
(package / "dist" / "esm").mkdir(parents=True)
(package / "dist" / "esm" / "index.js").write_text("")
(package / "package.json").write_text('{{"name": "rp2040js", "version": "{PINNED}"}}')
"""
REFUSED = """\
npm warn config something else
npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request to http://127.0.0.1:9/rp2040js failed
npm error     at ClientRequest.<anonymous> (index.js:130:14)
npm error
npm error If you are behind a proxy, please make sure that the config is set properly.
npm error A complete log of this run can be found in: /log
"""
OLD_NPM = REFUSED.replace("npm error", "npm ERR!").replace("npm warn", "npm WARN")


@pytest.fixture
def path(tmp_path, monkeypatch) -> Path:
    """The only folder on the PATH; with an empty cache."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv(download.VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv(node.VARIABLE, raising=False)
    return folder


def put(folder: Path, name: str, source: str) -> Path:
    """A command, written in Python."""
    file = folder / name
    file.write_text(f"#!{sys.executable}\n{source}")
    file.chmod(0o755)
    return file


def put_both(path: Path, npm: str = INSTALL) -> None:
    put(path, "node", "print('v18.0.0')")
    put(path, "npm", npm)


def starts(path: Path) -> list:
    """What npm was started with."""
    log = path / "log"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def kept(path: Path) -> list[str]:
    cache = path.parent / "cache"
    return [p.name for p in cache.iterdir()] if cache.exists() else []


def refusal(**options) -> str:
    with pytest.raises(UserError) as caught:
        node.find(**options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_rp2040js_is_installed_at_first_use(path, capsys):
    put_both(path)
    found = node.find()
    assert found.command == [str(path / "node")]
    assert (found.rp2040js / "dist" / "esm" / "index.js").is_file()
    assert f"aether: installing rp2040js {PINNED} into " in capsys.readouterr().err
    assert node.find() == found
    [(arguments, files)] = starts(path)
    assert arguments[0] == "ci"
    assert "--ignore-scripts" in arguments
    assert files == ["package-lock.json", "package.json"]


def test_what_is_installed_needs_neither_npm_nor_a_network(path):
    put_both(path)
    found = node.find()
    (path / "npm").unlink()
    assert node.find(offline=True) == found


def test_other_pins_have_another_place(path, tmp_path, monkeypatch):
    put_both(path)
    first = node.find()
    lock = tmp_path / "package-lock.json"
    lock.write_text(paths.PACKAGE_LOCK.read_text() + "\n")
    monkeypatch.setattr(paths, "PACKAGE_LOCK", lock)
    assert node.find() != first
    assert len(starts(path)) == 2


def test_a_part_of_an_installation_is_replaced(path):
    put_both(path)
    found = node.find()
    shutil.rmtree(found.rp2040js / "dist")
    assert node.find() == found
    assert (found.rp2040js / "dist" / "esm" / "index.js").is_file()
    assert len(kept(path)) == 1


def test_offline_and_not_installed(path):
    put_both(path)
    line = refusal(offline=True)
    assert f"rp2040js {PINNED} is not installed, and --offline" in line
    assert node.VARIABLE in line
    assert starts(path) == []


def test_a_folder_of_ones_own_is_taken(path, tmp_path, monkeypatch):
    put_both(path)
    own = shutil.copytree(node.find().rp2040js, tmp_path / "own")
    monkeypatch.setenv(node.VARIABLE, str(own))
    assert node.find(offline=True).rp2040js == own
    (own / "package.json").write_text('{"name": "another"}')
    assert "is not the folder of the package rp2040js" in refusal()
    monkeypatch.setenv(node.VARIABLE, str(tmp_path / "nowhere"))
    assert f"{node.VARIABLE}: '{tmp_path / 'nowhere'}' is not" in refusal()


def test_no_node(path):
    assert refusal() == "Node 18 or later is needed: there is none on the PATH"


@pytest.mark.parametrize("version", ["v16.20.2", "v0.12.18"])
def test_a_node_too_old(path, version):
    file = put(path, "node", f"print('{version}')")
    assert refusal() == f"Node 18 or later is needed: {file} is {version[1:]}"


@pytest.mark.parametrize("source", ["print('hello')", "raise SystemExit(1)"])
def test_a_node_that_does_not_run(path, source):
    file = put(path, "node", source)
    assert refusal() == f"Node 18 or later is needed: {file} does not run"


def test_a_node_of_the_name_that_debian_gave_it(path):
    put_both(path)
    put(path, "node", "print('v12.0.0')")
    new = put(path, "nodejs", "print('v22.1.0')")
    assert node.find().command == [str(new)]


def test_no_npm(path):
    put(path, "node", "print('v20.0.0')")
    assert "npm, which comes with Node, is needed" in refusal()
    assert kept(path) == []


@pytest.mark.parametrize(
    ("npm", "reason"),
    [
        (f"print('''{REFUSED}'''); raise SystemExit(1)", "FetchError: request to "),
        (f"print('''{OLD_NPM}'''); raise SystemExit(1)", "FetchError: request to "),
        ("print('first'); print('it broke'); raise SystemExit(1)", "it broke"),
        ("raise SystemExit(7)", "exit code 7"),
        ("print('added 1 package')", "it ended well and left no package"),
    ],
    ids=["new", "old", "other", "silent", "empty"],
)
def test_an_npm_that_fails(path, npm, reason):
    put_both(path, npm)
    assert f"npm could not install rp2040js {PINNED}: {reason}" in refusal()
    assert kept(path) == []


def test_an_npm_that_does_not_end(path, monkeypatch):
    monkeypatch.setattr(node, "_LONGEST_INSTALL", 0.2)
    put_both(path, "import time; time.sleep(60)")
    assert "it did not end within 0.2 s" in refusal()
    assert kept(path) == []


def test_a_cache_that_cannot_be_written(path, tmp_path):
    put_both(path)
    (tmp_path / "cache").write_text("")
    assert "cannot write to the cache folder" in refusal()
    assert starts(path) == []


def test_two_at_once_both_have_it(path):
    # Neither npm ends before both have begun.
    wait = """
import time
log = os.path.join(os.path.dirname(__file__), "log")
while len(open(log).readlines()) < 2:
    time.sleep(0.01)
"""
    put_both(path, INSTALL + wait)
    program = "from aether_tools import node; print(node.find().rp2040js)"
    command = [sys.executable, "-c", program]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {process.communicate(timeout=60)[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert said == {f"{node.find().rp2040js}\n"}
    assert len(kept(path)) == 1
    assert len(starts(path)) == 2


@pytest.mark.skipif(not (shutil.which("node") and shutil.which("npm")), reason="no Node here")
def test_the_real_rp2040js_is_installed_and_loads(tmp_path, monkeypatch):
    monkeypatch.setenv(download.VARIABLE, str(tmp_path))
    monkeypatch.delenv(node.VARIABLE, raising=False)
    found = node.find()
    program = f"""
import {{ load }} from '{(paths.EMULATOR / "library.mjs").as_uri()}';
const {{ RP2040, SimulationClock }} = await load({json.dumps(str(found.rp2040js))});
console.log(new RP2040(new SimulationClock()).flash.length);
"""
    command = [*found.command, "--input-type=module", "--eval", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert int(done.stdout) >= 2 << 20, done.stderr
