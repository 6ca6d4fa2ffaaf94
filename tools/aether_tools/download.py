"""Files from the web in the user's cache folder, each known by its SHA-256."""

import hashlib
import http.client
import os
import ssl
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from aether_tools import __version__
from aether_tools.errors import UserError

VARIABLE = "AETHER_CACHE"
# Seconds of silence, seconds in all, and bytes; the largest file wanted is a UF2 of 2 MiB flash.
SILENCE = 20
LONGEST = 300
LARGEST = 8 << 20


class _Redirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req, fp, code, msg, headers, newurl):
        # What was asked for over TLS must come over TLS.
        if req.type == "https" and urllib.parse.urlsplit(newurl).scheme != "https":
            raise urllib.error.URLError("it is redirected to an address without https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def cache_folder() -> Path:
    """Where fetched things are kept: $AETHER_CACHE, or the system's place for caches."""
    own = os.environ.get(VARIABLE)
    return Path(own).expanduser().absolute() if own else platformdirs.user_cache_path("aether")


@contextmanager
def writing() -> Iterator[Path]:
    """The cache folder, made where it is missing; UserError for what it does not take."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    except OSError as error:
        raise UserError(
            f"cannot write to the cache folder {folder}: {error.strerror or error}; "
            f"{VARIABLE} names another"
        ) from None


def cached(url: str, sha256: str | None) -> Path | None:
    """The file of an earlier fetch, if it is still what it was."""
    if sha256 is None:
        return None
    path = _place(cache_folder(), url, sha256)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError:
        return None
    return path if hashlib.sha256(data).hexdigest() == sha256 else None


def fetch(url: str, sha256: str | None) -> Path:
    """Brings a file into the cache and returns its path; UserError if that cannot be done."""
    if sha256 is None:
        raise UserError(f"cannot fetch {url}: the SHA-256 that it must have is not known")
    with writing() as folder:
        handle, name = tempfile.mkstemp(prefix=".part-", dir=folder)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                print(f"aether: fetching {url}", file=sys.stderr)
                got = _copy(url, file)
            if got != sha256:
                raise UserError(f"{url} is not what it was: its SHA-256 is {got}, not {sha256}")
            place = _place(folder, url, sha256)
            part.replace(place)  # at once: another process sees all of it, or nothing
        finally:
            part.unlink(missing_ok=True)
    return place


def _place(folder: Path, url: str, sha256: str) -> Path:
    name = urllib.parse.urlsplit(url).path.rpartition("/")[2] or "file"
    return folder / f"{sha256[:12]}-{name}"


def _copy(url: str, file) -> str:
    """Writes what `url` gives, and returns its SHA-256."""
    digest = hashlib.sha256()
    for data in _pieces(url):
        digest.update(data)
        file.write(data)
    return digest.hexdigest()


def _pieces(url: str) -> Iterator[bytes]:
    """What comes from `url`, bounded in size and time; UserError for all that can go wrong."""
    end = time.monotonic() + LONGEST
    try:
        with _open(url) as response:
            size = response.headers.get("Content-Length")
            wanted = int(size) if size and size.isdigit() else None
            got = 0
            # What there is, not what fills a block: a trickle must not outlast the limit.
            while data := response.read1(1 << 16):
                got += len(data)
                if max(got, wanted or 0) > LARGEST:
                    raise _refused(url, f"it has more than {LARGEST:,} bytes")
                if time.monotonic() > end:
                    raise _refused(url, f"it did not come within {LONGEST} s")
                yield data
            if wanted is not None and got < wanted:
                raise _refused(url, f"the connection ended after {got:,} of {wanted:,} bytes")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _refused(url, _reason(error)) from None


def _open(url: str):
    request = urllib.request.Request(url, headers={"User-Agent": f"aether/{__version__}"})
    return urllib.request.build_opener(_Redirect).open(request, timeout=SILENCE)


def _refused(url: str, why: str) -> UserError:
    return UserError(f"cannot fetch {url}: {why}")


def _reason(error: Exception) -> str:
    """One line for what urllib raises."""
    if isinstance(error, urllib.error.HTTPError):
        if error.code in (301, 302, 303, 307, 308):
            return "it is redirected in a circle, or to no address of the web"
        return f"the server answered {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        return _reason(error.reason)
    if isinstance(error, TimeoutError):
        return f"nothing came for {SILENCE} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({error.verify_message})"
    if isinstance(error, http.client.IncompleteRead):
        return "the connection ended too early"
    text = getattr(error, "strerror", None) or getattr(error, "reason", None) or error
    return " ".join(str(text).split()) or type(error).__name__
