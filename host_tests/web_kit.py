"""A web server on this machine that answers well or badly, by the path that is asked for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY = bytes(range(256)) * 300


class Web:
    """`files` are what it has; `asked` are the paths that were asked for.

    together: how many must have asked before any gets an answer.
    """

    def __init__(self, port: int):
        self.url = f"http://127.0.0.1:{port}"
        self.files = {"/good.uf2": BODY}
        self.asked: list[str] = []
        self.over = threading.Event()
        self.together = threading.Barrier(1)


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        web = self.server.web
        web.asked.append(self.path)
        web.together.wait(60)
        special = getattr(self, "_" + self.path.strip("/").partition(".")[0], None)
        if self.path in web.files:
            self._give(web.files[self.path])
        elif special:
            special()
        else:
            self.send_error(404)

    def _give(self, data: bytes, length: int | None = None):
        self.send_response(200)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)

    def _cut(self):
        self._give(BODY[:1000], len(BODY))

    def _cut_in_chunks(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"1000\r\n" + BODY[:100])

    def _silent(self):
        self.server.web.over.wait(60)

    def _stuck(self):
        self._give(BODY[:1000], len(BODY))
        self.wfile.flush()
        self.server.web.over.wait(60)

    def _huge(self):
        self._give(BODY, 1 << 40)

    def _endless(self):
        self.send_response(200)
        self.end_headers()
        while not self.server.web.over.is_set():
            self.wfile.write(BODY)

    def _moved(self):
        self._redirect("/good.uf2")

    def _circle(self):
        self._redirect("/circle")

    def _away(self):
        self._redirect("file:///etc/hostname")

    def _redirect(self, where: str):
        self.send_response(302)
        self.send_header("Location", where)
        self.end_headers()

    def _nonsense(self):
        self.wfile.write(b"this is no HTTP\r\n\r\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a client that goes away is what many tests are about


@contextmanager
def serve() -> Iterator[Web]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.web = Web(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.web
        finally:
            server.web.over.set()
            server.shutdown()
            thread.join()
