"""What aether fetches is what it has to be, and is kept; else it is one line and nothing."""

import errno
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from hashlib import sha256

import pytest
from aether_tools import download
from aether_tools.errors import UserError
from web_kit import BODY, serve

SUM = sha256(BODY).hexdigest()


@pytest.fixture
def web(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with serve() as server:
        yield server


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv(download.VARIABLE, str(folder))
    return folder


def refusal(url: str, wanted: str | None = SUM) -> str:
    with pytest.raises(UserError) as caught:
        download.fetch(url, wanted)
    line = str(caught.value)
    assert "\n" not in line
    assert url in line
    return line


def test_a_file_is_fetched_and_kept(web, cache, capsys):
    url = web.url + "/good.uf2"
    assert download.cached(url, SUM) is None
    path = download.fetch(url, SUM)
    assert path.read_bytes() == BODY
    assert path.name.endswith("good.uf2")
    assert path == download.cached(url, SUM)
    assert [p.name for p in cache.iterdir()] == [path.name]
    assert capsys.readouterr().err == f"aether: fetching {url}\n"


def test_a_damaged_file_of_the_cache_is_fetched_again(web, cache):
    url = web.url + "/good.uf2"
    path = download.fetch(url, SUM)
    path.write_bytes(BODY[:-1])
    assert download.cached(url, SUM) is None
    assert download.fetch(url, SUM).read_bytes() == BODY


def test_another_file_of_the_same_name_has_its_own_place(web, cache):
    web.files["/other/good.uf2"] = b"other"
    other = sha256(b"other").hexdigest()
    first = download.fetch(web.url + "/good.uf2", SUM)
    assert download.fetch(web.url + "/other/good.uf2", other) != first
    assert first.read_bytes() == BODY


def test_a_file_with_another_sum_is_not_kept(web, cache):
    web.files["/good.uf2"] = BODY[:-1] + b"x"
    line = refusal(web.url + "/good.uf2")
    assert SUM in line
    assert sha256(BODY[:-1] + b"x").hexdigest() in line
    assert list(cache.iterdir()) == []


def test_what_has_no_known_sum_is_not_even_asked_for(web, cache):
    assert "SHA-256" in refusal(web.url + "/good.uf2", None)
    assert web.asked == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/nowhere.uf2", "the server answered 404 Not Found"),
        ("/cut", "the connection ended after 1,000 of 76,800 bytes"),
        ("/cut_in_chunks", "the connection ended too early"),
        ("/huge", "it has more than 8,388,608 bytes"),
        ("/endless", "it has more than 8,388,608 bytes"),
        ("/circle", "it is redirected in a circle"),
        ("/away", "it is redirected in a circle, or to no address of the web"),
        ("/nonsense", "this is no HTTP"),
    ],
)
def test_an_answer_that_is_none_is_told_and_leaves_nothing(web, cache, path, reason):
    assert reason in refusal(web.url + path)
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("path", ["/silent", "/stuck"])
def test_a_server_that_falls_silent_is_left(web, cache, monkeypatch, path):
    monkeypatch.setattr(download, "SILENCE", 0.2)
    assert "nothing came for 0.2 s" in refusal(web.url + path)
    assert list(cache.iterdir()) == []


def test_a_trickle_is_left_when_the_time_is_up(web, cache, monkeypatch):
    monkeypatch.setattr(download, "LONGEST", 0)
    assert "it did not come within 0 s" in refusal(web.url + "/stuck")


def test_a_server_that_is_not_there(cache):
    with serve() as web:
        url = web.url + "/good.uf2"
    assert "refused" in refusal(url)


def test_a_redirection_is_followed(web, cache):
    assert download.fetch(web.url + "/moved", SUM).read_bytes() == BODY
    assert web.asked == ["/moved", "/good.uf2"]


def test_what_is_asked_for_over_tls_is_not_taken_without():
    request = urllib.request.Request("https://example.org/a")
    with pytest.raises(urllib.error.URLError, match="without https"):
        download._Redirect().redirect_request(request, None, 302, "", {}, "http://example.org/a")


def test_a_cache_that_is_no_folder(web, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(download.VARIABLE, str(tmp_path / "file" / "cache"))
    with pytest.raises(UserError) as caught:
        download.fetch(web.url + "/good.uf2", SUM)
    assert str(tmp_path / "file" / "cache") in str(caught.value)
    assert "AETHER_CACHE names another" in str(caught.value)
    assert web.asked == []


def test_without_the_variable_the_cache_is_the_users(tmp_path, monkeypatch):
    monkeypatch.delenv(download.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert download.cache_folder().name == "aether"


def elsewhere(url: str, **options) -> subprocess.Popen:
    program = "import sys; from aether_tools import download; print(download.fetch(*sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", program, url, SUM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_two_at_once_both_get_the_file(web, cache):
    web.together = threading.Barrier(2)
    both = [elsewhere(web.url + "/good.uf2") for _ in range(2)]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert len({out for out, _ in said}) == 1
    assert [p.read_bytes() for p in cache.iterdir()] == [BODY]


def test_a_disk_that_does_not_take_it_keeps_none_of_it(web, cache):
    import resource

    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # noqa: E731
    process = elsewhere(web.url + "/good.uf2", preexec_fn=limit)
    _, said = process.communicate(timeout=60)
    assert (
        f"UserError: cannot write to the cache folder {cache}: {os.strerror(errno.EFBIG)}" in said
    )
    assert list(cache.iterdir()) == []
