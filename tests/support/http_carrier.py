"""A carrier's HTTP API on a local port: keeps what it was asked, answers what it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANG_UP = object()
"""For an answer: the request is read, the connection closed without a word."""


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass
class HttpCarrier:
    url: str
    answers: list[Any] = field(default_factory=list)
    """(status, JSON) or (status, JSON, headers), or HANG_UP; in order, the last one for ever."""
    asked: list[Asked] = field(default_factory=list)
    delay_s: float = 0.0
    """Between reading the request and answering it."""


@contextmanager
def http_carrier(*answers: Any) -> Iterator[HttpCarrier]:
    carrier = HttpCarrier("", list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(size)
            if len(body) < size:
                self.close_connection = True  # who asked is dead: a request that is not whole orders nothing
                return
            carrier.asked.append(Asked(self.command, self.path, headers, body))
            time.sleep(carrier.delay_s)
            told = carrier.answers.pop(0) if len(carrier.answers) > 1 else carrier.answers[0]
            if told is HANG_UP:
                self.close_connection = True
                return
            status, said, *more = told
            payload = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            for name, value in (more[0] if more else {}).items():
                self.send_header(name, value)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(payload)))
            with suppress(ConnectionError):  # whoever asked may have been killed
                self.end_headers()
                self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # whoever asked may have been killed

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    carrier.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield carrier
    finally:
        server.shutdown()
        server.server_close()
