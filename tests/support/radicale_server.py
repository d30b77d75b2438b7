"""A real CalDAV server (Radicale) in a process of its own, with one calendar of one user."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

USER, PASSWORD = "dealer", "se cret"
_MAKE = """<?xml version="1.0" encoding="utf-8"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<D:displayname>Showroom</D:displayname></D:prop></D:set></C:mkcalendar>"""


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    """Yields the calendar's URL with user and password in it."""
    folder.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n"
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/users\nhtpasswd_encryption = plain\n"
        f"[storage]\nfilesystem_folder = {folder}/collections\n[rights]\ntype = owner_only\n"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "radicale", "--config", str(folder / "config")], stdout=log, stderr=log
        )
    try:
        path = f"127.0.0.1:{port}/{USER}/showroom/"
        _make_calendar(f"http://{path}", process)
        yield f"http://{USER}:se%20cret@{path}"
    finally:
        process.terminate()
        process.wait(10)


def _make_calendar(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 20
    while True:
        try:
            answer = httpx.request("MKCALENDAR", url, content=_MAKE, auth=(USER, PASSWORD))
            assert answer.status_code == 201, answer.text
            return
        except httpx.TransportError:
            assert process.poll() is None and time.monotonic() < give_up, "radicale did not start"
            time.sleep(0.05)
